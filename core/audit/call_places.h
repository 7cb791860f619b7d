// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace headroom
{

/// How calls of a model are named to people: by number, as in ModelInspection::calls, and by module path.

/// "0-11, 14": runs of numbers that follow each other are drawn together; "6-16 by 2" where all are equally far
/// apart. \a numbers are ascending.
std::string numberRanges(std::span<const std::int64_t> numbers);

/// What module paths have in common: "layers.0-11.self_attn" where they differ in one number alone that runs through,
/// "layers.0,3.self_attn" where it does not, and otherwise the first with how many more there are. Empty for none.
std::string pathPattern(const std::vector<std::string>& paths);

} // namespace headroom
