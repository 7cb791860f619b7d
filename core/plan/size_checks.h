// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// Checks of a request's numbers: each adds a sentence to \a problems when \a value is out of its range.

/// "--batch-size is 0; it must be at least 1."
void checkPositive(std::string_view name, std::int64_t value, std::vector<std::string>& problems);
/// Nothing is fine.
void checkPositive(std::string_view name, const std::optional<std::int64_t>& value, std::vector<std::string>& problems);
void checkPositive(std::string_view name, const std::optional<double>& value, std::vector<std::string>& problems);

} // namespace headroom
