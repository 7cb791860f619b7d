// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/marker_shape.h"

#include <QPainter>

namespace headroom::ui
{

QPainterPath markerPath(Marker marker, double radius)
{
    QPainterPath path;
    const double square = radius * 0.88;
    switch (marker)
    {
    case Marker::Circle:
    case Marker::Ring:
        path.addEllipse(QPointF(0, 0), radius, radius);
        break;
    case Marker::Square:
        path.addRect(QRectF(-square, -square, 2 * square, 2 * square));
        break;
    case Marker::Triangle:
        path.addPolygon(
            QPolygonF({{0, -1.25 * radius}, {1.15 * radius, 0.85 * radius}, {-1.15 * radius, 0.85 * radius}}));
        path.closeSubpath();
        break;
    case Marker::Diamond:
        path.addPolygon(QPolygonF({{0, -1.3 * radius}, {1.3 * radius, 0}, {0, 1.3 * radius}, {-1.3 * radius, 0}}));
        path.closeSubpath();
        break;
    case Marker::Cross:
        path.moveTo(-square, -square);
        path.lineTo(square, square);
        path.moveTo(square, -square);
        path.lineTo(-square, square);
        break;
    case Marker::Plus:
        path.moveTo(-radius, 0);
        path.lineTo(radius, 0);
        path.moveTo(0, -radius);
        path.lineTo(0, radius);
        break;
    case Marker::None:
        break;
    }
    return path;
}

bool isOpen(Marker marker)
{
    return marker == Marker::Cross || marker == Marker::Plus || marker == Marker::Ring;
}

void drawMarker(QPainter& painter, Marker marker, QPointF centre, double radius, const QColor& colour, bool hollow)
{
    const bool open = hollow || isOpen(marker);
    painter.setPen(open ? QPen(colour, std::max(1.5, radius * 0.4)) : QPen(Qt::NoPen));
    painter.setBrush(open ? QBrush(Qt::NoBrush) : QBrush(colour));
    painter.drawPath(markerPath(marker, radius).translated(centre));
}

} // namespace headroom::ui
