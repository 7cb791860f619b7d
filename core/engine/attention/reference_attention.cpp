// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/reference_attention.h"

#include "core/engine/attention/fused_steps.h"

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

/// The part of \a call with \a batches from \a firstBatch on and \a heads key/value heads from \a firstHead on.
GroupedCall partOf(const GroupedCall& call, std::int64_t firstBatch, std::int64_t batches, std::int64_t firstHead,
                   std::int64_t heads)
{
    GroupedCall part = call;
    for (at::Tensor* tensor : {&part.query, &part.key, &part.value, &part.outputGradient, &part.mask})
    {
        if (tensor->defined())
        {
            *tensor = tensor->narrow(0, firstBatch, batches).narrow(1, firstHead, heads);
        }
    }
    return part;
}

/// A block of query rows, and the keys that any of them may see: with a causal triangle the others are left out.
struct Block
{
    std::int64_t first = 0;
    std::int64_t rows = 0;
    std::int64_t keys = 0;
};

/// Without what the causal triangle hides where \a triangle is set.
at::Tensor blockScores(const GroupedCall& call, const at::Tensor& query, const at::Tensor& key, const Block& block,
                       bool triangle)
{
    auto scores = at::matmul(query * call.scale, key.transpose(-2, -1));
    if (triangle)
    {
        const auto row = at::arange(block.first, block.first + block.rows, scores.options().dtype(at::kLong));
        const auto column = at::arange(block.keys, scores.options().dtype(at::kLong));
        scores.masked_fill_(column.unsqueeze(0).gt(row.unsqueeze(1)), kMinusInfinity);
    }
    if (call.mask.defined())
    {
        const auto mask = call.mask.narrow(-2, block.first, block.rows).narrow(-1, 0, block.keys);
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

/// Soft-max of the rows, and its logarithm of the sum: zeros and -infinity for a row that is fully masked.
struct SoftMax
{
    at::Tensor weights;
    at::Tensor logSumExp; ///< [..., 1]
    at::Tensor empty;     ///< [..., 1], which rows are fully masked; undefined where none can be
};

/// In place of the scores.
SoftMax fusedSoftMax(const GroupedCall& call, const at::Tensor& query, const at::Tensor& key, const Block& block)
{
    SoftMax result;
    result.weights = blockScores(call, query, key, block, /*triangle=*/false).contiguous();
    result.logSumExp = softMaxInPlace(result.weights, block.first, call.causal);
    return result;
}

SoftMax softMaxOf(const at::Tensor& scores, bool masked)
{
    SoftMax result;
    const auto largest = scores.amax(-1, /*keepdim=*/true);
    result.weights = at::softmax(scores, -1);
    // The largest weight is one over the sum of exp(score - largest).
    result.logSumExp = largest - result.weights.amax(-1, /*keepdim=*/true).log_();
    if (masked)
    {
        result.empty = largest.eq(kMinusInfinity);
        result.weights.masked_fill_(result.empty, 0.0);
        result.logSumExp.masked_fill_(result.empty, kMinusInfinity);
    }
    return result;
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
    void addBackward(const Block& block, const at::Tensor& dScores, const at::Tensor& weights, const at::Tensor& query,
                     const at::Tensor& key, const at::Tensor& dOutput, double scale)
    {
        dValue.narrow(-2, 0, block.keys).add_(at::matmul(weights.transpose(-2, -1), dOutput).sum(2, /*keepdim=*/true));
        dQuery.narrow(-2, block.first, block.rows).copy_(at::matmul(dScores, key).mul_(scale));
        dKey.narrow(-2, 0, block.keys)
            .add_(at::matmul(dScores.transpose(-2, -1), query).sum(2, /*keepdim=*/true).mul_(scale));
        if (dMask.defined())
        {
            dMask.narrow(-2, block.first, block.rows).narrow(-1, 0, block.keys).copy_(dScores);
        }
    }

    Accumulator partOf(std::int64_t firstBatch, std::int64_t batches, std::int64_t firstHead, std::int64_t heads) const
    {
        Accumulator part = *this;
        for (at::Tensor* tensor : {&part.output, &part.logSumExp, &part.dQuery, &part.dKey, &part.dValue, &part.dMask})
        {
            if (tensor->defined())
            {
                *tensor = tensor->narrow(0, firstBatch, batches).narrow(1, firstHead, heads);
            }
        }
        return part;
    }
};

/// The variances that the rounding of scores brings to the weights of a block: A of ReferenceResults.
at::Tensor weightsVarianceOf(const GroupedCall& call, const at::Tensor& query, const at::Tensor& key,
                             const at::Tensor& scores, const at::Tensor& weights)
{
    auto variance = at::matmul(query.square(), key.square().transpose(-2, -1)).mul_(call.scale * call.scale);
    return variance.add_(scores.masked_fill(scores.eq(kMinusInfinity), 0.0).square_()).add_(1.0).mul_(weights.square());
}

void addBlock(const GroupedCall& call, const Block& block, Accumulator& sums, Accumulator* variances)
{
    const auto query = call.query.narrow(-2, block.first, block.rows);
    const auto key = call.key.narrow(-2, 0, block.keys);
    const auto value = call.value.narrow(-2, 0, block.keys);
    const bool fused = !variances && hasFusedSteps(query);
    const auto scores = fused ? at::Tensor() : blockScores(call, query, key, block, call.causal);
    const auto [weights, logSumExp, empty] =
        fused ? fusedSoftMax(call, query, key, block) : softMaxOf(scores, call.mask.defined());
    const auto output = at::matmul(weights, value);
    sums.addForward(block.first, output, logSumExp);

    at::Tensor weightsVariance; // A of ReferenceResults, and B from the backward pass on
    if (variances)
    {
        weightsVariance = weightsVarianceOf(call, query, key, scores, weights);
        const auto rowSum = weightsVariance.sum(-1, /*keepdim=*/true);
        // A (V - O)^2, multiplied out; what rounding leaves below zero is zero.
        const auto outputVariance = at::matmul(weightsVariance, value.square())
                                        .sub_(at::matmul(weightsVariance, value).mul_(output).mul_(2.0))
                                        .add_(output.square() * rowSum);
        variances->addForward(block.first, outputVariance.clamp_min(0.0), rowSum);
    }
    if (!call.outputGradient.defined())
    {
        return;
    }
    const auto dOutput = call.outputGradient.narrow(-2, block.first, block.rows);
    auto difference = at::matmul(dOutput, value.transpose(-2, -1));
    const auto rowSums = (dOutput * output).sum(-1, /*keepdim=*/true);
    if (fused)
    {
        scoreGradientsInPlace(difference, weights, rowSums);
        sums.addBackward(block, difference, weights, query, key, dOutput, call.scale);
        return;
    }
    difference.sub_(rowSums);
    if (!variances)
    {
        sums.addBackward(block, difference.mul_(weights), weights, query, key, dOutput, call.scale);
        return;
    }
    sums.addBackward(block, weights * difference, weights, query, key, dOutput, call.scale);
    const auto squared = dOutput.square();
    const auto sizeSquared = (empty.defined() ? logSumExp.masked_fill(empty, 0.0) : logSumExp).square();
    weightsVariance.addcmul_(weights.square(), sizeSquared);
    auto dScoresVariance = at::matmul(squared, value.square().transpose(-2, -1));
    const auto rowSumVariance = (squared * output.square()).sum(-1, /*keepdim=*/true);
    dScoresVariance.add_(rowSumVariance).mul_(weights.square());
    dScoresVariance.addcmul_(weightsVariance, difference.square());
    variances->addBackward(block, dScoresVariance, weightsVariance, query.square(), key.square(), squared,
                           call.scale * call.scale);
    const auto dQuery = sums.dQuery.narrow(-2, block.first, block.rows);
    const auto meanKey = at::matmul(weights, key).mul_(call.scale);
    variances->dQuery.narrow(-2, block.first, block.rows)
        .addcmul_(dQuery.square(), sizeSquared)
        .addcmul_(meanKey.square_(), rowSumVariance);
}

/// How a call is cut so that a block of scores has at most so many bytes: into parts of whole heads first, since each
/// block adds to all of its part's dK and dV, then into rows.
struct Cut
{
    std::int64_t batches = 1;
    std::int64_t heads = 1;
    std::int64_t rows = 1;
};

Cut cutOf(const GroupedCall& call, std::int64_t blockBytes)
{
    constexpr std::int64_t kFewestRows = 512; ///< of a block, where the sequence has so many
    constexpr std::int64_t kTriangleBlocks = 8;
    const auto length = std::max<std::int64_t>(call.query.size(-2), 1);
    const auto kvHeads = std::max<std::int64_t>(call.query.size(1), 1);
    const auto bytesPerRow = std::max<std::int64_t>(call.groups * call.key.size(-2) * 8, 1);
    const auto pairs = std::max<std::int64_t>(blockBytes / (bytesPerRow * std::min(length, kFewestRows)), 1);
    Cut cut;
    cut.heads = std::min(pairs, kvHeads);
    cut.batches = std::clamp<std::int64_t>(pairs / kvHeads, 1, std::max<std::int64_t>(call.query.size(0), 1));
    cut.rows = std::clamp<std::int64_t>(blockBytes / (bytesPerRow * cut.heads * cut.batches), 1, length);
    if (call.causal) // what lies above the triangle is left out block by block
    {
        cut.rows = std::min(cut.rows, std::max(kFewestRows, length / kTriangleBlocks));
    }
    return cut;
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
            sums.dMask = at::zeros(call.mask.sizes(), call.query.options());
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

struct ReferencePass::Shared
{
    AttentionInputs inputs;
    GroupedCall call;
    bool noise = false;
    Accumulator sums;
    Accumulator variances;
    Cut cut;

    void addPartOf(std::int64_t batch, std::int64_t batches, std::int64_t head, std::int64_t heads, const Block& block)
    {
        const c10::NoGradGuard noGradients;
        const at::NoTF32Guard noTf32;
        auto partSums = sums.partOf(batch, batches, head, heads);
        auto partVariances = variances.partOf(batch, batches, head, heads);
        addBlock(partOf(call, batch, batches, head, heads), block, partSums, noise ? &partVariances : nullptr);
    }
};

ReferencePass::ReferencePass(const AttentionInputs& inputs, const at::Tensor& outputGradient, std::int64_t blockBytes,
                             bool noise)
    : m_shared(std::make_shared<Shared>())
{
    const c10::NoGradGuard noGradients;
    m_shared->inputs = inputs;
    m_shared->call = groupCall(inputs, outputGradient);
    m_shared->noise = noise;
    const auto& call = m_shared->call;
    const bool maskGradient = inputs.mask && inputs.mask->is_floating_point() && inputs.mask->requires_grad();
    m_shared->sums = emptySums(call, maskGradient);
    m_shared->variances = noise ? emptySums(call, maskGradient) : Accumulator();
    m_shared->cut = cutOf(call, blockBytes > 0 ? blockBytes : referenceBlockBytes(inputs.query.device()));
}

std::vector<DeviceStep> ReferencePass::steps() const
{
    const auto& call = m_shared->call;
    const auto& cut = m_shared->cut;
    const auto length = call.query.size(-2);
    const auto keys = call.key.size(-2);
    std::vector<DeviceStep> steps;
    for (std::int64_t batch = 0; batch < call.query.size(0); batch += cut.batches)
    {
        const auto batches = std::min(cut.batches, call.query.size(0) - batch);
        for (std::int64_t head = 0; head < call.query.size(1); head += cut.heads)
        {
            const auto heads = std::min(cut.heads, call.query.size(1) - head);
            for (std::int64_t first = 0; first < length; first += cut.rows)
            {
                Block block{first, std::min(cut.rows, length - first), keys};
                block.keys = call.causal ? std::min(keys, first + block.rows) : keys;
                steps.push_back({static_cast<double>(batches * heads * call.groups * block.rows * block.keys),
                                 [shared = m_shared, batch, batches, head, heads, block]
                                 { shared->addPartOf(batch, batches, head, heads, block); }});
            }
        }
    }
    return steps;
}

ReferenceResults ReferencePass::results() const
{
    const c10::NoGradGuard noGradients;
    ReferenceResults results;
    static_cast<AttentionResults&>(results) = ungrouped(m_shared->sums, m_shared->inputs);
    if (m_shared->noise)
    {
        results.noise = ungrouped(m_shared->variances, m_shared->inputs);
        takeRoots(results.noise);
    }
    return results;
}

ReferenceResults referenceAttention(const AttentionInputs& inputs, const at::Tensor& outputGradient,
                                    std::int64_t blockBytes, bool noise)
{
    const ReferencePass pass(inputs, outputGradient, blockBytes, noise);
    for (const auto& step : pass.steps())
    {
        step.launch();
    }
    return pass.results();
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
