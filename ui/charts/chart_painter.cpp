// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_painter.h"

#include "ui/charts/label_layout.h"
#include "ui/charts/mark_shape.h"
#include "ui/charts/marker_shape.h"
#include "ui/theme/theme.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace headroom::ui
{
namespace
{

constexpr double kMarkerRadius = 3.5;
constexpr double kManyPointsRadius = 2.0;
constexpr std::size_t kManyPoints = 400;
constexpr std::size_t kTooManyMarkers = 4000; ///< of one series: to tell apart, and to draw in a frame
constexpr double kBarHeight = 0.62;

QColor withAlpha(QColor colour, double alpha)
{
    colour.setAlphaF(static_cast<float>(alpha));
    return colour;
}

} // namespace

QColor seriesColour(const ChartSeries& series, const Theme& theme)
{
    const QColor colour = colourOf(series.ink, theme);
    return series.muted ? withAlpha(colour, 0.5) : colour;
}

ChartPainter::ChartPainter(QPainter& painter, const ChartData& data, const ChartGeometry& geometry, const Theme& theme,
                           const QSet<QString>& hidden)
    : m_painter(painter), m_data(data), m_geometry(geometry), m_theme(theme), m_hidden(hidden)
{
}

double ChartPainter::px(double pixels) const
{
    return pixels * m_theme.scale();
}

QColor ChartPainter::inkOf(const ChartSeries& series) const
{
    return seriesColour(series, m_theme);
}

void ChartPainter::drawBehind()
{
    const Colours& colours = m_theme.colours();
    m_painter.fillRect(m_geometry.panel, colours.page);
    m_painter.setPen(QPen(colours.line, 1));
    m_painter.setBrush(colours.panel);
    m_painter.drawRoundedRect(m_geometry.panel.adjusted(0.5, 0.5, -0.5, -0.5), px(8), px(8));
    QFont title = m_theme.font(TextRole::Title);
    title.setWeight(QFont::DemiBold);
    m_painter.setFont(title);
    m_painter.setPen(colours.text);
    m_painter.drawText(m_geometry.title, Qt::AlignLeft | Qt::AlignVCenter,
                       QFontMetricsF(title).elidedText(m_data.title, Qt::ElideRight, m_geometry.title.width()));
    const QFont note = m_theme.font(TextRole::Note);
    m_painter.setFont(note);
    m_painter.setPen(colours.secondary);
    const bool below = m_geometry.unit.top() > m_geometry.title.top();
    m_painter.drawText(m_geometry.unit, (below ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter,
                       QFontMetricsF(note).elidedText(m_data.unit, Qt::ElideRight, m_geometry.unit.width() + 1));
    if (!m_data.hasPoints())
    {
        drawEmpty();
        return;
    }
    drawSpans();
    drawGrid();
}

void ChartPainter::drawEmpty()
{
    m_painter.setPen(m_theme.colours().secondary);
    m_painter.setFont(m_theme.font(TextRole::Note));
    const QRectF inside = m_geometry.panel.adjusted(px(24), px(40), -px(24), -px(16));
    m_painter.drawText(inside, Qt::AlignCenter | Qt::TextWordWrap, m_data.empty);
}

void ChartPainter::drawSpans()
{
    const QRectF& plot = m_geometry.plot;
    for (const auto& span : m_data.spans)
    {
        const QColor colour = colourOf(span.ink, m_theme);
        double left = m_geometry.toScreen(span.from, 0).x();
        double right = std::max(m_geometry.toScreen(span.to, 0).x(), left + px(2));
        left = std::clamp(left, plot.left(), plot.right());
        right = std::clamp(right, plot.left(), plot.right());
        const QRectF box(left, plot.top(), right - left, plot.height());
        m_painter.fillRect(box, withAlpha(colour, 0.14));
        m_painter.fillRect(QRectF(left, plot.top(), right - left, px(3)), colour);
    }
}

void ChartPainter::drawGrid()
{
    const QRectF& plot = m_geometry.plot;
    const Colours& colours = m_theme.colours();
    m_painter.setFont(m_theme.font(TextRole::Note));
    const QFontMetricsF metrics(m_painter.font());
    for (const auto& tick : m_geometry.yTicks)
    {
        if (m_data.y.grid)
        {
            m_painter.setPen(QPen(colours.line, 1));
            m_painter.drawLine(QPointF(plot.left(), std::round(tick.at) + 0.5),
                               QPointF(plot.right(), std::round(tick.at) + 0.5));
        }
        if (m_data.y.labels)
        {
            const double width = plot.left() - m_geometry.panel.left() - px(16);
            const QRectF box(m_geometry.panel.left() + px(8), tick.at - metrics.height() / 2, width, metrics.height());
            m_painter.setPen(m_data.y.rows ? colours.text : colours.secondary);
            m_painter.drawText(box, Qt::AlignRight | Qt::AlignVCenter,
                               metrics.elidedText(tick.label, Qt::ElideMiddle, box.width() + 1));
        }
    }
    for (const auto& tick : m_geometry.xTicks)
    {
        if (m_data.x.grid)
        {
            m_painter.setPen(QPen(colours.line, 1));
            m_painter.drawLine(QPointF(std::round(tick.at) + 0.5, plot.top()),
                               QPointF(std::round(tick.at) + 0.5, plot.bottom()));
        }
        if (m_data.x.labels && !tick.label.isEmpty())
        {
            const double width = metrics.horizontalAdvance(tick.label) + 2;
            const QRectF box(tick.at - width / 2, plot.bottom() + px(6), width, metrics.height());
            m_painter.setPen(colours.secondary);
            m_painter.drawText(movedInside(box, m_geometry.panel.adjusted(4, 0, -4, 0)), Qt::AlignCenter, tick.label);
        }
    }
    if (!m_data.x.name.isEmpty())
    {
        m_painter.setPen(colours.secondary);
        const double width = metrics.horizontalAdvance(m_data.x.name) + 2;
        m_painter.drawText(QRectF(m_geometry.xNameAt.x() - width / 2, m_geometry.xNameAt.y() - metrics.height() / 2,
                                  width, metrics.height()),
                           Qt::AlignCenter, m_data.x.name);
    }
}

void ChartPainter::drawInFront(const std::vector<std::vector<std::size_t>>& shown)
{
    if (!m_data.hasPoints())
    {
        return;
    }
    m_taken.clear();
    m_painter.save();
    m_painter.setClipRect(m_geometry.plot.adjusted(-px(6), -px(6), px(6), px(6)));
    for (const auto& line : m_data.lines)
    {
        if (line.drawn && !isHidden(line, m_hidden))
        {
            drawReferenceLine(line);
        }
    }
    for (std::size_t i = 0; i < m_data.series.size(); ++i)
    {
        const auto& series = m_data.series[i];
        if (!isHidden(series, m_hidden))
        {
            series.kind == SeriesKind::Bars ? drawBars(series) : drawPoints(series, shown[i]);
        }
    }
    m_painter.restore();
    labelSpans();
    takeMarkers(shown);
    for (const auto& line : m_data.lines)
    {
        if (!isHidden(line, m_hidden))
        {
            labelReferenceLine(line);
        }
    }
    if (m_data.direct)
    {
        nameSeries();
    }
    for (const auto& series : m_data.series)
    {
        if (m_data.valueLabels && !isHidden(series, m_hidden))
        {
            drawValueLabels(series);
        }
    }
    for (const auto& mark : m_data.marks)
    {
        if (!isHidden(mark, m_hidden))
        {
            drawMark(mark);
        }
    }
}

void ChartPainter::drawReferenceLine(const ReferenceLine& line)
{
    const QRectF& plot = m_geometry.plot;
    const QColor colour = colourOf(line.ink, m_theme);
    const bool across = line.orientation == Qt::Horizontal;
    if (std::isfinite(line.low) && std::isfinite(line.high))
    {
        const QPointF low = m_geometry.toScreen(line.low, line.low);
        const QPointF high = m_geometry.toScreen(line.high, line.high);
        const QRectF band = across ? QRectF(QPointF(plot.left(), high.y()), QPointF(plot.right(), low.y()))
                                   : QRectF(QPointF(low.x(), plot.top()), QPointF(high.x(), plot.bottom()));
        m_painter.fillRect(band.normalized(), withAlpha(colour, 0.16));
    }
    const QPointF at = m_geometry.toScreen(line.at, line.at);
    m_painter.setPen(QPen(colour, px(1.5), penStyle(line.style)));
    across ? m_painter.drawLine(QPointF(plot.left(), at.y()), QPointF(plot.right(), at.y()))
           : m_painter.drawLine(QPointF(at.x(), plot.top()), QPointF(at.x(), plot.bottom()));
}

void ChartPainter::drawBars(const ChartSeries& series)
{
    const QColor colour = inkOf(series);
    for (const auto& point : series.points)
    {
        const QPointF end = m_geometry.toScreen(point.x, point.y);
        const double height = std::min(
            std::abs(m_geometry.toScreen(point.x, 1).y() - m_geometry.toScreen(point.x, 0).y()) * kBarHeight, px(32));
        const QRectF bar(QPointF(m_geometry.plot.left(), end.y() - height / 2), QPointF(end.x(), end.y() + height / 2));
        m_painter.setPen(Qt::NoPen);
        m_painter.setBrush(colour);
        m_painter.drawRoundedRect(bar, px(3), px(3));
        drawWhisker(series, point, m_theme.colours().text);
    }
}

void ChartPainter::drawPoints(const ChartSeries& series, const std::vector<std::size_t>& shown)
{
    if (series.kind == SeriesKind::Line && shown.size() > 2 * static_cast<std::size_t>(m_geometry.plot.width()))
    {
        drawColumns(series, shown);
        return;
    }
    if (!series.markers)
    {
        return;
    }
    const QColor colour = inkOf(series);
    const bool decimated = shown.size() < series.points.size() && shown.size() > kManyPoints;
    const bool dense = series.kind == SeriesKind::Points && (decimated || shown.size() > kTooManyMarkers);
    if (dense)
    {
        drawDensity(series);
        return;
    }
    const bool many = shown.size() > kManyPoints;
    const double radius = px(many ? kManyPointsRadius : kMarkerRadius) * series.size;
    for (const std::size_t index : shown)
    {
        const auto& point = series.points[index];
        if (series.kind == SeriesKind::Points)
        {
            drawWhisker(series, point, colour);
        }
        const QPointF at = m_geometry.toScreen(point.x, point.y);
        // A ring of the panel's colour sets markers apart that touch.
        if (!many && !isOpen(series.marker) && !series.muted)
        {
            m_painter.setPen(QPen(m_theme.colours().panel, px(1.5)));
            m_painter.setBrush(colour);
            m_painter.drawPath(markerPath(series.marker, radius + px(0.75)).translated(at));
        }
        drawMarker(m_painter, series.marker, at, radius, colour, series.muted);
    }
}

/// A line with more points than pixels: each column from its lowest to its highest.
void ChartPainter::drawColumns(const ChartSeries& series, const std::vector<std::size_t>& shown)
{
    const QColor colour = inkOf(series);
    std::optional<QRectF> column;
    for (const std::size_t index : shown)
    {
        const QPointF at = m_geometry.toScreen(series.points[index].x, series.points[index].y);
        const double x = std::floor(at.x());
        if (column && column->left() == x)
        {
            column->setTop(std::min(column->top(), at.y()));
            column->setBottom(std::max(column->bottom(), at.y() + 1));
            continue;
        }
        if (column)
        {
            m_painter.fillRect(*column, colour);
        }
        column = QRectF(x, at.y(), 1, 1);
    }
    if (column)
    {
        m_painter.fillRect(*column, colour);
    }
}

/// More points than pixels: each cell of the plot is the darker, the more points lie in it, and one alone is seen.
void ChartPainter::drawDensity(const ChartSeries& series)
{
    const double cell = px(2.5);
    const QRectF& plot = m_geometry.plot;
    const int columns = static_cast<int>(plot.width() / cell) + 1;
    const int rows = static_cast<int>(plot.height() / cell) + 1;
    std::vector<int> counts(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows), 0);
    int most = 1;
    for (const auto& point : series.points)
    {
        const QPointF at = m_geometry.toScreen(point.x, point.y);
        if (plot.contains(at))
        {
            const auto column = static_cast<std::size_t>((at.x() - plot.left()) / cell);
            const auto row = static_cast<std::size_t>((at.y() - plot.top()) / cell);
            most = std::max(most, ++counts[row * static_cast<std::size_t>(columns) + column]);
        }
    }
    const QColor colour = inkOf(series);
    QImage image(columns, rows, QImage::Format_ARGB32_Premultiplied);
    const auto shadeOf = [&](int count)
    { return withAlpha(colour, 0.35 + 0.65 * std::log1p(count) / std::log1p(most)).rgba(); };
    for (int row = 0; row < rows; ++row)
    {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(row));
        for (int column = 0; column < columns; ++column)
        {
            const int count = counts[static_cast<std::size_t>(row) * static_cast<std::size_t>(columns) +
                                     static_cast<std::size_t>(column)];
            line[column] = count > 0 ? qPremultiply(shadeOf(count)) : 0;
        }
    }
    m_painter.drawImage(QRectF(plot.left(), plot.top(), columns * cell, rows * cell), image);
}

