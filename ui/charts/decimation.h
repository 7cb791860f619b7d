// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointF>

#include <cstddef>
#include <span>
#include <vector>

namespace headroom::ui
{

/// Which of \a points are to be drawn, so that a picture \a columns pixels wide over [\a low, \a high] looks the same:
/// of each pixel column its first, lowest, highest and last point, so that no spike is lost and lines enter and leave a
/// column where they did. In the order of the points. Points outside the range are left out but for the next one on
/// either side, to which a line goes; points that are not finite are left out.
///
/// \a points ascend in x. Where they are few enough already, all inside the range are returned. Linear in their number.
std::vector<std::size_t> decimated(std::span<const QPointF> points, double low, double high, int columns);

} // namespace headroom::ui
