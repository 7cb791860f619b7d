// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/model/family_attention.h"
#include "core/engine/model/weight_map.h"

#include <filesystem>
#include <memory>

namespace headroom::engine
{

/// What a forward pass of a family works with.
struct FamilyPass
{
    const Architecture& model;
    Scope top;  ///< the class with its head
    Scope base; ///< the model below it
    const ModelTensors& inputs;
    CallSequence& calls;

    const at::Tensor& input(const char* name) const { return inputs.at(name); }
    bool has(const char* name) const { return inputs.contains(name); }
    Padding padding(const char* name) const; ///< boolean, or nothing where it is not given or hides nothing
};

// The families, each after its file in transformers 5.24 (src/transformers/models). Each returns the logits, or the
// last hidden state of a class without a head. Dropout belongs to training a model and is left out.

/// gpt2/modeling_gpt2.py: pre-norm, one packed projection, is_causal without padding, a boolean mask with it.
at::Tensor forwardGpt2(const FamilyPass& pass);

/// llama/modeling_llama.py, mistral/, qwen2/, qwen3/: RMSNorm, rotary positions, grouped heads by enable_gqa where
/// there is no mask and repeated where there is one; Mistral and Qwen build a boolean mask where a window is narrower
/// than the sequence; Qwen3 norms each head's query and key.
at::Tensor forwardRotaryFamily(const FamilyPass& pass, const at::Tensor& inverseFrequencies, double rotaryScale);

/// bert/modeling_bert.py: post-norm; no mask without padding.
at::Tensor forwardBert(const FamilyPass& pass);

/// vit/modeling_vit.py: patches by a convolution, pre-norm, never a mask.
at::Tensor forwardVit(const FamilyPass& pass);

/// t5/modeling_t5.py: relative positions as an additive mask in each self-attention, and zeros as one in each
/// cross-attention, which no flash kernel takes; scores are not scaled.
at::Tensor forwardT5(const FamilyPass& pass);

/// bart/modeling_bart.py: post-norm encoder and decoder; is_causal in the decoder.
at::Tensor forwardBart(const FamilyPass& pass);

/// The data type that transformers would load the model in: that of its configuration, else that of its weights.
std::optional<c10::ScalarType> ownTypeOf(const Architecture& architecture, const WeightFiles* weights);

/// The inverse frequencies [headDim / 2], float32, and what scales cosine and sine: modeling_rope_utils.py.
std::pair<at::Tensor, double> rotaryFrequencies(const Architecture& model);

/// A Hugging Face model, built by Headroom.
class FamilyModel : public LoadedModel
{
public:
    /// The model of \a folder; with random weights from \a seed where \a weights is null. \a dtype may be another one
    /// than that of the weights.
    FamilyModel(Architecture architecture, const WeightFiles* weights, c10::ScalarType dtype, std::uint64_t seed);

    LoadedFacts facts() const override;
    ModelTensors makeInputs(std::int64_t batch, std::int64_t sequence, std::uint64_t seed) const override;
    std::vector<std::string> problemsWith(const ModelTensors& inputs) const override;
    at::Tensor forward(const ModelTensors& inputs, const AttentionRoute& route) override;
    bool routes() const override { return true; }
    std::vector<std::string> callPaths(CallForm form) const override;
    NamedTensors parameters() const override { return m_weights.named(); }
    std::vector<ModelModule> modules() const override;
    std::optional<c10::ScalarType> ownType() const override { return m_ownType; }
    bool leavesOutMasks() const override { return true; }
    void moveTo(c10::Device device, c10::ScalarType dtype) override;

private:
    Architecture m_architecture;
    std::optional<c10::ScalarType> m_ownType;
    WeightMap m_weights;
    bool m_random;
    at::Tensor m_frequencies;
    double m_rotaryScale = 1;
};

} // namespace headroom::engine
