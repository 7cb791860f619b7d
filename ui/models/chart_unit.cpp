// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/chart_unit.h"

#include <algorithm>
#include <cmath>

namespace headroom::ui
{
namespace
{

ChartUnit unitFor(std::span<const double> values, std::span<const ChartUnit> units)
{
    double low = 0;
    double high = 0;
    for (const double value : values)
    {
        if (std::isfinite(value) && value > 0)
        {
            low = low > 0 ? std::min(low, value) : value;
            high = std::max(high, value);
        }
    }
    const double middle = std::sqrt(low) * std::sqrt(high);
    ChartUnit chosen = units.front();
    for (const auto& unit : units)
    {
        chosen = middle >= unit.size ? unit : chosen;
    }
    return chosen;
}

} // namespace

ChartUnit timeUnit(std::span<const double> ns)
{
    const ChartUnit units[] = {{1, QStringLiteral("ns")},
                               {1e3, QStringLiteral("µs")},
                               {1e6, QStringLiteral("ms")},
                               {1e9, QStringLiteral("s")}};
    return unitFor(ns, units);
}

ChartUnit byteUnit(std::span<const double> bytes)
{
    constexpr double kKibi = 1024;
    const ChartUnit units[] = {{1, QStringLiteral("B")},
                               {kKibi, QStringLiteral("KiB")},
                               {kKibi * kKibi, QStringLiteral("MiB")},
                               {kKibi * kKibi * kKibi, QStringLiteral("GiB")}};
    return unitFor(bytes, units);
}

ChartUnit metricUnit(std::span<const double> values, const QString& base)
{
    const ChartUnit units[] = {{1, base},
                               {1e3, QLatin1Char('k') + base},
                               {1e6, QLatin1Char('M') + base},
                               {1e9, QLatin1Char('G') + base},
                               {1e12, QLatin1Char('T') + base},
                               {1e15, QLatin1Char('P') + base}};
    return unitFor(values, units);
}

} // namespace headroom::ui
