// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <span>
#include <string>

namespace headroom
{

/// The parts of a fold that are computed from what was collected. Each replaces what it computes and can be repeated.

/// Latency summaries and throughput of one case from its samples.
void summarizeCase(CaseReport& row);

/// \a candidate against \a baseline, two cases of one comparison job: samples of the same round make a pair; by the
/// rules of the plan's policy.
Comparison comparePairs(const Report& report, const CaseReport& baseline, const CaseReport& candidate);

/// Every candidate of the comparison job \a jobId against its first case, sample pairs by round, and the ratio of
/// peaks. In a sweep also its two fastest cases, where neither is the first: who wins must be told by their own pairs.
void compareCases(Report& report, const std::string& jobId);

/// The accuracy of each case from the judgements of its backend on its subject; where only another batch or length of
/// the same subject was judged, from those, with a note. \a judgementJobs names the job of each judgement.
void verifyCases(Report& report, std::span<const std::string> judgementJobs);

/// Why \a row can win nothing: not measured, another kernel seen, not verified; empty when it can.
std::string whyUnranked(const CaseReport& row);

/// Which comparisons are ranked and why the others are not; then the headline of each main job: its fastest ranked
/// fused candidate against math.
void rankComparisons(Report& report);

/// The plausibility flags of all cases.
void flagCases(Report& report);

} // namespace headroom
