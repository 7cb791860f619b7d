// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/model_flops.h"

#include "core/attention/flops.h"

namespace headroom
{
namespace
{

double linearWeights(const ModelSpec& spec)
{
    const auto d = static_cast<double>(spec.dModel);
    const double layer = 4 * d * d + 2 * d * static_cast<double>(spec.feedForward);
    return static_cast<double>(spec.layers) * layer + d * static_cast<double>(spec.vocabSize);
}

double linearForward(const ModelInput& input)
{
    if (const auto& outline = input.model.outline)
    {
        return outline->matrixFlops * outline->growth(input.batch, input.sequence);
    }
    return 2 * linearWeights(input.model) * static_cast<double>(input.batch) * static_cast<double>(input.sequence);
}

} // namespace

ModelFlops forwardFlops(const ModelInput& input)
{
    ModelFlops flops{linearForward(input), 0, 0};
    for (const CallGroup& group : attentionCallsOf(input, false))
    {
        const AttentionFlops call = forwardFlops(group.problem);
        flops.attention += static_cast<double>(group.calls) * call.unmasked;
        flops.attentionConvention += static_cast<double>(group.calls) * call.convention;
    }
    return flops;
}

ModelFlops backwardFlops(const ModelInput& input)
{
    ModelFlops flops{2 * linearForward(input), 0, 0};
    for (const CallGroup& group : attentionCallsOf(input, true))
    {
        const AttentionFlops call = backwardFlops(group.problem);
        flops.attention += static_cast<double>(group.calls) * call.unmasked;
        flops.attentionConvention += static_cast<double>(group.calls) * call.convention;
    }
    return flops;
}

} // namespace headroom
