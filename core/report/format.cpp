// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

namespace headroom
{
namespace
{

constexpr std::string_view kThinSpace = "\u202f"; // narrow and never broken over two lines

struct Unit
{
    double size;
    std::string_view name;
    std::string_view asciiName;
};

constexpr std::array kTimeUnits{Unit{1e9, "s", "s"}, Unit{1e6, "ms", "ms"}, Unit{1e3, "µs", "us"}, Unit{1, "ns", "ns"}};
constexpr std::array kByteUnits{Unit{1024.0 * 1024 * 1024 * 1024, "TiB", "TiB"},
                                Unit{1024.0 * 1024 * 1024, "GiB", "GiB"}, Unit{1024.0 * 1024, "MiB", "MiB"},
                                Unit{1024.0, "KiB", "KiB"}, Unit{1, "B", "B"}};
constexpr std::array kMetricUnits{Unit{1e15, "P", "P"}, Unit{1e12, "T", "T"}, Unit{1e9, "G", "G"},
                                  Unit{1e6, "M", "M"},  Unit{1e3, "k", "k"},  Unit{1, "", ""}};

/// The largest unit that \a value, rounded to three digits, reaches; the smallest for less.
template <std::size_t N> const Unit& unitOf(const std::array<Unit, N>& units, double value)
{
    for (const auto& unit : units)
    {
        if (std::abs(value) >= 0.9995 * unit.size)
        {
            return unit;
        }
    }
    return units.back();
}

/// Decimals that leave \a value three significant digits.
int decimalsOf(double value)
{
    const double size = std::abs(value);
    if (size >= 99.95 || size == 0 || !std::isfinite(size))
    {
        return 0;
    }
    if (size >= 9.995)
    {
        return 1;
    }
    return size >= 0.9995 ? 2 : std::min(2 - static_cast<int>(std::floor(std::log10(size))), 12);
}

/// Decimals that an uncertainty of \a halfWidth allows a value: the place of its first digit, but one digit of the
/// value itself in any case (0.5 and not 0).
int decimalsWithin(double value, double halfWidth)
{
    const int most = decimalsOf(value);
    if (!(halfWidth > 0) || !std::isfinite(halfWidth))
    {
        return most;
    }
    const int allowed = -static_cast<int>(std::floor(std::log10(halfWidth)));
    const int least = value == 0 ? 0 : std::clamp(-static_cast<int>(std::floor(std::log10(std::abs(value)))), 0, most);
    return std::clamp(allowed, least, most);
}

/// Two, and below 0.1 as many as leave two significant digits: no ratio that was measured reads 0.00.
int ratioDecimals(double value)
{
    const double size = std::abs(value);
    return size >= 0.0995 ? std::min(decimalsOf(value), 2) : std::max(decimalsOf(value) - 1, 0);
}

/// The lower end of an interval at \a decimals, or with its first digit where it would read as zero though it is none
/// ("0.04" and not "0.0").
std::string lowerEnd(double low, int decimals)
{
    const bool wouldBeZero = low > 0 && low < 0.5 * std::pow(10.0, -decimals);
    const int shown = wouldBeZero ? std::min(-static_cast<int>(std::floor(std::log10(low))), 12) : decimals;
    return fmt::format("{:.{}f}", low, shown);
}

double roundedUp(double value, int decimals)
{
    const double scale = std::pow(10.0, decimals);
    return std::max(0.0, std::ceil(value * scale - 1e-9)) / scale; // and never -0
}

std::string grouped(std::string digits, std::string_view separator)
{
    const std::size_t first = digits.starts_with('-') ? 1 : 0;
    const std::size_t point = std::min(digits.find('.'), digits.size());
    for (std::size_t at = point; at > first + 3;)
    {
        at -= 3;
        digits.insert(at, separator);
    }
    return digits;
}

std::string longDuration(double seconds)
{
    const auto whole = static_cast<std::int64_t>(std::llround(seconds));
    if (whole >= 3600)
    {
        return fmt::format("{} h {:02} min", whole / 3600, (whole % 3600) / 60);
    }
    return fmt::format("{} min {:02} s", whole / 60, whole % 60);
}

} // namespace

std::string Format::duration(double ns) const
{
    if (!std::isfinite(ns))
    {
        return dash();
    }
    if (ns >= 120e9)
    {
        return longDuration(ns * 1e-9);
    }
    const auto& unit = unitOf(kTimeUnits, ns);
    return fmt::format("{:.{}f} {}", ns / unit.size, decimalsOf(ns / unit.size), m_ascii ? unit.asciiName : unit.name);
}

std::string Format::duration(const std::optional<double>& ns) const
{
    return ns ? duration(*ns) : dash();
}

std::string Format::sample(double ns) const
{
    if (!std::isfinite(ns) || ns >= 120e9)
    {
        return duration(ns);
    }
    const auto& unit = unitOf(kTimeUnits, ns);
    const double value = ns / unit.size;
    const int decimals = value > 0 ? std::clamp(4 - static_cast<int>(std::floor(std::log10(value))), 0, 4) : 0;
    return fmt::format("{:.{}f} {}", value, decimals, m_ascii ? unit.asciiName : unit.name);
}

std::string Format::durationWithin(double ns, double halfWidthNs) const
{
    if (!std::isfinite(ns) || !std::isfinite(halfWidthNs) || ns >= 120e9)
    {
        return duration(ns);
    }
    const auto& unit = unitOf(kTimeUnits, ns);
    const std::string_view name = m_ascii ? unit.asciiName : unit.name;
    const int decimals = decimalsWithin(ns / unit.size, halfWidthNs / unit.size);
    return fmt::format("{:.{}f} {} {} {:.{}f} {}", ns / unit.size, decimals, name, plusMinus(),
                       roundedUp(halfWidthNs / unit.size, decimals), decimals, name);
}

std::string Format::duration(double ns, const std::optional<Interval>& interval) const
{
    if (!interval || !std::isfinite(ns) || ns >= 120e9)
    {
        return duration(ns);
    }
    const auto& unit = unitOf(kTimeUnits, ns);
    const Interval scaled{interval->low / unit.size, interval->high / unit.size};
    const double value = ns / unit.size;
    const std::string name = fmt::format(" {}", m_ascii ? unit.asciiName : unit.name);
    return within(name, value, scaled, decimalsWithin(value, 0.5 * (scaled.high - scaled.low)));
}

/// The value with its unit and its interval, as far as that can be seen at \a decimals.
std::string Format::within(std::string_view unit, double value, const Interval& interval, int decimals) const
{
    const std::string text = fmt::format("{:.{}f}{}", value, decimals, unit);
    const std::string low = lowerEnd(interval.low, decimals);
    const std::string high = fmt::format("{:.{}f}", interval.high, decimals);
    if (low != high)
    {
        return fmt::format("{} ({} {} {})", text, low, dash(), high);
    }
    const double share = std::max(interval.high - value, value - interval.low) / value;
    return share > 0 ? fmt::format("{} {} {:.1f} %", text, plusMinus(), std::max(roundedUp(100 * share, 1), 0.1))
                     : text;
}

std::string Format::ratio(double value) const
{
    return std::isfinite(value) ? fmt::format("{:.{}f}{}", value, ratioDecimals(value), times()) : dash();
}

std::string Format::ratio(double value, const std::optional<Interval>& interval) const
{
    if (!interval || !std::isfinite(value))
    {
        return ratio(value);
    }
    const int allowed = decimalsWithin(value, 0.5 * (interval->high - interval->low));
    return within(times(), value, *interval, std::min(allowed, ratioDecimals(value)));
}

std::string Format::bytes(double value) const
{
    if (!std::isfinite(value))
    {
        return dash();
    }
    const auto& unit = unitOf(kByteUnits, value);
    const int decimals = unit.size > 1 ? decimalsOf(value / unit.size) : 0;
    return fmt::format("{:.{}f} {}", value / unit.size, decimals, unit.name);
}

std::string Format::bytes(const std::optional<double>& value) const
{
    return value ? bytes(*value) : dash();
}

std::string Format::count(std::int64_t value) const
{
    return grouped(std::to_string(value), m_ascii ? std::string_view(",") : kThinSpace);
}

std::string Format::rate(double value, std::string_view unit) const
{
    if (!std::isfinite(value))
    {
        return dash();
    }
    std::string digits = fmt::format("{:.{}f}", value, decimalsOf(value));
    if (value >= 1000)
    {
        const double step = std::pow(10.0, std::floor(std::log10(value)) - 3); // four digits from a thousand on
        digits = fmt::format("{:.0f}", std::round(value / step) * step);
    }
    return fmt::format("{} {}", grouped(digits, m_ascii ? std::string_view(",") : kThinSpace), unit);
}

std::string Format::percent(double share) const
{
    if (!std::isfinite(share))
    {
        return dash();
    }
    const double percent = 100.0 * share;
    return fmt::format("{:.{}f} %", percent, std::abs(percent) >= 9.95 ? 0 : (std::abs(percent) >= 0.095 ? 1 : 2));
}

std::string Format::error(double value) const
{
    if (std::isnan(value))
    {
        return "NaN";
    }
    if (std::isinf(value))
    {
        return m_ascii ? "inf" : "∞";
    }
    return value == 0 ? "0" : fmt::format("{:.2e}", value);
}

std::string Format::metric(double value, std::string_view unit) const
{
    if (!std::isfinite(value))
    {
        return dash();
    }
    const auto& prefix = unitOf(kMetricUnits, value);
    return fmt::format("{:.{}f} {}{}", value / prefix.size, decimalsOf(value / prefix.size), prefix.name, unit);
}

std::string Format::quantile(const HonestQuantile& quantile) const
{
    if (quantile.value)
    {
        return duration(*quantile.value);
    }
    return quantile.samplesMissing > 0 ? fmt::format("needs {} more", count(quantile.samplesMissing)) : dash();
}

std::string Format::plural(std::int64_t value, std::string_view noun) const
{
    return fmt::format("{} {}{}", count(value), noun, value == 1 ? "" : "s");
}

std::string printable(std::string_view text)
{
    std::string result(text);
    std::replace_if(
        result.begin(), result.end(),
        [](char one) { return (static_cast<unsigned char>(one) < 0x20 && one != '\n' && one != '\t') || one == 0x7f; },
        '?');
    return result;
}

std::string Format::plain(std::string_view raw) const
{
    const std::string text = printable(raw);
    if (!m_ascii)
    {
        return text;
    }
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kReplacements{{{"µ", "u"},
                                                                                                  {"×", "x"},
                                                                                                  {"±", "+/-"},
                                                                                                  {"–", "-"},
                                                                                                  {"—", "-"},
                                                                                                  {"✓", "ok"},
                                                                                                  {"✗", "FAIL"},
                                                                                                  {kThinSpace, ","},
                                                                                                  {"∞", "inf"},
                                                                                                  {"≤", "<="},
                                                                                                  {"≥", ">="},
                                                                                                  {"→", "->"}}};
    std::string result;
    for (std::size_t at = 0; at < text.size();)
    {
        const auto rest = std::string_view(text).substr(at);
        const auto known = std::find_if(kReplacements.begin(), kReplacements.end(),
                                        [&](const auto& pair) { return rest.starts_with(pair.first); });
        if (known != kReplacements.end())
        {
            result += known->second;
            at += known->first.size();
            continue;
        }
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte < 0x80)
        {
            result += text[at];
        }
        else if ((byte & 0xC0U) == 0xC0U)
        {
            result += '?';
        }
        ++at;
    }
    return result;
}

std::string capitalised(std::string text)
{
    constexpr std::string_view kCudnn = "cuDNN";
    if (text.starts_with("cudnn"))
    {
        text.replace(0, kCudnn.size(), kCudnn);
    }
    else if (!text.empty() && !text.starts_with(kCudnn))
    {
        text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
    }
    return text;
}

std::size_t displayWidth(std::string_view text)
{
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

} // namespace headroom
