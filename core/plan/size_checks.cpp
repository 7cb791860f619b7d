// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/size_checks.h"

#include <fmt/format.h>

namespace headroom
{

void checkPositive(std::string_view name, std::int64_t value, std::vector<std::string>& problems)
{
    if (value < 1)
    {
        problems.push_back(fmt::format("{} is {}; it must be at least 1.", name, value));
    }
}

void checkPositive(std::string_view name, const std::optional<std::int64_t>& value, std::vector<std::string>& problems)
{
    if (value)
    {
        checkPositive(name, *value, problems);
    }
}

void checkPositive(std::string_view name, const std::optional<double>& value, std::vector<std::string>& problems)
{
    if (value && !(*value > 0))
    {
        problems.push_back(fmt::format("{} is {}; it must be more than 0.", name, *value));
    }
}

} // namespace headroom
