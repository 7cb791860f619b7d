// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"
#include "ui/charts/chart_data.h"

namespace headroom::ui
{

/// A bar a backend, of the job that the overview speaks of: median with its interval.
ChartData timeByBackend(const Report& report);

/// Error ÷ allowed error of each tensor and backend, the worst of all calls that were judged, against the limit.
ChartData errorByTensor(const Report& report);

} // namespace headroom::ui
