// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/findings.h"

#include "core/report/broken_checks.h"
#include "core/report/fastest.h"
#include "core/report/format.h"
#include "core/report/queries.h"
#include "core/report/sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace headroom
{
namespace
{

void findUnfinished(const Report& report, Findings& findings)
{
    const bool anyStarted =
        std::any_of(report.jobs.begin(), report.jobs.end(), [](const JobReport& row) { return row.started; });
    if (report.finished && report.finished->outcome == Outcome::Failed && !anyStarted)
    {
        findings.setUp.push_back(
            sentence(report.finished->reason.empty() ? "The run could not start" : report.finished->reason));
        return;
    }
    if (!report.finished)
    {
        findings.cannotTell.emplace_back("The run has not finished.");
    }
    // A run that failed without a reason came to its end: jobs of it failed, and speak for themselves.
    else if (report.finished->outcome == Outcome::Cancelled || !report.finished->reason.empty())
    {
        const std::string_view ended = report.finished->outcome == Outcome::Cancelled ? "cancelled" : "ended early";
        const std::string& reason = report.finished->reason;
        const bool says = !reason.empty() && reason != ended;
        findings.cannotTell.push_back(
            sentence(fmt::format("The run was {}{}{}", ended, says ? ": " : "", says ? reason : std::string())));
    }
}

/// A model whose result is no number is wrong, however fast it is.
void findOutput(const Report& report, Findings& findings)
{
    if (report.plan.inspection && !report.plan.inspection->outputIsFinite)
    {
        findings.failed.push_back(fmt::format(
            "The output of {} has NaN or infinity on inputs that have none: on these, or in this runtime, it "
            "computes something wrong.",
            report.plan.inspection->model.architecture));
    }
}

/// The yardstick fails nobody: it is what others are measured by.
bool countsAsCheck(const Judgement& judgement)
{
    return judgement.backend != Backend::Naive && judgement.backend != Backend::Fp64;
}

std::string_view placeOf(JudgementScope scope)
{
    switch (scope)
    {
    case JudgementScope::AttentionCall:
        return "in an attention call";
    case JudgementScope::WholeModel:
        return "in the whole model";
    case JudgementScope::Autocast:
        return "under autocast";
    case JudgementScope::Compiled:
        return "in the compiled package";
    }
    return "";
}

/// One sentence a backend and scope: the first fault, with the number of places that have one.
void findInaccurate(const Report& report, Findings& findings)
{
    for (const auto& names : EnumNames<Backend>::names)
    {
        for (const auto scope : {JudgementScope::AttentionCall, JudgementScope::WholeModel, JudgementScope::Autocast,
                                 JudgementScope::Compiled})
        {
            const Judgement* first = nullptr;
            std::int64_t places = 0;
            for (const auto& judgement : report.judgements)
            {
                const bool isWrong =
                    judgement.verdict == AccuracyVerdict::Failed || judgement.verdict == AccuracyVerdict::NotFinite;
                if (isWrong && judgement.scope == scope && judgement.backend == names.first && countsAsCheck(judgement))
                {
                    first = first == nullptr ? &judgement : first;
                    ++places;
                }
            }
            if (first != nullptr)
            {
                findings.failed.push_back(sentence(fmt::format(
                    "{} {} {}{}{}: {}", names.second,
                    first->verdict == AccuracyVerdict::NotFinite ? "gives NaN or infinity" : "is not accurate enough",
                    placeOf(scope), first->path.empty() ? "" : fmt::format(" ({})", first->path),
                    places > 1 ? fmt::format(" and {} more", places - 1) : "", first->reason)));
            }
        }
    }
}

/// What makes a job a failure of the run, and what only leaves a question open.
void findBrokenJobs(const Report& report, Findings& findings)
{
    for (const auto& row : report.jobs)
    {
        if (!row.finished || row.result.outcome == Outcome::Passed || row.result.outcome == Outcome::Cancelled)
        {
            continue;
        }
        const auto& result = row.result;
        const auto* job = findJob(report, row.id);
        const auto* check = job != nullptr ? std::get_if<CheckJob>(&job->work) : nullptr;
        if (check != nullptr && isAnswerOfCheck(*check, result.cause))
        {
            continue; // it stands among the checks
        }
        const std::string text =
            sentence(fmt::format("{}: {}", row.title.empty() ? row.id : row.title,
                                 result.reason.empty() ? "it ended without a reason" : result.reason));
        switch (result.cause)
        {
        case Cause::WorkerDied:
        case Cause::Deadline:
        case Cause::DeviceLost:
        case Cause::Error:
            findings.failed.push_back(text);
            break;
        case Cause::Budget:
            if (!isKernelSweep(report))
            {
                findings.cannotTell.push_back(text);
            }
            break;
        case Cause::None:
        case Cause::NotEligible:
        case Cause::OutOfMemory:
        case Cause::Unsupported:
            if (!isSweepPoint(row.id) && !isKernelSweep(report))
            {
                findings.said.push_back(text);
            }
            break;
        }
    }
}

void findBrokenCases(const Report& report, Findings& findings)
{
    for (const auto& row : report.cases)
    {
        const auto* job = findJobReport(report, row.jobId);
        const bool jobSpeaksForIt = job == nullptr || !job->finished || job->result.outcome != Outcome::Passed;
        if (jobSpeaksForIt || row.outcome == Outcome::Passed || row.outcome == Outcome::Cancelled)
        {
            continue;
        }
        const bool broke = row.cause == Cause::WorkerDied || row.cause == Cause::Deadline ||
                           row.cause == Cause::DeviceLost || row.cause == Cause::Error;
        if (broke)
        {
            findings.failed.push_back(
                sentence(fmt::format("{}, {}: {}", job->title, toString(row.measured.backend), row.reason)));
        }
    }
}

/// Where accuracy was asked for and fused backends are there, one at least must have been verified.
void findUnverified(const Report& report, Findings& findings)
{
    const auto judged = [&](const Job& job)
    {
        const auto* row = findJobReport(report, job.id);
        return std::holds_alternative<JudgeJob>(job.work) && row != nullptr && row->finished;
    };
    if (!std::any_of(report.plan.jobs.begin(), report.plan.jobs.end(), judged))
    {
        return;
    }
    const bool anyVerdict =
        std::any_of(report.judgements.begin(), report.judgements.end(),
                    [](const Judgement& judgement)
                    { return judgement.verdict != AccuracyVerdict::Unverified && countsAsCheck(judgement); });
    if (!anyVerdict && !hasNoAttention(report))
    {
        findings.cannotTell.emplace_back("The accuracy of no backend could be verified.");
    }
}

void sayNotes(const Report& report, Findings& findings)
{
    if (hasNoAttention(report))
    {
        const bool unseen = report.plan.inspection && !report.plan.inspection->calls.empty();
        findings.said.emplace_back(unseen
                                       ? "The tensors of the model's attention calls were not to be seen, so there is "
                                         "nothing of them to validate; the times are the model's as it is."
                                       : "The model has no attention layers, so there is nothing to validate in it.");
    }
    if (report.circumstances && !report.circumstances->cudaAvailable)
    {
        findings.said.push_back(sentence(
            "No CUDA device was used; the backends were measured on the CPU" +
            (report.circumstances->cudaProblem.empty() ? std::string() : ": " + report.circumstances->cudaProblem)));
    }
}

} // namespace

std::string sentence(std::string text)
{
    text = capitalised(std::move(text));
    if (!text.empty() && text.back() != '.' && text.back() != '!' && text.back() != '?')
    {
        text += '.';
    }
    return text;
}

void findInRun(const Report& report, Findings& findings)
{
    findUnfinished(report, findings);
    findOutput(report, findings);
    findInaccurate(report, findings);
    findInChecks(report, findings);
    findBrokenJobs(report, findings);
    findBrokenCases(report, findings);
    findUnverified(report, findings);
    sayNotes(report, findings);
}

} // namespace headroom
