// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/axis_ticks.h"
#include "ui/charts/chart_marks.h"
#include "ui/charts/chart_series.h"

#include <QSet>
#include <QString>

#include <functional>
#include <optional>
#include <vector>

namespace headroom::ui
{

/// What a chart shows, as plain values: whoever makes one of these needs no chart, and no chart knows a report.

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
    std::function<QString(const ChartPoint&)> valueBrief; ///< beside a bar, where valueText has no room; may be empty

    bool hasPoints() const;
};

/// Whether \a item, a series, a mark or a line, is among those that are \a hidden.
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
