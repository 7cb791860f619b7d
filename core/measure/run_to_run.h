// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/comparison.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace headroom
{

/// One case over the runs of both sides, each run a process of its own: the median time that it had in each. Run r is
/// the same process for every case. NaN where a run has no figure of the case; a time that is not above 0 or infinite
/// counts as none. Any unit, if all have it.
struct CaseRuns
{
    std::vector<double> baselineNs;
    std::vector<double> candidateNs;
    std::optional<double> minimumEffect{}; ///< of this case, in place of the rule's
};

/// What counts as a change between runs, and how sure to be of it.
struct RunToRunRule
{
    double minimumEffect = 0.02;            ///< share, at least 0: a slowdown below it is none
    double falseDiscoveryRate = 0.05;       ///< inside (0, 1): of the changes that are called, this share may be false
    double confidence = kDefaultConfidence; ///< of the intervals; inside (0, 1)

    bool operator==(const RunToRunRule&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(RunToRunRule, minimumEffect, falseDiscoveryRate, confidence)

/// The answer for one case. Ratios are of times, candidate / baseline: 1.05 takes 5 % longer.
struct RunToRunChange
{
    ComparisonVerdict verdict = ComparisonVerdict::CannotTell;
    std::optional<double> timeRatio;       ///< of the geometric means over the runs; needs a run of each side
    std::optional<Interval> interval;      ///< of the ratio, of this case alone; none with too few runs
    std::optional<double> adjustedP;       ///< of "slower by more than the minimum effect", among all cases
    std::optional<double> adjustedPFaster; ///< of "faster by more than it"
    /// The smallest slowdown of this case, as a share, that as many and as noisy runs would find in four of five gates
    /// if it were the only one among the cases.
    std::optional<double> minimumDetectableEffect;
    std::optional<double>
        runToRunSpread; ///< standard deviation between runs as a share, moderated, common part included
    double degreesOfFreedom = 0.0;
    std::string reason; ///< a sentence for the reader, for every verdict

    bool operator==(const RunToRunChange&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(RunToRunChange, verdict, timeRatio, interval, adjustedP,
                                                adjustedPFaster, minimumDetectableEffect, runToRunSpread,
                                                degreesOfFreedom, reason)

/// What all cases of a run have in common: a clock, a temperature, a neighbour on the machine, or a change that touches
/// everything. Which of these it is, times alone do not say.
struct CommonShift
{
    double timeRatio = 1.0;           ///< the middle one of the cases' ratios, candidate / baseline
    std::optional<Interval> interval; ///< by the spread of whole runs alone; none with too few runs
    double runSpread = 0.0;           ///< standard deviation of whole runs, as a share
    std::vector<double> baselineRuns; ///< each run against the mean of its side, as a ratio: 1.03 is a slow run
    std::vector<double> candidateRuns;

    bool operator==(const CommonShift&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CommonShift, timeRatio, interval, runSpread, baselineRuns,
                                                candidateRuns)

struct RunToRunComparison
{
    std::vector<RunToRunChange> cases; ///< in the order that they were given in
    std::optional<CommonShift> shift;  ///< with two cases or more

    bool operator==(const RunToRunComparison&) const = default;
};

/// Compares candidate runs with baseline runs, case by case. What counts is how much the median of a case differs from
/// run to run: a new process has other addresses, another clock and another neighbour, and no number of samples within
/// one run knows of that.
///
/// Model: the log-median of case c in run r is the case's mean on that side, plus what run r does to all cases, plus
/// what it does to this one. Both sides vary alike. The first variance is estimated from the runs as they are (each the
/// median over the cases of its distance from its side's mean), with K + M - 2 degrees of freedom, for there is only
/// one of each run however many cases it has. The second is estimated case by case from what is left, and moderated
/// across the cases (moderated_variance.h). The variance of a case's log-ratio is their sum times (1/K + 1/M), with
/// degrees of freedom by Satterthwaite (Biometrics Bulletin 2, 1946). So 200 cases that a slow run moves together are
/// not taken for 200 witnesses.
///
/// A common shift is not subtracted: a driver that slows everything is a regression too. It is reported beside the
/// cases, with an interval of its own.
///
/// Test: slower by more than the minimum effect, t-tests relative to a threshold (McCarthy and Smyth, "Testing
/// significance relative to a fold-change threshold is a TREAT", Bioinformatics 25, 2009), one-sided, and likewise
/// faster; then falseDiscoveryAdjusted() over the cases of one direction. Slower or Faster when the adjusted p-value is
/// at most the rate; else Same when the interval lies within 1/(1 + e) to 1 + e; else CannotTell. Runs without any
/// spread make the interval a point.
///
/// In simulations (tests/core/measure/tst_run_to_run.cpp) 200 unchanged cases raise no alarm in at least 95 of 100
/// gates, with a common effect of runs, heavy tails or one bad run as well.
///
/// CannotTell with a reason, no throw, for a case with fewer than two runs on a side. The spread of the other side
/// would do for a test, but not to tell a bad run from a bad change: simulated with heavy tails and a single candidate
/// run, one gate in three raised a false alarm. \throws std::invalid_argument for cases with different numbers of runs,
/// and for a rule out of its range.
RunToRunComparison compareRuns(std::span<const CaseRuns> cases, const RunToRunRule& rule = {});

/// How runs of a case differ, and what that lets a comparison find.
struct RunSpread
{
    double spread = 0.0;           ///< standard deviation between runs as a share, moderated, common part included
    double detectableEffect = 0.0; ///< as RunToRunChange::minimumDetectableEffect

    bool operator==(const RunSpread&) const = default;
};

/// What compareRuns() would find with \a candidateRuns runs that vary as those of the baseline do; candidateNs of
/// \a cases is not looked at. A little pessimistic, since those runs would also tell of the spread. Nothing for a case
/// with fewer than two baseline runs, and for fewer than two candidate runs. \throws as compareRuns().
std::vector<std::optional<RunSpread>> forecastRuns(std::span<const CaseRuns> cases, std::int64_t candidateRuns,
                                                   const RunToRunRule& rule = {});

} // namespace headroom
