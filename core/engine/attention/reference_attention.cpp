// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/reference_attention.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <limits>

namespace headroom::engine
{
namespace
{

constexpr double kMinusInfinity = -std::numeric_limits<double>::infinity();

/// The call in double precision with the heads grouped as [B, Hkv, group, S, D], so that grouped-query attention needs
/// no repetition and its key and value gradients sum over the group by themselves.
struct GroupedCall
{
    at::Tensor query, key, value, outputGradient, mask;
    std::int64_t groups = 1;
    double scale = 1;
    bool causal = false;
};

at::Tensor grouped(const at::Tensor& tensor, std::int64_t kvHeads)
{
    const auto wide = tensor.detach().to(at::kDouble);
    return wide.reshape({wide.size(0), kvHeads, wide.size(1) / kvHeads, wide.size(2), wide.size(3)});
}

GroupedCall groupCall(const AttentionInputs& inputs, const at::Tensor& outputGradient)
{
    GroupedCall call;
    const auto kvHeads = inputs.key.size(1);
    call.query = grouped(inputs.query, kvHeads);
    call.key = grouped(inputs.key, kvHeads);
    call.value = grouped(inputs.value, kvHeads);
    call.groups = inputs.query.size(1) / kvHeads;
    call.scale = inputs.effectiveScale();
    call.causal = inputs.causal;
    if (outputGradient.defined())
    {
        call.outputGradient = grouped(outputGradient, kvHeads);
    }
    if (inputs.mask)
    {
        const auto full = inputs.mask->detach().expand(
            {inputs.query.size(0), inputs.query.size(1), inputs.query.size(2), inputs.key.size(2)});
        call.mask = full.reshape({full.size(0), kvHeads, call.groups, full.size(2), full.size(3)});
    }
    return call;
}

at::Tensor blockScores(const GroupedCall& call, const at::Tensor& query, std::int64_t first)
{
    auto scores = at::matmul(query, call.key.transpose(-2, -1)).mul_(call.scale);
    const auto rows = query.size(-2);
    if (call.causal)
    {
        const auto row = at::arange(first, first + rows, scores.options().dtype(at::kLong)).unsqueeze(1);
        const auto column = at::arange(scores.size(-1), scores.options().dtype(at::kLong)).unsqueeze(0);
        scores.masked_fill_(column.gt(row), kMinusInfinity);
    }
    if (call.mask.defined())
    {
        const auto mask = call.mask.narrow(-2, first, rows);
        if (mask.scalar_type() == at::kBool)
        {
            scores.masked_fill_(mask.logical_not(), kMinusInfinity);
        }
        else
        {
            scores.add_(mask.to(at::kDouble));
        }
    }
    return scores;
}

struct Accumulator
{
    at::Tensor output, logSumExp, dQuery, dKey, dValue, dMask;
};

void addBlock(const GroupedCall& call, std::int64_t first, std::int64_t rows, Accumulator& sums)
{
    const auto query = call.query.narrow(-2, first, rows);
    const auto scores = blockScores(call, query, first);
    const auto logSumExp = at::logsumexp(scores, -1, /*keepdim=*/true);
    const auto empty = logSumExp.eq(kMinusInfinity);
    const auto weights = (scores - logSumExp.masked_fill(empty, 0.0)).exp_();
    const auto output = at::matmul(weights, call.value);
    sums.output.narrow(-2, first, rows).copy_(output);
    sums.logSumExp.narrow(-1, first, rows).copy_(logSumExp.squeeze(-1));
    if (!call.outputGradient.defined())
    {
        return;
    }
    const auto dOutput = call.outputGradient.narrow(-2, first, rows);
    const auto dWeights = at::matmul(dOutput, call.value.transpose(-2, -1));
    const auto rowSum = (dOutput * output).sum(-1, /*keepdim=*/true);
    const auto dScores = weights * (dWeights - rowSum);
    sums.dValue.add_(at::matmul(weights.transpose(-2, -1), dOutput).sum(2, /*keepdim=*/true));
    sums.dQuery.narrow(-2, first, rows).copy_(at::matmul(dScores, call.key).mul_(call.scale));
    sums.dKey.add_(at::matmul(dScores.transpose(-2, -1), query).sum(2, /*keepdim=*/true).mul_(call.scale));
    if (sums.dMask.defined())
    {
        sums.dMask.narrow(-2, first, rows).copy_(dScores);
    }
}

Accumulator emptySums(const GroupedCall& call, bool maskGradient)
{
    Accumulator sums;
    auto outputShape = call.query.sizes().vec();
    outputShape.back() = call.value.size(-1);
    sums.output = at::empty(outputShape, call.query.options());
    outputShape.pop_back();
    sums.logSumExp = at::empty(outputShape, call.query.options());
    if (call.outputGradient.defined())
    {
        sums.dQuery = at::empty_like(call.query);
        sums.dKey = at::zeros_like(call.key);
        sums.dValue = at::zeros_like(call.value);
        if (maskGradient)
        {
            sums.dMask = at::empty(call.mask.sizes(), call.query.options());
        }
    }
    return sums;
}

/// A gradient of a broadcast mask: summed over the dimensions that were expanded.
at::Tensor reduceTo(const at::Tensor& gradient, const at::Tensor& like)
{
    return at::sum_to(gradient, like.sizes());
}

} // namespace

AttentionResults referenceAttention(const AttentionInputs& inputs, const at::Tensor& outputGradient,
                                    std::int64_t blockBytes)
{
    const c10::NoGradGuard noGradients;
    const at::NoTF32Guard noTf32;
    const auto call = groupCall(inputs, outputGradient);
    const bool maskGradient = inputs.mask && inputs.mask->is_floating_point() && inputs.mask->requires_grad();
    auto sums = emptySums(call, maskGradient);

    const auto batch = inputs.query.size(0);
    const auto heads = inputs.query.size(1);
    const auto length = inputs.query.size(2);
    const std::int64_t bytesPerRow = batch * heads * inputs.key.size(2) * 8;
    const std::int64_t blockRows = std::clamp<std::int64_t>(blockBytes / std::max<std::int64_t>(bytesPerRow, 1), 1,
                                                            std::max<std::int64_t>(length, 1));
    for (std::int64_t first = 0; first < length; first += blockRows)
    {
        addBlock(call, first, std::min(blockRows, length - first), sums);
    }

    AttentionResults results;
    results.output = sums.output.reshape({batch, heads, length, inputs.value.size(-1)});
    results.logSumExp = sums.logSumExp.reshape({batch, heads, length});
    if (outputGradient.defined())
    {
        results.queryGradient = sums.dQuery.reshape(inputs.query.sizes());
        results.keyGradient = sums.dKey.reshape(inputs.key.sizes());
        results.valueGradient = sums.dValue.reshape(inputs.value.sizes());
        if (maskGradient)
        {
            results.maskGradient =
                reduceTo(sums.dMask.reshape({batch, heads, length, inputs.key.size(2)}), *inputs.mask);
        }
    }
    return results;
}

namespace
{

struct ReferenceStep : public torch::autograd::Function<ReferenceStep>
{
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& query, const at::Tensor& key,
                              const at::Tensor& value, const std::optional<at::Tensor>& mask, bool causal, double scale)
    {
        context->save_for_backward({query, key, value, mask.value_or(at::Tensor())});
        context->saved_data["causal"] = causal;
        context->saved_data["scale"] = scale;
        return referenceAttention({query, key, value, mask, causal, scale}, {}).output;
    }

    static torch::autograd::tensor_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::tensor_list gradients)
    {
        const auto saved = context->get_saved_variables();
        AttentionInputs inputs{saved[0], saved[1], saved[2], std::nullopt, context->saved_data["causal"].toBool(),
                               context->saved_data["scale"].toDouble()};
        if (saved[3].defined())
        {
            inputs.mask = saved[3];
        }
        const auto results = referenceAttention(inputs, gradients[0]);
        return {results.queryGradient, results.keyGradient, results.valueGradient, {}, {}, {}};
    }
};

} // namespace

at::Tensor differentiableReference(const AttentionInputs& inputs)
{
    return ReferenceStep::apply(inputs.query, inputs.key, inputs.value, inputs.mask, inputs.causal,
                                inputs.effectiveScale());
}

} // namespace headroom::engine
