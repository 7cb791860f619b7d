// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/comparison.h"

#include <cstddef>
#include <span>
#include <string>

namespace headroom
{

/// What every way of comparing has in common: the rule's range, which times can be used, the verdict and its words.

constexpr double kPower = 0.8; ///< of the minimum detectable effect: shown in four of five experiments

/// \throws std::invalid_argument with a sentence for a rule out of its range.
void requireUsable(const ComparisonRule& rule);

/// The index of the first time that has no logarithm, or the size.
std::size_t firstUnusable(std::span<const double> timesNs);

/// The quantile of the standard normal distribution.
double normalQuantile(double probability);

/// Same when the interval lies within the effect; Faster or Slower when it excludes 0 and the ratio reaches the effect;
/// else CannotTell. All are logarithms of baseline / candidate.
ComparisonVerdict verdictOf(double logRatio, const Interval& logInterval, double logEffect);

/// The sentence for a comparison that has its ratio, interval and verdict. \a proposed is added where it cannot be
/// told.
std::string reasonFor(const Comparison& comparison, double minimumEffect, const std::string& proposed);

/// "; about N pairs as noisy as these would show a difference that small", or that they will hardly help.
std::string proposalOf(double pairs);

} // namespace headroom
