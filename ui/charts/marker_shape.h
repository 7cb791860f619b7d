// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/ink.h"

#include <QPainterPath>
#include <QPointF>

class QPainter;

namespace headroom::ui
{

/// The outline of \a marker about the origin, as large to the eye as a circle of \a radius.
QPainterPath markerPath(Marker marker, double radius);

/// Whether \a marker is drawn as lines and has no inside.
bool isOpen(Marker marker);

/// Draws \a marker at \a centre in \a colour. A \a hollow one is an outline.
void drawMarker(QPainter& painter, Marker marker, QPointF centre, double radius, const QColor& colour,
                bool hollow = false);

} // namespace headroom::ui
