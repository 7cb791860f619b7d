// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/launch/monitor_state.h"
#include "ui/charts/chart_data.h"

namespace headroom::ui
{

/// The charts of the page Dashboard: a line a case over the repetitions of a monitor, in the colour of its backend.

/// Medians with their intervals, in the unit that suits them; a line stands where an alarm was raised.
ChartData watchLatency(const MonitorState& state);
/// Tokens a second, or floating-point operations where the cases count no tokens.
ChartData watchThroughput(const MonitorState& state);
/// Median SM clocks of the samples; empty on a device that does not tell.
ChartData watchClocks(const MonitorState& state);

/// The case that the big figures are of: the fastest fused one that is verified, in the training step before the
/// forward pass; else the first that has a time. Null before there is any.
const MonitorCase* mainCase(const MonitorState& state);

} // namespace headroom::ui
