// SPDX-License-Identifier: GPL-3.0-or-later
//
// GPT-2, and LLaMA with those made after it.

#include "core/engine/model/family_model.h"

#include <ATen/ATen.h>

#include <cmath>
#include <numbers>

namespace headroom::engine
{
namespace
{

using std::numbers::pi;

at::Tensor gpt2Block(const FamilyPass& pass, std::int64_t number, const at::Tensor& input,
                     const std::optional<at::Tensor>& mask)
{
    const Architecture& model = pass.model;
    const Scope block = pass.base.under("h", number);
    const auto packed = block.transposedLinear(block.layerNorm(input, "ln_1", model.normEpsilon), "attn.c_attn");
    const auto parts = packed.split(model.width, 2);
    FamilyCall call;
    call.mask = mask;
    call.causal = true;
    call.scale = model.scaledAttention ? 1 / std::sqrt(static_cast<double>(model.headDim)) : 1.0;
    call.scale /= model.scaledByLayer ? static_cast<double>(number + 1) : 1.0;
    const auto attended =
        attendAsTransformers(pass.calls, splitHeads(parts[0], model.heads), splitHeads(parts[1], model.heads),
                             splitHeads(parts[2], model.heads), call);
    const auto hidden = block.transposedLinear(attended, "attn.c_proj") + input;
    const auto wide = block.transposedLinear(block.layerNorm(hidden, "ln_2", model.normEpsilon), "mlp.c_fc");
    return hidden + block.transposedLinear(activate(model.activation, wide), "mlp.c_proj");
}

/// cosine and sine [1, 1, S, headDim], in the hidden state's type.
struct Rotation
{
    at::Tensor cosine;
    at::Tensor sine;

    Rotation(const at::Tensor& frequencies, double scale, const at::Tensor& hidden)
    {
        const auto positions = at::arange(hidden.size(1), at::TensorOptions(at::kFloat).device(hidden.device()));
        const auto half = positions.unsqueeze(1) * frequencies.unsqueeze(0);
        const auto angles = at::cat({half, half}, -1);
        cosine = (angles.cos() * scale).to(hidden.scalar_type()).unsqueeze(0).unsqueeze(0);
        sine = (angles.sin() * scale).to(hidden.scalar_type()).unsqueeze(0).unsqueeze(0);
    }

