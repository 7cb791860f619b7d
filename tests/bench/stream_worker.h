// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/plan.h"

#include <cstdint>

namespace headroom
{

/// What the bench's worker sends, and how fast.
inline constexpr int kEventsPerSecond = 5000;
inline constexpr int kStreamSeconds = 12;

/// As many comparisons as the stream has events for, a second each.
Plan streamPlan();

/// Of one case and job of it.
std::int64_t samplesOfCase();

/// Speaks a worker's protocol on standard input and output: a run's events come kEventsPerSecond times a second, one
/// sample each. Returns at the end of standard input.
int serveStream();

} // namespace headroom
