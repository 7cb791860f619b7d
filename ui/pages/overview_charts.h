// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/chart_data.h"
#include "ui/pages/page.h"

namespace headroom::ui
{

/// A bar a backend, of the job that the overview speaks of: median with its interval. Below it a ring with its figure
/// for each other report that has the same case; on a logarithmic axis where such a report is far from the bars.
/// While a job is in flight: the medians of its samples so far, greyed, without intervals, since nothing is decided.
ChartData timeByBackend(const ReportSet& reports);

/// Error ÷ allowed error of each tensor and backend, the worst of all calls that were judged, against the limit; rings
/// are of the other reports.
ChartData errorByTensor(const ReportSet& reports);

} // namespace headroom::ui
