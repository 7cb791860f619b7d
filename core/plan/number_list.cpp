// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/number_list.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom
{
namespace
{

constexpr std::int64_t kKilo = 1024;
constexpr std::int64_t kLargest = std::int64_t{1} << 40; ///< products of two still fit; no device holds so many tokens
constexpr std::size_t kMostInRange = 1000;
constexpr std::string_view kRange = "..";

std::int64_t factorOf(char letter)
{
    switch (letter)
    {
    case 'k':
    case 'K':
        return kKilo;
    case 'm':
    case 'M':
        return kKilo * kKilo;
    default:
        return 1;
    }
}

/// "512..16384" or "512..4096:512".
void addRange(std::string_view text, std::size_t dots, std::vector<std::int64_t>& sizes)
{
    const std::string_view rest = text.substr(dots + kRange.size());
    const auto colon = rest.find(':');
    const std::int64_t first = parseSize(text.substr(0, dots));
    const std::int64_t last = parseSize(rest.substr(0, colon));
    const std::int64_t step = colon == std::string_view::npos ? 0 : parseSize(rest.substr(colon + 1));
    if (first > last)
    {
        throw std::invalid_argument(
            fmt::format("'{}' runs downwards; write the smaller end first, as in {}..{}", text, last, first));
    }
    std::size_t count = 0;
    std::int64_t size = first;
    for (; size <= last; size = step > 0 ? size + step : size * 2)
    {
        if (++count > kMostInRange)
        {
            throw std::invalid_argument(
                fmt::format("'{}' is more than {} sizes; take a larger step", text, kMostInRange));
        }
        sizes.push_back(size);
    }
    if (step == 0 && sizes.back() != last)
    {
        throw std::invalid_argument(
            fmt::format("'{}' does not reach {} by doubling; end it at {} or give a step, as in "
                        "{}..{}:{}",
                        text, last, sizes.back(), first, last, first));
    }
}

} // namespace

std::int64_t parseSize(std::string_view text)
{
    std::int64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    const bool suffixed = stopped + 1 == end && factorOf(*stopped) > 1;
    if (error == std::errc::invalid_argument || (error == std::errc{} && stopped != end && !suffixed))
    {
        throw std::invalid_argument(fmt::format("'{}' is not a size; write a whole number, as 128 or 4k", text));
    }
    const std::int64_t factor = suffixed ? factorOf(*stopped) : 1;
    if (error == std::errc::result_out_of_range || value > kLargest / factor)
    {
        throw std::invalid_argument(fmt::format("'{}' is too large a number", text));
    }
    if (value < 1)
    {
        throw std::invalid_argument(fmt::format("'{}' is not a size; it must be at least 1", text));
    }
    return value * factor;
}

std::vector<std::string_view> piecesOf(std::string_view text, char separator)
{
    std::vector<std::string_view> pieces;
    for (std::size_t at = 0; !text.empty() && at <= text.size();)
    {
        const auto end = std::min(text.find(separator, at), text.size());
        pieces.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return pieces;
}

std::vector<std::int64_t> parseSizes(std::string_view text)
{
    std::vector<std::int64_t> all;
    for (const auto piece : piecesOf(text, ','))
    {
        const auto dots = piece.find(kRange);
        if (dots == std::string_view::npos)
        {
            all.push_back(parseSize(piece));
        }
        else
        {
            addRange(piece, dots, all);
        }
    }
    if (all.empty())
    {
        throw std::invalid_argument("there is no size in it; write one or more, as 128,256 or 512..4096");
    }
    std::vector<std::int64_t> once;
    for (const auto size : all)
    {
        if (std::find(once.begin(), once.end(), size) == once.end())
        {
            once.push_back(size);
        }
    }
    return once;
}

std::string sizesText(const std::vector<std::int64_t>& sizes)
{
    return fmt::format("{}", fmt::join(sizes, ","));
}

} // namespace headroom
