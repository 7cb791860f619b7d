// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointF>
#include <QRectF>
#include <QSizeF>

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace headroom::ui
{

/// Where labels go so that none covers another. Pure functions of pixels.

/// Which of labels centred on \a centres (ascending), each \a extents long, can be shown with at least \a gap between
/// them: each second, third... of them, so that what is left is even. The first is always among them.
std::vector<std::size_t> thinned(std::span<const double> centres, std::span<const double> extents, double gap);

/// The centres of labels of one \a extent moved apart until none overlaps another and all lie within [low, high], each
/// as near to where it wants to be as that allows. Their order stays. Where they do not fit, they are spread evenly.
std::vector<double> spread(std::span<const double> wanted, double extent, double low, double high);

/// A place for a label of \a size beside \a anchor: right, left, above or below it, \a distance away, or further up
/// and down; the first that lies within \a bounds and meets none of \a taken. Nothing where there is none.
std::optional<QRectF> placeBeside(QPointF anchor, QSizeF size, const QRectF& bounds, std::span<const QRectF> taken,
                                  double distance);

/// \a box moved as little as possible to lie within \a bounds.
QRectF movedInside(QRectF box, const QRectF& bounds);

} // namespace headroom::ui
