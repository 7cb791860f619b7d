// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/decimation.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace headroom::ui
{
namespace
{

/// The points of one pixel column that are kept.
class ColumnExtremes
{
public:
    ColumnExtremes(std::span<const QPointF> points, std::vector<std::size_t>& kept) : m_points(points), m_kept(kept) {}

    void add(std::size_t index)
    {
        if (!m_any)
        {
            m_first = m_lowest = m_highest = index;
            m_any = true;
        }
        m_lowest = m_points[index].y() < m_points[m_lowest].y() ? index : m_lowest;
        m_highest = m_points[index].y() > m_points[m_highest].y() ? index : m_highest;
        m_last = index;
    }

    void finish()
    {
        if (m_any)
        {
            std::array<std::size_t, 4> all{m_first, m_lowest, m_highest, m_last};
            std::sort(all.begin(), all.end());
            m_kept.insert(m_kept.end(), all.begin(), std::unique(all.begin(), all.end()));
        }
        m_any = false;
    }

private:
    std::span<const QPointF> m_points;
    std::vector<std::size_t>& m_kept;
    std::size_t m_first = 0;
    std::size_t m_lowest = 0;
    std::size_t m_highest = 0;
    std::size_t m_last = 0;
    bool m_any = false;
};

bool isFinite(const QPointF& point)
{
    return std::isfinite(point.x()) && std::isfinite(point.y());
}

} // namespace

std::vector<std::size_t> decimated(std::span<const QPointF> points, double low, double high, int columns)
{
    std::vector<std::size_t> kept;
    if (!(low <= high) || columns < 1)
    {
        return kept;
    }
    const auto byX = [](const QPointF& point, double x) { return point.x() < x; };
    const auto xBy = [](double x, const QPointF& point) { return x < point.x(); };
    auto from = static_cast<std::size_t>(std::lower_bound(points.begin(), points.end(), low, byX) - points.begin());
    auto to = static_cast<std::size_t>(std::upper_bound(points.begin(), points.end(), high, xBy) - points.begin());
    from -= from > 0 ? 1 : 0;
    to += to < points.size() ? 1 : 0;
    const double width = high > low ? (high - low) / columns : 1;
    const bool few = to - from <= 4 * static_cast<std::size_t>(columns);
    ColumnExtremes column(points, kept);
    double current = -2;
    for (std::size_t index = from; index < to; ++index)
    {
        if (!isFinite(points[index]))
        {
            continue;
        }
        if (few)
        {
            kept.push_back(index);
            continue;
        }
        const double place = std::floor((points[index].x() - low) / width);
        if (place != current)
        {
            column.finish();
            current = place;
        }
        column.add(index);
    }
    column.finish();
    return kept;
}

} // namespace headroom::ui
