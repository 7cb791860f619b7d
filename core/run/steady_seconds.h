// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>

namespace headroom
{

/// Seconds of the clock that nobody sets, from a beginning of its own: only differences mean something.
inline double steadySeconds()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

} // namespace headroom
