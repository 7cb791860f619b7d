// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/model/attention_route.h"
#include "core/model/model_spec.h"

#include <torch/nn/module.h>
#include <torch/nn/modules/container/modulelist.h>
#include <torch/nn/modules/embedding.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/modules/normalization.h>

#include <memory>
#include <vector>

namespace headroom::engine
{

/// Multi-head self-attention with one packed input projection, as torch.nn.MultiheadAttention lays it out:
/// in_proj [3 d_model, d_model], out_proj [d_model, d_model], both with bias.
class SelfAttentionImpl : public torch::nn::Module
{
public:
    SelfAttentionImpl(std::int64_t dModel, std::int64_t heads);

    /// [B, S, d_model] to [B, S, d_model].
    at::Tensor forward(const at::Tensor& input, std::int64_t layer, bool causal, const AttentionRoute& route);

private:
    std::int64_t m_heads;
    torch::nn::Linear m_inputProjection{nullptr};
    torch::nn::Linear m_outputProjection{nullptr};
};
TORCH_MODULE(SelfAttention);

/// A post-norm encoder layer, as torch.nn.TransformerEncoderLayer with its defaults:
/// x = norm1(x + attention(x)); x = norm2(x + linear2(relu(linear1(x)))). Its dropout of 0.1 belongs to training a
/// model; validation compares numbers, so it is off.
class EncoderLayerImpl : public torch::nn::Module
{
public:
    explicit EncoderLayerImpl(const ModelSpec& spec);
    at::Tensor forward(const at::Tensor& input, std::int64_t layer, bool causal, const AttentionRoute& route);

private:
    SelfAttention m_attention{nullptr};
    torch::nn::Linear m_linear1{nullptr};
    torch::nn::Linear m_linear2{nullptr};
    torch::nn::LayerNorm m_norm1{nullptr};
    torch::nn::LayerNorm m_norm2{nullptr};
};
TORCH_MODULE(EncoderLayer);

/// The model that Headroom measures when no other is given: token embedding, learned positions, post-norm encoder
/// layers, and an output projection to the vocabulary with bias. Parameter names are those of the Python original:
/// token_embedding, position_embedding, encoder.layers.N.self_attn.in_proj, ..., output_projection.
class BenchmarkTransformerImpl : public torch::nn::Module
{
public:
    explicit BenchmarkTransformerImpl(const ModelSpec& spec);

    /// Token ids [B, S] to logits [B, S, vocabulary].
    at::Tensor forward(const at::Tensor& tokens, bool causal, const AttentionRoute& route);

    const ModelSpec& spec() const { return m_spec; }

private:
    ModelSpec m_spec;
    torch::nn::Embedding m_tokenEmbedding{nullptr};
    torch::nn::Embedding m_positionEmbedding{nullptr};
    torch::nn::ModuleList m_layers{nullptr};
    torch::nn::Linear m_outputProjection{nullptr};
};
TORCH_MODULE(BenchmarkTransformer);

} // namespace headroom::engine
