// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/comparison.h"

namespace headroom
{

/// Compares two sides that were measured apart: two runs, two machines. The samples have nothing in common, so that
/// what drifted between the runs is part of the difference: the interval knows the noise inside each run alone.
///
/// Estimate: the quotient of the two medians. Interval: from those of the two medians (bootstrapMedianInterval() from
/// 15 samples on, else medianInterval()), joined on logarithms by the method of variance estimates recovery (Zou and
/// Donner, "Construction of confidence limits about effect measures", Statistics in Medicine 27, 2008): each limit
/// takes the squares of the two distances that bear on it. Verdicts, reasons and what cannot be told are as in
/// comparePaired(); `pairs` is the smaller number of samples. \throws std::invalid_argument for a rule out of its
/// range.
Comparison compareApart(std::span<const double> baselineNs, std::span<const double> candidateNs,
                        const ComparisonRule& rule = {});

} // namespace headroom
