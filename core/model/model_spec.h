// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/attention_problem.h"

#include <cstdint>
#include <string>
#include <vector>

namespace headroom
{

/// The sizes of BenchmarkTransformer: token embedding, learned positions, post-norm encoder layers (ReLU, feed-forward
/// of 4 x d_model), output projection to the vocabulary with bias. Attention goes through
/// scaled_dot_product_attention. Weights are random unless a file gives them.
struct ModelSpec
{
    std::string architecture = "BenchmarkTransformer";
    std::int64_t vocabSize = 50257;
    std::int64_t dModel = 768;
    std::int64_t layers = 12;
    std::int64_t heads = 12;
    std::int64_t feedForward = 4 * 768;
    std::int64_t maxSequence = 1024;

    bool operator==(const ModelSpec&) const = default;

    std::int64_t headDim() const { return heads > 0 ? dModel / heads : 0; }
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ModelSpec, architecture, vocabSize, dModel, layers, heads, feedForward,
                                                maxSequence)

/// A model with the input it is run on: token ids [batch, sequence].
struct ModelInput
{
    ModelSpec model;
    std::int64_t batch = 4;
    std::int64_t sequence = 128;
    DType dtype = DType::Float32; ///< of the weights
    DeviceKind device = DeviceKind::Cpu;
    bool causal = false;
    bool autocast = false; ///< mixed precision: float32 weights, matrix products and attention in bfloat16

    bool operator==(const ModelInput&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ModelInput, model, batch, sequence, dtype, device, causal, autocast)

/// Number of trainable parameters. 163,085,905 with the defaults; kTooLarge (saturating.h) when an int64 cannot hold
/// it.
std::int64_t parameterCount(const ModelSpec& spec);

/// The attention call of each layer of \a input (they are all alike).
AttentionProblem attentionProblemOf(const ModelInput& input, bool needsGradients);

/// Module paths of the attention layers: "encoder.layers.0.self_attn", ...
std::vector<std::string> attentionLayerPaths(const ModelSpec& spec);

/// What is wrong with the sizes, a sentence each that says what to do; empty when all is well. d_model that heads do
/// not divide names the nearest values that work.
std::vector<std::string> problemsWith(const ModelInput& input);

/// The head counts nearest to \a heads that divide \a dModel, one below and one above where there is one; and the
/// multiples of \a heads nearest to \a dModel. For positive sizes.
std::vector<std::int64_t> nearestHeadCounts(std::int64_t dModel, std::int64_t heads);
std::vector<std::int64_t> nearestWidths(std::int64_t dModel, std::int64_t heads);

/// A short text: "BenchmarkTransformer d_model 768, 12 layers, 12 heads, B4 S128 float32".
std::string describe(const ModelInput& input);

} // namespace headroom
