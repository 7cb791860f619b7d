// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/architecture.h"

#include "core/attention/saturating.h"

#include <utility>

#include <fmt/format.h>

namespace headroom
{
namespace
{

/// Collects parameters under a path, as modules nest.
class Collector
{
public:
    explicit Collector(std::vector<ParameterSpec>& all, std::string path = {}) : m_all(all), m_path(std::move(path)) {}

    Collector under(std::string_view name) const { return Collector(m_all, fmt::format("{}{}.", m_path, name)); }

    void add(std::string_view name, std::vector<std::int64_t> shape) const
    {
        m_all.push_back({fmt::format("{}{}", m_path, name), std::move(shape)});
    }

    void linear(std::string_view name, std::int64_t in, std::int64_t out, bool bias) const
    {
        add(fmt::format("{}.weight", name), {out, in});
        if (bias)
        {
            add(fmt::format("{}.bias", name), {out});
        }
    }

    /// GPT-2's Conv1D: a linear layer with its weight transposed.
    void transposed(std::string_view name, std::int64_t in, std::int64_t out) const
    {
        add(fmt::format("{}.weight", name), {in, out});
        add(fmt::format("{}.bias", name), {out});
    }

    void embedding(std::string_view name, std::int64_t words, std::int64_t width) const
    {
        add(fmt::format("{}.weight", name), {words, width});
    }

    void layerNorm(std::string_view name, std::int64_t width) const
    {
        add(fmt::format("{}.weight", name), {width});
        add(fmt::format("{}.bias", name), {width});
    }

    void rmsNorm(std::string_view name, std::int64_t width) const { add(fmt::format("{}.weight", name), {width}); }

