// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/attention_problem.h"
#include "core/model/model_outline.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headroom
{

/// The sizes of BenchmarkTransformer: token embedding, learned positions, post-norm encoder layers (ReLU, feed-forward
/// of 4 x d_model), output projection to the vocabulary with bias. Attention goes through
/// scaled_dot_product_attention. Weights are random unless a file gives them.
///
/// Or, with an outline, a model that was loaded from a file: then architecture is its class, and the outline says what
/// there is to know; the other sizes are those of its first attention call, for people.
struct ModelSpec
{
    std::string architecture = "BenchmarkTransformer";
    std::int64_t vocabSize = 50257;
    std::int64_t dModel = 768;
    std::int64_t layers = 12;
    std::int64_t heads = 12;
    std::int64_t feedForward = 4 * 768;
    std::int64_t maxSequence = 1024;
    std::optional<ModelOutline> outline{};

    bool operator==(const ModelSpec&) const = default;

    std::int64_t headDim() const { return heads > 0 ? dModel / heads : 0; }
};

void to_json(Json& json, const ModelSpec& spec);
void from_json(const Json& json, ModelSpec& spec);

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

/// The attention call of the first layer of \a input; in a BenchmarkTransformer they are all alike.
AttentionProblem attentionProblemOf(const ModelInput& input, bool needsGradients);

/// Attention calls that are alike, and how many there are of them.
struct CallGroup
{
    AttentionProblem problem;
    std::int64_t calls = 0;
    bool operator==(const CallGroup&) const = default;
};

/// The attention calls of one forward pass of \a input, those that are alike together, in the order of their first.
std::vector<CallGroup> attentionCallsOf(const ModelInput& input, bool needsGradients);

/// Whether the model makes attention calls at all.
bool hasAttention(const ModelSpec& spec);

/// Module paths of the attention calls: "encoder.layers.0.self_attn", ...
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
