// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

namespace headroom
{

/// A side whose median is so many times its fastest sample spent its time elsewhere than in the call.
constexpr double kStalledRatio = 20.0;

/// The tick of a Linux scheduler at 250 Hz, the usual one: waits for a core end at whole numbers of it.
constexpr double kSchedulerTickNs = 4e6;

/// A process that is given a core keeps it for two ticks or more: the waits that were seen lasted 8 and 12 ms.
constexpr double kFewestTicks = 2.0;

/// How far from a whole number of ticks a wait ends: nearly always a little below, since a call begins after a tick.
constexpr double kBelowTickNs = 60e3;
constexpr double kAboveTickNs = 20e3;

/// A call that does less than this never takes whole ticks by itself: a single core of today does ten times as much.
constexpr double kLeastFlopsPerSecond = 1e9;

/// Whether most of \a samplesNs, of a call on the CPU, are waits for a core and not the call. Either the median is more
/// than kStalledRatio times the fastest, which noise, caches and clocks do not reach by far; or all samples are waits,
/// so that the fastest says nothing: then half of them or more end within kBelowTickNs to kAboveTickNs of two ticks,
/// three, and so on, and \a flops, what one call computes, would be fewer than kLeastFlopsPerSecond. \a flops 0: not
/// known; then the ticks are not looked at. False for no samples, and for a median that is no positive number.
bool mostlyStalled(std::span<const double> samplesNs, double flops = 0);

} // namespace headroom
