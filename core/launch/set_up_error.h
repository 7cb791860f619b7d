// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdexcept>
#include <string>

namespace headroom
{

/// What keeps a command from starting, as a sentence that says what to do. main() prints it on standard error and ends
/// with status 3.
class SetUpError : public std::runtime_error
{
public:
    explicit SetUpError(const std::string& sentence) : std::runtime_error(sentence) {}
};

} // namespace headroom
