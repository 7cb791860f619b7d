// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/model_bytes.h"

#include "core/attention/flops.h"
#include "core/attention/saturating.h"

namespace headroom
{
namespace
{

/// Elements that all matrix products of one forward pass touch, by what they are.
struct Operands
{
    std::int64_t weights = 0;
    std::int64_t inputs = 0;
    std::int64_t outputs = 0;
};

Operands operandsOf(const ModelInput& input)
{
    const auto& spec = input.model;
    const std::int64_t tokens = saturatingProduct({input.batch, input.sequence});
    Operands all;
    const auto add = [&](std::int64_t times, std::int64_t in, std::int64_t out)
    {
        all.weights = saturatingSum({all.weights, saturatingProduct({times, in, out})});
        all.inputs = saturatingSum({all.inputs, saturatingProduct({times, tokens, in})});
        all.outputs = saturatingSum({all.outputs, saturatingProduct({times, tokens, out})});
    };
    add(spec.layers, spec.dModel, 3 * spec.dModel);
    add(spec.layers, spec.dModel, spec.dModel);
    add(spec.layers, spec.dModel, spec.feedForward);
    add(spec.layers, spec.feedForward, spec.dModel);
    add(1, spec.dModel, spec.vocabSize);
    return all;
}

/// Under autocast products are computed in bfloat16, and so are their operands.
std::int64_t elementBytes(const ModelInput& input)
{
    return input.autocast ? 2 : bytesPerElement(input.dtype);
}

} // namespace

std::int64_t forwardBytes(const ModelInput& input)
{
    const auto all = operandsOf(input);
    const std::int64_t embedding = saturatingProduct({2, input.batch, input.sequence, input.model.dModel});
    const std::int64_t products = saturatingSum({all.weights, all.inputs, all.outputs, embedding});
    const std::int64_t call = forwardBytes(attentionProblemOf(input, false));
    return saturatingSum(
        {saturatingProduct({products, elementBytes(input)}), saturatingProduct({input.model.layers, call})});
}

std::int64_t backwardBytes(const ModelInput& input)
{
    const auto all = operandsOf(input);
    // In: the output's gradient, both operands; out: the gradients of both operands.
    const std::int64_t products =
        saturatingSum({saturatingProduct({2, all.weights}), saturatingProduct({2, all.inputs}), all.outputs});
    const std::int64_t call = backwardBytes(attentionProblemOf(input, true));
    return saturatingSum(
        {saturatingProduct({products, elementBytes(input)}), saturatingProduct({input.model.layers, call})});
}

} // namespace headroom
