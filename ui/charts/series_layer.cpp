// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/series_layer.h"

#include "ui/charts/chart_painter.h"
#include "ui/charts/decimation.h"
#include "ui/theme/theme.h"

#include <QGraphicsLayout>
#include <QGraphicsScene>
#include <QtCharts/QAreaSeries>
#include <QtCharts/QChart>
#include <QtCharts/QLegend>
#include <QtCharts/QLineSeries>
#include <QtCharts/QValueAxis>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace headroom::ui
{
namespace
{

/// The Qt series of one of ours.
struct SeriesItems
{
    QLineSeries* line = nullptr;
    QLineSeries* upper = nullptr;
    QLineSeries* lower = nullptr;
    QAreaSeries* area = nullptr; ///< between the two: the band, or the staircase
};

bool ascends(const std::vector<QPointF>& places)
{
    return std::is_sorted(places.begin(), places.end(),
                          [](const QPointF& left, const QPointF& right) { return left.x() < right.x(); });
}

QList<QPointF> linePoints(const std::vector<QPointF>& places, const std::vector<std::size_t>& shown)
{
    QList<QPointF> points;
    points.reserve(static_cast<qsizetype>(shown.size()));
    for (const std::size_t index : shown)
    {
        points.append(places[index]);
    }
    return points;
}

struct Band
{
    QList<QPointF> upper;
    QList<QPointF> lower;
};

/// The interval of each point that has one.
Band bandOf(const ChartSeries& series, const std::vector<QPointF>& places, const std::vector<std::size_t>& shown,
            AxisScale scale)
{
    Band band;
    for (const std::size_t index : shown)
    {
        const double low = placeOf(scale, series.points[index].low);
        const double high = placeOf(scale, series.points[index].high);
        if (std::isfinite(low) && std::isfinite(high))
        {
            band.upper.append({places[index].x(), high});
            band.lower.append({places[index].x(), low});
        }
    }
    return band;
}

/// A step at each point, as wide as the way to the next one.
Band staircaseOf(const std::vector<QPointF>& places, const std::vector<std::size_t>& shown, double floor)
{
    Band band;
    for (std::size_t i = 0; i < shown.size(); ++i)
    {
        const QPointF at = places[shown[i]];
        const double next = i + 1 < shown.size() ? places[shown[i + 1]].x() : at.x();
        band.upper.append(at);
        band.upper.append({next, at.y()});
        band.lower.append({at.x(), floor});
        band.lower.append({next, floor});
    }
    return band;
}

} // namespace

struct SeriesLayer::Parts
{
    QChart* chart = nullptr;
    QValueAxis* x = nullptr;
    QValueAxis* y = nullptr;
    std::vector<SeriesItems> items;
};

SeriesLayer::SeriesLayer(QGraphicsScene& scene) : m_parts(std::make_unique<Parts>())
{
    auto* chart = new QChart;
    chart->setBackgroundVisible(false);
    chart->setPlotAreaBackgroundVisible(false);
    chart->legend()->hide();
    chart->setMargins({});
    chart->layout()->setContentsMargins(0, 0, 0, 0);
    chart->setAcceptedMouseButtons(Qt::NoButton);
    scene.addItem(chart);
    m_parts->chart = chart;
    m_parts->x = new QValueAxis(chart);
    m_parts->y = new QValueAxis(chart);
    m_parts->x->setVisible(false);
    m_parts->y->setVisible(false);
    chart->addAxis(m_parts->x, Qt::AlignBottom);
    chart->addAxis(m_parts->y, Qt::AlignLeft);
}

SeriesLayer::~SeriesLayer() = default; // the scene owns the chart, and the chart its series

void SeriesLayer::growTo(std::size_t count)
{
    Parts& parts = *m_parts;
    while (parts.items.size() < count)
    {
        SeriesItems items;
        items.upper = new QLineSeries(parts.chart);
        items.lower = new QLineSeries(parts.chart);
        items.area = new QAreaSeries(items.upper, items.lower);
        items.line = new QLineSeries(parts.chart);
        for (QAbstractSeries* series :
             {static_cast<QAbstractSeries*>(items.area), static_cast<QAbstractSeries*>(items.line)})
        {
            parts.chart->addSeries(series);
            series->attachAxis(parts.x);
            series->attachAxis(parts.y);
        }
        parts.items.push_back(items);
    }
}

void SeriesLayer::take(const ChartData& data)
{
    m_places.assign(data.series.size(), {});
    for (std::size_t i = 0; i < data.series.size(); ++i)
    {
        m_places[i].reserve(data.series[i].points.size());
        for (const auto& point : data.series[i].points)
        {
            m_places[i].emplace_back(placeOf(data.x.scale, point.x), placeOf(data.y.scale, point.y));
        }
    }
    growTo(data.series.size());
}

const std::vector<std::vector<std::size_t>>& SeriesLayer::show(const ChartData& data, const ChartGeometry& geometry,
                                                               const QSet<QString>& hidden, const Theme& theme,
                                                               QSizeF size)
{
    Parts& parts = *m_parts;
    parts.chart->resize(size);
    parts.chart->setPlotArea(geometry.plot);
    const ChartRange& range = geometry.range;
    parts.x->setRange(range.left, range.right);
    parts.y->setRange(range.bottom, range.top);
    m_shown.assign(data.series.size(), {});
    const int columns = std::max(1, static_cast<int>(geometry.plot.width()));
    for (std::size_t i = 0; i < parts.items.size(); ++i)
    {
        const SeriesItems& items = parts.items[i];
        const bool used = i < data.series.size() && !isHidden(data.series[i], hidden) && geometry.plot.width() > 0;
        if (!used)
        {
            items.line->setVisible(false);
            items.area->setVisible(false);
            continue;
        }
        const ChartSeries& series = data.series[i];
        auto& shown = m_shown[i];
        if (ascends(m_places[i]))
        {
            shown = decimated(m_places[i], range.left, range.right, columns);
        }
        else
        {
            shown.resize(series.points.size());
            std::iota(shown.begin(), shown.end(), std::size_t{0});
        }
        const bool steps = series.kind == SeriesKind::Steps;
        const Band band = steps                             ? staircaseOf(m_places[i], shown, range.bottom)
                          : series.kind == SeriesKind::Line ? bandOf(series, m_places[i], shown, data.y.scale)
                                                            : Band{};
        const QColor colour = seriesColour(series, theme);
        QColor fill = colour;
        fill.setAlphaF(steps ? 0.35F : 0.2F);
        items.upper->replace(band.upper);
        items.lower->replace(band.lower);
        items.area->setBrush(fill);
        items.area->setPen(steps ? QPen(colour, 1) : QPen(Qt::NoPen));
        items.area->setVisible(band.upper.size() > 1);
        items.line->setVisible(series.kind == SeriesKind::Line);
        if (series.kind == SeriesKind::Line)
        {
            // A line that fills each column from top to bottom takes long to stroke: the painter draws its columns.
            items.line->setVisible(shown.size() <= static_cast<std::size_t>(columns) * 2);
            items.line->setPen(QPen(colour, 2 * theme.scale(), penStyle(series.style), Qt::RoundCap, Qt::RoundJoin));
            items.line->replace(linePoints(m_places[i], shown));
        }
    }
    return m_shown;
}

} // namespace headroom::ui
