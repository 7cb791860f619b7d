// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// A size from 1 on: "128", "4k" (4 · 1024) or "1m" (1024 · 1024). \throws std::invalid_argument with a sentence's
/// beginning, which names \a text and what would do.
std::int64_t parseSize(std::string_view text);

/// Sizes with commas between them, each a size or a range: "64,128", "512..16384" (doubling, both ends among them) or
/// "512..4096:512" (in steps). In the order given, each once. \throws std::invalid_argument as parseSize().
std::vector<std::int64_t> parseSizes(std::string_view text);

/// \a sizes as parseSizes() reads them: "64,128".
std::string sizesText(const std::vector<std::int64_t>& sizes);

/// The pieces of \a text between \a separator; none for an empty text.
std::vector<std::string_view> piecesOf(std::string_view text, char separator);

} // namespace headroom
