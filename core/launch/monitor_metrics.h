// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/launch/monitor_state.h"
#include "core/report/prometheus_text.h"

#include <vector>

namespace headroom
{

/// What a monitor knows as metrics of Prometheus (docs/monitor.md lists them). Figures are of the last repetition; what
/// is not known has no sample.
std::vector<Metric> metricsOf(const MonitorState& state);

/// Seconds since 1970 of "2026-11-23T05:23:11.123Z"; nothing for another text.
std::optional<double> unixSeconds(const std::string& utc);

} // namespace headroom
