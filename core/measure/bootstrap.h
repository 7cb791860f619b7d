// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/statistics.h"

#include <optional>
#include <span>

namespace headroom
{

/// Bootstrap interval of the median: n values are drawn with replacement from the n that there are, and the interval
/// holds the middle of the medians that such draws have.
///
/// Nothing is drawn. What the median of a draw is depends on the ranks of the values alone, and how likely each rank is
/// follows from the binomial distribution (Efron, "Bootstrap Methods: Another Look at the Jackknife", The Annals of
/// Statistics 7, 1979, section 3). The interval is that of infinitely many draws, the same for everybody.
///
/// The plain percentile interval is too narrow by a factor of about sqrt((n - 1) / n) and takes the spread for known;
/// simulated at n = 10 to 30, it covers about 93 % where 95 % was promised. The tails are therefore those of the
/// expanded percentile interval, Phi(-sqrt(n / (n - 1)) t) with t Student's at n - 1 degrees of freedom (Hesterberg,
/// "What Teachers Should Know About the Bootstrap", The American Statistician 69, 2015).
///
/// Negated values give the negated interval. Nothing for n < 2, a NaN, or an infinite value. Costs a sort. Thread-safe.
/// \throws std::invalid_argument when confidence is not inside (0, 1).
std::optional<Interval> bootstrapMedianInterval(std::span<const double> values, double confidence);

} // namespace headroom
