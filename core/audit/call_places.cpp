// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audit/call_places.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom
{
namespace
{

constexpr std::size_t kMostRanges = 6; ///< after which a list of numbers is cut

std::vector<std::string_view> partsOf(std::string_view path)
{
    std::vector<std::string_view> parts;
    for (std::size_t at = 0;;)
    {
        const auto dot = path.find('.', at);
        parts.push_back(path.substr(at, dot == std::string_view::npos ? dot : dot - at));
        if (dot == std::string_view::npos)
        {
            return parts;
        }
        at = dot + 1;
    }
}

std::optional<std::int64_t> numberIn(std::string_view part)
{
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    return error == std::errc() && end == part.data() + part.size() ? std::optional(number) : std::nullopt;
}

/// The one place in which the parts of \a paths differ; nothing where there are several, or none.
std::optional<std::size_t> differingPart(const std::vector<std::vector<std::string_view>>& paths)
{
    std::optional<std::size_t> place;
    for (const auto& parts : paths)
    {
        if (parts.size() != paths.front().size())
        {
            return std::nullopt;
        }
        for (std::size_t at = 0; at < parts.size(); ++at)
        {
            if (parts[at] != paths.front()[at])
            {
                if (place.value_or(at) != at)
                {
                    return std::nullopt;
                }
                place = at;
            }
        }
    }
    return place;
}

/// The numbers at \a place, ascending, each once; nothing where one is no number.
std::optional<std::vector<std::int64_t>> numbersAt(const std::vector<std::vector<std::string_view>>& paths,
                                                   std::size_t place)
{
    std::vector<std::int64_t> numbers;
    for (const auto& parts : paths)
    {
        const auto number = numberIn(parts[place]);
        if (!number)
        {
            return std::nullopt;
        }
        numbers.push_back(*number);
    }
    std::ranges::sort(numbers);
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    return numbers;
}

/// The step of numbers that are equally far apart, and not next to each other; 0 for others and for fewer than four.
std::int64_t stepOf(std::span<const std::int64_t> numbers)
{
    constexpr std::size_t kFewest = 4;
    if (numbers.size() < kFewest)
    {
        return 0;
    }
    const std::int64_t step = numbers[1] - numbers[0];
    for (std::size_t at = 2; at < numbers.size(); ++at)
    {
        if (numbers[at] - numbers[at - 1] != step)
        {
            return 0;
        }
    }
    return step > 1 ? step : 0;
}

} // namespace

std::string numberRanges(std::span<const std::int64_t> numbers)
{
    if (const auto step = stepOf(numbers); step > 0)
    {
        return fmt::format("{}-{} by {}", numbers.front(), numbers.back(), step);
    }
    std::vector<std::string> ranges;
    for (std::size_t first = 0; first < numbers.size();)
    {
        std::size_t last = first;
        while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1)
        {
            ++last;
        }
        ranges.push_back(first == last ? fmt::format("{}", numbers[first])
                                       : fmt::format("{}-{}", numbers[first], numbers[last]));
        first = last + 1;
    }
    if (ranges.size() > kMostRanges)
    {
        ranges.resize(kMostRanges);
        ranges.emplace_back("...");
    }
    return fmt::format("{}", fmt::join(ranges, ", "));
}

std::string pathPattern(const std::vector<std::string>& paths)
{
    if (paths.empty())
    {
        return {};
    }
    std::vector<std::vector<std::string_view>> parts;
    for (const auto& path : paths)
    {
        parts.push_back(partsOf(path));
    }
    if (const auto place = differingPart(parts))
    {
        if (const auto numbers = numbersAt(parts, *place))
        {
            const std::string range = numberRanges(*numbers);
            auto pattern = parts.front();
            pattern[*place] = range;
            return fmt::format("{}", fmt::join(pattern, "."));
        }
    }
    std::vector<std::string_view> distinct(paths.begin(), paths.end());
    std::ranges::sort(distinct);
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    return distinct.size() == 1 ? paths.front() : fmt::format("{} and {} more", paths.front(), distinct.size() - 1);
}

} // namespace headroom
