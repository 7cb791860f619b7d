// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/chart_data.h"
#include "ui/charts/chart_legend.h"
#include "ui/pages/scaling_groups.h"

#include <vector>

namespace headroom::ui
{

enum class ScalingMetric
{
    Latency,
    Throughput,
    Memory,
    Speedup ///< against the baseline of the first job
};

/// One report's part in the charts.
struct ScalingSource
{
    QString name;
    const Report* report = nullptr;
    const ScalingGroup* group = nullptr;
};

/// The chart of \a metric over the sizes of \a sources, the report in front first. A case that failed is a mark where
/// its backend's line ends.
ChartData scalingChart(const std::vector<ScalingSource>& sources, ScalingMetric metric);

/// Backends, and the reports where there are several.
std::vector<LegendEntry> scalingLegend(const std::vector<ScalingSource>& sources);

} // namespace headroom::ui
