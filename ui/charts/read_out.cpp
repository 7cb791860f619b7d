// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/read_out.h"

#include "core/report/format.h"
#include "ui/charts/mark_shape.h"

#include <QCoreApplication>
#include <QLineF>

#include <algorithm>
#include <cmath>

namespace headroom::ui
{
namespace
{

QString tr(const char* text)
{
    return QCoreApplication::translate("ReadOut", text);
}

struct Found
{
    const ChartSeries* series = nullptr;
    const ChartPoint* point = nullptr;
};

bool isRead(const ChartSeries& series, const QSet<QString>& hidden)
{
    return series.listed && !series.points.empty() && !isHidden(series, hidden);
}

/// Of a series that ascends in x, the point whose x is nearest to \a x.
const ChartPoint& nearestByX(const ChartSeries& series, double x)
{
    const auto after = std::lower_bound(series.points.begin(), series.points.end(), x,
                                        [](const ChartPoint& point, double value) { return point.x < value; });
    if (after == series.points.begin())
    {
        return *after;
    }
    const auto before = std::prev(after);
    return after == series.points.end() || x - before->x < after->x - x ? *before : *after;
}

QString detailOf(const ChartPoint& point)
{
    const Format format;
    QString text = point.n > 0 ? tr("n %1").arg(QString::fromStdString(format.count(point.n))) : QString();
    if (std::isfinite(point.clockMhz))
    {
        text += text.isEmpty() ? QString() : QStringLiteral(" · ");
        text += tr("%1 MHz").arg(QString::fromStdString(format.count(std::llround(point.clockMhz))));
    }
    return text;
}

ReadOutRow rowOf(const ChartData& data, const Found& found)
{
    const auto& series = *found.series;
    const QString value =
        data.valueText ? data.valueText(*found.point) : tickLabel(valueOf(data, series, *found.point));
    return {series.ink, series.marker, series.name, value, detailOf(*found.point), found.point->note};
}

/// The place on the x axis that is nearest to the cursor, of all lines.
std::optional<Found> nearestPlace(const ChartData& data, const QSet<QString>& hidden, QPointF cursor,
                                  const ToScreen& toScreen)
{
    // From pixels to values by the nearest of all points: a chart may be logarithmic, and order is kept either way.
    Found best;
    double distance = 0;
    for (const auto& series : data.series)
    {
        if (!isRead(series, hidden))
        {
            continue;
        }
        const auto after =
            std::lower_bound(series.points.begin(), series.points.end(), cursor.x(),
                             [&](const ChartPoint& point, double x) { return toScreen(point.x, point.y).x() < x; });
        for (auto place = after == series.points.begin() ? after : std::prev(after);
             place != series.points.end() && place <= after; ++place)
        {
            const double away = std::abs(toScreen(place->x, place->y).x() - cursor.x());
            if (std::isfinite(away) && (best.point == nullptr || away < distance))
            {
                best = {&series, &*place};
                distance = away;
            }
        }
    }
    return best.point == nullptr ? std::nullopt : std::optional(best);
}

std::optional<Found> nearestPoint(const ChartData& data, const QSet<QString>& hidden, QPointF cursor,
                                  const ToScreen& toScreen, double reach)
{
    Found best;
    double distance = reach;
    for (const auto& series : data.series)
    {
        if (!isRead(series, hidden))
        {
            continue;
        }
        for (const auto& point : series.points)
        {
            const double away = QLineF(toScreen(point.x, point.y), cursor).length();
            if (away <= distance)
            {
                best = {&series, &point};
                distance = away;
            }
        }
    }
    return best.point == nullptr ? std::nullopt : std::optional(best);
}

} // namespace

std::optional<ReadOut> readOutAt(const ChartData& data, const QSet<QString>& hidden, QPointF cursor,
                                 const ToScreen& toScreen, double reach)
{
    const bool byX = data.hover == HoverMode::ByX;
    const auto place =
        byX ? nearestPlace(data, hidden, cursor, toScreen) : nearestPoint(data, hidden, cursor, toScreen, reach);
    if (!place)
    {
        return std::nullopt;
    }
    const ChartPoint& point = *place->point;
    ReadOut readOut{point.x, point.y, data.placeText ? data.placeText(point) : tickLabel(point.x), {}};
    if (!byX)
    {
        readOut.rows.push_back(rowOf(data, *place));
        return readOut;
    }
    for (const auto& series : data.series)
    {
        if (isRead(series, hidden))
        {
            const ChartPoint& there = nearestByX(series, point.x);
            if (std::abs(there.x - point.x) <= std::abs(point.x) * 1e-9)
            {
                readOut.rows.push_back(rowOf(data, {&series, &there}));
            }
        }
    }
    for (const auto& mark : data.marks)
    {
        if (mark.x == point.x && !isHidden(mark, hidden))
        {
            readOut.rows.push_back({mark.ink, markerOf(mark), mark.text, {}, {}, mark.detail});
        }
    }
    return readOut;
}

std::vector<QPointF> stopsOf(const ChartData& data, const QSet<QString>& hidden)
{
    std::vector<QPointF> stops;
    for (const auto& series : data.series)
    {
        if (isRead(series, hidden))
        {
            for (const auto& point : series.points)
            {
                stops.emplace_back(point.x, point.y);
            }
        }
    }
    const bool byX = data.hover == HoverMode::ByX;
    std::stable_sort(stops.begin(), stops.end(),
                     [&](const QPointF& left, const QPointF& right)
                     { return left.x() != right.x() ? left.x() < right.x() : left.y() < right.y(); });
    const auto last = std::unique(stops.begin(), stops.end(),
                                  [&](const QPointF& left, const QPointF& right)
                                  { return left.x() == right.x() && (byX || left.y() == right.y()); });
    stops.erase(last, stops.end());
    return stops;
}

QString toText(const ReadOut& readOut)
{
    QString text = readOut.heading;
    for (const auto& row : readOut.rows)
    {
        text += QLatin1Char('\n') + row.name;
        for (const QString& part : {row.value, row.detail, row.note})
        {
            text += part.isEmpty() ? QString() : QStringLiteral(" · ") + part;
        }
    }
    return text;
}

} // namespace headroom::ui
