// SPDX-License-Identifier: GPL-3.0-or-later
//
// Encoder-decoder models: T5 and BART.

#include "core/engine/model/family_model.h"

#include <ATen/ATen.h>

#include <cmath>

namespace headroom::engine
{
namespace
{

/// T5Attention._relative_position_bucket for key less query positions.
at::Tensor relativeBuckets(at::Tensor distance, bool bidirectional, std::int64_t buckets, std::int64_t farthest)
{
    auto bucket = at::zeros_like(distance);
    if (bidirectional)
    {
        buckets /= 2;
        bucket = (distance > 0).to(at::kLong) * buckets;
        distance = distance.abs();
    }
    else
    {
        distance = -distance.clamp_max(0);
    }
    const std::int64_t exact = buckets / 2;
    const double spread = std::log(static_cast<double>(farthest) / static_cast<double>(exact));
    const auto logarithm = at::log(distance.to(at::kFloat) / exact) / spread * (buckets - exact);
    const auto far = (exact + logarithm.to(at::kLong)).clamp_max(buckets - 1);
    return bucket + at::where(distance < exact, distance, far);
}

/// One T5 stack: what its layers share.
struct T5Stack
{
    const FamilyPass& pass;
    Scope scope;
    bool decoder;
    std::optional<at::Tensor> mask;
    std::optional<at::Tensor> encoderMask;
    at::Tensor encoded; ///< of the decoder: what it attends to

    at::Tensor attention(const Scope& attention, const at::Tensor& normed, const at::Tensor& keys,
                         FamilyCall call) const
    {
        const auto heads = [&](const at::Tensor& input, const char* name)
        { return splitHeads(attention.linear(input, name), pass.model.heads); };
        call.scale = 1;
        return attention.linear(
            attendAsTransformers(pass.calls, heads(normed, "q"), heads(keys, "k"), heads(keys, "v"), call), "o");
    }

    /// The first layer's relative positions, which all layers of the stack share.
    at::Tensor selfBias(const at::Tensor& hidden) const
    {
        const auto options = at::TensorOptions(at::kLong).device(hidden.device());
        const auto positions = at::arange(hidden.size(1), options);
        const auto buckets = relativeBuckets(positions.unsqueeze(0) - positions.unsqueeze(1), !decoder,
                                             pass.model.relativeBuckets, pass.model.relativeMaxDistance);
        const auto values = scope.under("block", 0).embedding(buckets, "layer.0.SelfAttention.relative_attention_bias");
        return values.permute({2, 0, 1}).unsqueeze(0);
    }

    at::Tensor feedForward(const Scope& layer, const at::Tensor& hidden) const
    {
        const Architecture& model = pass.model;
        const auto normed = layer.rmsNorm(hidden, "layer_norm", model.normEpsilon);
        const auto wide = model.gatedFeedForward
                              ? activate(model.activation, layer.linear(normed, "DenseReluDense.wi_0")) *
                                    layer.linear(normed, "DenseReluDense.wi_1")
                              : activate(model.activation, layer.linear(normed, "DenseReluDense.wi"));
        return hidden + layer.linear(wide, "DenseReluDense.wo");
    }

