// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/case_work.h"

#include "core/attention/flops.h"
#include "core/model/model_bytes.h"
#include "core/model/model_flops.h"

#include <algorithm>

namespace headroom
{
namespace
{

/// Of one attention call. A forward pass that a backward pass follows writes the log-sum-exp as well.
CaseWork workOf(const AttentionProblem& problem, Pass pass)
{
    CaseWork work;
    work.dtype = problem.dtype;
    if (pass != Pass::Backward)
    {
        const auto flops = forwardFlops(problem);
        work.totalFlops += flops.unmasked;
        work.conventionFlops += flops.convention;
        work.bytes += static_cast<double>(forwardBytes(problem));
        work.bytes += pass == Pass::TrainingStep ? static_cast<double>(logSumExpBytes(problem)) : 0.0;
    }
    if (pass != Pass::Forward)
    {
        const auto flops = backwardFlops(problem);
        work.totalFlops += flops.unmasked;
        work.conventionFlops += flops.convention;
        work.bytes += static_cast<double>(backwardBytes(problem));
    }
    work.attentionFlops = work.totalFlops;
    return work;
}

CaseWork workOf(const ModelInput& input, Pass pass)
{
    CaseWork work;
    work.dtype = input.autocast ? DType::BFloat16 : input.dtype;
    const auto add = [&](const ModelFlops& flops, std::int64_t bytes)
    {
        work.totalFlops += flops.total();
        work.attentionFlops += flops.attention;
        work.conventionFlops += flops.linear + flops.attentionConvention;
        work.bytes += static_cast<double>(bytes);
    };
    if (pass != Pass::Backward)
    {
        add(forwardFlops(input), forwardBytes(input));
    }
    if (pass != Pass::Forward)
    {
        add(backwardFlops(input), backwardBytes(input));
    }
    return work;
}

} // namespace

CaseWork workOf(const Case& measured)
{
    return std::visit([&](const auto& subject) { return workOf(subject, measured.pass); }, measured.subject);
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
    if (model != nullptr && model->model.outline)
    {
        return std::ranges::count_if(model->model.outline->calls, &ModelCall::showsOperator);
    }
    return model != nullptr ? static_cast<std::int64_t>(attentionLayerPaths(model->model).size()) : 1;
}

} // namespace headroom
