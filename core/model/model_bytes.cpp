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
    if (const auto& outline = spec.outline)
    {
        const auto activations = static_cast<std::int64_t>(static_cast<double>(outline->matrixActivations) *
                                                           outline->growth(input.batch, input.sequence));
        return {outline->matrixWeights, activations / 2, activations - activations / 2};
    }
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
    const std::int64_t embedding =
        input.model.outline ? 0 : saturatingProduct({2, input.batch, input.sequence, input.model.dModel});
    const std::int64_t products = saturatingSum({all.weights, all.inputs, all.outputs, embedding});
    std::int64_t attention = 0;
    for (const CallGroup& group : attentionCallsOf(input, false))
    {
        attention = saturatingSum({attention, saturatingProduct({group.calls, forwardBytes(group.problem)})});
    }
    return saturatingSum({saturatingProduct({products, elementBytes(input)}), attention});
}

std::int64_t backwardBytes(const ModelInput& input)
{
    const auto all = operandsOf(input);
    // In: the output's gradient, both operands; out: the gradients of both operands.
    const std::int64_t products =
        saturatingSum({saturatingProduct({2, all.weights}), saturatingProduct({2, all.inputs}), all.outputs});
    std::int64_t attention = 0;
    for (const CallGroup& group : attentionCallsOf(input, true))
    {
        attention = saturatingSum({attention, saturatingProduct({group.calls, backwardBytes(group.problem)})});
    }
    return saturatingSum({saturatingProduct({products, elementBytes(input)}), attention});
}

} // namespace headroom
