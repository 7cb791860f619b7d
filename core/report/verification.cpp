// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/summary.h"

#include "core/report/case_work.h"
#include "core/report/queries.h"
#include "core/validate/plausibility.h"

#include <fmt/format.h>

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

const Subject* judgedSubject(const Report& report, const std::string& jobId)
{
    const auto* job = findJob(report, jobId);
    const auto* judge = job != nullptr ? std::get_if<JudgeJob>(&job->work) : nullptr;
    return judge != nullptr ? &judge->subject : nullptr;
}

Verdict verdictOn(const Report& report, std::span<const std::string> judgementJobs, const Case& measured,
                  Backend backend)
{
    Verdict exact;
    Verdict similar;
    for (std::size_t i = 0; i < report.judgements.size() && i < judgementJobs.size(); ++i)
    {
        const auto& judgement = report.judgements[i];
        const bool counts =
            judgement.scope == JudgementScope::AttentionCall || judgement.scope == JudgementScope::WholeModel;
        const auto* subject = judgedSubject(report, judgementJobs[i]);
        if (!counts || judgement.backend != backend || subject == nullptr)
        {
            continue;
        }
        if (*subject == measured.subject)
        {
            exact.add(judgement, {});
        }
        else if (withoutSizes(*subject) == withoutSizes(measured.subject))
        {
            similar.add(judgement,
                        fmt::format("judged at batch {}, sequence {}", batchOf(*subject), sequenceOf(*subject)));
        }
    }
    return exact.worst ? exact : similar;
}

std::string whyUnranked(const CaseReport* row)
{
    if (row == nullptr)
    {
        return "it was not measured";
    }
    const auto name = toString(row->measured.backend);
    if (row->outcome != Outcome::Passed)
    {
        return fmt::format("{} was not measured: {}", name, row->reason.empty() ? "no reason was given" : row->reason);
    }
    const auto calls = attentionCallsOf(row->measured.subject);
    if (const auto kernels =
            row->evidence ? flagKernels(row->evidence->requested, row->evidence->ran, calls) : std::nullopt)
    {
        return *kernels;
    }
    switch (row->accuracy)
    {
    case AccuracyVerdict::Passed:
        return {};
    case AccuracyVerdict::Unverified:
        return fmt::format("{} is not verified: {}", name, row->accuracyNote);
    case AccuracyVerdict::Failed:
        return fmt::format("{} is not accurate: {}", name, row->accuracyNote);
    case AccuracyVerdict::NotFinite:
        return fmt::format("{} gives NaN or infinity: {}", name, row->accuracyNote);
    }
    return {};
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

void verifyCases(Report& report, std::span<const std::string> judgementJobs)
{
    for (auto& row : report.cases)
    {
        auto verdict = verdictOn(report, judgementJobs, row.measured, row.measured.backend);
        if (!verdict.worst && row.measured.backend == Backend::Default && row.evidence && row.evidence->ran)
        {
            verdict = verdictOn(report, judgementJobs, row.measured, *row.evidence->ran);
        }
        row.accuracy = verdict.worst.value_or(AccuracyVerdict::Unverified);
        row.accuracyNote = verdict.note;
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
