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

/// Sums over the blocks of query rows: of results, or of the squares of their noise.
struct Accumulator
{
    at::Tensor output, logSumExp, dQuery, dKey, dValue, dMask;

    void addForward(std::int64_t first, const at::Tensor& blockOutput, const at::Tensor& blockLogSumExp)
    {
        output.narrow(-2, first, blockOutput.size(-2)).copy_(blockOutput);
        logSumExp.narrow(-1, first, blockOutput.size(-2)).copy_(blockLogSumExp.squeeze(-1));
    }

    /// From a block's dS and P, or from their noise and inputs squared; \a scale likewise.
    void addBackward(std::int64_t first, const at::Tensor& dScores, const at::Tensor& weights, const at::Tensor& query,
                     const at::Tensor& key, const at::Tensor& dOutput, double scale)
    {
        dValue.add_(at::matmul(weights.transpose(-2, -1), dOutput).sum(2, /*keepdim=*/true));
        dQuery.narrow(-2, first, query.size(-2)).copy_(at::matmul(dScores, key).mul_(scale));
        dKey.add_(at::matmul(dScores.transpose(-2, -1), query).sum(2, /*keepdim=*/true).mul_(scale));
        if (dMask.defined())
        {
            dMask.narrow(-2, first, query.size(-2)).copy_(dScores);
        }
    }
};

void addBlock(const GroupedCall& call, std::int64_t first, std::int64_t rows, Accumulator& sums, Accumulator* variances)
{
    const auto query = call.query.narrow(-2, first, rows);
    const auto scores = blockScores(call, query, first);
    const auto logSumExp = at::logsumexp(scores, -1, /*keepdim=*/true);
    const auto empty = logSumExp.eq(kMinusInfinity);
    const auto weights = (scores - logSumExp.masked_fill(empty, 0.0)).exp_();
    const auto output = at::matmul(weights, call.value);
    sums.addForward(first, output, logSumExp);

    at::Tensor weightsVariance; // A of ReferenceResults, and B from the backward pass on
    if (variances)
    {
        weightsVariance = at::matmul(query.square(), call.key.square().transpose(-2, -1)).mul_(call.scale * call.scale);
        weightsVariance.add_(scores.masked_fill(scores.eq(kMinusInfinity), 0.0).square_())
            .add_(1.0)
            .mul_(weights.square());
        const auto rowSum = weightsVariance.sum(-1, /*keepdim=*/true);
        // A (V - O)^2, multiplied out; what rounding leaves below zero is zero.
        const auto outputVariance = at::matmul(weightsVariance, call.value.square())
                                        .sub_(at::matmul(weightsVariance, call.value).mul_(output).mul_(2.0))
                                        .add_(output.square() * rowSum);
        variances->addForward(first, outputVariance.clamp_min(0.0), rowSum);
    }
    if (!call.outputGradient.defined())
    {
        return;
    }
    const auto dOutput = call.outputGradient.narrow(-2, first, rows);
    const auto dWeights = at::matmul(dOutput, call.value.transpose(-2, -1));
    const auto difference = dWeights - (dOutput * output).sum(-1, /*keepdim=*/true);
    sums.addBackward(first, weights * difference, weights, query, call.key, dOutput, call.scale);
    if (variances)
    {
        const auto squared = dOutput.square();
        const auto sizeSquared = logSumExp.masked_fill(empty, 0.0).square_();
        weightsVariance.addcmul_(weights.square(), sizeSquared);
        auto dScoresVariance = at::matmul(squared, call.value.square().transpose(-2, -1));
        const auto rowSumVariance = (squared * output.square()).sum(-1, /*keepdim=*/true);
        dScoresVariance.add_(rowSumVariance).mul_(weights.square());
        dScoresVariance.addcmul_(weightsVariance, difference.square());
        variances->addBackward(first, dScoresVariance, weightsVariance, query.square(), call.key.square(), squared,
                               call.scale * call.scale);
        const auto dQuery = sums.dQuery.narrow(-2, first, rows);
        const auto meanKey = at::matmul(weights, call.key).mul_(call.scale);
        variances->dQuery.narrow(-2, first, rows)
            .addcmul_(dQuery.square(), sizeSquared)
            .addcmul_(meanKey.square_(), rowSumVariance);
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

/// The sums in the shapes of the call's own tensors, without the groups.
AttentionResults ungrouped(const Accumulator& sums, const AttentionInputs& inputs)
{
    const auto batch = inputs.query.size(0);
    const auto heads = inputs.query.size(1);
    const auto length = inputs.query.size(2);
    AttentionResults results;
    results.output = sums.output.reshape({batch, heads, length, inputs.value.size(-1)});
    results.logSumExp = sums.logSumExp.reshape({batch, heads, length});
    if (sums.dQuery.defined())
    {
        results.queryGradient = sums.dQuery.reshape(inputs.query.sizes());
        results.keyGradient = sums.dKey.reshape(inputs.key.sizes());
        results.valueGradient = sums.dValue.reshape(inputs.value.sizes());
    }
    if (sums.dMask.defined())
    {
        results.maskGradient = reduceTo(sums.dMask.reshape({batch, heads, length, inputs.key.size(2)}), *inputs.mask);
    }
    return results;
}

/// Standard deviations from variances.
void takeRoots(AttentionResults& noise)
{
    for (at::Tensor* tensor : {&noise.output, &noise.logSumExp, &noise.queryGradient, &noise.keyGradient,
                               &noise.valueGradient, &noise.maskGradient})
    {
        if (tensor->defined())
        {
            tensor->sqrt_();
        }
    }
}

} // namespace

ReferenceResults referenceAttention(const AttentionInputs& inputs, const at::Tensor& outputGradient,
                                    std::int64_t blockBytes, bool noise)
{
    const c10::NoGradGuard noGradients;
    const at::NoTF32Guard noTf32;
    const auto call = groupCall(inputs, outputGradient);
    const bool maskGradient = inputs.mask && inputs.mask->is_floating_point() && inputs.mask->requires_grad();
    auto sums = emptySums(call, maskGradient);
    auto variances = noise ? emptySums(call, maskGradient) : Accumulator();

    const auto length = inputs.query.size(2);
    const std::int64_t bytesPerRow = inputs.query.size(0) * inputs.query.size(1) * inputs.key.size(2) * 8;
    const std::int64_t blockRows = std::clamp<std::int64_t>(blockBytes / std::max<std::int64_t>(bytesPerRow, 1), 1,
                                                            std::max<std::int64_t>(length, 1));
    for (std::int64_t first = 0; first < length; first += blockRows)
    {
        addBlock(call, first, std::min(blockRows, length - first), sums, noise ? &variances : nullptr);
    }

    ReferenceResults results;
    static_cast<AttentionResults&>(results) = ungrouped(sums, inputs);
    if (noise)
    {
        results.noise = ungrouped(variances, inputs);
        takeRoots(results.noise);
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
        AttentionInputs inputs{saved[0],
                               saved[1],
                               saved[2],
                               std::nullopt,
                               context->saved_data["causal"].toBool(),
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
