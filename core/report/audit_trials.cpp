// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/audit_trials.h"

#include "core/plan/audit_plan.h"
#include "core/report/case_cells.h"
#include "core/report/format.h"
#include "core/report/queries.h"
#include "core/report/stalls.h"

#include <algorithm>

#include <fmt/format.h>

namespace headroom
{
namespace
{

const WatchedCall* callAt(const ModelInspection& inspection, std::int64_t call)
{
    const auto at = static_cast<std::size_t>(call);
    return call >= 0 && at < inspection.calls.size() ? &inspection.calls[at] : nullptr;
}

/// Why the trial of \a jobId has no comparison.
std::string whyNotCompared(const Report& report, const std::string& jobId, const AuditTrial& trial)
{
    const auto* job = findJobReport(report, jobId);
    if (job == nullptr)
    {
        return "it was not asked for";
    }
    for (const auto* row : {trial.before, trial.after})
    {
        if (row != nullptr && !isMeasured(*row) && !row->reason.empty())
        {
            return row->reason;
        }
    }
    return job->result.reason.empty() ? "it was not measured" : job->result.reason;
}

bool isStalled(const CaseReport* row)
{
    return stallOf(*row) != Stall::None;
}

AuditTrial trialOf(const Report& report, const AuditFinding& finding, std::int64_t call)
{
    AuditTrial trial;
    trial.call = call;
    const std::string jobId = trialJobId(finding.rule, call, Pass::Forward);
    const auto cases = casesOfJob(report, jobId);
    trial.forwardWaited = std::ranges::any_of(cases, isStalled);
    for (const auto* row : cases)
    {
        const bool changed = row->measured.captured && row->measured.captured->change != CallChange::None;
        (changed ? trial.after : trial.before) = row;
    }
    if (trial.after != nullptr)
    {
        trial.forward = comparisonOf(report, *trial.after);
        trial.accuracy =
            trial.after->accuracy == AccuracyVerdict::Unverified ? std::nullopt : std::optional(trial.after->accuracy);
    }
    if (trial.forward == nullptr)
    {
        trial.whyNot = whyNotCompared(report, jobId, trial);
    }
    const auto steps = casesOfJob(report, trialJobId(finding.rule, call, Pass::TrainingStep));
    trial.trainingWaited = std::ranges::any_of(steps, isStalled);
    for (const auto* row : steps)
    {
        const auto* comparison = comparisonOf(report, *row);
        trial.training = comparison != nullptr ? comparison : trial.training;
    }
    return trial;
}

bool isWrong(const AuditTrial& trial)
{
    return trial.accuracy == AccuracyVerdict::Failed || trial.accuracy == AccuracyVerdict::NotFinite;
}

bool saysAny(const AuditTrial& trial, std::initializer_list<ComparisonVerdict> verdicts)
{
    return trial.forward != nullptr && std::ranges::find(verdicts, trial.forward->comparison.verdict) != verdicts.end();
}

} // namespace

bool isAudit(const Report& report)
{
    return report.plan.command == kAuditCommand && report.plan.inspection;
}

bool isTrial(const Report& report, std::string_view id)
{
    const auto cases = casesOfJob(report, id);
    return !cases.empty() && cases.front()->measured.captured.has_value();
}

std::vector<TriedFinding> triedFindings(const Report& report)
{
    std::vector<TriedFinding> all;
    if (!isAudit(report) || !report.circumstances)
    {
        return all;
    }
    for (auto& finding : auditFindings(*report.plan.inspection, *report.circumstances))
    {
        TriedFinding tried{std::move(finding), {}};
        for (const std::int64_t call : tried.finding.tried)
        {
            tried.trials.push_back(trialOf(report, tried.finding, call));
        }
        all.push_back(std::move(tried));
    }
    return all;
}

bool isProblem(const AuditFinding& finding)
{
    return finding.rule == "mask-inverted" || finding.changesResult;
}

TrialResult resultOf(const TriedFinding& tried)
{
    const auto& trials = tried.trials;
    if (std::ranges::any_of(trials, isWrong))
    {
        return TrialResult::Inaccurate;
    }
    if (std::ranges::all_of(trials, [](const AuditTrial& trial) { return trial.forward == nullptr; }))
    {
        return TrialResult::NotTried;
    }
    if (std::ranges::all_of(trials,
                            [](const AuditTrial& trial) { return saysAny(trial, {ComparisonVerdict::Faster}); }))
    {
        return TrialResult::Faster;
    }
    return std::ranges::all_of(trials,
                               [](const AuditTrial& trial) {
                                   return saysAny(trial, {ComparisonVerdict::Same, ComparisonVerdict::Slower});
                               })
               ? TrialResult::NoGain
               : TrialResult::CannotTell;
}

std::optional<double> gainOf(const TriedFinding& tried, const ModelInspection& inspection)
{
    double before = 0;
    double after = 0;
    for (const auto& trial : tried.trials)
    {
        const auto* watched = callAt(inspection, trial.call);
        if (trial.forward == nullptr || !trial.forward->comparison.ratio || trial.forwardWaited || watched == nullptr)
        {
            return std::nullopt;
        }
        const double weight = tried.trials.size() == 1 ? 1.0 : watched->ns.value_or(1.0);
        before += weight;
        after += weight / *trial.forward->comparison.ratio;
    }
    return after > 0 ? std::optional(before / after) : std::nullopt;
}

std::optional<double> shareOf(const AuditFinding& finding, const ModelInspection& inspection)
{
    double ns = 0;
    for (const std::int64_t call : finding.calls)
    {
        const auto* watched = callAt(inspection, call);
        if (watched == nullptr || !watched->ns)
        {
            return std::nullopt;
        }
        ns += *watched->ns;
    }
    return inspection.shareOf(ns);
}

double amdahl(double share, double gain)
{
    return 1.0 / (1.0 - share + share / gain);
}

std::string auditSentence(const Report& report)
{
    if (!isAudit(report) || !report.circumstances)
    {
        return {};
    }
    const auto& inspection = *report.plan.inspection;
    const auto all = triedFindings(report);
    const Format format;
    const std::string calls = format.plural(static_cast<std::int64_t>(inspection.calls.size()), "attention call");
    if (inspection.calls.empty())
    {
        return fmt::format("{} makes no attention call that could be seen, so there is nothing to audit in it.",
                           inspection.model.architecture);
    }
    if (all.empty())
    {
        return fmt::format("Nothing was found that costs the {} of {} their speed.", calls,
                           inspection.model.architecture);
    }
    const TriedFinding* best = nullptr;
    for (const auto& tried : all)
    {
        if (resultOf(tried) == TrialResult::Faster &&
            (best == nullptr || gainOf(tried, inspection) > gainOf(*best, inspection)))
        {
            best = &tried;
        }
    }
    const std::string found =
        fmt::format("{} in the {} of {}", format.plural(static_cast<std::int64_t>(all.size()), "finding"), calls,
                    inspection.model.architecture);
    if (best == nullptr)
    {
        return fmt::format("{}; no fix of them was measured to be faster.", found);
    }
    const auto gain = gainOf(*best, inspection);
    return gain ? fmt::format("{}; the calls concerned run {} as fast {}.", found, format.ratio(*gain),
                              describe(best->finding.change))
                : fmt::format("{}; the calls concerned run faster {}, by how much is not known.", found,
                              describe(best->finding.change));
}

} // namespace headroom
