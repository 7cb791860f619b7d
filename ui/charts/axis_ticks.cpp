// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/axis_ticks.h"

#include "core/report/format.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace headroom::ui
{
namespace
{

bool isRange(double low, double high)
{
    return std::isfinite(low) && std::isfinite(high) && low <= high;
}

/// The smallest 1, 2 or 5 times a power of ten that is at least \a value.
double niceStep(double value)
{
    const double power = std::pow(10.0, std::floor(std::log10(value)));
    for (const double digit : {1.0, 2.0, 5.0})
    {
        if (digit * power >= value * (1 - 1e-9))
        {
            return digit * power;
        }
    }
    return 10 * power;
}

std::vector<double> multiplesIn(double low, double high, double step)
{
    std::vector<double> ticks;
    const double last = std::floor(high / step + 1e-9);
    for (double index = std::ceil(low / step - 1e-9); index <= last; ++index)
    {
        ticks.push_back(index == 0 ? 0.0 : index * step);
    }
    return ticks;
}

/// \a digits of each of the decades from 10^\a first to 10^\a last, each \a stride-th decade, within the range.
std::vector<double> decadeTicks(double low, double high, std::span<const double> digits, int stride)
{
    std::vector<double> ticks;
    const int first = static_cast<int>(std::floor(std::log10(low)));
    const int last = static_cast<int>(std::ceil(std::log10(high)));
    for (int decade = first; decade <= last; ++decade)
    {
        if (((decade % stride) + stride) % stride != 0)
        {
            continue;
        }
        for (const double digit : digits)
        {
            const double value = digit * std::pow(10.0, decade);
            if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9))
            {
                ticks.push_back(value);
            }
        }
    }
    return ticks;
}

} // namespace

std::vector<double> linearTicks(double low, double high, int most)
{
    if (!isRange(low, high) || most < 1)
    {
        return {};
    }
    if (low == high)
    {
        return {low};
    }
    for (double step = niceStep((high - low) / most); std::isfinite(step); step = niceStep(step * 1.01))
    {
        auto ticks = multiplesIn(low, high, step);
        if (static_cast<int>(ticks.size()) > most)
        {
            continue;
        }
        if (ticks.size() < 2 && most > 1) // one tick tells no distance: rather one more than there is room for
        {
            auto finer = multiplesIn(low, high, niceStep(step * 0.39));
            return finer.size() > ticks.size() && static_cast<int>(finer.size()) <= most + 1 ? finer : ticks;
        }
        return ticks;
    }
    return {};
}

std::vector<double> logTicks(double low, double high, int most)
{
    if (!isRange(low, high) || low <= 0 || most < 1)
    {
        return {};
    }
    static constexpr double kFine[] = {1, 2, 5};
    static constexpr double kCoarse[] = {1};
    auto ticks = decadeTicks(low, high, kFine, 1);
    if (ticks.size() < 3)
    {
        return linearTicks(low, high, most);
    }
    for (int stride = 1; static_cast<int>(ticks.size()) > most && stride < 1000; ++stride)
    {
        ticks = decadeTicks(low, high, kCoarse, stride);
    }
    return ticks;
}

std::vector<double> ticksOf(AxisScale scale, double low, double high, int most)
{
    return scale == AxisScale::Log ? logTicks(low, high, most) : linearTicks(low, high, most);
}

QString tickLabel(double value)
{
    const double size = std::abs(value);
    if (!std::isfinite(value))
    {
        return {};
    }
    const auto plain = [](double number) { return QString::number(number, 'g', 6); };
    if (size >= 1e15 || (size > 0 && size < 1e-4))
    {
        return QString::number(value, 'g', 3);
    }
    for (const auto& [power, suffix] : {std::pair{1e12, 'T'}, std::pair{1e9, 'G'}, std::pair{1e6, 'M'}})
    {
        if (size >= power)
        {
            return plain(value / power) + QLatin1Char(suffix);
        }
    }
    if (size >= 1e4)
    {
        return plain(value / 1e3) + QLatin1Char('k');
    }
    if (size >= 1e3 && value == std::floor(value))
    {
        return QString::fromStdString(Format().count(static_cast<std::int64_t>(value)));
    }
    return plain(value);
}

QString sizeLabel(std::int64_t value)
{
    constexpr std::int64_t kKibi = 1024;
    if (value >= kKibi && value % kKibi == 0)
    {
        return QStringLiteral("%1k").arg(value / kKibi);
    }
    return QString::fromStdString(Format().count(value));
}

std::vector<AxisTick> labelled(const std::vector<double>& values)
{
    std::vector<AxisTick> ticks;
    for (const double value : values)
    {
        ticks.push_back({value, tickLabel(value)});
    }
    return ticks;
}

std::pair<double, double> paddedRange(AxisScale scale, std::span<const double> values, double share)
{
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (const double value : values)
    {
        const double place = placeOf(scale, value);
        if (std::isfinite(place))
        {
            low = std::min(low, place);
            high = std::max(high, place);
        }
    }
    if (low > high)
    {
        return scale == AxisScale::Log ? std::pair{1.0, 10.0} : std::pair{0.0, 1.0};
    }
    double margin = (high - low) * share;
    if (margin <= std::abs(high) * 1e-12)
    {
        margin = scale == AxisScale::Log ? 0.3 : std::max(std::abs(high) * 0.1, 1e-9);
    }
    return {valueAt(scale, low - margin), valueAt(scale, high + margin)};
}

double placeOf(AxisScale scale, double value)
{
    if (scale == AxisScale::Linear)
    {
        return value;
    }
    return value > 0 ? std::log10(value) : std::numeric_limits<double>::quiet_NaN();
}

double valueAt(AxisScale scale, double place)
{
    return scale == AxisScale::Log ? std::pow(10.0, place) : place;
}

} // namespace headroom::ui