    at::Tensor turned(const at::Tensor& heads) const
    {
        const auto halves = heads.chunk(2, -1);
        return heads * cosine + at::cat({-halves[1], halves[0]}, -1) * sine;
    }
};

at::Tensor rotaryAttention(const FamilyPass& pass, const Scope& layer, const at::Tensor& input,
                           const Rotation& rotation, const std::optional<at::Tensor>& mask)
{
    const Architecture& model = pass.model;
    const auto perHead = [&](const char* name, std::int64_t heads)
    {
        const auto projected = layer.linear(input, name);
        return projected.view({projected.size(0), projected.size(1), heads, model.headDim});
    };
    auto query = perHead("self_attn.q_proj", model.heads);
    auto key = perHead("self_attn.k_proj", model.kvHeads);
    if (model.family == ModelFamily::Qwen3)
    {
        query = layer.rmsNorm(query, "self_attn.q_norm", model.normEpsilon);
        key = layer.rmsNorm(key, "self_attn.k_norm", model.normEpsilon);
    }
    const auto value = perHead("self_attn.v_proj", model.kvHeads);
    FamilyCall call;
    call.mask = mask;
    call.causal = true;
    call.scale = 1 / std::sqrt(static_cast<double>(model.headDim));
    return layer.linear(attendAsTransformers(pass.calls, rotation.turned(query.transpose(1, 2)),
                                             rotation.turned(key.transpose(1, 2)), value.transpose(1, 2), call),
                        "self_attn.o_proj");
}

at::Tensor rotaryLayer(const FamilyPass& pass, const Scope& layer, const at::Tensor& input, const Rotation& rotation,
                       const std::optional<at::Tensor>& mask)
{
    const Architecture& model = pass.model;
    const auto hidden = input + rotaryAttention(pass, layer, layer.rmsNorm(input, "input_layernorm", model.normEpsilon),
                                                rotation, mask);
    const auto normed = layer.rmsNorm(hidden, "post_attention_layernorm", model.normEpsilon);
    const auto gate = activate(model.activation, layer.linear(normed, "mlp.gate_proj"));
    return hidden + layer.linear(gate * layer.linear(normed, "mlp.up_proj"), "mlp.down_proj");
}

at::Tensor headOn(const FamilyPass& pass, const at::Tensor& hidden)
{
    return pass.model.head == ModelHead::LanguageModel ? pass.top.linear(hidden, "lm_head") : hidden;
}

/// _compute_yarn_parameters: slow dimensions are interpolated, fast ones kept, with a ramp between them.
at::Tensor yarn(const RotarySpec& rotary, std::int64_t headDim, const at::Tensor& base)
{
    const auto dims = static_cast<double>(headDim);
    const auto dimensionOf = [&](double rotations)
    {
        return dims * std::log(static_cast<double>(rotary.originalPositions) / (rotations * 2 * pi)) /
               (2 * std::log(rotary.theta));
    };
    double low = dimensionOf(rotary.betaFast);
    double high = dimensionOf(rotary.betaSlow);
    if (rotary.truncate)
    {
        low = std::floor(low);
        high = std::ceil(high);
    }
    low = std::max(low, 0.0);
    high = std::min(high, dims - 1);
    if (low == high)
    {
        high += 0.001;
    }
    const auto ramp = ((at::arange(headDim / 2, at::TensorOptions(at::kFloat)) - low) / (high - low)).clamp(0, 1);
    return base / rotary.factor * ramp + base * (1 - ramp);
}

/// _compute_llama3_parameters.
at::Tensor llama3(const RotarySpec& rotary, const at::Tensor& base)
{
    const auto positions = static_cast<double>(rotary.originalPositions);
    const double longest = positions / rotary.lowFrequencyFactor;
    const double shortest = positions / rotary.highFrequencyFactor;
    const auto wavelength = 2 * pi / base;
    const auto stretched = at::where(wavelength > longest, base / rotary.factor, base);
    const auto smooth =
        (positions / wavelength - rotary.lowFrequencyFactor) / (rotary.highFrequencyFactor - rotary.lowFrequencyFactor);
    const auto between = (1 - smooth) * stretched / rotary.factor + smooth * stretched;
    const auto medium = (wavelength < shortest).logical_not().logical_and((wavelength > longest).logical_not());
    return at::where(medium, between, stretched);
}

} // namespace

at::Tensor forwardGpt2(const FamilyPass& pass)
{
    const auto& ids = pass.input("input_ids");
    const auto positions = at::arange(ids.size(1), ids.options());
    auto hidden = pass.base.embedding(ids, "wte") + pass.base.embedding(positions, "wpe");
    const auto mask = causalMaskAsTransformers(hidden, pass.padding("attention_mask"), std::nullopt);
    for (std::int64_t number = 0; number < pass.model.layers; ++number)
    {
        hidden = gpt2Block(pass, number, hidden, mask);
    }
    return headOn(pass, pass.base.layerNorm(hidden, "ln_f", pass.model.normEpsilon));
}

at::Tensor forwardRotaryFamily(const FamilyPass& pass, const at::Tensor& inverseFrequencies, double rotaryScale)
{
    const Architecture& model = pass.model;
    auto hidden = pass.base.embedding(pass.input("input_ids"), "embed_tokens");
    const Padding padding = pass.padding("attention_mask");
    const auto whole = causalMaskAsTransformers(hidden, padding, std::nullopt);
    const auto narrow = model.windowedLayers.empty() ? whole : causalMaskAsTransformers(hidden, padding, model.window);
    const Rotation rotation(inverseFrequencies, rotaryScale, hidden);
    for (std::int64_t number = 0; number < model.layers; ++number)
    {
        hidden = rotaryLayer(pass, pass.base.under("layers", number), hidden, rotation,
                             model.windowed(number) ? narrow : whole);
    }
    return headOn(pass, pass.base.rmsNorm(hidden, "norm", model.normEpsilon));
}

std::pair<at::Tensor, double> rotaryFrequencies(const Architecture& model)
{
    const RotarySpec& rotary = model.rotary;
    const auto exponents = at::arange(0, model.headDim, 2, at::TensorOptions(at::kFloat)) / model.headDim;
    const auto base = 1.0 / at::pow(rotary.theta, exponents);
    switch (rotary.kind)
    {
    case RotaryKind::Linear:
        return {base / rotary.factor, 1.0};
    case RotaryKind::Llama3:
        return {llama3(rotary, base), 1.0};
    case RotaryKind::Yarn:
        return {yarn(rotary, model.headDim, base),
                rotary.scale.value_or(rotary.factor > 1 ? 0.1 * std::log(rotary.factor) + 1 : 1.0)};
    case RotaryKind::Default:
        break;
    }
    return {base, 1.0};
}

} // namespace headroom::engine
