// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/chart_geometry.h"
#include "ui/charts/read_out.h"

#include <QSet>

class QPainter;

namespace headroom::ui
{

class Theme;

/// What is drawn around and over the series of a chart. Each call draws one layer from values alone.
class ChartPainter
{
public:
    ChartPainter(QPainter& painter, const ChartData& data, const ChartGeometry& geometry, const Theme& theme,
                 const QSet<QString>& hidden);

    /// Under the series: the panel, title and unit, spans, hairlines, the labels of the axes.
    void drawBehind();

    /// Over them: limits, markers, whiskers, bars, failed points, and their labels. \a shown: for each series which of
    /// its points are drawn.
    void drawInFront(const std::vector<std::vector<std::size_t>>& shown);

    /// The cross-hair with its box.
    void drawReadOut(const ReadOut& readOut);

    /// The stretched rectangle that will be zoomed to.
    void drawRubberBand(const QRectF& band);

    void drawFocus();
    void drawNotice(const QString& text);

private:
    void drawSpans();
    void labelSpans();
    void nameSeries();
    std::optional<QRectF> placeAlong(double y, const QSizeF& size) const;
    std::optional<QRectF> placeInRow(const QPointF& end, const QSizeF& size) const;
    void drawGrid();
    void drawEmpty();
    void drawReferenceLine(const ReferenceLine& line);
    void labelReferenceLine(const ReferenceLine& line);
    void drawBackedText(const QRectF& box, const QString& text, const QColor& colour);
    void drawColumns(const ChartSeries& series, const std::vector<std::size_t>& shown);
    void drawDensity(const ChartSeries& series);
    void drawBars(const ChartSeries& series);
    void drawPoints(const ChartSeries& series, const std::vector<std::size_t>& shown);
    void drawWhisker(const ChartSeries& series, const ChartPoint& point, const QColor& colour);
    void drawValueLabels(const ChartSeries& series);
    void labelBar(const ChartPoint& point);
    void drawMark(const ChartMark& mark);
    void takeMarkers(const std::vector<std::vector<std::size_t>>& shown);
    void takeLine(const QLineF& line);
    QColor inkOf(const ChartSeries& series) const;
    double px(double pixels) const;

    QPainter& m_painter;
    const ChartData& m_data;
    const ChartGeometry& m_geometry;
    const Theme& m_theme;
    const QSet<QString>& m_hidden;
    std::vector<QRectF> m_taken; ///< by labels and markers
};

/// The colour of \a series: paler when it is not verified.
QColor seriesColour(const ChartSeries& series, const Theme& theme);

} // namespace headroom::ui
