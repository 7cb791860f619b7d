// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/comparison.h"
#include "core/measure/run_to_run.h"
#include "core/report/report.h"

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace headroom
{

/// Times on the CPU that are those of waiting for a core: what tells them, and what they do to a verdict. None of this
/// speaks of CUDA, whose times are the device's.

/// Whether the middle one of a case's samples is waiting for a core, and not the call.
enum class Stall
{
    None,
    ByPattern, ///< the times look like it (mostlyStalled()); the machine did not say, or not all of it
    ByWaits    ///< the scheduler says so: more than kStalledShare of the median
};

Stall stallOf(const CaseReport& row);

/// The flag of a stalled case: "53 % of the median is waiting for a core …"; nothing where it is none.
std::optional<std::string> flagStall(const CaseReport& row);

/// The samples of \a row without the waits in them; as they are where the machine did not say.
std::vector<double> withoutWaits(const CaseReport& row);

/// Times of the rounds that two cases have, round by round.
struct CasePairs
{
    std::vector<double> baselineNs;
    std::vector<double> candidateNs;
};

/// Takes a verdict back that waits may have made:
///  * one that does not hold for \a withoutWaits, the same pairs without the waits in them: another side would win, or
///    the difference is no longer \a rule's;
///  * with \a forVerdict, where the verdict is what is asked for (an A/B comparison, a trial of a fix), that sides are
///    the same of which one is stalled: two sides that wait alike look alike. Which is faster stands, with a word on
///    its size, where the scheduler told of the waits, so that the times without them could be looked at. Where only
///    the pattern of the times speaks it does not, but for B being slower where B alone looks stalled: more threads
///    than cores do that to themselves.
void doubtStalls(Comparison& comparison, const ComparisonRule& rule, const CasePairs& withoutWaits,
                 const CaseReport& baseline, const CaseReport& candidate, bool forVerdict);

/// The same of a case in two runs, \a first and \a second, whose samples share no rounds.
void doubtStalls(Comparison& comparison, const ComparisonRule& rule, const CaseReport& first, const CaseReport& second);

/// The median of a case in one of several runs.
struct RunMedian
{
    double ns = std::numeric_limits<double>::quiet_NaN();     ///< NaN: it was not measured
    double restNs = std::numeric_limits<double>::quiet_NaN(); ///< without the waits in it
    bool stalled = false;
};

/// Of a case that was measured.
RunMedian runMedianOf(const CaseReport& row);

/// Why a case that is slower in the runs \a candidate than in those of \a baseline, by more than \a minimumEffect, may
/// only have waited for its cores: half of those runs are stalled, or without the waits it is not slower by so much. A
/// clause; empty where it is slower by itself.
std::string whyOnlyWaits(std::span<const RunMedian> baseline, std::span<const RunMedian> candidate,
                         double minimumEffect);

/// "in 2 of 3 runs its samples are waits for a core": of half of \a runs or more; else empty.
std::string whyStalledRuns(std::span<const RunMedian> runs);

/// Takes the verdict of \a change back, and says \a why behind what was measured: a clause of the two above. Nothing
/// where that is empty.
void doubtWaits(RunToRunChange& change, const std::string& why);

} // namespace headroom
