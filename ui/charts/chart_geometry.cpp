// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_geometry.h"

#include "ui/charts/label_layout.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>

namespace headroom::ui
{
namespace
{

/// The values that the two axes must show.
struct Extents
{
    std::vector<double> x;
    std::vector<double> y;

    void add(double xValue, double yValue)
    {
        x.push_back(xValue);
        y.push_back(yValue);
    }
};

Extents extentsOf(const ChartData& data, const QSet<QString>& hidden)
{
    Extents extents;
    for (const auto& series : data.series)
    {
        if (isHidden(series, hidden))
        {
            continue;
        }
        const bool along = valuesAlongX(data, series);
        for (const auto& point : series.points)
        {
            extents.add(point.x, point.y);
            auto& values = along ? extents.x : extents.y;
            values.push_back(point.low);
            values.push_back(point.high);
        }
    }
    for (const auto& mark : data.marks)
    {
        if (!isHidden(mark, hidden))
        {
            extents.add(mark.x, mark.y);
        }
    }
    for (const auto& line : data.lines)
    {
        if (!isHidden(line, hidden))
        {
            auto& values = line.orientation == Qt::Horizontal ? extents.y : extents.x;
            values.insert(values.end(), {line.at, line.low, line.high});
        }
    }
    for (const auto& span : data.spans)
    {
        extents.x.insert(extents.x.end(), {span.from, span.to});
    }
    return extents;
}

std::pair<double, double> axisRange(const ChartAxis& axis, std::vector<double> values, double share)
{
    if (axis.zero && axis.scale == AxisScale::Linear)
    {
        values.push_back(0);
    }
    auto [low, high] = paddedRange(axis.scale, values, share);
    const bool positive = std::all_of(values.begin(), values.end(), [](double value) { return !(value < 0); });
    if (axis.zero && axis.scale == AxisScale::Linear && positive)
    {
        low = 0;
    }
    low = axis.from.value_or(low);
    high = axis.to.value_or(high);
    if (!(high > low))
    {
        high = low + 1;
    }
    return {placeOf(axis.scale, low), placeOf(axis.scale, high)};
}

std::vector<AxisTick> ticksFor(const ChartAxis& axis, double low, double high, double pixels, double each)
{
    if (!axis.ticks.empty())
    {
        std::vector<AxisTick> inside;
        const double slack = (high - low) * 1e-9;
        std::copy_if(axis.ticks.begin(), axis.ticks.end(), std::back_inserter(inside),
                     [&](const AxisTick& tick)
                     {
                         const double place = placeOf(axis.scale, tick.value);
                         return place >= low - slack && place <= high + slack;
                     });
        return inside;
    }
    const int most = std::max(2, static_cast<int>(pixels / each));
    return labelled(ticksOf(axis.scale, valueAt(axis.scale, low), valueAt(axis.scale, high), most));
}

double widest(const std::vector<AxisTick>& ticks, const QFontMetricsF& metrics)
{
    double width = 0;
    for (const auto& tick : ticks)
    {
        width = std::max(width, metrics.horizontalAdvance(tick.label));
    }
    return width;
}

/// Labels of \a ticks where there is room for them; the lines stay.
std::vector<PlacedTick> withRoom(const std::vector<AxisTick>& ticks, const std::vector<double>& at,
                                 const std::vector<double>& extents, double gap)
{
    std::vector<PlacedTick> placed;
    for (std::size_t i = 0; i < ticks.size(); ++i)
    {
        placed.push_back({at[i], {}});
    }
    std::vector<double> ascending = at;
    const bool reversed = at.size() > 1 && at.front() > at.back();
    std::vector<double> sizes = extents;
    if (reversed)
    {
        std::reverse(ascending.begin(), ascending.end());
        std::reverse(sizes.begin(), sizes.end());
    }
    for (const std::size_t index : thinned(ascending, sizes, gap))
    {
        const std::size_t original = reversed ? at.size() - 1 - index : index;
        placed[original].label = ticks[original].label;
    }
    return placed;
}

void placeHeader(ChartGeometry& geometry, const ChartData& data, const ChartMetrics& metrics, double margin)
{
    const QFontMetricsF title(metrics.title);
    const QFontMetricsF note(metrics.note);
    const QRectF row(geometry.panel.left() + margin, geometry.panel.top() + 0.75 * margin,
                     geometry.panel.width() - 2 * margin, title.height());
    const double unitWidth = note.horizontalAdvance(data.unit) + 2;
    const double titleWidth = title.horizontalAdvance(data.title) + 2;
    geometry.title = row;
    if (titleWidth + unitWidth + margin <= row.width())
    {
        geometry.unit = QRectF(row.right() - unitWidth, row.top(), unitWidth, row.height());
        geometry.title.setRight(geometry.unit.left() - margin / 2);
    }
    else
    {
        geometry.unit = QRectF(row.left(), row.bottom(), row.width(), data.unit.isEmpty() ? 0 : note.height());
    }
}

} // namespace

ChartRange fullRange(const ChartData& data, const QSet<QString>& hidden)
{
    const Extents extents = extentsOf(data, hidden);
    ChartRange range;
    const bool bars = std::any_of(data.series.begin(), data.series.end(),
                                  [](const ChartSeries& series) { return series.kind == SeriesKind::Bars; });
    std::tie(range.left, range.right) = axisRange(data.x, extents.x, data.valueLabels && bars ? 0.22 : 0.04);
    if (data.y.rows)
    {
        range.bottom = -0.5;
        range.top = static_cast<double>(std::max<std::size_t>(data.y.ticks.size(), 1)) - 0.5;
    }
    else
    {
        std::tie(range.bottom, range.top) = axisRange(data.y, extents.y, 0.08);
    }
    return range;
}

ChartRange zoomed(const ChartRange& range, QPointF place, double factorX, double factorY)
{
    const ChartRange result{
        place.x() + (range.left - place.x()) * factorX, place.x() + (range.right - place.x()) * factorX,
        place.y() + (range.bottom - place.y()) * factorY, place.y() + (range.top - place.y()) * factorY};
    const auto isFine = [](double low, double high) {
        return high - low > 1e-9 * std::max({std::abs(low), std::abs(high), 1e-6});
    };
    return isFine(result.left, result.right) && isFine(result.bottom, result.top) ? result : range;
}

ChartRange panned(const ChartRange& range, double shareX, double shareY)
{
    const double x = (range.right - range.left) * shareX;
    const double y = (range.top - range.bottom) * shareY;
    return {range.left + x, range.right + x, range.bottom + y, range.top + y};
}

QPointF ChartGeometry::placeToScreen(QPointF place) const
{
    const double x = (place.x() - range.left) / (range.right - range.left);
    const double y = (place.y() - range.bottom) / (range.top - range.bottom);
    return {plot.left() + x * plot.width(),
            downwards ? plot.top() + y * plot.height() : plot.bottom() - y * plot.height()};
}

QPointF ChartGeometry::toScreen(double x, double y) const
{
    return placeToScreen({placeOf(xScale, x), placeOf(yScale, y)});
}

QPointF ChartGeometry::screenToPlace(QPointF pixel) const
{
    const double x = (pixel.x() - plot.left()) / std::max(plot.width(), 1.0);
    const double y = (downwards ? pixel.y() - plot.top() : plot.bottom() - pixel.y()) / std::max(plot.height(), 1.0);
    return {range.left + x * (range.right - range.left), range.bottom + y * (range.top - range.bottom)};
}

ChartGeometry layOut(const ChartData& data, const ChartRange& range, const QRectF& panel, const ChartMetrics& metrics)
{
    const QFontMetricsF note(metrics.note);
    const double margin = 16 * metrics.scale;
    const double gap = 8 * metrics.scale;
    ChartGeometry geometry;
    geometry.panel = panel;
    geometry.range = range;
    geometry.xScale = data.x.scale;
    geometry.yScale = data.y.scale;
    geometry.downwards = data.y.rows;
    placeHeader(geometry, data, metrics, margin);

    const double top = std::max(geometry.title.bottom(), geometry.unit.bottom()) + 1.25 * gap;
    const double below = (data.x.labels ? note.height() + gap : 0) + (data.x.name.isEmpty() ? 0 : note.height());
    const double bottom = panel.bottom() - 0.75 * margin - below;
    const auto yTicks = ticksFor(data.y, range.bottom, range.top, bottom - top,
                                 (data.y.scale == AxisScale::Log ? 24 : 32) * metrics.scale);
    const double labels = data.y.labels ? std::min(widest(yTicks, note), panel.width() * 0.4) + gap : 0;
    geometry.plot = QRectF(QPointF(panel.left() + margin + labels, top), QPointF(panel.right() - margin, bottom));
    if (geometry.plot.width() < 1 || geometry.plot.height() < 1)
    {
        geometry.plot = QRectF(panel.center(), QSizeF(0, 0));
        return geometry;
    }
    geometry.xNameAt = {geometry.plot.center().x(), panel.bottom() - 0.75 * margin - note.height() / 2};

    std::vector<double> at;
    std::vector<double> extents;
    for (const auto& tick : yTicks)
    {
        at.push_back(geometry.placeToScreen({0, placeOf(data.y.scale, tick.value)}).y());
        extents.push_back(note.height());
    }
    geometry.yTicks = withRoom(yTicks, at, extents, 0);

    const auto xTicks = ticksFor(data.x, range.left, range.right, geometry.plot.width(), 64 * metrics.scale);
    at.clear();
    extents.clear();
    for (const auto& tick : xTicks)
    {
        at.push_back(geometry.placeToScreen({placeOf(data.x.scale, tick.value), 0}).x());
        extents.push_back(note.horizontalAdvance(tick.label));
    }
    geometry.xTicks = withRoom(xTicks, at, extents, gap);
    return geometry;
}

} // namespace headroom::ui
