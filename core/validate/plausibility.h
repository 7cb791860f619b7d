// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/backend.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// The guard against figures that cannot be, or that hide a fault of the kernel, of the clock or of the formula. It
/// accuses nobody: each flag says what does not fit and stands beside the figure. Pure functions.
///
/// Ready examples of what it is for are in the field report: 11,731 TFLOP/s from a skipped kernel
/// (flash-attention#477), single cells of cudnn-frontend's published tables half as fast as their neighbours.

/// How far from its neighbourhood a point may be before it is flagged.
struct PlausibilityLimits
{
    double slowerThanNeighbours = 1.5; ///< in time per work, against both
    double dip = 0.05;                 ///< of work per time, against both, or against the best of the points before
    double superlinear = 1.25;         ///< growth of time over growth of work between two points
};

/// One point of a sweep: time at an axis value, with the work that was done in it.
struct SweepPoint
{
    double axis = 0; ///< the batch or the sequence length; points are in ascending order
    double ns = 0;
    double work = 0;  ///< floating-point operations
    double noise = 0; ///< relative half-width of the time's interval: a dip within it is none
};

/// What is odd about one point of a sweep.
struct PlausibilityFlag
{
    std::size_t point = 0; ///< index into the sweep
    std::string reason;    ///< a sentence

    bool operator==(const PlausibilityFlag&) const = default;
};

/// The requested backend was not the one that was \a seen to run, or no attention was seen at all though \a
/// expectedCalls is above 0. Default may be served by any; Naive and Fp64 are Headroom's own and are not asked.
std::optional<std::string> flagKernels(Backend requested, std::optional<Backend> seen, std::int64_t expectedCalls);

/// \a work in \a ns is more than \a peakFlopsPerSecond allows: it was not done, or not counted right. \a source says
/// whose peak that is (core/hardware/roofline.h, highestPlausibleRate()).
std::optional<std::string> flagAbovePeak(double work, double ns, double peakFlopsPerSecond,
                                         std::string_view source = "the device's peak");

/// What a switch that must cost something was seen to cost.
enum class SwitchRule
{
    MustCost, ///< deterministic algorithms: no effect and a gain are both odd
    MayBeFree ///< a cold cache: only a gain is odd
};

/// A switch that has no effect, or a beneficial one, was perhaps not obeyed: \a withNs against \a withoutNs, each with
/// the relative half-width \a noise of their quotient. Below \a noise, and at least half a per cent, there is no
/// effect; a gain is one of at least a per cent beyond the noise.
std::optional<std::string> flagSwitch(std::string_view name, double withoutNs, double withNs, double noise,
                                      SwitchRule rule);

/// Flags of the points of one sweep: more time per work than both neighbours by the limit; a dip of work per time
/// against both; time that grows faster than the work from one point to the next; less work per time than the best of
/// the points before it, by the dip: larger sizes may only do better. Along an axis of constant tokens the rules are
/// the same. A point gets the strongest one only. Points with a time or work that is not above 0 are left out.
std::vector<PlausibilityFlag> flagSweep(std::span<const SweepPoint> points, const PlausibilityLimits& limits = {});

} // namespace headroom
