// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/axis_ticks.h"
#include "ui/charts/ink.h"

#include <QSet>
#include <QString>

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

namespace headroom::ui
{

inline constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// What a chart shows, as plain values: whoever makes one of these needs no chart, and no chart knows a report.

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
    bool muted = false; ///< not verified: shown, but greyed
    bool listed = true; ///< in the read-out
    std::vector<ChartPoint> points;
};

/// Something that has no figure: failed, or out of memory.
struct ChartMark
{
    QString key;   ///< of the series that it belongs to
    QString group; ///< likewise
    double x = 0;
    double y = kNone; ///< NaN: at the bottom of the chart
    QString text;     ///< "out of memory at 8k"
    Ink ink = InkRole::Bad;
    double fromX = kNone; ///< a faint line leads there from this point, where both are set
    double fromY = kNone;
    QString detail; ///< the reason in full, for the read-out
};

/// A limit, a median, a roof that is flat.
struct ReferenceLine
{
    Qt::Orientation orientation = Qt::Horizontal;
    double at = 0;
    double low = kNone; ///< of its interval: a band beside the line
    double high = kNone;
    QString text;
    Ink ink = InkRole::Secondary;
    LineStyle style = LineStyle::Dashed;
    bool drawn = true; ///< false: only its text is
    QString figureSource;
    double figureValue = kNone;
};

/// A stretch of the x axis, over the whole height.
struct ChartSpan
{
    double from = 0;
    double to = 0;
    QString text;
    Ink ink = InkRole::Caution;
};

struct ChartAxis
{
    AxisScale scale = AxisScale::Linear;
    QString name;                ///< "sequence length"; empty: it needs none
    std::vector<AxisTick> ticks; ///< where they are fixed; else made from the range
    std::optional<double> from;  ///< where an end is fixed
    std::optional<double> to;
    bool zero = false; ///< 0 is always part of it
    bool grid = true;  ///< hairlines at its ticks
    bool rows = false; ///< of y: names of rows, 0 at the top
    bool labels = true;
};

enum class HoverMode
{
    ByX,    ///< all series at the nearest x
    Nearest ///< the nearest point alone
};

struct ChartData
{
    QString title;
    QString unit; ///< "ms, log, lower is better"
    ChartAxis x;
    ChartAxis y;
    std::vector<ChartSeries> series;
    std::vector<ChartMark> marks;
    std::vector<ReferenceLine> lines;
    std::vector<ChartSpan> spans;
    HoverMode hover = HoverMode::ByX;
    bool direct = false;      ///< series are named at their ends, and need no legend
    bool valueLabels = false; ///< of bars and points: the value is written beside them
    QString empty;            ///< the sentence in place of a chart without points

    /// How the read-out puts the x of a point, and its value with the interval. Text by core/report/format.h.
    std::function<QString(const ChartPoint&)> placeText;
    std::function<QString(const ChartPoint&)> valueText;

    bool hasPoints() const;
};

/// Whether \a item, a series or a mark, is among those that are \a hidden.
template <typename Item> bool isHidden(const Item& item, const QSet<QString>& hidden)
{
    return hidden.contains(item.key) || (!item.group.isEmpty() && hidden.contains(item.group));
}

/// The axis along which the values of \a kind are: x for bars, else y. Points of a chart with rows have theirs in x.
bool valuesAlongX(const ChartData& data, const ChartSeries& series);

/// The value of \a point: its x or its y.
double valueOf(const ChartData& data, const ChartSeries& series, const ChartPoint& point);

/// A few sentences that say what the chart shows, for those who cannot see it.
QString describeChart(const ChartData& data);

} // namespace headroom::ui
