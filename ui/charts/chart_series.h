// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/ink.h"

#include <QString>

#include <cstdint>
#include <limits>
#include <vector>

namespace headroom::ui
{

inline constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// One figure. What is not known of it is NaN, 0 or empty.
struct ChartPoint
{
    double x = 0;
    double y = 0;
    double low = kNone; ///< of its interval, along the axis of values
    double high = kNone;
    std::int64_t n = 0;         ///< samples behind it
    double clockMhz = kNone;    ///< median SM clock of them
    QString note;               ///< what is odd about it, for the read-out
    QString figureSource;       ///< JSON pointer of the figure in its report
    double figureValue = kNone; ///< the figure there, in the report's unit
};

enum class SeriesKind
{
    Line,   ///< ascending in x; intervals are a band
    Points, ///< markers alone, intervals are whiskers
    Bars,   ///< from the left edge to x, in the row y; intervals are whiskers
    Steps   ///< ascending in x: a staircase filled down to the axis
};

struct ChartSeries
{
    QString key;   ///< what a legend toggles: the same in all charts of a page
    QString group; ///< a second one: the report that it is of, where there are several
    QString name;  ///< "cuDNN"
    Ink ink;
    Marker marker = Marker::Circle;
    LineStyle style = LineStyle::Solid;
    SeriesKind kind = SeriesKind::Line;
    bool markers = true;
    double size = 1;    ///< of its markers, in those of others
    bool muted = false; ///< not verified: shown, but greyed
    bool listed = true; ///< in the read-out
    std::vector<ChartPoint> points;
};

} // namespace headroom::ui
