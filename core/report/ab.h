// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/circumstances_diff.h"
#include "core/report/format.h"
#include "core/report/report.h"

#include <cstdint>
#include <string>
#include <vector>

namespace headroom
{

/// An A/B comparison: two sides that took turns until their verdict was in.
bool isAb(const Report& report);

/// The row of a side, or null before its job began.
const CaseReport* sideOf(const Report& report, Side side);

/// B against A, or null where there is nothing to compare.
const ComparisonReport* abComparison(const Report& report);

/// "B (backend=flash)": what was set for it; "B" where nothing was.
std::string nameOfSide(const Report& report, Side side);

/// In what the workers of the sides differ; none where they shared one.
std::vector<CircumstanceDifference> differencesOfSides(const Report& report);

/// How often the interval of \a comparison was looked at: after every pair from the first that has one.
std::int64_t looksOf(const Comparison& comparison);

/// "B (backend=flash) is 1.32× (1.30 – 1.34) faster than A (backend=math), after 214 pairs."; empty where the report is
/// of something else, or has nothing to say yet.
std::string abSentence(const Report& report, const Format& format);

} // namespace headroom
