// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/naive_attention.h"

#include <ATen/ATen.h>
#include <ATen/record_function.h>

#include <limits>

namespace headroom::engine
{
namespace
{

constexpr double kMinusInfinity = -std::numeric_limits<double>::infinity();

/// Key or value with as many heads as the query (grouped-query attention by repetition).
at::Tensor expandHeads(const at::Tensor& tensor, std::int64_t queryHeads)
{
    return tensor.size(1) == queryHeads ? tensor : tensor.repeat_interleave(queryHeads / tensor.size(1), 1);
}

at::Tensor maskedScores(const AttentionInputs& inputs)
{
    const auto key = expandHeads(inputs.key, inputs.query.size(1));
    auto scores = at::matmul(inputs.query, key.transpose(-2, -1)) * inputs.effectiveScale();
    if (inputs.causal)
    {
        const auto allowed =
            at::ones({scores.size(-2), scores.size(-1)}, scores.options().dtype(at::kBool).requires_grad(false)).tril();
        scores = scores.masked_fill(allowed.logical_not(), kMinusInfinity);
    }
    if (inputs.mask)
    {
        scores = inputs.mask->scalar_type() == at::kBool
                     ? scores.masked_fill(inputs.mask->logical_not(), kMinusInfinity)
                     : scores + *inputs.mask;
    }
    return scores;
}

} // namespace

at::Tensor naiveAttention(const AttentionInputs& inputs)
{
    RECORD_USER_SCOPE("headroom::naive_attention"); // so that an observation can prove that this ran
    const auto scores = maskedScores(inputs);
    auto weights = at::softmax(scores, -1);
    if (inputs.mask)
    {
        const auto empty = scores.detach().eq(kMinusInfinity).all(-1, /*keepdim=*/true);
        weights = weights.masked_fill(empty, 0.0);
    }
    if (inputs.dropout > 0)
    {
        weights = at::dropout(weights, inputs.dropout, /*train=*/true);
    }
    return at::matmul(weights, expandHeads(inputs.value, inputs.query.size(1)));
}

at::Tensor naiveLogSumExp(const AttentionInputs& inputs)
{
    return at::logsumexp(maskedScores(inputs), -1);
}

} // namespace headroom::engine
