// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_data.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace headroom::ui
{
namespace
{

QString tr(const char* text)
{
    return QCoreApplication::translate("ChartData", text);
}

QString describeSeries(const ChartData& data, const ChartSeries& series)
{
    const auto text = [&](const ChartPoint& point)
    {
        const QString value = data.valueText ? data.valueText(point) : tickLabel(valueOf(data, series, point));
        return data.placeText ? tr("%1 at %2").arg(value, data.placeText(point)) : value;
    };
    const auto count = series.points.size();
    if (count == 1)
    {
        return tr("%1: %2.").arg(series.name, text(series.points.front()));
    }
    return tr("%1: %2 points, from %3 to %4.")
        .arg(series.name)
        .arg(count)
        .arg(text(series.points.front()), text(series.points.back()));
}

} // namespace

bool ChartData::hasPoints() const
{
    return !marks.empty() ||
           std::any_of(series.begin(), series.end(), [](const ChartSeries& one) { return !one.points.empty(); });
}

bool valuesAlongX(const ChartData& data, const ChartSeries& series)
{
    return series.kind == SeriesKind::Bars || data.y.rows;
}

double valueOf(const ChartData& data, const ChartSeries& series, const ChartPoint& point)
{
    return valuesAlongX(data, series) ? point.x : point.y;
}

QString describeChart(const ChartData& data)
{
    QString text = data.unit.isEmpty() ? data.title + QLatin1Char('.') : tr("%1, in %2.").arg(data.title, data.unit);
    if (!data.hasPoints())
    {
        return text + QLatin1Char(' ') + data.empty;
    }
    for (const auto& series : data.series)
    {
        if (series.listed && !series.points.empty())
        {
            text += QLatin1Char(' ') + describeSeries(data, series);
        }
    }
    for (const auto& mark : data.marks)
    {
        text += QLatin1Char(' ') + mark.text + QLatin1Char('.');
    }
    return text;
}

} // namespace headroom::ui
