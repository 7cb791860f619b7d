// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <span>

namespace headroom::ui
{

/// The unit of one axis: values are divided by \ref size to be drawn.
struct ChartUnit
{
    double size = 1;
    QString name;

    bool operator==(const ChartUnit&) const = default;
};

/// The unit in which the geometric middle of \a ns, times in nanoseconds, has one to three digits before the point: ns,
/// µs, ms, s.
ChartUnit timeUnit(std::span<const double> ns);

/// B, KiB, MiB, GiB likewise.
ChartUnit byteUnit(std::span<const double> bytes);

/// \a base with a metric prefix: "TFLOP/s".
ChartUnit metricUnit(std::span<const double> values, const QString& base);

} // namespace headroom::ui
