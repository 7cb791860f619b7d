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
    return 2 * linearWeights(input.model) * static_cast<double>(input.batch) * static_cast<double>(input.sequence);
}

} // namespace

ModelFlops forwardFlops(const ModelInput& input)
{
    const double call = forwardFlops(attentionProblemOf(input, false)).unmasked;
    return {linearForward(input), static_cast<double>(input.model.layers) * call};
}

ModelFlops backwardFlops(const ModelInput& input)
{
    const double call = backwardFlops(attentionProblemOf(input, true)).unmasked;
    return {2 * linearForward(input), static_cast<double>(input.model.layers) * call};
}

} // namespace headroom
