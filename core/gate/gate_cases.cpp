// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gate/gate_cases.h"

#include "core/report/case_cells.h"
#include "core/report/shared_cases.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom
{
namespace
{

/// The first case of each id in \a report.
std::map<std::string, const CaseReport*> placesOf(const Report& report, std::vector<std::string>* order)
{
    std::map<std::string, const CaseReport*> places;
    for (const CaseReport& row : report.cases)
    {
        const std::string id = meetingId(row.measured);
        if (places.try_emplace(id, &row).second && order != nullptr)
        {
            order->push_back(id);
        }
    }
    return places;
}

/// Not measured because nobody came to it: no fault of the case.
bool wasNotReached(const CaseReport& row)
{
    return row.outcome == Outcome::Cancelled || row.cause == Cause::Budget;
}

GateSide sideOf(std::span<const CaseReport* const> rows)
{
    GateSide side;
    double logs = 0;
    bool first = true;
    for (const CaseReport* row : rows)
    {
        if (row == nullptr)
        {
            continue;
        }
        side.accuracy = first ? row->accuracy : worseOf(side.accuracy, row->accuracy);
        first = false;
        if (!isMeasured(*row))
        {
            continue;
        }
        ++side.measured;
        logs += std::log(row->device->medianNs);
        if (row->evidence && row->evidence->ran && std::ranges::find(side.ran, *row->evidence->ran) == side.ran.end())
        {
            side.ran.push_back(*row->evidence->ran);
        }
    }
    if (side.measured > 0)
    {
        side.medianNs = std::exp(logs / static_cast<double>(side.measured));
    }
    return side;
}

std::string namesOfBackends(const std::vector<Backend>& backends)
{
    std::vector<std::string_view> names;
    std::ranges::transform(backends, std::back_inserter(names), [](Backend one) { return toString(one); });
    return fmt::format("{}", fmt::join(names, " and "));
}

/// Why a row has no time, in a clause.
std::string whyNotMeasured(const CaseReport& row)
{
    return row.reason.empty() ? whyEmpty(row) : row.reason;
}

void findMissing(GateCase& one, const CaseInRuns& in, std::span<const Report> candidate)
{
    const auto wanted = static_cast<std::int64_t>(candidate.size());
    if (one.baseline.measured == 0)
    {
        one.findings.notes.push_back(one.candidate.measured > 0
                                         ? "it has a time now; the baseline has none to compare it with"
                                         : "it has no time, as in the baseline");
        return;
    }
    if (one.candidate.measured == wanted)
    {
        return;
    }
    if (std::ranges::all_of(in.candidate, [](const CaseReport* row) { return row == nullptr; }) &&
        std::ranges::none_of(candidate, wasCutOff))
    {
        one.findings.doubts.emplace_back("no candidate run has such a case");
        return;
    }
    std::int64_t broken = 0;
    std::string why;
    for (std::size_t run = 0; run < candidate.size(); ++run)
    {
        const CaseReport* row = in.candidate[run];
        if (row == nullptr || (!isMeasured(*row) && wasNotReached(*row)))
        {
            const bool cut = wasCutOff(candidate[run]) || row != nullptr;
            one.findings.doubts.push_back(cut ? fmt::format("run {} ended before it", candidate[run].run)
                                              : fmt::format("run {} has no such case", candidate[run].run));
        }
        else if (!isMeasured(*row))
        {
            ++broken;
            why = why.empty() ? whyNotMeasured(*row) : why;
        }
    }
    if (broken == 0)
    {
        return;
    }
    const std::string text = fmt::format("no time in {} of {} runs: {}", broken, wanted, why);
    const bool wasSteady = one.baseline.measured == static_cast<std::int64_t>(in.baseline.size());
    (wasSteady ? one.findings.failures : one.findings.doubts)
        .push_back(wasSteady ? text : text + "; some runs of the baseline have none either");
}

bool isWrong(AccuracyVerdict verdict)
{
    return verdict == AccuracyVerdict::Failed || verdict == AccuracyVerdict::NotFinite;
}

std::string accuracyNote(const CaseInRuns& in, AccuracyVerdict verdict)
{
    for (const CaseReport* row : in.candidate)
    {
        if (row != nullptr && row->accuracy == verdict && !row->accuracyNote.empty())
        {
            return ": " + row->accuracyNote;
        }
    }
    return {};
}

void findAccuracy(GateCase& one, const CaseInRuns& in, AccuracyVerdict tolerated)
{
    const AccuracyVerdict before = one.baseline.accuracy;
    const AccuracyVerdict now = one.candidate.accuracy;
    const bool someRow = std::ranges::any_of(in.candidate, [](const auto* row) { return row != nullptr; });
    if (!someRow || worseOf(before, now) == before)
    {
        if (someRow && before != now)
        {
            one.findings.notes.push_back(
                fmt::format("accuracy is {}, and was {} in the baseline", toString(now), toString(before)));
        }
        return;
    }
    const std::string text = fmt::format("accuracy is {}, and was {} in the baseline{}", toString(now),
                                         toString(before), accuracyNote(in, now));
    if (worseOf(tolerated, now) == tolerated)
    {
        one.findings.notes.push_back(text + " (tolerated)");
    }
    else
    {
        (isWrong(now) ? one.findings.failures : one.findings.doubts).push_back(text);
    }
}

/// Kernels of the first run that names some.
std::vector<std::string> kernelsOf(std::span<const CaseReport* const> rows)
{
    for (const CaseReport* row : rows)
    {
        if (row != nullptr && row->evidence && !row->evidence->kernels.empty())
        {
            return row->evidence->kernels;
        }
    }
    return {};
}

void findBackend(GateCase& one, const CaseInRuns& in, bool mayChange)
{
    const auto& before = one.baseline.ran;
    const auto& now = one.candidate.ran;
    if (before.empty() || one.candidate.measured == 0)
    {
        return;
    }
    if (now.empty())
    {
        one.findings.doubts.push_back(
            fmt::format("which backend ran was not seen; {} ran in the baseline", namesOfBackends(before)));
        return;
    }
    const bool isNew = std::ranges::any_of(now, [&before](Backend backend)
                                           { return std::ranges::find(before, backend) == before.end(); });
    if (isNew)
    {
        (mayChange ? one.findings.notes : one.findings.failures)
            .push_back(fmt::format("{} ran, and {} in the baseline{}", namesOfBackends(now), namesOfBackends(before),
                                   mayChange ? " (tolerated)" : ""));
        return;
    }
    const auto kernels = kernelsOf(in.candidate);
    const auto kernelsBefore = kernelsOf(in.baseline);
    if (!kernels.empty() && !kernelsBefore.empty() && kernels != kernelsBefore)
    {
        one.findings.notes.push_back(fmt::format("other kernels of the same backend ran: {} instead of {}",
                                                 fmt::join(kernels, ", "), fmt::join(kernelsBefore, ", ")));
    }
}

std::vector<double> mediansOf(std::span<const CaseReport* const> rows)
{
    std::vector<double> medians;
    std::ranges::transform(rows, std::back_inserter(medians),
                           [](const CaseReport* row) {
                               return row != nullptr && isMeasured(*row) ? row->device->medianNs
                                                                         : std::numeric_limits<double>::quiet_NaN();
                           });
    return medians;
}

/// Why the times of a case are those of a process that was kept from its cores, where that decides; a clause.
std::string waitDoubt(const CaseInRuns& in, const RunToRunChange& change, const CaseThresholds& asked)
{
    const auto baseline = runMediansOf(in.baseline);
    const auto candidate = runMediansOf(in.candidate);
    if (change.verdict == ComparisonVerdict::Slower)
    {
        return whyOnlyWaits(baseline, candidate, asked.minimumEffect.value_or(0));
    }
    const std::string before = whyStalledRuns(baseline);
    return before.empty() ? std::string() : before + ", those of the baseline: make it anew";
}

/// Why the baseline's times of a case are none that a slowdown could be seen against; empty when they are.
std::string baselineDoubt(const RunToRunChange& change, const CaseThresholds& asked, const GateThresholds& thresholds)
{
    const double limit = std::max(thresholds.detectableLimit, asked.detectableEffect.value_or(0));
    if (change.minimumDetectableEffect && *change.minimumDetectableEffect > limit)
    {
        return fmt::format(
            "runs differ so much that a slowdown below {:.3g} % can go unseen, and {:.3g} % is the limit",
            *change.minimumDetectableEffect * 100, limit * 100);
    }
    if (change.timeRatio && *change.timeRatio * thresholds.fasterLimit < 1.0)
    {
        return fmt::format(
            "{:.3g} times as fast: more than {:.3g} times is taken for a baseline of a busy machine; make "
            "it anew, or raise cannotTell.fasterLimit",
            1.0 / *change.timeRatio, thresholds.fasterLimit);
    }
    return {};
}

} // namespace

bool wasCutOff(const Report& report)
{
    return !report.finished || report.finished->outcome == Outcome::Cancelled;
}

CasesInRuns casesInRuns(std::span<const Report> baseline, std::span<const Report> candidate)
{
    CasesInRuns result;
    std::vector<std::map<std::string, const CaseReport*>> candidatePlaces;
    std::vector<std::string> candidateOrder;
    for (const Report& run : candidate)
    {
        candidatePlaces.push_back(placesOf(run, &candidateOrder));
    }
    std::vector<std::map<std::string, const CaseReport*>> baselinePlaces;
    std::vector<std::string> order;
    for (const Report& run : baseline)
    {
        baselinePlaces.push_back(placesOf(run, &order));
    }
    const auto at = [](const auto& places, const std::string& id)
    {
        const auto found = places.find(id);
        return found == places.end() ? nullptr : found->second;
    };
    std::set<std::string> seen;
    for (const std::string& id : order)
    {
        if (!seen.insert(id).second)
        {
            continue;
        }
        CaseInRuns one;
        one.id = id;
        for (const auto& places : baselinePlaces)
        {
            one.baseline.push_back(at(places, id));
            one.shown = one.shown != nullptr ? one.shown : one.baseline.back();
        }
        for (const auto& places : candidatePlaces)
        {
            one.candidate.push_back(at(places, id));
        }
        result.cases.push_back(std::move(one));
    }
    for (const std::string& id : candidateOrder)
    {
        if (seen.insert(id).second)
        {
            const auto has = std::ranges::find_if(candidatePlaces, [&id](const auto& one) { return one.contains(id); });
            result.onlyCandidate.push_back(describeWithSide(has->at(id)->measured));
        }
    }
    return result;
}

GateCase gateCaseOf(const CaseInRuns& in, std::span<const Report> candidate, const CaseThresholds& asked)
{
    GateCase one;
    one.id = in.id;
    one.title = describeWithSide(in.shown->measured);
    one.baseline = sideOf(in.baseline);
    one.candidate = sideOf(in.candidate);
    one.minimumEffect = asked.minimumEffect.value_or(0);
    findMissing(one, in, candidate);
    findAccuracy(one, in, asked.tolerated.value_or(AccuracyVerdict::Passed));
    findBackend(one, in, asked.backendMayChange.value_or(false));
    return one;
}

std::vector<RunMedian> runMediansOf(std::span<const CaseReport* const> rows)
{
    std::vector<RunMedian> medians;
    std::ranges::transform(rows, std::back_inserter(medians),
                           [](const CaseReport* row)
                           { return row != nullptr && isMeasured(*row) ? runMedianOf(*row) : RunMedian(); });
    return medians;
}

CaseRuns caseRunsOf(const CaseInRuns& in, const CaseThresholds& asked)
{
    return {mediansOf(in.baseline), mediansOf(in.candidate), asked.minimumEffect};
}

void addTime(GateCase& one, const CaseInRuns& in, RunToRunChange change, const CaseThresholds& asked,
             const GateThresholds& thresholds)
{
    const std::string why = waitDoubt(in, change, asked);
    doubtWaits(change, why);
    one.time = change;
    one.timeJudged = true;
    if (change.verdict == ComparisonVerdict::Slower)
    {
        one.findings.failures.push_back(change.reason);
        return;
    }
    if (!why.empty())
    {
        one.findings.doubts.push_back(why); // what was measured has cells of its own
        one.findings.notes.push_back(change.reason);
        return;
    }
    if (std::string doubt = baselineDoubt(change, asked, thresholds); !doubt.empty())
    {
        one.findings.doubts.push_back(std::move(doubt));
        one.findings.notes.push_back(change.reason);
        return;
    }
    switch (change.verdict)
    {
    case ComparisonVerdict::Slower:
    case ComparisonVerdict::Faster:
    case ComparisonVerdict::Same:
        one.findings.notes.push_back(change.reason);
        return;
    case ComparisonVerdict::CannotTell:
        break;
    }
    const double wanted = asked.detectableEffect.value_or(0);
    const bool clearEnough = change.minimumDetectableEffect && *change.minimumDetectableEffect <= wanted;
    if (clearEnough)
    {
        one.findings.notes.push_back(fmt::format("{}; a slowdown of {:.3g} % would have been found", change.reason,
                                                 *change.minimumDetectableEffect * 100));
        return;
    }
    if (!change.minimumDetectableEffect)
    {
        one.findings.doubts.push_back(change.reason);
        return;
    }
    one.findings.doubts.push_back(fmt::format("a slowdown below {:.3g} % can go unseen, and {:.3g} % is asked for",
                                              *change.minimumDetectableEffect * 100, wanted * 100));
    one.findings.notes.push_back(change.reason);
}

} // namespace headroom
