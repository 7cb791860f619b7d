// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <vector>

namespace headroom
{

/// Whether \a report is of a sweep over attention calls.
bool isKernelSweep(const Report& report);

/// Who is fastest in each finished comparison of a sweep, in the order of the plan; empty for other runs. Only cases
/// that were measured, ran what they are called and are verified can win; a case that the fastest is not told apart
/// from, by the interval of their ratio, is close to it.
std::vector<FastestReport> fastestCases(const Report& report);

/// In how many comparisons \a backend alone is fastest, or is among those too close to call.
struct Wins
{
    std::int64_t first = 0; ///< faster than every other ranked case
    std::int64_t close = 0; ///< fastest or close to it, and no winner
    std::int64_t alone = 0; ///< the only one that is ranked
};
Wins winsOf(const Report& report, Backend backend);

/// The sentence of a sweep: "Of 48 comparisons, cudnn is fastest in 40 and flash in 6; 2 are too close to call."
/// Empty when nothing is ranked.
std::string fastestSentence(const Report& report);

} // namespace headroom
