// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/chart_data.h"

#include <QFont>
#include <QPointF>
#include <QRectF>
#include <QSet>

#include <vector>

namespace headroom::ui
{

/// The part of the axes that is shown, in places (axis_ticks.h, placeOf()): what zooming and panning change.
struct ChartRange
{
    double left = 0;
    double right = 1;
    double bottom = 0;
    double top = 1;

    bool operator==(const ChartRange&) const = default;
    bool isValid() const { return right > left && top > bottom; }
};

/// All points, marks and lines of the series that are not \a hidden, with room around them.
ChartRange fullRange(const ChartData& data, const QSet<QString>& hidden);

/// \a range scaled by \a factor about \a place (in places); below 1 zooms in.
ChartRange zoomed(const ChartRange& range, QPointF place, double factorX, double factorY);

/// \a range moved by shares of its size.
ChartRange panned(const ChartRange& range, double shareX, double shareY);

struct PlacedTick
{
    double at = 0; ///< pixels
    QString label; ///< empty where there is no room for one

    bool operator==(const PlacedTick&) const = default;
};

/// The fonts and distances of a chart.
struct ChartMetrics
{
    QFont title;
    QFont note;
    double scale = 1;
};

/// Where everything of a chart is, in pixels.
struct ChartGeometry
{
    QRectF panel;
    QRectF title;
    QRectF unit;
    QRectF plot;
    QPointF xNameAt; ///< centre
    ChartRange range;
    AxisScale xScale = AxisScale::Linear;
    AxisScale yScale = AxisScale::Linear;
    bool downwards = false; ///< rows: y grows downwards
    std::vector<PlacedTick> xTicks;
    std::vector<PlacedTick> yTicks;

    QPointF toScreen(double x, double y) const; ///< of values
    QPointF placeToScreen(QPointF place) const; ///< of places
    QPointF screenToPlace(QPointF pixel) const;
};

/// Lays \a data out in \a panel. A panel that is too small for a plot has an empty one.
ChartGeometry layOut(const ChartData& data, const ChartRange& range, const QRectF& panel, const ChartMetrics& metrics);

} // namespace headroom::ui