void ChartPainter::drawWhisker(const ChartSeries& series, const ChartPoint& point, const QColor& colour)
{
    if (!std::isfinite(point.low) || !std::isfinite(point.high))
    {
        return;
    }
    const bool along = valuesAlongX(m_data, series);
    const QPointF low = along ? m_geometry.toScreen(point.low, point.y) : m_geometry.toScreen(point.x, point.low);
    const QPointF high = along ? m_geometry.toScreen(point.high, point.y) : m_geometry.toScreen(point.x, point.high);
    const QPointF cap = along ? QPointF(0, px(4)) : QPointF(px(4), 0);
    m_painter.setPen(QPen(colour, px(1.5)));
    m_painter.drawLine(low, high);
    m_painter.drawLine(low - cap, low + cap);
    m_painter.drawLine(high - cap, high + cap);
}

void ChartPainter::drawMark(const ChartMark& mark)
{
    const QRectF& plot = m_geometry.plot;
    const QColor colour = colourOf(mark.ink, m_theme);
    QPointF at = m_geometry.toScreen(
        mark.x, std::isfinite(mark.y) ? mark.y : valueAt(m_geometry.yScale, m_geometry.range.bottom));
    if (!plot.adjusted(-1, -1, 1, 1).contains(at))
    {
        return;
    }
    at.setY(std::min(at.y(), plot.bottom() - px(6)));
    if (std::isfinite(mark.fromX) && std::isfinite(mark.fromY))
    {
        m_painter.setPen(QPen(withAlpha(colour, 0.7), px(1.25), Qt::DotLine));
        const QPointF from = m_geometry.toScreen(mark.fromX, mark.fromY);
        m_painter.drawLine(from, at);
        m_taken.push_back(QRectF(from, at).normalized().adjusted(0, -px(2), 0, px(2)));
    }
    drawMarker(m_painter, markerOf(mark), at, px(4), colour);
    m_taken.emplace_back(at.x() - px(5), at.y() - px(5), px(10), px(10));
    m_painter.setFont(m_theme.font(TextRole::Note));
    const QFontMetricsF metrics(m_painter.font());
    const QSizeF size(metrics.horizontalAdvance(mark.text) + 2, metrics.height());
    if (const auto box = placeBeside(at, size, plot.adjusted(0, -px(12), px(12), 0), m_taken, px(8)))
    {
        m_painter.setPen(colour);
        m_painter.drawText(*box, Qt::AlignLeft | Qt::AlignVCenter, mark.text);
        m_taken.push_back(*box);
    }
}

