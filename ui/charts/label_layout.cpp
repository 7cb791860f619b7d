// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/label_layout.h"

#include <algorithm>
#include <numeric>

namespace headroom::ui
{
namespace
{

bool overlaps(std::span<const double> centres, std::span<const double> extents, double gap, std::size_t stride)
{
    for (std::size_t i = stride; i < centres.size(); i += stride)
    {
        const double room = centres[i] - centres[i - stride];
        if (room < (extents[i] + extents[i - stride]) / 2 + gap)
        {
            return true;
        }
    }
    return false;
}

} // namespace

std::vector<std::size_t> thinned(std::span<const double> centres, std::span<const double> extents, double gap)
{
    std::vector<std::size_t> kept;
    std::size_t stride = 1;
    while (stride < centres.size() && overlaps(centres, extents, gap, stride))
    {
        ++stride;
    }
    for (std::size_t i = 0; i < centres.size(); i += stride)
    {
        kept.push_back(i);
    }
    return kept;
}

std::vector<double> spread(std::span<const double> wanted, double extent, double low, double high)
{
    std::vector<std::size_t> order(wanted.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t left, std::size_t right) { return wanted[left] < wanted[right]; });
    std::vector<double> placed(wanted.begin(), wanted.end());
    const auto count = static_cast<double>(wanted.size());
    if (count * extent > high - low)
    {
        for (std::size_t rank = 0; rank < order.size(); ++rank)
        {
            placed[order[rank]] = low + (high - low) * (static_cast<double>(rank) + 0.5) / count;
        }
        return placed;
    }
    double least = low + extent / 2;
    for (const std::size_t index : order)
    {
        placed[index] = std::max(placed[index], least);
        least = placed[index] + extent;
    }
    double most = high - extent / 2;
    for (auto index = order.rbegin(); index != order.rend(); ++index)
    {
        placed[*index] = std::min(placed[*index], most);
        most = placed[*index] - extent;
    }
    return placed;
}

std::optional<QRectF> placeBeside(QPointF anchor, QSizeF size, const QRectF& bounds, std::span<const QRectF> taken,
                                  double distance)
{
    const double w = size.width();
    const double h = size.height();
    const double half = h / 2;
    std::vector<QPointF> corners{
        {anchor.x() + distance, anchor.y() - half},      {anchor.x() - distance - w, anchor.y() - half},
        {anchor.x() - w / 2, anchor.y() - distance - h}, {anchor.x() - w / 2, anchor.y() + distance},
        {anchor.x() - w, anchor.y() - distance - h},     {anchor.x(), anchor.y() - distance - h},
        {anchor.x() - w, anchor.y() + distance},         {anchor.x(), anchor.y() + distance}};
    for (int step = 1; step <= 4; ++step)
    {
        for (const double shift : {-h * step, h * step})
        {
            corners.emplace_back(anchor.x() + distance, anchor.y() - half + shift);
            corners.emplace_back(anchor.x() - distance - w, anchor.y() - half + shift);
        }
    }
    for (const QPointF& corner : corners)
    {
        const QRectF box(corner, size);
        const bool isFree =
            std::none_of(taken.begin(), taken.end(), [&](const QRectF& other) { return box.intersects(other); });
        if (bounds.contains(box) && isFree)
        {
            return box;
        }
    }
    return std::nullopt;
}

QRectF movedInside(QRectF box, const QRectF& bounds)
{
    box.moveLeft(std::max(bounds.left(), std::min(box.left(), bounds.right() - box.width())));
    box.moveTop(std::max(bounds.top(), std::min(box.top(), bounds.bottom() - box.height())));
    return box;
}

} // namespace headroom::ui
