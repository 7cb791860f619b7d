// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/yardstick.h"

#include "core/engine/attention/attention_call.h"
#include "core/engine/attention/fused_steps.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>

namespace headroom::engine
{
namespace
{

constexpr std::int64_t kGibibyte = std::int64_t{1} << 30;

/// Batches and key/value heads of a call, from the first ones on.
struct Part
{
    std::int64_t batch = 0;
    std::int64_t batches = 1;
    std::int64_t head = 0;
    std::int64_t heads = 1;
};

/// \a part of a tensor with \a group heads for each key/value head.
at::Tensor cut(const at::Tensor& tensor, const Part& part, std::int64_t group)
{
    return tensor.defined()
               ? tensor.narrow(0, part.batch, part.batches).narrow(1, part.head * group, part.heads * group)
               : tensor;
}

/// Dimensions that a mask does not have, or has only one of, are the same for all parts.
at::Tensor cutMask(const at::Tensor& mask, const Part& part, std::int64_t group)
{
    auto result = mask;
    if (mask.dim() >= 3 && mask.size(-3) > 1)
    {
        result = result.narrow(-3, part.head * group, part.heads * group);
    }
    if (mask.dim() == 4 && mask.size(0) > 1)
    {
        result = result.narrow(0, part.batch, part.batches);
    }
    return result;
}

AttentionInputs cut(const AttentionInputs& inputs, const Part& part, std::int64_t group)
{
    auto result = inputs;
    result.query = cut(inputs.query, part, group);
    result.key = cut(inputs.key, part, 1);
    result.value = cut(inputs.value, part, 1);
    if (inputs.mask)
    {
        result.mask = cutMask(*inputs.mask, part, group);
    }
    return result;
}

AttentionResults emptyResults(const AttentionInputs& inputs, bool gradients)
{
    auto outputShape = inputs.query.sizes().vec();
    outputShape.back() = inputs.value.size(-1);
    AttentionResults results;
    results.output = at::empty(outputShape, inputs.query.options());
    outputShape.pop_back();
    results.logSumExp = at::empty(outputShape, inputs.query.options());
    if (gradients)
    {
        results.queryGradient = at::empty(inputs.query.sizes(), inputs.query.options());
        results.keyGradient = at::empty(inputs.key.sizes(), inputs.key.options());
        results.valueGradient = at::empty(inputs.value.sizes(), inputs.value.options());
    }
    return results;
}

void fill(const AttentionResults& whole, const Part& part, std::int64_t group, const AttentionResults& from)
{
    const auto copy = [&](const at::Tensor& into, const at::Tensor& value, std::int64_t heads)
    {
        if (into.defined() && value.defined())
        {
            cut(into, part, heads).copy_(value);
        }
    };
    copy(whole.output, from.output, group);
    copy(whole.logSumExp, from.logSumExp, group);
    copy(whole.queryGradient, from.queryGradient, group);
    copy(whole.keyGradient, from.keyGradient, 1);
    copy(whole.valueGradient, from.valueGradient, 1);
}

/// Whether the steps between the matrix products have kernels of their own.
bool canBeFused(const AttentionInputs& inputs)
{
    const auto type = inputs.query.scalar_type();
    const bool rounded = type == at::kFloat || type == at::kHalf || type == at::kBFloat16;
    return hasFusedSteps(inputs.query) && rounded && !inputs.mask && inputs.dropout <= 0 &&
           inputs.query.size(1) == inputs.key.size(1);
}

/// The operators of naive attention and of its backward pass, with the same roundings, in half the passes through
/// memory: the score matrices are what takes the time.
AttentionResults fusedNaive(const AttentionInputs& inputs, const at::Tensor& outputGradient)
{
    const c10::NoGradGuard noGradients;
    const auto scale = inputs.effectiveScale();
    AttentionResults results;
    const auto weights = at::matmul(inputs.query, inputs.key.transpose(-2, -1)).contiguous();
    results.logSumExp = roundedSoftMaxInPlace(weights, scale, inputs.causal);
    results.output = at::matmul(weights, inputs.value);
    if (outputGradient.defined())
    {
        const auto dOutput = outputGradient.to(weights.scalar_type());
        results.valueGradient = at::matmul(weights.transpose(-2, -1), dOutput);
        const auto dScores = at::matmul(dOutput, inputs.value.transpose(-2, -1)).contiguous();
        roundedScoreGradientsInPlace(dScores, weights, scale);
        results.queryGradient = at::matmul(dScores, inputs.key);
        results.keyGradient = at::matmul(dScores.transpose(-2, -1), inputs.query);
    }
    return results;
}

AttentionResults naiveWithGradients(const AttentionInputs& inputs, const at::Tensor& outputGradient)
{
    return canBeFused(inputs) ? fusedNaive(inputs, outputGradient)
                              : attendWithGradients(Backend::Naive, inputs, outputGradient);
}

/// Query heads for each key/value head.
std::int64_t groupOf(const AttentionInputs& inputs)
{
    return inputs.query.size(1) / std::max<std::int64_t>(inputs.key.size(1), 1);
}

} // namespace

struct YardstickPass::Shared
{
    AttentionInputs inputs;
    at::Tensor outputGradient;
    std::vector<Part> parts; ///< empty: the whole at once
    AttentionResults results;
};

YardstickPass::YardstickPass(const AttentionInputs& inputs, const at::Tensor& outputGradient, std::int64_t partBytes)
    : m_shared(std::make_shared<Shared>())
{
    m_shared->inputs = inputs;
    m_shared->outputGradient = outputGradient;
    if (partBytes <= 0)
    {
        partBytes = inputs.query.is_cuda() ? 2 * kGibibyte : kGibibyte / 2;
    }
    const auto batches = inputs.query.size(0);
    const auto kvHeads = inputs.key.size(1);
    const auto pairBytes = groupOf(inputs) * inputs.query.size(2) * inputs.key.size(2) * inputs.query.element_size();
    const auto pairs = std::max<std::int64_t>(partBytes / std::max<std::int64_t>(pairBytes, 1), 1);
    const bool maskGradient = inputs.mask && inputs.mask->requires_grad();
    if (pairs >= batches * kvHeads || maskGradient)
    {
        return;
    }
    m_shared->results = emptyResults(inputs, outputGradient.defined());
    const auto headsAtOnce = std::min(pairs, kvHeads);
    const auto batchesAtOnce = std::max<std::int64_t>(pairs / kvHeads, 1);
    for (std::int64_t batch = 0; batch < batches; batch += batchesAtOnce)
    {
        for (std::int64_t head = 0; head < kvHeads; head += headsAtOnce)
        {
            m_shared->parts.push_back(
                {batch, std::min(batchesAtOnce, batches - batch), head, std::min(headsAtOnce, kvHeads - head)});
        }
    }
}

std::vector<DeviceStep> YardstickPass::steps() const
{
    const auto& inputs = m_shared->inputs;
    const auto group = groupOf(inputs);
    const auto scoresOfHead = static_cast<double>(inputs.query.size(2) * inputs.key.size(2));
    if (m_shared->parts.empty())
    {
        const auto whole = [shared = m_shared]
        { shared->results = naiveWithGradients(shared->inputs, shared->outputGradient); };
        return {{scoresOfHead * static_cast<double>(inputs.query.size(0) * inputs.query.size(1)), whole}};
    }
    std::vector<DeviceStep> steps;
    for (const auto& part : m_shared->parts)
    {
        steps.push_back(
            {scoresOfHead * static_cast<double>(part.batches * part.heads * group), [shared = m_shared, part, group]
             {
                 fill(shared->results, part, group,
                      naiveWithGradients(cut(shared->inputs, part, group), cut(shared->outputGradient, part, group)));
             }});
    }
    return steps;
}

const AttentionResults& YardstickPass::results() const
{
    return m_shared->results;
}

AttentionResults yardstickAttention(const AttentionInputs& inputs, const at::Tensor& outputGradient,
                                    std::int64_t partBytes)
{
    const YardstickPass pass(inputs, outputGradient, partBytes);
    for (const auto& step : pass.steps())
    {
        step.launch();
    }
    return pass.results();
}

} // namespace headroom::engine
