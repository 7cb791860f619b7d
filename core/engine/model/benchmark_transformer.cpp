// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/benchmark_transformer.h"

#include <ATen/ATen.h>

#include <string>

namespace headroom::engine
{

SelfAttentionImpl::SelfAttentionImpl(std::int64_t dModel, std::int64_t heads) : m_heads(heads)
{
    m_inputProjection = register_module("in_proj", torch::nn::Linear(dModel, 3 * dModel));
    m_outputProjection = register_module("out_proj", torch::nn::Linear(dModel, dModel));
}

at::Tensor SelfAttentionImpl::forward(const at::Tensor& input, std::int64_t layer, bool causal,
                                      const AttentionRoute& route)
{
    const auto batch = input.size(0);
    const auto length = input.size(1);
    const auto width = input.size(2);
    const auto packed = m_inputProjection->forward(input).view({batch, length, 3, m_heads, width / m_heads});
    AttentionInputs call;
    call.query = packed.select(2, 0).transpose(1, 2);
    call.key = packed.select(2, 1).transpose(1, 2);
    call.value = packed.select(2, 2).transpose(1, 2);
    call.causal = causal;
    const auto attended = route(layer, call);
    return m_outputProjection->forward(attended.transpose(1, 2).reshape({batch, length, width}));
}

EncoderLayerImpl::EncoderLayerImpl(const ModelSpec& spec)
{
    m_attention = register_module("self_attn", SelfAttention(spec.dModel, spec.heads));
    m_linear1 = register_module("linear1", torch::nn::Linear(spec.dModel, spec.feedForward));
    m_linear2 = register_module("linear2", torch::nn::Linear(spec.feedForward, spec.dModel));
    m_norm1 = register_module("norm1", torch::nn::LayerNorm(torch::nn::LayerNormOptions({spec.dModel})));
    m_norm2 = register_module("norm2", torch::nn::LayerNorm(torch::nn::LayerNormOptions({spec.dModel})));
}

at::Tensor EncoderLayerImpl::forward(const at::Tensor& input, std::int64_t layer, bool causal,
                                     const AttentionRoute& route)
{
    const auto attended = m_norm1->forward(input + m_attention->forward(input, layer, causal, route));
    return m_norm2->forward(attended + m_linear2->forward(at::relu(m_linear1->forward(attended))));
}

BenchmarkTransformerImpl::BenchmarkTransformerImpl(const ModelSpec& spec) : m_spec(spec)
{
    m_tokenEmbedding = register_module("token_embedding", torch::nn::Embedding(spec.vocabSize, spec.dModel));
    m_positionEmbedding = register_module("position_embedding", torch::nn::Embedding(spec.maxSequence, spec.dModel));
    // The path of a layer is "encoder.layers.N", as in the original: a module named encoder holds the list.
    auto encoder = register_module("encoder", std::make_shared<torch::nn::Module>("Encoder"));
    m_layers = encoder->register_module("layers", torch::nn::ModuleList());
    for (std::int64_t layer = 0; layer < spec.layers; ++layer)
    {
        m_layers->push_back(EncoderLayer(spec));
    }
    m_outputProjection = register_module("output_projection", torch::nn::Linear(spec.dModel, spec.vocabSize));
}

at::Tensor BenchmarkTransformerImpl::forward(const at::Tensor& tokens, bool causal, const AttentionRoute& route)
{
    const auto positions = at::arange(tokens.size(1), tokens.options());
    auto hidden = m_tokenEmbedding->forward(tokens) + m_positionEmbedding->forward(positions).unsqueeze(0);
    std::int64_t number = 0;
    for (const auto& module : *m_layers)
    {
        hidden = module->as<EncoderLayer>()->forward(hidden, number++, causal, route);
    }
    return m_outputProjection->forward(hidden);
}

} // namespace headroom::engine
