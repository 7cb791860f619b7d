// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace headroom
{

/// What a short program said and how it ended.
struct CapturedProgram
{
    bool started = false;
    int status = -1;    ///< exit status; -1 when it did not end by itself
    std::string output; ///< of standard output, at most 64 KiB
    std::string error;  ///< of standard error, at most 64 KiB
};

/// Runs \a arguments (the program is looked for on PATH) with no input, and ends it after \a seconds.
CapturedProgram runCaptured(const std::vector<std::string>& arguments, double seconds);

} // namespace headroom
