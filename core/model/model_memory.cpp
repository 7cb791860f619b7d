// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/model_memory.h"

#include "core/attention/flops.h"
#include "core/attention/saturating.h"

#include <algorithm>

namespace headroom
{
namespace
{

// Checked against LibTorch 2.11's allocation reports on the CPU for four small models, float32 and bfloat16, flash and
// math: beyond the parameters a training step's estimate is 1 to 29 % over the peak, a forward pass's 16 % under to 29
// % over.
//
// What is alive at once, in tensors of [tokens, d_model] and [tokens, feed-forward], read off a post-norm encoder layer
// as BenchmarkTransformer and torch.nn.TransformerEncoderLayer compute it without dropout:
//
//   q, k, v = in_proj(x)        saved by in_proj: x               saved by attention: q, k, v
//   a = attention(q, k, v)      saved by attention and out_proj: a, and its copy with the heads joined
//   s = x + out_proj(a)         saved by norm1: s
//   y = norm1(s)                saved by linear1: y
//   h = relu(linear1(y))        saved by relu and linear2: h (the pre-activation is freed)
//   t = y + linear2(h)          saved by norm2: t; norm2(t) is the x of the next layer

constexpr std::int64_t kSavedPerLayer = 9;       ///< x q k v a a' s y t
constexpr std::int64_t kLiveInAttention = 6;     ///< x q k v a and its copy, in a forward pass
constexpr std::int64_t kLiveInFeedForward = 2;   ///< y and the sum, beside two of [tokens, feed-forward]
constexpr std::int64_t kBackwardTemporaries = 5; ///< gradients of q k v a and of the residual, one layer at a time

struct Sizes
{
    std::int64_t tokens = 0;
    std::int64_t width = 0;   ///< bytes of [tokens, d_model]
    std::int64_t hidden = 0;  ///< bytes of [tokens, feed-forward]
    std::int64_t element = 0; ///< bytes of an activation
};

Sizes sizesOf(const ModelInput& input)
{
    Sizes sizes;
    // Under autocast norms and residual sums stay in float32 and linear layers give bfloat16: counted as float32.
    sizes.element = bytesPerElement(input.dtype);
    sizes.tokens = saturatingProduct({input.batch, input.sequence});
    sizes.width = saturatingProduct({sizes.tokens, input.model.dModel, sizes.element});
    sizes.hidden = saturatingProduct({sizes.tokens, input.model.feedForward, sizes.element});
    return sizes;
}

std::int64_t parameterBytes(const ModelInput& input)
{
    const std::int64_t count = parameterCount(input.model);
    const std::int64_t bytes = saturatingProduct({count, bytesPerElement(input.dtype)});
    // Autocast keeps a bfloat16 copy of each weight that it has cast until the pass is over.
    return input.autocast ? saturatingSum({bytes, saturatingProduct({count, 2})}) : bytes;
}

std::int64_t forwardActivations(const Sizes& sizes, bool anyLayers)
{
    if (!anyLayers)
    {
        return sizes.width;
    }
    const std::int64_t attention = saturatingProduct({kLiveInAttention, sizes.width});
    const std::int64_t feedForward =
        saturatingSum({saturatingProduct({kLiveInFeedForward, sizes.width}), saturatingProduct({2, sizes.hidden})});
    return std::max(attention, feedForward);
}

std::int64_t trainingActivations(const Sizes& sizes, std::int64_t layers)
{
    const std::int64_t saved = saturatingSum({saturatingProduct({kSavedPerLayer, sizes.width}), sizes.hidden});
    const std::int64_t temporary =
        saturatingSum({saturatingProduct({kBackwardTemporaries, sizes.width}), sizes.hidden});
    return saturatingSum({saturatingProduct({layers, saved}), layers > 0 ? temporary : 0, sizes.width});
}

/// One score matrix of each call stays until its backward pass (the soft-max, in the type it was computed in), and one
/// call's workspace is in use at a time. Fused backends keep their log-sum-exp alone.
std::int64_t attentionBytes(const CallGroup& group, Backend backend, bool training)
{
    const AttentionProblem& problem = group.problem;
    const std::int64_t call = workspaceBytes(problem, backend);
    if (!training)
    {
        return call;
    }
    if (backend != Backend::Math && backend != Backend::Naive)
    {
        return saturatingProduct({group.calls, call});
    }
    // Of the two score matrices of a call one is kept, with the copies that math made of its inputs.
    const std::int64_t element = backend == Backend::Math ? std::max<std::int64_t>(4, bytesPerElement(problem.dtype))
                                                          : bytesPerElement(problem.dtype);
    const std::int64_t scores =
        saturatingProduct({problem.batch, problem.queryHeads, problem.queryLength, problem.kvLength, element});
    const std::int64_t kept = call == kTooLarge ? kTooLarge : call - scores;
    // In the backward pass the gradient of the soft-max and that of the scores live beside what is kept.
    return saturatingSum({saturatingProduct({group.calls, kept}), saturatingProduct({2, scores})});
}

std::int64_t attentionBytes(const ModelInput& input, Backend backend, bool training)
{
    std::int64_t all = 0;
    for (const CallGroup& group : attentionCallsOf(input, training))
    {
        const std::int64_t bytes = attentionBytes(group, backend, training);
        all = training ? saturatingSum({all, bytes}) : std::max(all, bytes);
    }
    return all;
}

/// Of a model from a file what its matrix products take and give is known: all of it is saved for the backward pass,
/// and as much again by what lies between them; in a forward pass a few layers' worth is alive.
std::int64_t outlinedActivations(const ModelInput& input, bool training)
{
    constexpr double kLiveLayers = 2;
    const ModelOutline& outline = *input.model.outline;
    const double all = static_cast<double>(outline.matrixActivations) * outline.growth(input.batch, input.sequence) *
                       static_cast<double>(bytesPerElement(input.dtype));
    const double layers = static_cast<double>(std::max<std::size_t>(1, outline.calls.size()));
    const double alive = training ? 2 * all : std::min(1.0, kLiveLayers / layers) * all;
    return alive < static_cast<double>(kTooLarge) ? static_cast<std::int64_t>(alive) : kTooLarge;
}

/// The logits. A loss in float32 or wider adds their copy or soft-max, its logarithm and two gradients, of which three
/// live at once. On the CPU a 16-bit projection keeps its sums in float32 beside the result (seen with LibTorch 2.11).
std::int64_t logitsBytes(const ModelInput& input, const Sizes& sizes, bool training)
{
    const std::int64_t logits = saturatingProduct({sizes.tokens, input.model.vocabSize});
    const std::int64_t output = saturatingProduct({logits, sizes.element});
    if (training)
    {
        return saturatingSum({output, saturatingProduct({3, logits, std::max<std::int64_t>(4, sizes.element)})});
    }
    const bool widened = input.device == DeviceKind::Cpu && sizes.element == 2;
    return widened ? saturatingSum({output, saturatingProduct({logits, 4})}) : output;
}

} // namespace

MemoryEstimate estimateMemory(const ModelInput& input, Backend backend, bool training)
{
    const Sizes sizes = sizesOf(input);
    MemoryEstimate estimate;
    estimate.parameterBytes = parameterBytes(input);
    estimate.gradientBytes =
        training ? saturatingProduct({parameterCount(input.model), bytesPerElement(input.dtype)}) : 0;
    estimate.attentionBytes = attentionBytes(input, backend, training);
    if (input.model.outline)
    {
        estimate.activationBytes = outlinedActivations(input, training);
        return estimate; // the logits are an activation among them
    }
    estimate.activationBytes =
        training ? trainingActivations(sizes, input.model.layers) : forwardActivations(sizes, input.model.layers > 0);
    estimate.logitsBytes = logitsBytes(input, sizes, training);
    return estimate;
}

std::int64_t MemoryEstimate::totalBytes() const
{
    if (gradientBytes == 0)
    {
        // Nothing is saved: the last layer's tensors are gone when the logits come.
        return saturatingSum({parameterBytes, std::max(saturatingSum({activationBytes, attentionBytes}), logitsBytes)});
    }
    // The backward pass frees activations as gradients come: the peak is before it or after it, not the sum of both.
    const std::int64_t working = saturatingSum({activationBytes, attentionBytes, logitsBytes});
    return saturatingSum({parameterBytes, std::max(gradientBytes, working)});
}

} // namespace headroom
