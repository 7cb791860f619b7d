// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/monitor_schedule.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace headroom
{
namespace
{

constexpr std::array<std::pair<std::string_view, double>, 5> kUnits{
    {{"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}}};
constexpr double kLongestSeconds = 366.0 * 86400;

[[noreturn]] void refuse(std::string_view text)
{
    throw std::invalid_argument(
        fmt::format("\"{}\" is no time; write 30s, 10m, 1h30m or 1d, more than nothing and at most a year", text));
}

/// The factor of the unit that \a rest begins with, which is cut off.
double takeUnit(std::string_view& rest, std::string_view text)
{
    const auto length = std::min(rest.find_first_of("0123456789."), rest.size());
    const auto word = rest.substr(0, length);
    const auto found = std::find_if(kUnits.begin(), kUnits.end(), [&](const auto& unit) { return unit.first == word; });
    if (found == kUnits.end())
    {
        refuse(text);
    }
    rest.remove_prefix(length);
    return found->second;
}

} // namespace

MonitorTick nextTick(const MonitorSchedule& schedule, std::int64_t last, double elapsedSeconds)
{
    const std::int64_t due = last + 1;
    // A tick that comes within a rounding error of now has not passed.
    const double passed = std::ceil(elapsedSeconds / schedule.everySeconds - 1e-9);
    const std::int64_t number = std::max(due, static_cast<std::int64_t>(passed));
    return {number, static_cast<double>(number) * schedule.everySeconds, number - due};
}

bool isDone(const MonitorSchedule& schedule, std::int64_t repetitions)
{
    return schedule.count && repetitions >= *schedule.count;
}

double secondsFromText(std::string_view text)
{
    std::string_view rest = text;
    double seconds = 0;
    while (!rest.empty())
    {
        double value = 0;
        const auto parsed = std::from_chars(rest.data(), rest.data() + rest.size(), value, std::chars_format::fixed);
        if (parsed.ec != std::errc() || parsed.ptr == rest.data() || !(value >= 0))
        {
            refuse(text);
        }
        const bool first = rest.size() == text.size();
        rest.remove_prefix(static_cast<std::size_t>(parsed.ptr - rest.data()));
        seconds += rest.empty() && first ? value : value * takeUnit(rest, text);
    }
    if (!(seconds > 0 && seconds <= kLongestSeconds))
    {
        refuse(text);
    }
    return seconds;
}

std::string textOfSeconds(double seconds)
{
    if (seconds < 1)
    {
        return fmt::format("{:.0f} ms", seconds * 1e3);
    }
    const auto whole = std::llround(seconds);
    std::string text;
    for (const auto& [unit, length] :
         {std::pair{"d", 86400LL}, std::pair{"h", 3600LL}, std::pair{"min", 60LL}, std::pair{"s", 1LL}})
    {
        const long long above = length == 86400 ? whole : length == 3600 ? whole % 86400 : whole % (length * 60);
        if (const long long count = above / length; count > 0)
        {
            text += fmt::format("{}{} {}", text.empty() ? "" : " ", count, unit);
        }
    }
    return text;
}

} // namespace headroom
