// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gate/gate.h"

#include "core/gate/gate_cases.h"
#include "core/gate/gate_checks.h"
#include "core/gate/gate_circumstances.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom
{
namespace
{

constexpr double kMostCases = 0.65; ///< so many that move alike are "together"

std::vector<std::string> idsOf(std::span<const Report> runs)
{
    std::vector<std::string> ids;
    std::ranges::transform(runs, std::back_inserter(ids), &Report::run);
    return ids;
}

bool mayCompareTimes(const GateVerdict& verdict)
{
    return verdict.forced || std::ranges::all_of(verdict.differences, &GateDifference::mayDiffer);
}

/// The verdicts of time, of all cases together, into those of \a cases.
void judgeTimes(GateVerdict& verdict, const std::vector<CaseInRuns>& cases)
{
    std::vector<CaseRuns> runs;
    std::vector<CaseThresholds> asked;
    for (const CaseInRuns& one : cases)
    {
        asked.push_back(verdict.thresholds.of(one.shown->measured));
        runs.push_back(caseRunsOf(one, asked.back()));
    }
    const RunToRunComparison compared = compareRuns(runs, verdict.thresholds.time);
    verdict.shift = compared.shift;
    for (std::size_t at = 0; at < cases.size(); ++at)
    {
        GateCase& one = verdict.cases[at];
        if (one.baseline.measured > 0 && one.candidate.measured > 0)
        {
            addTime(one, cases[at], compared.cases[at], asked[at], verdict.thresholds);
        }
    }
}

/// How many of the cases with a ratio moved at least half as far as the middle one, and the same way.
std::int64_t movedWith(const GateVerdict& verdict, double timeRatio)
{
    const double half = std::log(timeRatio) / 2.0;
    return std::ranges::count_if(verdict.cases,
                                 [half](const GateCase& one)
                                 {
                                     const double moved = std::log(one.time.timeRatio.value_or(1.0));
                                     return half > 0 ? moved >= half : moved <= half;
                                 });
}

/// What all cases did together, where that is more than whole runs differ by.
std::string shiftNoteOf(const GateVerdict& verdict)
{
    const auto& shift = verdict.shift;
    if (!shift || !shift->interval || (shift->interval->low <= 1.0 && shift->interval->high >= 1.0))
    {
        return {};
    }
    const double size = std::expm1(std::abs(std::log(shift->timeRatio)));
    const std::int64_t moved = movedWith(verdict, shift->timeRatio);
    if (size < verdict.thresholds.time.minimumEffect / 2 ||
        static_cast<double>(moved) < kMostCases * static_cast<double>(verdict.cases.size()))
    {
        return {};
    }
    return fmt::format("{} of {} cases moved together: the middle one takes {:.4g} times as long ({:.4g} % interval "
                       "{:.4g} to {:.4g}). A change that touches everything does that, and so does another clock or a "
                       "busy machine; times alone do not tell which.",
                       moved, verdict.cases.size(), shift->timeRatio, verdict.thresholds.time.confidence * 100,
                       shift->interval->low, shift->interval->high);
}

bool failsByTime(const GateCase& one)
{
    return std::ranges::find(one.findings.failures, one.time.reason) != one.findings.failures.end();
}

/// Of a slowdown that nearly all cases share, where the thresholds say that it is no failure: what moved no further
/// than the others cannot be told of.
void forgiveCommonShift(GateVerdict& verdict)
{
    for (GateCase& one : verdict.cases)
    {
        const bool isCommon = failsByTime(one) &&
                              one.time.timeRatio.value_or(1.0) <= verdict.shift->timeRatio * (1.0 + one.minimumEffect);
        if (isCommon)
        {
            std::erase(one.findings.failures, one.time.reason);
            one.findings.doubts.emplace_back("it is slower, but nearly all cases moved as far");
            one.findings.notes.push_back(one.time.reason);
        }
    }
}

/// A run that is far from the others of its side, in a sentence each.
void nameBadRuns(const GateVerdict& verdict, std::vector<std::string>& notes)
{
    if (!verdict.shift)
    {
        return;
    }
    const double limit = 1.0 + std::max(verdict.thresholds.detectableEffect / 2, verdict.thresholds.time.minimumEffect);
    for (const auto& [effects, ids] : {std::pair{&verdict.shift->baselineRuns, &verdict.baselineRuns},
                                       std::pair{&verdict.shift->candidateRuns, &verdict.candidateRuns}})
    {
        for (std::size_t run = 0; run < effects->size(); ++run)
        {
            if ((*effects)[run] > limit)
            {
                notes.push_back(fmt::format("Run {} is {:.3g} times as slow as its side's mean in nearly all cases; "
                                            "look at its clocks, and leave it out or repeat it.",
                                            (*ids)[run], (*effects)[run]));
            }
        }
    }
}

/// Entries of the thresholds that meant nothing: a name that is written wrongly would else go unseen.
std::vector<std::string> idleEntries(const GateThresholds& thresholds, const std::vector<CaseInRuns>& cases,
                                     const std::vector<GateDifference>& differences)
{
    std::vector<std::string> notes;
    for (std::size_t at = 0; at < thresholds.cases.size(); ++at)
    {
        const CaseThresholds& entry = thresholds.cases[at];
        if (std::ranges::none_of(cases, [&entry](const auto& one) { return entry.means(one.shown->measured); }))
        {
            notes.push_back(fmt::format("Thresholds: no case is meant by cases[{}], '{}{}{}'.", at, entry.pattern,
                                        entry.pattern.empty() || entry.where.empty() ? "" : ", ", entry.where));
        }
    }
    for (const std::string& pattern : thresholds.allowed)
    {
        if (std::ranges::none_of(differences, [&pattern](const GateDifference& one)
                                 { return meansCircumstance(pattern, one.difference.name); }))
        {
            notes.push_back(
                fmt::format("Thresholds: nothing that differs is meant by '{}' of circumstances.allow.", pattern));
        }
    }
    return notes;
}

std::string countSentence(std::int64_t count, std::size_t all, std::string_view what, std::string_view rest)
{
    return fmt::format("{} of {} {}{} {}.", count, all, what, all == 1 ? "" : "s", rest);
}

void explainFailures(GateVerdict& verdict)
{
    const auto add = [&verdict](std::int64_t count, std::size_t all, std::string_view what, std::string_view rest)
    {
        if (count > 0)
        {
            verdict.reasons.push_back(countSentence(count, all, what, rest));
        }
    };
    const auto slower = std::ranges::count_if(verdict.cases, failsByTime);
    const auto failed = std::ranges::count_if(verdict.cases, [](const GateCase& one)
                                              { return one.findings.failures.size() > (failsByTime(one) ? 1U : 0U); });
    add(slower, verdict.cases.size(), "case", slower == 1 ? "is slower" : "are slower");
    add(failed, verdict.cases.size(), "case",
        failed == 1 ? "is wrong, ran another backend or broke" : "are wrong, ran another backend or broke");
    const auto checks = verdict.checksThat(GateStatus::Failed);
    add(checks, verdict.checks.size(), "check", checks == 1 ? "no longer holds" : "no longer hold");
}

/// \a cutOff: the candidate runs that ended early.
std::string whatWouldHelp(const GateVerdict& verdict, const std::vector<std::string>& cutOff)
{
    if (!cutOff.empty())
    {
        return fmt::format("{} {} ended early: make {} anew, to the end of the plan",
                           cutOff.size() == 1 ? "run" : "runs", fmt::join(cutOff, ", "),
                           cutOff.size() == 1 ? "it" : "them");
    }
    const bool allMissing =
        std::ranges::all_of(verdict.cases, [](const GateCase& one)
                            { return one.status() != GateStatus::CannotTell || one.candidate.measured == 0; });
    return allMissing ? "no candidate has a time of what the baseline has; take runs of the baseline's plan"
                      : "more or quieter runs would help";
}

void explainDoubts(GateVerdict& verdict, bool timesCompared, const std::vector<std::string>& cutOff)
{
    if (verdict.baselineRuns.empty() || verdict.candidateRuns.empty())
    {
        verdict.reasons.push_back(verdict.baselineRuns.empty() ? "The baseline has no runs."
                                                               : "There are no candidate runs.");
        return;
    }
    if (!timesCompared)
    {
        for (const GateDifference& one : verdict.differences)
        {
            if (!one.mayDiffer)
            {
                verdict.reasons.push_back(fmt::format("Times are not compared: {}.", differenceSentence(one)));
            }
        }
        verdict.reasons.emplace_back("Run it as the baseline was run, or make the baseline anew; what may differ is "
                                     "said by circumstances.allow of the thresholds, and --force compares all the "
                                     "same.");
    }
    if (verdict.cases.empty() && verdict.checks.empty())
    {
        verdict.reasons.push_back("The baseline has no case and no check to compare.");
    }
    const auto unclear = verdict.count(GateStatus::CannotTell);
    if (static_cast<double>(unclear) > verdict.thresholds.cannotTellShare * static_cast<double>(verdict.cases.size()))
    {
        verdict.reasons.push_back(countSentence(unclear, verdict.cases.size(), "case",
                                                "cannot be told of; " + whatWouldHelp(verdict, cutOff)));
    }
    if (const auto checks = verdict.checksThat(GateStatus::CannotTell); checks > 0)
    {
        verdict.reasons.push_back(countSentence(checks, verdict.checks.size(), "check", "cannot be told of"));
    }
}

void conclude(GateVerdict& verdict, bool timesCompared, const std::vector<std::string>& cutOff)
{
    explainFailures(verdict);
    const bool failed = !verdict.reasons.empty();
    explainDoubts(verdict, timesCompared, cutOff);
    verdict.conclusion = failed                    ? Conclusion::Failed
                         : verdict.reasons.empty() ? Conclusion::Passed
                                                   : Conclusion::CannotTell;
    if (verdict.conclusion == Conclusion::Passed)
    {
        verdict.reasons.push_back(
            fmt::format("{} case{}: none slower by more than asked, none wrong, the same backends "
                        "ran.",
                        verdict.cases.size(), verdict.cases.size() == 1 ? "" : "s"));
    }
    if (!verdict.shiftNote.empty())
    {
        verdict.reasons.push_back(verdict.shiftNote);
    }
    nameBadRuns(verdict, verdict.reasons);
}

} // namespace

GateVerdict judgeGate(std::span<const Report> baseline, std::span<const Report> candidate,
                      const GateThresholds& thresholds, bool force)
{
    GateVerdict verdict;
    verdict.baselineRuns = idsOf(baseline);
    verdict.candidateRuns = idsOf(candidate);
    verdict.thresholds = thresholds;
    verdict.forced = force;
    verdict.differences = gateDifferences(baseline, candidate, thresholds);
    const CasesInRuns met = casesInRuns(baseline, candidate);
    verdict.newCases = met.onlyCandidate;
    verdict.notes = idleEntries(thresholds, met.cases, verdict.differences);
    for (const CaseInRuns& one : met.cases)
    {
        verdict.cases.push_back(gateCaseOf(one, candidate, thresholds.of(one.shown->measured)));
    }
    verdict.checks = gateChecks(baseline, candidate, thresholds);
    const bool timesCompared = mayCompareTimes(verdict);
    if (timesCompared)
    {
        judgeTimes(verdict, met.cases);
        verdict.shiftNote = shiftNoteOf(verdict);
        if (!verdict.shiftNote.empty() && !thresholds.commonShiftFails)
        {
            forgiveCommonShift(verdict);
        }
    }
    std::vector<std::string> cutOff;
    for (const Report& run : candidate)
    {
        if (wasCutOff(run))
        {
            cutOff.push_back(run.run);
        }
    }
    conclude(verdict, timesCompared, cutOff);
    return verdict;
}

} // namespace headroom
