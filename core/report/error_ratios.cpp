// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/error_ratios.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string_view>
#include <tuple>

namespace headroom
{
namespace
{

/// The judgements of one job.
struct JudgedSubject
{
    const JudgeJob* job = nullptr;
    std::vector<const Judgement*> judgements;
};

bool counts(const Judgement& judgement)
{
    return judgement.scope == JudgementScope::AttentionCall || judgement.scope == JudgementScope::WholeModel;
}

/// A place that is judged again begins the next job's judgements.
std::vector<std::vector<const Judgement*>> groupsOf(const std::vector<Judgement>& judgements)
{
    std::vector<std::vector<const Judgement*>> groups;
    std::set<std::tuple<Backend, JudgementScope, std::string_view>> seen;
    for (const auto& judgement : judgements)
    {
        if (!counts(judgement))
        {
            continue;
        }
        if (groups.empty() || !seen.insert({judgement.backend, judgement.scope, judgement.path}).second)
        {
            groups.emplace_back();
            seen = {{judgement.backend, judgement.scope, judgement.path}};
        }
        groups.back().push_back(&judgement);
    }
    return groups;
}

std::vector<JudgedSubject> judgedSubjects(const Report& report)
{
    std::map<std::string_view, const JobReport*> rows;
    for (const auto& row : report.jobs)
    {
        rows[row.id] = &row;
    }
    auto groups = groupsOf(report.judgements);
    std::vector<JudgedSubject> subjects;
    for (const auto& job : report.plan.jobs)
    {
        const auto* judge = std::get_if<JudgeJob>(&job.work);
        const auto row = rows.find(job.id);
        if (judge != nullptr && row != rows.end() && row->second->finished &&
            row->second->result.outcome == Outcome::Passed)
        {
            subjects.push_back({judge, {}});
        }
    }
    if (subjects.size() != groups.size())
    {
        return {};
    }
    for (std::size_t at = 0; at < subjects.size(); ++at)
    {
        subjects[at].judgements = std::move(groups[at]);
    }
    return subjects;
}

/// Whether what was judged says something of \a measured: the same call, with or without gradients, or the same model.
bool speaksFor(const JudgeJob& judged, const Case& measured)
{
    if (judged.captured != measured.captured || judged.subject.index() != measured.subject.index())
    {
        return false;
    }
    if (const auto* call = std::get_if<AttentionProblem>(&measured.subject))
    {
        AttentionProblem alike = std::get<AttentionProblem>(judged.subject);
        alike.needsGradients = call->needsGradients;
        return alike == *call;
    }
    ModelInput alike = std::get<ModelInput>(judged.subject);
    const auto& model = std::get<ModelInput>(measured.subject);
    alike.batch = model.batch;
    alike.sequence = model.sequence;
    alike.model.maxSequence = model.model.maxSequence;
    return alike == model;
}

void raise(std::optional<double>& worst, const Judgement& judgement, Pass pass)
{
    for (const auto& tensor : judgement.tensors)
    {
        const bool wanted = pass != Pass::Forward || !isGradientName(tensor.tensor);
        if (wanted && std::isfinite(tensor.ratio))
        {
            worst = std::max(worst.value_or(tensor.ratio), tensor.ratio);
        }
    }
}

} // namespace

std::vector<std::optional<double>> errorRatiosOf(const Report& report)
{
    const auto subjects = judgedSubjects(report);
    std::vector<std::optional<double>> ratios(report.cases.size());
    for (std::size_t at = 0; at < report.cases.size(); ++at)
    {
        const auto& row = report.cases[at];
        const bool chosen = row.measured.backend == Backend::Default && row.evidence && row.evidence->ran;
        const Backend backend = chosen ? *row.evidence->ran : row.measured.backend;
        for (const auto& subject : subjects)
        {
            if (!speaksFor(*subject.job, row.measured))
            {
                continue;
            }
            for (const auto* judgement : subject.judgements)
            {
                if (judgement->backend == backend)
                {
                    raise(ratios[at], *judgement, row.measured.pass);
                }
            }
        }
    }
    return ratios;
}

} // namespace headroom
