// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/yardstick.h"

#include "core/engine/attention/attention_call.h"

#include <ATen/ATen.h>

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

} // namespace

AttentionResults yardstickAttention(const AttentionInputs& inputs, const at::Tensor& outputGradient,
                                    std::int64_t partBytes)
{
    if (partBytes <= 0)
    {
        partBytes = inputs.query.is_cuda() ? 2 * kGibibyte : kGibibyte / 2;
    }
    const auto batches = inputs.query.size(0);
    const auto kvHeads = inputs.key.size(1);
    const auto group = inputs.query.size(1) / std::max<std::int64_t>(kvHeads, 1);
    const auto pairBytes = group * inputs.query.size(2) * inputs.key.size(2) * inputs.query.element_size();
    const auto pairs = std::max<std::int64_t>(partBytes / std::max<std::int64_t>(pairBytes, 1), 1);
    const bool maskGradient = inputs.mask && inputs.mask->requires_grad();
    if (pairs >= batches * kvHeads || maskGradient)
    {
        return attendWithGradients(Backend::Naive, inputs, outputGradient);
    }
    const auto results = emptyResults(inputs, outputGradient.defined());
    const auto headsAtOnce = std::min(pairs, kvHeads);
    const auto batchesAtOnce = std::max<std::int64_t>(pairs / kvHeads, 1);
    Part part;
    for (part.batch = 0; part.batch < batches; part.batch += batchesAtOnce)
    {
        part.batches = std::min(batchesAtOnce, batches - part.batch);
        for (part.head = 0; part.head < kvHeads; part.head += headsAtOnce)
        {
            part.heads = std::min(headsAtOnce, kvHeads - part.head);
            fill(results, part, group,
                 attendWithGradients(Backend::Naive, cut(inputs, part, group), cut(outputGradient, part, group)));
        }
    }
    return results;
}

} // namespace headroom::engine
