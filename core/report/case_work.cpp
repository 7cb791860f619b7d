// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/case_work.h"

#include "core/attention/flops.h"
#include "core/model/model_flops.h"

namespace headroom
{
namespace
{

double attentionFlopsOf(const AttentionProblem& problem, Pass pass)
{
    switch (pass)
    {
    case Pass::Forward:
        return forwardFlops(problem).unmasked;
    case Pass::Backward:
        return backwardFlops(problem).unmasked;
    case Pass::TrainingStep:
        return forwardFlops(problem).unmasked + backwardFlops(problem).unmasked;
    }
    return 0;
}

} // namespace

CaseWork workOf(const Case& measured)
{
    CaseWork work;
    if (const auto* problem = std::get_if<AttentionProblem>(&measured.subject))
    {
        work.attentionFlops = attentionFlopsOf(*problem, measured.pass);
        work.totalFlops = work.attentionFlops;
        return work;
    }
    const auto& input = std::get<ModelInput>(measured.subject);
    ModelFlops flops;
    if (measured.pass != Pass::Backward)
    {
        flops = forwardFlops(input);
    }
    if (measured.pass != Pass::Forward)
    {
        const ModelFlops backward = backwardFlops(input);
        flops.linear += backward.linear;
        flops.attention += backward.attention;
    }
    work.totalFlops = flops.total();
    work.attentionFlops = flops.attention;
    return work;
}

std::int64_t batchOf(const Subject& subject)
{
    const auto* model = std::get_if<ModelInput>(&subject);
    return model != nullptr ? model->batch : std::get<AttentionProblem>(subject).batch;
}

std::int64_t sequenceOf(const Subject& subject)
{
    const auto* model = std::get_if<ModelInput>(&subject);
    return model != nullptr ? model->sequence : std::get<AttentionProblem>(subject).queryLength;
}

std::int64_t attentionCallsOf(const Subject& subject)
{
    const auto* model = std::get_if<ModelInput>(&subject);
    return model != nullptr ? model->model.layers : 1;
}

} // namespace headroom
