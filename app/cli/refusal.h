// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/launch/set_up_error.h"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom::cli
{

/// \throws SetUpError with all of \a problems, a line each, where there are any.
inline void refuse(const std::vector<std::string>& problems)
{
    if (!problems.empty())
    {
        throw SetUpError(fmt::format("{}", fmt::join(problems, "\n")));
    }
}

} // namespace headroom::cli
