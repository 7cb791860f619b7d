// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace headroom
{

/// What counts as a change of level.
struct ChangePointRule
{
    double significance = 0.01;      ///< of each test; inside (0, 1)
    double minimumEffect = 0.01;     ///< share, at least 0: levels within 1/1.01 to 1.01 of each other are the same
    std::size_t shortestSegment = 4; ///< values between two changes; at least 2
    std::size_t permutations = 999;  ///< of each test, at most; at least 1 / significance - 1 to find anything
    std::uint64_t seed = 20140605;   ///< of the permutations: the same values have the same changes

    bool operator==(const ChangePointRule&) const = default;
};

/// A place in a series from which on its level is another one.
struct ChangePoint
{
    std::size_t index = 0; ///< of the first value of the new level
    double ratio = 1.0;    ///< median of the new level / median of the one before
    double pValue = 1.0;   ///< of the permutation test that found it

    bool operator==(const ChangePoint&) const = default;
};

/// Where the level of \a values, such as medians of one case over months, changes; ascending, none for a series with
/// less than two shortest segments.
///
/// E-divisive (Matteson and James, Journal of the American Statistical Association 109, 2014): the split that parts a
/// segment best by the energy distance between its two sides, |x - y| on the logarithms of the values, is kept when no
/// more than \ref ChangePointRule::significance of the segment's random orders have one as good; then both sides are
/// split likewise. So performance tests are watched elsewhere (Daly et al., ICPE 2020, of MongoDB; Fleming et al.,
/// "Hunter", ICPE 2023). Two levels that come and go within a segment hide each other from a split of all of it, so
/// that stretches of it, a half, a quarter and so on, are searched as well (after Kovacs et al., "Seeded binary
/// segmentation", Biometrika 110, 2023), in the random orders too. Then each change is looked for again between its
/// neighbours alone, and neighbouring levels whose medians differ by less than \ref ChangePointRule::minimumEffect
/// become one, the weakest first. On logarithms 5 % faster and 5 % slower weigh the same, and one spike moves no
/// median. Tests on series of known truth are in tests/core/measure/tst_change_points.cpp.
///
/// Values are taken to be independent of each other, which those of one machine hour by hour are not quite: what has
/// drifted slowly is found as steps. n log(n)^2 for each random order, so that of more than 2000 values the medians of
/// neighbours are searched, of two up to 4000 values, of five at 10,000, and the place of each change is looked for
/// among all values: a level of less than four such groups may go unseen. Pure, thread-safe.
/// \throws std::invalid_argument for a rule out of its range, and a value that is NaN, infinite, zero or negative.
std::vector<ChangePoint> changePoints(std::span<const double> values, const ChangePointRule& rule = {});

} // namespace headroom
