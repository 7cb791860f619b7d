// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/chart_geometry.h"

#include <QPointF>

#include <cstddef>
#include <memory>
#include <vector>

class QGraphicsScene;

namespace headroom::ui
{

class Theme;

/// The lines, bands and staircases of a chart, as series of one QChart in a scene. New data replaces the points of the
/// series that are there, so that nothing flickers while a run fills a chart.
class SeriesLayer
{
public:
    explicit SeriesLayer(QGraphicsScene& scene);
    ~SeriesLayer();

    /// Takes over the points of \a data: their places on the axes are computed once.
    void take(const ChartData& data);

    /// Draws what \a geometry shows of them. Returns for each series which of its points are on the screen, decimated
    /// to its pixels.
    const std::vector<std::vector<std::size_t>>& show(const ChartData& data, const ChartGeometry& geometry,
                                                      const QSet<QString>& hidden, const Theme& theme, QSizeF size);

private:
    struct Parts;
    void growTo(std::size_t count);

    std::unique_ptr<Parts> m_parts;
    std::vector<std::vector<QPointF>> m_places; ///< of all points, series by series
    std::vector<std::vector<std::size_t>> m_shown;
};

} // namespace headroom::ui
