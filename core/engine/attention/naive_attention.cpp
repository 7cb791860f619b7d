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

/// What the triangle hides, as a bias of the scores' type, as in the documentation of scaled_dot_product_attention:
/// zero and -infinity are added exactly, and, unlike with masked_fill, nothing has to be done for it on the way back.
at::Tensor triangleOf(const at::Tensor& scores)
{
    return at::full({scores.size(-2), scores.size(-1)}, kMinusInfinity, scores.options().requires_grad(false)).triu_(1);
}

at::Tensor maskedScores(const AttentionInputs& inputs)
{
    const auto key = expandHeads(inputs.key, inputs.query.size(1));
    auto scores = at::matmul(inputs.query, key.transpose(-2, -1)) * inputs.effectiveScale();
    if (inputs.causal)
    {
        scores = scores.add_(triangleOf(scores));
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

at::Tensor naiveAttention(const AttentionInputs& inputs, at::Tensor* logSumExp)
{
    RECORD_USER_SCOPE("headroom::naive_attention"); // so that an observation can prove that this ran
    const auto scores = maskedScores(inputs);
    if (logSumExp)
    {
        *logSumExp = at::logsumexp(scores.detach(), -1);
    }
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

} // namespace headroom::engine
