// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_painter.h"

#include "ui/charts/label_layout.h"
#include "ui/charts/marker_shape.h"
#include "ui/theme/theme.h"

#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>

namespace headroom::ui
{
namespace
{

/// The columns of a read-out box: name, value, detail.
std::array<double, 3> columnWidths(const ReadOut& readOut, const QFontMetricsF& plain, const QFontMetricsF& bold)
{
    std::array<double, 3> widths{};
    for (const auto& row : readOut.rows)
    {
        widths[0] = std::max(widths[0], plain.horizontalAdvance(row.name));
        widths[1] = std::max(widths[1], bold.horizontalAdvance(row.value));
        widths[2] = std::max(widths[2], plain.horizontalAdvance(row.detail));
    }
    return widths;
}

} // namespace

void ChartPainter::drawReadOut(const ReadOut& readOut)
{
    const Colours& colours = m_theme.colours();
    const QRectF& plot = m_geometry.plot;
    const QPointF at = m_geometry.toScreen(readOut.x, readOut.y);
    if (m_data.hover == HoverMode::ByX)
    {
        m_painter.setPen(QPen(colours.accent, 1, Qt::DashLine));
        m_painter.drawLine(QPointF(at.x(), plot.top()), QPointF(at.x(), plot.bottom()));
    }
    else
    {
        m_painter.setPen(QPen(colours.accent, px(1.5)));
        m_painter.setBrush(Qt::NoBrush);
        m_painter.drawEllipse(at, px(7), px(7));
    }

    const QFont note = m_theme.font(TextRole::Note);
    QFont strong = note;
    strong.setWeight(QFont::DemiBold);
    const QFontMetricsF plain(note);
    const QFontMetricsF bold(strong);
    const auto widths = columnWidths(readOut, plain, bold);
    const double rowHeight = plain.height() + px(2);
    const double swatch = px(16);
    const double gap = px(12);
    const double most = m_geometry.panel.width() - px(48);
    double width = swatch + widths[0] + gap + widths[1] + (widths[2] > 0 ? gap + widths[2] : 0);
    width = std::max(width, plain.horizontalAdvance(readOut.heading));
    double height = rowHeight;
    for (const auto& row : readOut.rows)
    {
        height += rowHeight;
        if (!row.note.isEmpty())
        {
            width = std::max(width, std::min(most, swatch + plain.horizontalAdvance(row.note)));
            height += plain.boundingRect(QRectF(0, 0, std::min(width, most) - swatch, 1000), Qt::TextWordWrap, row.note)
                          .height();
        }
    }
    QRectF box(at.x() + px(14), at.y() - height - px(12), width + px(24), height + px(16));
    if (box.right() > m_geometry.panel.right() - px(4))
    {
        box.moveRight(at.x() - px(14));
    }
    box = movedInside(box, m_geometry.panel.adjusted(px(4), px(4), -px(4), -px(4)));
    m_painter.setPen(QPen(colours.line, 1));
    m_painter.setBrush(colours.selected);
    m_painter.drawRoundedRect(box, px(6), px(6));

    double top = box.top() + px(8);
    const double left = box.left() + px(12);
    m_painter.setFont(note);
    m_painter.setPen(colours.secondary);
    m_painter.drawText(QRectF(left, top, width, rowHeight), Qt::AlignLeft | Qt::AlignVCenter, readOut.heading);
    for (const auto& row : readOut.rows)
    {
        top += rowHeight;
        drawMarker(m_painter, row.marker, {left + px(5), top + rowHeight / 2}, px(4), colourOf(row.ink, m_theme));
        m_painter.setFont(note);
        m_painter.setPen(colours.text);
        m_painter.drawText(QRectF(left + swatch, top, widths[0] + 1, rowHeight), Qt::AlignLeft | Qt::AlignVCenter,
                           row.name);
        m_painter.setFont(strong);
        const double valueLeft = left + swatch + widths[0] + gap;
        m_painter.drawText(QRectF(valueLeft, top, widths[1] + 1, rowHeight), Qt::AlignRight | Qt::AlignVCenter,
                           row.value);
        m_painter.setFont(note);
        m_painter.setPen(colours.secondary);
        m_painter.drawText(QRectF(valueLeft + widths[1] + gap, top, widths[2] + 1, rowHeight),
                           Qt::AlignLeft | Qt::AlignVCenter, row.detail);
        if (!row.note.isEmpty())
        {
            const QRectF room(left + swatch, top + rowHeight, std::min(width, most) - swatch, 1000);
            const QRectF used = plain.boundingRect(room, Qt::TextWordWrap, row.note);
            m_painter.setPen(colours.caution);
            m_painter.drawText(QRectF(room.topLeft(), QSizeF(room.width(), used.height() + 1)), Qt::TextWordWrap,
                               row.note);
            top += used.height();
        }
    }
}

} // namespace headroom::ui