    /// A head that is the embedding \a source where the file has no weights of its own.
    void tied(std::string_view name, std::int64_t words, std::int64_t width, bool tied, std::string source) const
    {
        m_all.push_back({fmt::format("{}{}", m_path, name), {words, width}, tied ? std::move(source) : std::string()});
    }

private:
    std::vector<ParameterSpec>& m_all;
    std::string m_path;
};

/// What the base model is called in a class with a head.
std::string_view prefixOf(const Architecture& model)
{
    switch (model.family)
    {
    case ModelFamily::Gpt2:
        return "transformer.";
    case ModelFamily::Bert:
        return "bert.";
    case ModelFamily::Vit:
        return "vit.";
    case ModelFamily::T5:
        return "";
    default:
        return "model.";
    }
}

void addGpt2(const Architecture& model, const Collector& base, const Collector& top)
{
    base.embedding("wte", model.vocabSize, model.width);
    base.embedding("wpe", model.maxPositions, model.width);
    for (std::int64_t number = 0; number < model.layers; ++number)
    {
        const Collector layer = base.under(fmt::format("h.{}", number));
        layer.layerNorm("ln_1", model.width);
        layer.transposed("attn.c_attn", model.width, 3 * model.width);
        layer.transposed("attn.c_proj", model.width, model.width);
        layer.layerNorm("ln_2", model.width);
        layer.transposed("mlp.c_fc", model.width, model.feedForward);
        layer.transposed("mlp.c_proj", model.feedForward, model.width);
    }
    base.layerNorm("ln_f", model.width);
    if (model.head == ModelHead::LanguageModel)
    {
        top.tied("lm_head.weight", model.vocabSize, model.width, model.tiedEmbeddings, "transformer.wte.weight");
    }
}

void addRotaryFamily(const Architecture& model, const Collector& base, const Collector& top)
{
    const std::int64_t queries = saturatingProduct({model.heads, model.headDim});
    const std::int64_t keys = saturatingProduct({model.kvHeads, model.headDim});
    base.embedding("embed_tokens", model.vocabSize, model.width);
    for (std::int64_t number = 0; number < model.layers; ++number)
    {
        const Collector layer = base.under(fmt::format("layers.{}", number));
        layer.linear("self_attn.q_proj", model.width, queries, model.attentionBias);
        layer.linear("self_attn.k_proj", model.width, keys, model.attentionBias);
        layer.linear("self_attn.v_proj", model.width, keys, model.attentionBias);
        layer.linear("self_attn.o_proj", queries, model.width, model.outputBias);
        if (model.family == ModelFamily::Qwen3)
        {
            layer.rmsNorm("self_attn.q_norm", model.headDim);
            layer.rmsNorm("self_attn.k_norm", model.headDim);
        }
        layer.linear("mlp.gate_proj", model.width, model.feedForward, model.feedForwardBias);
        layer.linear("mlp.up_proj", model.width, model.feedForward, model.feedForwardBias);
        layer.linear("mlp.down_proj", model.feedForward, model.width, model.feedForwardBias);
        layer.rmsNorm("input_layernorm", model.width);
        layer.rmsNorm("post_attention_layernorm", model.width);
    }
    base.rmsNorm("norm", model.width);
    if (model.head == ModelHead::LanguageModel)
    {
        top.tied("lm_head.weight", model.vocabSize, model.width, model.tiedEmbeddings, "model.embed_tokens.weight");
    }
}

void addBertHead(const Architecture& model, const Collector& base, const Collector& top)
{
    switch (model.head)
    {
    case ModelHead::MaskedLanguageModel:
        top.add("cls.predictions.bias", {model.vocabSize});
        top.linear("cls.predictions.transform.dense", model.width, model.width, true);
        top.layerNorm("cls.predictions.transform.LayerNorm", model.width);
        top.tied("cls.predictions.decoder.weight", model.vocabSize, model.width, model.tiedEmbeddings,
                 "bert.embeddings.word_embeddings.weight");
        break;
    case ModelHead::SequenceClassification:
        base.linear("pooler.dense", model.width, model.width, true);
        top.linear("classifier", model.width, model.labels, true);
        break;
    case ModelHead::TokenClassification:
        top.linear("classifier", model.width, model.labels, true);
        break;
    default:
        break; // the pooler of a bare model is not on the way to its last hidden state
    }
}

void addBert(const Architecture& model, const Collector& base, const Collector& top)
{
    base.embedding("embeddings.word_embeddings", model.vocabSize, model.width);
    base.embedding("embeddings.position_embeddings", model.maxPositions, model.width);
    base.embedding("embeddings.token_type_embeddings", model.tokenTypes, model.width);
    base.layerNorm("embeddings.LayerNorm", model.width);
    for (std::int64_t number = 0; number < model.layers; ++number)
    {
        const Collector layer = base.under(fmt::format("encoder.layer.{}", number));
        for (const char* projection : {"query", "key", "value"})
        {
            layer.linear(fmt::format("attention.self.{}", projection), model.width, model.width, true);
        }
        layer.linear("attention.output.dense", model.width, model.width, true);
        layer.layerNorm("attention.output.LayerNorm", model.width);
        layer.linear("intermediate.dense", model.width, model.feedForward, true);
        layer.linear("output.dense", model.feedForward, model.width, true);
        layer.layerNorm("output.LayerNorm", model.width);
    }
    addBertHead(model, base, top);
}

void addVit(const Architecture& model, const Collector& base, const Collector& top)
{
    const std::int64_t inner = saturatingProduct({model.heads, model.headDim});
    base.add("embeddings.cls_token", {1, 1, model.width});
    base.add("embeddings.position_embeddings", {1, sequenceThatFits(model, 0), model.width});
    base.add("embeddings.patch_embeddings.projection.weight",
             {model.width, model.channels, model.patchHeight, model.patchWidth});
    base.add("embeddings.patch_embeddings.projection.bias", {model.width});
    for (std::int64_t number = 0; number < model.layers; ++number)
    {
        const Collector layer = base.under(fmt::format("layers.{}", number));
        layer.layerNorm("layernorm_before", model.width);
        for (const char* projection : {"q_proj", "k_proj", "v_proj"})
        {
            layer.linear(fmt::format("attention.{}", projection), model.width, inner, model.attentionBias);
        }
        layer.linear("attention.o_proj", inner, model.width, true);
        layer.layerNorm("layernorm_after", model.width);
        layer.linear("mlp.fc1", model.width, model.feedForward, true);
        layer.linear("mlp.fc2", model.feedForward, model.width, true);
    }
    base.layerNorm("layernorm", model.width);
    if (model.head == ModelHead::SequenceClassification)
    {
        top.linear("classifier", model.width, model.labels, true);
    }
}

void addT5Attention(const Architecture& model, const Collector& layer, const char* name, bool relative)
{
    const std::int64_t inner = saturatingProduct({model.heads, model.headDim});
    const Collector attention = layer.under(name);
    for (const char* projection : {"q", "k", "v"})
    {
        attention.linear(projection, model.width, inner, false);
    }
    attention.linear("o", inner, model.width, false);
    if (relative)
    {
        attention.embedding("relative_attention_bias", model.relativeBuckets, model.heads);
    }
    layer.rmsNorm("layer_norm", model.width);
}

void addT5Stack(const Architecture& model, const Collector& stack, std::int64_t layers, bool decoder)
{
    for (std::int64_t number = 0; number < layers; ++number)
    {
        const Collector block = stack.under(fmt::format("block.{}", number));
        addT5Attention(model, block.under("layer.0"), "SelfAttention", number == 0);
        if (decoder)
        {
            addT5Attention(model, block.under("layer.1"), "EncDecAttention", false);
        }
        const Collector last = block.under(decoder ? "layer.2" : "layer.1");
        if (model.gatedFeedForward)
        {
            last.linear("DenseReluDense.wi_0", model.width, model.feedForward, false);
            last.linear("DenseReluDense.wi_1", model.width, model.feedForward, false);
        }
        else
        {
            last.linear("DenseReluDense.wi", model.width, model.feedForward, false);
        }
        last.linear("DenseReluDense.wo", model.feedForward, model.width, false);
        last.rmsNorm("layer_norm", model.width);
    }
    stack.rmsNorm("final_layer_norm", model.width);
}

void addT5(const Architecture& model, const Collector& base, const Collector& top)
{
    base.embedding("shared", model.vocabSize, model.width);
    addT5Stack(model, base.under("encoder"), model.layers, false);
    if (model.hasDecoder())
    {
        addT5Stack(model, base.under("decoder"), model.decoderLayers, true);
    }
    if (model.head == ModelHead::LanguageModel)
    {
        top.tied("lm_head.weight", model.vocabSize, model.width, true, "shared.weight");
    }
}

void addBartAttention(const Architecture& model, const Collector& layer, const char* name)
{
    for (const char* projection : {"k_proj", "v_proj", "q_proj", "out_proj"})
    {
        layer.linear(fmt::format("{}.{}", name, projection), model.width, model.width, true);
    }
    layer.layerNorm(fmt::format("{}_layer_norm", name), model.width);
}

void addBartStack(const Architecture& model, const Collector& stack, bool decoder)
{
    constexpr std::int64_t kOffset = 2; ///< the first positions are never used: BartLearnedPositionalEmbedding
    stack.embedding("embed_positions", model.maxPositions + kOffset, model.width);
    stack.layerNorm("layernorm_embedding", model.width);
    const std::int64_t wide = decoder ? model.decoderFeedForward : model.feedForward;
    for (std::int64_t number = 0; number < (decoder ? model.decoderLayers : model.layers); ++number)
    {
        const Collector layer = stack.under(fmt::format("layers.{}", number));
        addBartAttention(model, layer, "self_attn");
        if (decoder)
        {
            addBartAttention(model, layer, "encoder_attn");
        }
        layer.linear("fc1", model.width, wide, true);
        layer.linear("fc2", wide, model.width, true);
        layer.layerNorm("final_layer_norm", model.width);
    }
}

void addBart(const Architecture& model, std::vector<ParameterSpec>& all, const Collector& base, const Collector& top)
{
    base.embedding("shared", model.vocabSize, model.width);
    addBartStack(model, base.under("encoder"), false);
    addBartStack(model, base.under("decoder"), true);
    if (model.head == ModelHead::LanguageModel)
    {
        top.tied("lm_head.weight", model.vocabSize, model.width, model.tiedEmbeddings, "model.shared.weight");
        all.push_back({"final_logits_bias", {1, model.vocabSize}, {}, true});
    }
}

/// \a name with every \a from replaced by \a to.
std::string replaced(std::string name, std::string_view from, std::string_view to)
{
    for (std::size_t at = name.find(from); at != std::string::npos; at = name.find(from, at + to.size()))
    {
        name.replace(at, from.size(), to);
    }
    return name;
}

/// \a name as checkpoints on the hub have it: transformers 5 renamed ViT's modules and still writes the old names; BERT
/// files converted from TensorFlow call a norm's weight gamma.
std::string olderName(const Architecture& model, std::string name)
{
    using Renamed = std::pair<std::string_view, std::string_view>;
    if (model.family == ModelFamily::Vit && name.find("layers.") != std::string::npos)
    {
        for (const auto& [now, before] :
             std::initializer_list<Renamed>{{"layers.", "encoder.layer."},
                                            {"attention.q_proj", "attention.attention.query"},
                                            {"attention.k_proj", "attention.attention.key"},
                                            {"attention.v_proj", "attention.attention.value"},
                                            {"attention.o_proj", "attention.output.dense"},
                                            {"mlp.fc1", "intermediate.dense"},
                                            {"mlp.fc2", "output.dense"}})
        {
            name = replaced(std::move(name), now, before);
        }
        return name;
    }
    if (model.family == ModelFamily::Bert)
    {
        return replaced(replaced(std::move(name), "LayerNorm.weight", "LayerNorm.gamma"), "LayerNorm.bias",
                        "LayerNorm.beta");
    }
    return name;
}

} // namespace

std::vector<ParameterSpec> parametersOf(const Architecture& architecture)
{
    std::vector<ParameterSpec> all;
    const Collector top(all);
    const Collector base(all, basePrefix(architecture));
    switch (architecture.family)
    {
    case ModelFamily::Gpt2:
        addGpt2(architecture, base, top);
        break;
    case ModelFamily::Llama:
    case ModelFamily::Mistral:
    case ModelFamily::Qwen2:
    case ModelFamily::Qwen3:
        addRotaryFamily(architecture, base, top);
        break;
    case ModelFamily::Bert:
        addBert(architecture, base, top);
        break;
    case ModelFamily::Vit:
        addVit(architecture, base, top);
        break;
    case ModelFamily::T5:
        addT5(architecture, base, top);
        break;
    case ModelFamily::Bart:
        addBart(architecture, all, base, top);
        break;
    }
    return all;
}

std::string basePrefix(const Architecture& architecture)
{
    return architecture.head == ModelHead::None ? std::string() : std::string(prefixOf(architecture));
}

std::vector<std::string> checkpointNames(const Architecture& architecture, const std::string& name)
{
    const std::string prefix(prefixOf(architecture));
    std::vector<std::string> names{name};
    if (!prefix.empty())
    {
        names.push_back(name.starts_with(prefix) ? name.substr(prefix.size()) : prefix + name);
    }
    for (std::size_t at = 0, count = names.size(); at < count; ++at)
    {
        if (std::string older = olderName(architecture, names[at]); older != names[at])
        {
            names.push_back(std::move(older));
        }
    }
    if (architecture.family == ModelFamily::T5 && name == "shared.weight")
    {
        names.emplace_back("encoder.embed_tokens.weight"); // T5EncoderModel wrote it so
    }
    return names;
}

} // namespace headroom
