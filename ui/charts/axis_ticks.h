// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace headroom::ui
{

/// Where the lines of an axis are, and what they are called. Pure functions; a range that is no range (NaN, infinite,
/// upside down) has no ticks.

enum class AxisScale
{
    Linear,
    Log ///< of values above 0
};

struct AxisTick
{
    double value = 0;
    QString label;

    bool operator==(const AxisTick&) const = default;
};

/// Multiples of 1, 2 or 5 times a power of ten within [low, high]: at most \a most of them, and as many as that allows.
/// A range of one value has that value.
std::vector<double> linearTicks(double low, double high, int most);

/// 1, 2 and 5 of each decade within [low, high] while they are at most \a most; then powers of ten; then each second,
/// third... of those. Where fewer than three lie inside, linearTicks(). Nothing unless 0 < low.
std::vector<double> logTicks(double low, double high, int most);

std::vector<double> ticksOf(AxisScale scale, double low, double high, int most);

/// "0.25", "512", "2 000", "20k", "1.5M", "5e-07": as few digits as tell \a value from its neighbours.
QString tickLabel(double value);

/// A count of tokens or batch items: "512", "1k", "16k" for multiples of 1024, else the number.
QString sizeLabel(std::int64_t value);

std::vector<AxisTick> labelled(const std::vector<double>& values);

/// \a values in [\a low, \a high] widened for what is drawn at their ends: a margin of \a share on either side, in the
/// scale's own measure. Values that are not finite, or not above 0 on a logarithmic scale, do not count; without any,
/// (0, 1), or (1, 10). One value alone gets room around it.
std::pair<double, double> paddedRange(AxisScale scale, std::span<const double> values, double share);

/// The place of \a value on a scale, for drawing: its decimal logarithm on a logarithmic one. NaN for what has none.
double placeOf(AxisScale scale, double value);
double valueAt(AxisScale scale, double place);

} // namespace headroom::ui
