// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/queries.h"

#include <algorithm>

namespace headroom
{
namespace
{

template <typename Range, typename Predicate> auto findIn(const Range& range, Predicate predicate)
{
    const auto found = std::find_if(range.begin(), range.end(), predicate);
    return found == range.end() ? nullptr : &*found;
}

std::optional<Subject> subjectOf(const Job& job)
{
    if (const auto* probe = std::get_if<ProbeJob>(&job.work))
    {
        return probe->subject;
    }
    if (const auto* judge = std::get_if<JudgeJob>(&job.work))
    {
        return judge->subject;
    }
    if (const auto* check = std::get_if<CheckJob>(&job.work))
    {
        // The row of a defect makes calls of its own; its subject only says on which device.
        return check->check == CheckKind::Defect ? std::nullopt : std::optional(check->subject);
    }
    const auto cases = casesOf(job);
    return cases.empty() ? std::nullopt : std::optional(cases.front().subject);
}

std::string_view mainJobOf(Pass pass)
{
    return pass == Pass::Forward ? kForwardJob : kTrainingJob;
}

} // namespace

const Job* findJob(const Report& report, std::string_view id)
{
    return findIn(report.plan.jobs, [&](const Job& job) { return job.id == id; });
}

const JobReport* findJobReport(const Report& report, std::string_view id)
{
    return findIn(report.jobs, [&](const JobReport& job) { return job.id == id; });
}

const CaseReport* findCase(const Report& report, std::string_view jobId, std::string_view caseId)
{
    return findIn(report.cases,
                  [&](const CaseReport& row) { return row.jobId == jobId && row.result.caseId == caseId; });
}

const Headline* findHeadline(const Report& report, Pass pass)
{
    return findIn(report.headlines, [&](const Headline& headline) { return headline.pass == pass; });
}

std::vector<const CaseReport*> casesOfJob(const Report& report, std::string_view jobId)
{
    std::vector<const CaseReport*> cases;
    for (const auto& row : report.cases)
    {
        if (row.jobId == jobId)
        {
            cases.push_back(&row);
        }
    }
    return cases;
}

const ComparisonReport* mainComparison(const Report& report, Pass pass)
{
    if (const auto* headline = findHeadline(report, pass))
    {
        return &headline->comparison;
    }
    const ComparisonReport* fastest = nullptr;
    for (const auto& comparison : report.comparisons)
    {
        const auto* candidate = candidateOf(report, comparison);
        if (comparison.jobId != mainJobOf(pass) || candidate == nullptr || !isFused(candidate->measured.backend) ||
            !comparison.comparison.ratio)
        {
            continue;
        }
        if (fastest == nullptr || *comparison.comparison.ratio > *fastest->comparison.ratio)
        {
            fastest = &comparison;
        }
    }
    return fastest;
}

const CaseReport* candidateOf(const Report& report, const ComparisonReport& comparison)
{
    return findCase(report, comparison.jobId, comparison.candidateCase);
}

const CaseReport* baselineOf(const Report& report, const ComparisonReport& comparison)
{
    return findCase(report, comparison.jobId, comparison.baselineCase);
}

std::optional<Subject> mainSubject(const Report& report)
{
    if (const auto* job = findJob(report, kForwardJob))
    {
        return subjectOf(*job);
    }
    for (const auto& job : report.plan.jobs)
    {
        if (auto subject = subjectOf(job))
        {
            return subject;
        }
    }
    return std::nullopt;
}

std::optional<ModelInput> mainModel(const Report& report)
{
    const auto subject = mainSubject(report);
    const auto* model = subject ? std::get_if<ModelInput>(&*subject) : nullptr;
    return model != nullptr ? std::optional(*model) : std::nullopt;
}

std::optional<AttentionProblem> mainProblem(const Report& report)
{
    const auto subject = mainSubject(report);
    if (!subject)
    {
        return std::nullopt;
    }
    if (const auto* problem = std::get_if<AttentionProblem>(&*subject))
    {
        return *problem;
    }
    const auto& model = std::get<ModelInput>(*subject);
    return hasAttention(model.model) ? std::optional(attentionProblemOf(model, true)) : std::nullopt;
}

std::optional<DType> mainDtype(const Report& report)
{
    const auto subject = mainSubject(report);
    if (!subject)
    {
        return std::nullopt;
    }
    const auto* model = std::get_if<ModelInput>(&*subject);
    return model != nullptr ? model->dtype : std::get<AttentionProblem>(*subject).dtype;
}

bool isSkipped(const Report& report, Stage stage)
{
    const auto& skipped = report.plan.skippedStages;
    return std::find(skipped.begin(), skipped.end(), stage) != skipped.end();
}

bool hasNoAttention(const Report& report)
{
    if (!report.layers.empty())
    {
        return false;
    }
    return std::any_of(report.plan.jobs.begin(), report.plan.jobs.end(),
                       [&](const Job& job)
                       {
                           const auto* row = findJobReport(report, job.id);
                           const auto* probe = std::get_if<ProbeJob>(&job.work);
                           return probe != nullptr && probe->probe == ProbeKind::Layers && row != nullptr &&
                                  row->finished && row->result.outcome == Outcome::Passed;
                       });
}

bool accepts(const BackendAnswer& answer)
{
    return answer.libtorchAccepts.value_or(answer.rules.eligible);
}

std::optional<bool> takesAllLayers(const Report& report, Backend backend)
{
    std::optional<bool> all;
    for (const auto& layer : report.layers)
    {
        for (const auto& answer : layer.answers)
        {
            if (answer.rules.backend == backend)
            {
                all = all.value_or(true) && accepts(answer);
            }
        }
    }
    return all;
}

std::optional<AccuracyVerdict> accuracyOf(const Report& report, Backend backend)
{
    std::optional<AccuracyVerdict> worst;
    for (const auto& judgement : report.judgements)
    {
        const bool counts =
            judgement.scope == JudgementScope::AttentionCall || judgement.scope == JudgementScope::WholeModel;
        if (counts && judgement.backend == backend)
        {
            worst = worst ? worseOf(*worst, judgement.verdict) : judgement.verdict;
        }
    }
    return worst;
}

const ComparisonReport* comparisonOf(const Report& report, const CaseReport& candidate)
{
    return findIn(report.comparisons,
                  [&](const ComparisonReport& comparison) {
                      return comparison.jobId == candidate.jobId && comparison.candidateCase == candidate.result.caseId;
                  });
}

std::string_view inThePass(Pass pass)
{
    switch (pass)
    {
    case Pass::Forward:
        return "in the forward pass";
    case Pass::Backward:
        return "in the backward pass";
    case Pass::TrainingStep:
        return "in the training step";
    }
    return "";
}

} // namespace headroom
