// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"
#include "ui/charts/chart_data.h"
#include "ui/charts/chart_legend.h"

#include <QString>

#include <optional>
#include <vector>

namespace headroom::ui
{

/// What of a report is under one roof: cases whose products are computed in one data type.
struct RooflineSource
{
    QString name; ///< of the report
    const Report* report = nullptr;
    DType dtype = DType::Float32;
    std::optional<Pass> pass; ///< nothing: all

    /// The cases, in the report's order.
    std::vector<const CaseReport*> rows() const;
};

/// The data types that the cases of \a report were computed in, and their passes.
std::vector<DType> rooflineDtypes(const Report& report);
std::vector<Pass> rooflinePasses(const Report& report);

/// The measured roof, that of the specification, and a point a case; of each other report its measured roof, and hollow
/// points of a size of its own.
ChartData rooflineChart(const std::vector<RooflineSource>& sources);

/// Whether what the device can do was measured there.
bool hasMeasuredRoof(const RooflineSource& source);

std::vector<LegendEntry> rooflineLegend(const std::vector<RooflineSource>& sources);

/// Of each backend the case that is nearest to what the device can do, the best first. Cases without a measured roof,
/// and those that cannot be ranked (core/report/summary.h), do not count.
std::vector<const CaseReport*> bestUnderRoof(const RooflineSource& source);

/// "61 % of what is attainable here, bound by memory: 1.6× is left".
QString headroomWords(const Roofline& roofline);

} // namespace headroom::ui
