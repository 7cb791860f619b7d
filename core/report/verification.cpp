// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/summary.h"

#include "core/report/ab.h"
#include "core/report/case_work.h"
#include "core/report/fastest.h"
#include "core/report/format.h"
#include "core/report/queries.h"
#include "core/validate/plausibility.h"

#include <fmt/format.h>

#include <map>
#include <optional>

namespace headroom
{
namespace
{

/// The subject without what may differ between the shape that was judged and the one that was timed.
Subject withoutSizes(Subject subject)
{
    if (auto* model = std::get_if<ModelInput>(&subject))
    {
        model->batch = model->sequence = model->model.maxSequence = 1;
    }
    else
    {
        auto& problem = std::get<AttentionProblem>(subject);
        problem.batch = problem.queryLength = problem.kvLength = 1;
        problem.needsGradients = true;
    }
    return subject;
}

/// The worst of what was said of one backend.
struct Verdict
{
    std::optional<AccuracyVerdict> worst;
    std::string note;

    void add(const Judgement& judgement, const std::string& where)
    {
        const auto worse = worst ? worseOf(*worst, judgement.verdict) : judgement.verdict;
        if (!worst || worse != *worst)
        {
            note = judgement.verdict == AccuracyVerdict::Passed ? where : judgement.reason;
        }
        worst = worse;
    }
};

/// A judgement with what it was of; looked up once for all cases.
struct JudgedCall
{
    const Judgement* judgement = nullptr;
    const JudgeJob* job = nullptr;
    Subject alike; ///< without sizes
};

std::vector<JudgedCall> judgedCalls(const Report& report, std::span<const std::string> judgementJobs)
{
    std::map<std::string_view, const JudgeJob*> judges;
    for (const auto& job : report.plan.jobs)
    {
        if (const auto* judge = std::get_if<JudgeJob>(&job.work))
        {
            judges[job.id] = judge;
        }
    }
    std::vector<JudgedCall> calls;
    for (std::size_t i = 0; i < report.judgements.size() && i < judgementJobs.size(); ++i)
    {
        const auto& judgement = report.judgements[i];
        const bool counts =
            judgement.scope == JudgementScope::AttentionCall || judgement.scope == JudgementScope::WholeModel;
        const auto found = judges.find(judgementJobs[i]);
        if (counts && found != judges.end())
        {
            calls.push_back({&judgement, found->second, withoutSizes(found->second->subject)});
        }
    }
    return calls;
}

/// The same call; one that was judged with gradients speaks for its inference as well.
bool covers(const Subject& judged, const Subject& measured)
{
    const auto* call = std::get_if<AttentionProblem>(&measured);
    const auto* judgedCall = std::get_if<AttentionProblem>(&judged);
    if (call == nullptr || judgedCall == nullptr || call->needsGradients || !judgedCall->needsGradients)
    {
        return judged == measured;
    }
    AttentionProblem recorded = *call;
    recorded.needsGradients = true;
    return *judgedCall == recorded;
}

Verdict verdictOn(const Report& report, std::span<const JudgedCall> calls, const Case& measured, Backend backend)
{
    // A sweep judges each of its calls; another length says nothing of this one (an output of zeros at S = 32768).
    const bool judgedEach = isKernelSweep(report) || isAb(report);
    const Subject alike = judgedEach ? Subject() : withoutSizes(measured.subject);
    Verdict exact;
    Verdict similar;
    for (const auto& call : calls)
    {
        const bool otherWorker = call.job->side && call.job->side != measured.side;
        if (call.judgement->backend != backend || call.job->captured != measured.captured || otherWorker)
        {
            continue;
        }
        if (covers(call.job->subject, measured.subject))
        {
            exact.add(*call.judgement, {});
        }
        else if (!judgedEach && call.alike == alike)
        {
            similar.add(*call.judgement, fmt::format("judged at batch {}, sequence {}", batchOf(call.job->subject),
                                                     sequenceOf(call.job->subject)));
        }
    }
    return exact.worst ? exact : similar;
}

/// Each backend drops other probabilities, so that there is nothing to compare with.
void noteDropout(CaseReport& row)
{
    const auto* problem = std::get_if<AttentionProblem>(&row.measured.subject);
    if (problem != nullptr && problem->dropout > 0 && row.accuracy == AccuracyVerdict::Passed)
    {
        row.accuracyNote = "judged without dropout";
    }
}

std::string whyUnranked(const CaseReport* row)
{
    return row == nullptr ? "it was not measured" : headroom::whyUnranked(*row);
}

void chooseHeadline(Report& report, std::string_view jobId)
{
    std::optional<Headline> best;
    for (const auto& comparison : report.comparisons)
    {
        const auto* candidate = candidateOf(report, comparison);
        const auto* baseline = baselineOf(report, comparison);
        const bool counts = comparison.jobId == jobId && comparison.ranked && comparison.comparison.ratio &&
                            candidate != nullptr && isFused(candidate->measured.backend) && baseline != nullptr &&
                            baseline->measured.backend == Backend::Math;
        if (counts && (!best || *comparison.comparison.ratio > *best->comparison.comparison.ratio))
        {
            best = Headline{candidate->measured.pass, candidate->measured.backend, comparison};
        }
    }
    if (best)
    {
        report.headlines.push_back(*best);
    }
}

} // namespace

std::string whyUnranked(const CaseReport& row)
{
    const auto name = toString(row.measured.backend);
    if (row.outcome == Outcome::Cancelled)
    {
        const std::string why = row.reason == "cancelled" ? "its run was cancelled" : row.reason;
        const auto samples = static_cast<std::int64_t>(row.deviceNs.size());
        return samples > 0 ? fmt::format("{} has {} only: {}", name, Format().plural(samples, "sample"), why)
                           : fmt::format("{} was not measured: {}", name, why);
    }
    if (row.outcome != Outcome::Passed)
    {
        return fmt::format("{} was not measured: {}", name, row.reason.empty() ? "no reason was given" : row.reason);
    }
    const auto calls = attentionCallsOf(row.measured.subject);
    if (const auto kernels =
            row.evidence ? flagKernels(row.evidence->requested, row.evidence->ran, calls) : std::nullopt)
    {
        return *kernels;
    }
    switch (row.accuracy)
    {
    case AccuracyVerdict::Passed:
        return {};
    case AccuracyVerdict::Unverified:
        if (row.measured.captured && row.measured.captured->change == CallChange::None)
        {
            return {}; // the call as the model makes it: what its fix is measured against
        }
        return fmt::format("{} is not verified: {}", name, row.accuracyNote);
    case AccuracyVerdict::Failed:
        return fmt::format("{} is not accurate: {}", name, row.accuracyNote);
    case AccuracyVerdict::NotFinite:
        return fmt::format("{} gives NaN or infinity: {}", name, row.accuracyNote);
    }
    return {};
}

void verifyCases(Report& report, std::span<const std::string> judgementJobs)
{
    const auto calls = judgedCalls(report, judgementJobs);
    for (auto& row : report.cases)
    {
        auto verdict = verdictOn(report, calls, row.measured, row.measured.backend);
        if (!verdict.worst && row.measured.backend == Backend::Default && row.evidence && row.evidence->ran)
        {
            verdict = verdictOn(report, calls, row.measured, *row.evidence->ran);
        }
        row.accuracy = verdict.worst.value_or(AccuracyVerdict::Unverified);
        row.accuracyNote = verdict.note;
        noteDropout(row);
        if (!verdict.worst)
        {
            row.accuracyNote =
                isSkipped(report, Stage::Accuracy) ? "the accuracy stage was skipped" : "it was not judged";
        }
    }
}

void rankComparisons(Report& report)
{
    for (auto& comparison : report.comparisons)
    {
        comparison.whyUnranked = whyUnranked(baselineOf(report, comparison));
        if (comparison.whyUnranked.empty())
        {
            comparison.whyUnranked = whyUnranked(candidateOf(report, comparison));
        }
        comparison.ranked = comparison.whyUnranked.empty();
    }
    report.headlines.clear();
    chooseHeadline(report, kForwardJob);
    chooseHeadline(report, kTrainingJob);
}

} // namespace headroom
