// SPDX-License-Identifier: GPL-3.0-or-later
//
// BERT and ViT.

#include "core/engine/model/family_model.h"

#include <ATen/ATen.h>

#include <cmath>

namespace headroom::engine
{
namespace
{

FamilyCall plainCall(const Architecture& model, const std::optional<at::Tensor>& mask)
{
    FamilyCall call;
    call.mask = mask;
    call.scale = 1 / std::sqrt(static_cast<double>(model.headDim));
    return call;
}

at::Tensor bertLayer(const FamilyPass& pass, const Scope& layer, const at::Tensor& input,
                     const std::optional<at::Tensor>& mask)
{
    const Architecture& model = pass.model;
    const auto heads = [&](const char* name) { return splitHeads(layer.linear(input, name), model.heads); };
    const auto query = heads("attention.self.query");
    const auto key = heads("attention.self.key");
    const auto value = heads("attention.self.value");
    const auto attended = attendAsTransformers(pass.calls, query, key, value, plainCall(model, mask));
    const auto hidden = layer.layerNorm(layer.linear(attended, "attention.output.dense") + input,
                                        "attention.output.LayerNorm", model.normEpsilon);
    const auto wide = activate(model.activation, layer.linear(hidden, "intermediate.dense"));
    return layer.layerNorm(layer.linear(wide, "output.dense") + hidden, "output.LayerNorm", model.normEpsilon);
}

at::Tensor bertHead(const FamilyPass& pass, const at::Tensor& hidden)
{
    switch (pass.model.head)
    {
    case ModelHead::MaskedLanguageModel:
    {
        const Scope head = pass.top.under("cls.predictions");
        const auto turned = activate(pass.model.activation, head.linear(hidden, "transform.dense"));
        const auto normed = head.layerNorm(turned, "transform.LayerNorm", pass.model.normEpsilon);
        return at::linear(normed, head.tensor("decoder.weight"), head.tensor("bias"));
    }
    case ModelHead::SequenceClassification:
        return pass.top.linear(at::tanh(pass.base.linear(hidden.select(1, 0), "pooler.dense")), "classifier");
    case ModelHead::TokenClassification:
        return pass.top.linear(hidden, "classifier");
    default:
        return hidden;
    }
}

at::Tensor vitLayer(const FamilyPass& pass, const Scope& layer, const at::Tensor& input)
{
    const Architecture& model = pass.model;
    const auto normed = layer.layerNorm(input, "layernorm_before", model.normEpsilon);
    const auto heads = [&](const char* name) { return splitHeads(layer.linear(normed, name), model.heads); };
    const auto query = heads("attention.q_proj");
    const auto key = heads("attention.k_proj");
    const auto value = heads("attention.v_proj");
    const auto attended = attendAsTransformers(pass.calls, query, key, value, plainCall(model, std::nullopt));
    const auto hidden = layer.linear(attended, "attention.o_proj") + input;
    const auto wide = activate(model.activation,
                               layer.linear(layer.layerNorm(hidden, "layernorm_after", model.normEpsilon), "mlp.fc1"));
    return layer.linear(wide, "mlp.fc2") + hidden;
}

} // namespace

at::Tensor forwardBert(const FamilyPass& pass)
{
    const auto& ids = pass.input("input_ids");
    const Scope embeddings = pass.base.under("embeddings");
    const auto types = pass.has("token_type_ids") ? pass.input("token_type_ids") : at::zeros_like(ids);
    const auto positions = at::arange(ids.size(1), ids.options());
    auto hidden = embeddings.embedding(ids, "word_embeddings") + embeddings.embedding(types, "token_type_embeddings") +
                  embeddings.embedding(positions, "position_embeddings");
    hidden = embeddings.layerNorm(hidden, "LayerNorm", pass.model.normEpsilon);
    const auto mask = paddingMaskAsTransformers(hidden, pass.padding("attention_mask"));
    for (std::int64_t number = 0; number < pass.model.layers; ++number)
    {
        hidden = bertLayer(pass, pass.base.under("encoder.layer", number), hidden, mask);
    }
    return bertHead(pass, hidden);
}

at::Tensor forwardVit(const FamilyPass& pass)
{
    const Architecture& model = pass.model;
    const Scope embeddings = pass.base.under("embeddings");
    const auto& weight = embeddings.tensor("patch_embeddings.projection.weight");
    const auto pixels = pass.input("pixel_values").to(weight.scalar_type());
    const auto patches = at::conv2d(pixels, weight, embeddings.tensor("patch_embeddings.projection.bias"),
                                    {model.patchHeight, model.patchWidth})
                             .flatten(2)
                             .transpose(1, 2);
    const auto first = embeddings.tensor("cls_token").expand({pixels.size(0), -1, -1});
    auto hidden = at::cat({first, patches}, 1) + embeddings.tensor("position_embeddings");
    for (std::int64_t number = 0; number < model.layers; ++number)
    {
        hidden = vitLayer(pass, pass.base.under("layers", number), hidden);
    }
    hidden = pass.base.layerNorm(hidden, "layernorm", model.normEpsilon);
    return model.head == ModelHead::SequenceClassification ? pass.top.linear(hidden.select(1, 0), "classifier")
                                                           : hidden;
}

} // namespace headroom::engine
