// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/module_classes.h"

#include <algorithm>
#include <span>

namespace headroom::engine
{
namespace
{

constexpr std::string_view kAnyNumber = "#";

/// The class of every module whose path ends in \a path; '#' stands for any number.
struct ModuleRule
{
    std::string_view path;
    std::string_view kind; ///< a leading '*' stands for the family's name in its classes
};

// What a path ends in tells the class, so that a table holds for the base model and for each class with a head. The
// first rule that fits counts: the longer end stands before the shorter.

constexpr std::array kGpt2{
    ModuleRule{"transformer", "GPT2Model"}, ModuleRule{"h", "ModuleList"},   ModuleRule{"h.#", "GPT2Block"},
    ModuleRule{"attn", "GPT2Attention"},    ModuleRule{"mlp", "GPT2MLP"},    ModuleRule{"wte", "Embedding"},
    ModuleRule{"wpe", "Embedding"},         ModuleRule{"c_attn", "Conv1D"},  ModuleRule{"c_proj", "Conv1D"},
    ModuleRule{"c_fc", "Conv1D"},           ModuleRule{"ln_1", "LayerNorm"}, ModuleRule{"ln_2", "LayerNorm"},
    ModuleRule{"ln_f", "LayerNorm"},        ModuleRule{"lm_head", "Linear"},
};

constexpr std::array kRotaryFamily{
    ModuleRule{"model", "*Model"},
    ModuleRule{"layers", "ModuleList"},
    ModuleRule{"layers.#", "*DecoderLayer"},
    ModuleRule{"self_attn", "*Attention"},
    ModuleRule{"mlp", "*MLP"},
    ModuleRule{"embed_tokens", "Embedding"},
    ModuleRule{"q_proj", "Linear"},
    ModuleRule{"k_proj", "Linear"},
    ModuleRule{"v_proj", "Linear"},
    ModuleRule{"o_proj", "Linear"},
    ModuleRule{"gate_proj", "Linear"},
    ModuleRule{"up_proj", "Linear"},
    ModuleRule{"down_proj", "Linear"},
    ModuleRule{"lm_head", "Linear"},
    ModuleRule{"q_norm", "*RMSNorm"},
    ModuleRule{"k_norm", "*RMSNorm"},
    ModuleRule{"input_layernorm", "*RMSNorm"},
    ModuleRule{"post_attention_layernorm", "*RMSNorm"},
    ModuleRule{"norm", "*RMSNorm"},
};

constexpr std::array kBert{
    ModuleRule{"bert", "BertModel"},
    ModuleRule{"embeddings", "BertEmbeddings"},
    ModuleRule{"encoder", "BertEncoder"},
    ModuleRule{"layer", "ModuleList"},
    ModuleRule{"layer.#", "BertLayer"},
    ModuleRule{"attention", "BertAttention"},
    ModuleRule{"attention.self", "BertSelfAttention"},
    ModuleRule{"attention.output", "BertSelfOutput"},
    ModuleRule{"intermediate", "BertIntermediate"},
    ModuleRule{"output", "BertOutput"},
    ModuleRule{"pooler", "BertPooler"},
    ModuleRule{"cls", "BertOnlyMLMHead"},
    ModuleRule{"cls.predictions", "BertLMPredictionHead"},
    ModuleRule{"cls.predictions.transform", "BertPredictionHeadTransform"},
    ModuleRule{"word_embeddings", "Embedding"},
    ModuleRule{"position_embeddings", "Embedding"},
    ModuleRule{"token_type_embeddings", "Embedding"},
    ModuleRule{"LayerNorm", "LayerNorm"},
    ModuleRule{"query", "Linear"},
    ModuleRule{"key", "Linear"},
    ModuleRule{"value", "Linear"},
    ModuleRule{"dense", "Linear"},
    ModuleRule{"decoder", "Linear"},
    ModuleRule{"classifier", "Linear"},
};

constexpr std::array kVit{
    ModuleRule{"vit", "ViTModel"},
    ModuleRule{"embeddings", "ViTEmbeddings"},
    ModuleRule{"patch_embeddings", "ViTPatchEmbeddings"},
    ModuleRule{"projection", "Conv2d"},
    ModuleRule{"layers", "ModuleList"},
    ModuleRule{"layers.#", "ViTLayer"},
    ModuleRule{"attention", "ViTAttention"},
    ModuleRule{"mlp", "ViTMLP"},
    ModuleRule{"q_proj", "Linear"},
    ModuleRule{"k_proj", "Linear"},
    ModuleRule{"v_proj", "Linear"},
    ModuleRule{"o_proj", "Linear"},
    ModuleRule{"fc1", "Linear"},
    ModuleRule{"fc2", "Linear"},
    ModuleRule{"classifier", "Linear"},
    ModuleRule{"layernorm_before", "LayerNorm"},
    ModuleRule{"layernorm_after", "LayerNorm"},
    ModuleRule{"layernorm", "LayerNorm"},
};

constexpr std::array kT5{
    ModuleRule{"shared", "Embedding"},
    ModuleRule{"encoder", "T5Stack"},
    ModuleRule{"decoder", "T5Stack"},
    ModuleRule{"block", "ModuleList"},
    ModuleRule{"block.#", "T5Block"},
    ModuleRule{"layer", "ModuleList"},
    ModuleRule{"layer.0", "T5LayerSelfAttention"},
    ModuleRule{"decoder.block.#.layer.1", "T5LayerCrossAttention"},
    ModuleRule{"layer.#", "T5LayerFF"},
    ModuleRule{"SelfAttention", "T5Attention"},
    ModuleRule{"EncDecAttention", "T5Attention"},
    ModuleRule{"DenseReluDense", "T5DenseActDense"},
    ModuleRule{"relative_attention_bias", "Embedding"},
    ModuleRule{"q", "Linear"},
    ModuleRule{"k", "Linear"},
    ModuleRule{"v", "Linear"},
    ModuleRule{"o", "Linear"},
    ModuleRule{"wi", "Linear"},
    ModuleRule{"wi_0", "Linear"},
    ModuleRule{"wi_1", "Linear"},
    ModuleRule{"wo", "Linear"},
    ModuleRule{"lm_head", "Linear"},
    ModuleRule{"layer_norm", "T5LayerNorm"},
    ModuleRule{"final_layer_norm", "T5LayerNorm"},
};

constexpr std::array kBart{
    ModuleRule{"model", "BartModel"},
    ModuleRule{"shared", "BartScaledWordEmbedding"},
    ModuleRule{"encoder", "BartEncoder"},
    ModuleRule{"decoder", "BartDecoder"},
    ModuleRule{"embed_positions", "BartLearnedPositionalEmbedding"},
    ModuleRule{"layers", "ModuleList"},
    ModuleRule{"encoder.layers.#", "BartEncoderLayer"},
    ModuleRule{"decoder.layers.#", "BartDecoderLayer"},
    ModuleRule{"self_attn", "BartAttention"},
    ModuleRule{"encoder_attn", "BartAttention"},
    ModuleRule{"k_proj", "Linear"},
    ModuleRule{"v_proj", "Linear"},
    ModuleRule{"q_proj", "Linear"},
    ModuleRule{"out_proj", "Linear"},
    ModuleRule{"fc1", "Linear"},
    ModuleRule{"fc2", "Linear"},
    ModuleRule{"lm_head", "Linear"},
    ModuleRule{"layernorm_embedding", "LayerNorm"},
    ModuleRule{"self_attn_layer_norm", "LayerNorm"},
    ModuleRule{"encoder_attn_layer_norm", "LayerNorm"},
    ModuleRule{"final_layer_norm", "LayerNorm"},
};

struct FamilyClasses
{
    std::span<const ModuleRule> rules;
    std::string_view name; ///< in the names of its classes
};

FamilyClasses classesOf(ModelFamily family)
{
    switch (family)
    {
    case ModelFamily::Gpt2:
        return {kGpt2, "GPT2"};
    case ModelFamily::Llama:
        return {kRotaryFamily, "Llama"};
    case ModelFamily::Mistral:
        return {kRotaryFamily, "Mistral"};
    case ModelFamily::Qwen2:
        return {kRotaryFamily, "Qwen2"};
    case ModelFamily::Qwen3:
        return {kRotaryFamily, "Qwen3"};
    case ModelFamily::Bert:
        return {kBert, "Bert"};
    case ModelFamily::Vit:
        return {kVit, "ViT"};
    case ModelFamily::T5:
        return {kT5, "T5"};
    case ModelFamily::Bart:
        return {kBart, "Bart"};
    }
    return {};
}

/// Takes the last step of \a path ("0" of "h.0") off it.
std::string_view takeLast(std::string_view& path)
{
    const auto dot = path.rfind('.');
    const std::string_view step = dot == std::string_view::npos ? path : path.substr(dot + 1);
    path = dot == std::string_view::npos ? std::string_view() : path.substr(0, dot);
    return step;
}

bool isNumber(std::string_view step)
{
    return !step.empty() && std::all_of(step.begin(), step.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool endsIn(std::string_view path, std::string_view end)
{
    while (!end.empty())
    {
        const std::string_view wanted = takeLast(end);
        const std::string_view step = takeLast(path);
        if (wanted == kAnyNumber ? !isNumber(step) : step != wanted)
        {
            return false;
        }
    }
    return true;
}

} // namespace

std::string moduleClass(const Architecture& architecture, std::string_view path)
{
    if (path.empty())
    {
        return architecture.className;
    }
    const FamilyClasses family = classesOf(architecture.family);
    const auto rule = std::find_if(family.rules.begin(), family.rules.end(),
                                   [&](const ModuleRule& each) { return endsIn(path, each.path); });
    if (rule == family.rules.end())
    {
        return {};
    }
    if (rule->kind == "T5DenseActDense" && architecture.gatedFeedForward)
    {
        return "T5DenseGatedActDense";
    }
    if (rule->kind == "BertOnlyMLMHead" && architecture.className == "BertForPreTraining")
    {
        return "BertPreTrainingHeads";
    }
    return rule->kind.starts_with('*') ? std::string(family.name).append(rule->kind.substr(1))
                                       : std::string(rule->kind);
}

} // namespace headroom::engine