    at::Tensor run(const at::Tensor& ids) const
    {
        const Architecture& model = pass.model;
        auto hidden = pass.base.embedding(ids, "shared");
        const auto bias = selfBias(hidden);
        at::Tensor crossBias;
        if (decoder)
        {
            crossBias =
                at::zeros({1, model.heads, hidden.size(1), encoded.size(1)}, hidden.options().requires_grad(false));
        }
        for (std::int64_t number = 0; number < (decoder ? model.decoderLayers : model.layers); ++number)
        {
            const Scope block = scope.under("block", number);
            const Scope own = block.under("layer", 0);
            auto normed = own.rmsNorm(hidden, "layer_norm", model.normEpsilon);
            hidden = hidden + attention(own.under("SelfAttention"), normed, normed, {mask, decoder, 1, bias});
            if (decoder)
            {
                const Scope cross = block.under("layer", 1);
                normed = cross.rmsNorm(hidden, "layer_norm", model.normEpsilon);
                hidden = hidden +
                         attention(cross.under("EncDecAttention"), normed, encoded, {encoderMask, false, 1, crossBias});
            }
            hidden = feedForward(block.under("layer", decoder ? 2 : 1), hidden);
        }
        return scope.rmsNorm(hidden, "final_layer_norm", model.normEpsilon);
    }
};

at::Tensor bartAttention(const FamilyPass& pass, const Scope& layer, const std::string& name, const at::Tensor& input,
                         const at::Tensor& keys, std::int64_t heads, FamilyCall call)
{
    const auto projected = [&](const at::Tensor& from, const char* member)
    { return splitHeads(layer.linear(from, name + member), heads); };
    call.scale = 1 / std::sqrt(static_cast<double>(pass.model.width / heads));
    const auto query = projected(input, ".q_proj");
    const auto key = projected(keys, ".k_proj");
    const auto attended = attendAsTransformers(pass.calls, query, key, projected(keys, ".v_proj"), call);
    constexpr double kEpsilon = 1e-5; // BartConfig has none
    return layer.layerNorm(input + layer.linear(attended, name + ".out_proj"), name + "_layer_norm", kEpsilon);
}

at::Tensor bartEmbedding(const FamilyPass& pass, const Scope& stack, const at::Tensor& ids)
{
    constexpr std::int64_t kOffset = 2;
    const Architecture& model = pass.model;
    auto words = pass.base.embedding(ids, "shared");
    words = model.scaledEmbedding ? words * std::sqrt(static_cast<double>(model.width)) : words;
    const auto positions = at::arange(ids.size(1), ids.options()) + kOffset;
    return stack.layerNorm(words + stack.embedding(positions, "embed_positions"), "layernorm_embedding", 1e-5);
}

at::Tensor bartFeedForward(const FamilyPass& pass, const Scope& layer, const at::Tensor& hidden)
{
    const auto wide = activate(pass.model.activation, layer.linear(hidden, "fc1"));
    return layer.layerNorm(hidden + layer.linear(wide, "fc2"), "final_layer_norm", 1e-5);
}

} // namespace

at::Tensor forwardT5(const FamilyPass& pass)
{
    const Architecture& model = pass.model;
    const auto& ids = pass.input("input_ids");
    const Padding padding = pass.padding("attention_mask");
    const auto like = ids.unsqueeze(-1);
    const T5Stack encoder{pass, pass.base.under("encoder"), false, paddingMaskAsTransformers(like, padding), {}, {}};
    const auto encoded = encoder.run(ids);
    if (!model.hasDecoder())
    {
        return encoded;
    }
    const auto& decoderIds = pass.input("decoder_input_ids");
    const auto decoderLike = decoderIds.unsqueeze(-1);
    const T5Stack decoder{pass,
                          pass.base.under("decoder"),
                          true,
                          causalMaskAsTransformers(decoderLike, pass.padding("decoder_attention_mask"), std::nullopt),
                          paddingMaskAsTransformers(decoderLike, padding),
                          encoded};
    auto hidden = decoder.run(decoderIds);
    if (model.head != ModelHead::LanguageModel)
    {
        return hidden;
    }
    hidden = model.scaledOutput ? hidden * (1 / std::sqrt(static_cast<double>(model.width))) : hidden;
    return pass.top.linear(hidden, "lm_head");
}

at::Tensor forwardBart(const FamilyPass& pass)
{
    const Architecture& model = pass.model;
    const Scope encoder = pass.base.under("encoder");
    const Padding padding = pass.padding("attention_mask");
    auto encoded = bartEmbedding(pass, encoder, pass.input("input_ids"));
    const auto mask = paddingMaskAsTransformers(encoded, padding);
    for (std::int64_t number = 0; number < model.layers; ++number)
    {
        const Scope layer = encoder.under("layers", number);
        encoded = bartAttention(pass, layer, "self_attn", encoded, encoded, model.heads, {mask, false, 1, {}});
        encoded = bartFeedForward(pass, layer, encoded);
    }
    const Scope decoder = pass.base.under("decoder");
    auto hidden = bartEmbedding(pass, decoder, pass.input("decoder_input_ids"));
    const auto own = causalMaskAsTransformers(hidden, pass.padding("decoder_attention_mask"), std::nullopt);
    const auto cross = paddingMaskAsTransformers(hidden, padding);
    for (std::int64_t number = 0; number < model.decoderLayers; ++number)
    {
        const Scope layer = decoder.under("layers", number);
        hidden = bartAttention(pass, layer, "self_attn", hidden, hidden, model.decoderHeads, {own, true, 1, {}});
        hidden = bartAttention(pass, layer, "encoder_attn", hidden, encoded, model.decoderHeads, {cross, false, 1, {}});
        hidden = bartFeedForward(pass, layer, hidden);
    }
    return model.head == ModelHead::LanguageModel
               ? pass.top.linear(hidden, "lm_head") + pass.top.tensor("final_logits_bias")
               : hidden;
}

} // namespace headroom::engine
