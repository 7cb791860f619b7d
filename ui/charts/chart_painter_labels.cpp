// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_painter.h"

#include "ui/charts/label_layout.h"
#include "ui/theme/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>
#include <map>

/// The words of a chart that ChartPainter draws in front of its lines, and how they keep off each other.
namespace headroom::ui
{
namespace
{

constexpr std::size_t kManyPoints = 400;
constexpr double kSpanLabelGap = 160; ///< between two labels with the same text

} // namespace

/// What each stretch is, where there is room, in front of the lines. Stretches of the same kind that follow each other
/// closely share one label.
void ChartPainter::labelSpans()
{
    const QRectF& plot = m_geometry.plot;
    m_painter.setFont(m_theme.font(TextRole::Note));
    const QFontMetricsF metrics(m_painter.font());
    std::map<QString, double> ends; // of the last label of each text
    for (const auto& span : m_data.spans)
    {
        const double left = std::clamp(m_geometry.toScreen(span.from, 0).x(), plot.left(), plot.right());
        const double width = metrics.horizontalAdvance(span.text) + 2;
        QRectF label(std::min(left + px(4), plot.right() - width), plot.top() + px(5), width, metrics.height());
        const bool free =
            std::none_of(m_taken.begin(), m_taken.end(), [&](const QRectF& other) { return other.intersects(label); });
        const auto before = ends.find(span.text);
        const bool said = before != ends.end() && label.left() < before->second + px(kSpanLabelGap);
        if (free && !said && !span.text.isEmpty())
        {
            drawBackedText(label, span.text, colourOf(span.ink, m_theme));
            ends[span.text] = label.right();
        }
    }
}

/// The name of each line at its end, in its colour.
void ChartPainter::nameSeries()
{
    m_painter.setFont(m_theme.font(TextRole::Note));
    const QFontMetricsF metrics(m_painter.font());
    for (const auto& series : m_data.series)
    {
        if (isHidden(series, m_hidden) || series.points.empty())
        {
            continue;
        }
        const QPointF end = m_geometry.toScreen(series.points.back().x, series.points.back().y);
        const QSizeF size(metrics.horizontalAdvance(series.name) + 2, metrics.height());
        if (const auto box = placeBeside(end, size, m_geometry.plot, m_taken, px(5)))
        {
            drawBackedText(*box, series.name, inkOf(series));
        }
    }
}

/// Labels keep off markers and lines, where these are few enough to be seen one by one.
void ChartPainter::takeMarkers(const std::vector<std::vector<std::size_t>>& shown)
{
    for (std::size_t i = 0; i < m_data.series.size(); ++i)
    {
        const auto& series = m_data.series[i];
        const std::size_t most = series.markers ? 60 : kManyPoints;
        const bool seen = series.markers || series.kind == SeriesKind::Line;
        if (isHidden(series, m_hidden) || !seen || shown[i].size() > most || series.kind == SeriesKind::Bars)
        {
            continue;
        }
        std::optional<QPointF> before;
        for (const std::size_t index : shown[i])
        {
            const QPointF at = m_geometry.toScreen(series.points[index].x, series.points[index].y);
            const double half = px(series.markers ? 4 : 2);
            m_taken.emplace_back(at.x() - half, at.y() - half, 2 * half, 2 * half);
            if (before && series.kind == SeriesKind::Line)
            {
                takeLine(QLineF(*before, at));
            }
            before = at;
        }
    }
}

/// Small boxes along \a line.
void ChartPainter::takeLine(const QLineF& line)
{
    const int steps = static_cast<int>(line.length() / px(8));
    for (int step = 1; step < steps; ++step)
    {
        const QPointF at = line.pointAt(static_cast<double>(step) / steps);
        m_taken.emplace_back(at.x() - px(2), at.y() - px(2), px(4), px(4));
    }
}

/// The place of the label of a line across: from its right end to its left, above it or below, where nothing else is;
/// above the plot too, but never on the title or the unit.
std::optional<QRectF> ChartPainter::placeAlong(double y, const QSizeF& size) const
{
    constexpr int kPlaces = 8;
    const QRectF& plot = m_geometry.plot;
    const double roof =
        std::max({plot.top() - size.height(), m_geometry.title.bottom() + px(1), m_geometry.unit.bottom() + px(1)});
    for (const bool free : {true, false}) // where all is taken, its right end
    {
        for (int place = 0; place <= kPlaces; ++place)
        {
            const double x = plot.right() - size.width() - (plot.width() - size.width()) * place / kPlaces;
            for (const double top : {y - size.height() - px(2), y + px(3)}) // a line takes 2 to either side
            {
                const QRectF box(QPointF(x, top), size);
                const bool isFree = std::none_of(m_taken.begin(), m_taken.end(),
                                                 [&](const QRectF& other) { return other.intersects(box); });
                if (top >= roof && box.bottom() <= plot.bottom() && (isFree || !free))
                {
                    return box;
                }
            }
        }
    }
    return std::nullopt;
}

void ChartPainter::labelReferenceLine(const ReferenceLine& line)
{
    if (line.text.isEmpty())
    {
        return;
    }
    const QRectF& plot = m_geometry.plot;
    m_painter.setFont(m_theme.font(TextRole::Note));
    const QFontMetricsF metrics(m_painter.font());
    const QSizeF size(metrics.horizontalAdvance(line.text) + 2, metrics.height());
    const QPointF at = m_geometry.toScreen(line.at, line.at);
    std::optional<QRectF> box;
    if (line.orientation == Qt::Horizontal)
    {
        if (at.y() < plot.top() - 1 || at.y() > plot.bottom() + 1)
        {
            return;
        }
        box = placeAlong(at.y(), size);
    }
    else if (at.x() >= plot.left() - 1 && at.x() <= plot.right() + 1)
    {
        const QPointF anchor(at.x(), plot.top() + size.height() / 2);
        const QRectF bounds = plot.adjusted(0, 0, px(12), 0);
        std::vector<QRectF> others = m_taken;
        for (const auto& other : m_data.lines)
        {
            if (&other != &line && other.orientation == Qt::Vertical)
            {
                others.emplace_back(m_geometry.toScreen(other.at, other.at).x() - 1, plot.top(), 2, plot.height());
            }
        }
        box = placeBeside(anchor, size, bounds, others, px(5));
        box = box ? box : placeBeside(anchor, size, bounds, m_taken, px(5));
    }
    if (box)
    {
        drawBackedText(*box, line.text, colourOf(line.ink, m_theme));
    }
}

/// Text that stays readable on points and lines.
void ChartPainter::drawBackedText(const QRectF& box, const QString& text, const QColor& colour)
{
    QColor backing = m_theme.colours().panel;
    backing.setAlphaF(0.82F);
    m_painter.setPen(Qt::NoPen);
    m_painter.setBrush(backing);
    m_painter.drawRoundedRect(box.adjusted(-px(2), 0, px(2), 0), px(3), px(3));
    m_painter.setPen(colour);
    m_painter.drawText(box, Qt::AlignCenter, text);
    m_taken.push_back(box);
}

/// The place of the value of a point in a row: behind it, or behind what else stands in its row.
std::optional<QRectF> ChartPainter::placeInRow(const QPointF& end, const QSizeF& size) const
{
    QRectF box(QPointF(end.x() + px(8), end.y() - size.height() / 2), size);
    const QRectF room = m_geometry.plot.adjusted(0, -px(4), px(12), px(4));
    const auto inTheWay = [&] {
        return std::find_if(m_taken.begin(), m_taken.end(), [&](const QRectF& other) { return other.intersects(box); });
    };
    for (auto other = inTheWay(); other != m_taken.end() && room.contains(box); other = inTheWay())
    {
        box.moveLeft(other->right() + px(8));
    }
    return room.contains(box) ? std::optional(box) : placeBeside(end, size, room, m_taken, px(8));
}

/// The value of a bar: behind it and its whisker, in fewer words where that has no room; inside its end where the
/// whisker leaves none; and above the bar where that is too short.
void ChartPainter::labelBar(const ChartPoint& point)
{
    const QFontMetricsF metrics(m_painter.font());
    const QRectF& plot = m_geometry.plot;
    const QPointF tip = m_geometry.toScreen(std::isfinite(point.high) ? point.high : point.x, point.y);
    QString text;
    QRectF box;
    for (const auto& words : {m_data.valueText, m_data.valueBrief})
    {
        if (!words)
        {
            continue;
        }
        text = words(point);
        const QSizeF size(metrics.horizontalAdvance(text) + 2, metrics.height());
        box = QRectF(QPointF(tip.x() + px(8), tip.y() - size.height() / 2), size);
        if (box.right() <= plot.right() + px(12))
        {
            m_painter.setPen(m_theme.colours().text);
            m_painter.drawText(box, Qt::AlignLeft | Qt::AlignVCenter, text);
            m_taken.push_back(box);
            return;
        }
    }
    box.moveRight(m_geometry.toScreen(point.x, point.y).x() - px(8));
    if (box.left() < plot.left() + px(4))
    {
        box.moveRight(plot.right());
        box.moveBottom(tip.y() - px(6));
    }
    drawBackedText(box, text, m_theme.colours().text);
}

void ChartPainter::drawValueLabels(const ChartSeries& series)
{
    const QRectF& plot = m_geometry.plot;
    const QRectF room = plot.adjusted(0, -px(4), px(12), px(4));
    const bool along = valuesAlongX(m_data, series);
    for (const auto& point : series.points)
    {
        m_painter.setFont(m_theme.font(TextRole::Note));
        if (!plot.adjusted(-1, -1, 1, 1).contains(m_geometry.toScreen(point.x, point.y)))
        {
            continue;
        }
        if (series.kind == SeriesKind::Bars)
        {
            labelBar(point);
            continue;
        }
        const QFontMetricsF metrics(m_painter.font());
        const QString text = m_data.valueText ? m_data.valueText(point) : tickLabel(valueOf(m_data, series, point));
        const QPointF at = m_geometry.toScreen(std::isfinite(point.high) && along ? point.high : point.x, point.y);
        const QSizeF size(metrics.horizontalAdvance(text) + 2, metrics.height());
        if (const auto box = along ? placeInRow(at, size) : placeBeside(at, size, room, m_taken, px(8)))
        {
            m_painter.setPen(series.muted ? m_theme.colours().secondary : m_theme.colours().text);
            m_painter.drawText(*box, Qt::AlignLeft | Qt::AlignVCenter, text);
            m_taken.push_back(*box);
        }
    }
}

} // namespace headroom::ui
