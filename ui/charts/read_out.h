// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/chart_data.h"

#include <QPointF>
#include <QSet>

#include <functional>
#include <optional>
#include <vector>

namespace headroom::ui
{

/// What stands in the box beside the cross-hair.
struct ReadOutRow
{
    Ink ink;
    Marker marker = Marker::Circle;
    QString name;
    QString value;  ///< with its interval
    QString detail; ///< "n 61 · 1 755 MHz"
    QString note;

    bool operator==(const ReadOutRow&) const = default;
};

struct ReadOut
{
    double x = 0; ///< where the cross-hair is
    double y = 0;
    QString heading; ///< the place
    std::vector<ReadOutRow> rows;

    bool operator==(const ReadOut&) const = default;
};

/// A point of the chart on the screen.
using ToScreen = std::function<QPointF(double x, double y)>;

/// What is to be read nearest to \a cursor among the series that are not \a hidden: by the chart's way of hovering, all
/// lines at that place or one point. Nothing where there is no point, or none within \a reach pixels of a chart that is
/// read point by point.
std::optional<ReadOut> readOutAt(const ChartData& data, const QSet<QString>& hidden, QPointF cursor,
                                 const ToScreen& toScreen, double reach = 24);

/// The places that the cross-hair stops at when it is moved by keys, ascending in x and without repetition.
std::vector<QPointF> stopsOf(const ChartData& data, const QSet<QString>& hidden);

/// Lines of a read-out as text, for accessibility and tests.
QString toText(const ReadOut& readOut);

} // namespace headroom::ui