void ChartPainter::drawRubberBand(const QRectF& band)
{
    const QColor accent = m_theme.colours().accent;
    m_painter.setPen(QPen(accent, 1));
    m_painter.setBrush(withAlpha(accent, 0.12));
    m_painter.drawRect(band.intersected(m_geometry.plot));
}

void ChartPainter::drawFocus()
{
    m_painter.setPen(QPen(m_theme.colours().accent, px(1.5)));
    m_painter.setBrush(Qt::NoBrush);
    m_painter.drawRoundedRect(m_geometry.panel.adjusted(1, 1, -1, -1), px(8), px(8));
}

void ChartPainter::drawNotice(const QString& text)
{
    const Colours& colours = m_theme.colours();
    m_painter.setFont(m_theme.font(TextRole::Note));
    const QFontMetricsF metrics(m_painter.font());
    const double width = std::min(metrics.horizontalAdvance(text) + px(24), m_geometry.panel.width() - px(24));
    const QRectF box(m_geometry.panel.center().x() - width / 2, m_geometry.panel.bottom() - metrics.height() - px(28),
                     width, metrics.height() + px(12));
    m_painter.setPen(QPen(colours.line, 1));
    m_painter.setBrush(colours.selected);
    m_painter.drawRoundedRect(box, px(6), px(6));
    m_painter.setPen(colours.text);
    m_painter.drawText(box, Qt::AlignCenter, metrics.elidedText(text, Qt::ElideMiddle, width - px(16)));
}

} // namespace headroom::ui
