// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/architecture.h"

#include "core/attention/saturating.h"
#include "core/encoding/foreign_json.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <tuple>

#include <fmt/format.h>

namespace headroom
{
namespace
{

constexpr int kDeepest = 8;
constexpr std::int64_t kLargestSize = std::int64_t(1) << 31;
constexpr std::int64_t kMostLayers = 1000;
constexpr std::int64_t kMostParameters = std::int64_t(1) << 44; ///< 17 trillion; beyond it a config lies

/// Reads values of a JSON object, each with the type and range that it must have.
class Values
{
public:
    Values(const Json& json, std::string name) : m_json(json), m_name(std::move(name)) {}

    [[noreturn]] void fail(const std::string& why) const
    {
        throw std::runtime_error(fmt::format("{} is not a usable model configuration: {}", m_name, why));
    }

    /// The value of \a key, or nullptr where it is missing or null.
    const Json* get(const char* key) const
    {
        const auto found = m_json.find(key);
        return found == m_json.end() || found->is_null() ? nullptr : &*found;
    }

    /// Whether \a key stands in the file, be it with null: null says "none", and a missing key "as usual".
    bool mentions(const char* key) const { return m_json.contains(key); }

    std::int64_t size(const char* key, std::int64_t usual, std::int64_t largest = kLargestSize,
                      std::int64_t smallest = 1) const
    {
        const Json* const value = get(key);
        if (value == nullptr)
        {
            return usual;
        }
        if (!value->is_number_integer() ||
            (value->is_number_unsigned() && value->get<std::uint64_t>() > kLargestSize) ||
            value->get<std::int64_t>() < smallest || value->get<std::int64_t>() > largest)
        {
            fail(fmt::format("'{}' must be a whole number from {} to {}", key, smallest, largest));
        }
        return value->get<std::int64_t>();
    }

    /// The first of \a keys that is there: older configs use other names.
    std::int64_t size(std::initializer_list<const char*> keys, std::int64_t usual,
                      std::int64_t largest = kLargestSize) const
    {
        for (const char* key : keys)
        {
            if (get(key) != nullptr)
            {
                return size(key, usual, largest);
            }
        }
        return usual;
    }

    double number(const char* key, double usual, double smallest, double largest) const
    {
        const Json* const value = get(key);
        const double read = value == nullptr ? usual : value->is_number() ? value->get<double>() : std::nan("");
        if (!(read >= smallest && read <= largest))
        {
            fail(fmt::format("'{}' must be a number from {:g} to {:g}", key, smallest, largest));
        }
        return read;
    }

    bool flag(const char* key, bool usual) const
    {
        const Json* const value = get(key);
        if (value != nullptr && !value->is_boolean())
        {
            fail(fmt::format("'{}' must be true or false", key));
        }
        return value == nullptr ? usual : value->get<bool>();
    }

    std::string text(const char* key, const std::string& usual) const
    {
        const Json* const value = get(key);
        if (value != nullptr && (!value->is_string() || value->get_ref<const std::string&>().size() > 200))
        {
            fail(fmt::format("'{}' must be a short text", key));
        }
        return value == nullptr ? usual : value->get<std::string>();
    }

    /// A height and a width: one number for both, or a list of two.
    std::pair<std::int64_t, std::int64_t> extent(const char* key, std::int64_t usual) const
    {
        const Json* const value = get(key);
        if (value == nullptr || !value->is_array())
        {
            const std::int64_t side = size(key, usual, 65536);
            return {side, side};
        }
        const auto valid = [](const Json& side)
        { return side.is_number_unsigned() && side.get<std::uint64_t>() >= 1 && side.get<std::uint64_t>() <= 65536; };
        if (value->size() != 2 || !valid((*value)[0]) || !valid((*value)[1]))
        {
            fail(fmt::format("'{}' must be a whole number from 1 to 65536, or a list of two", key));
        }
        return {(*value)[0].get<std::int64_t>(), (*value)[1].get<std::int64_t>()};
    }

    Values object(const char* key) const
    {
        const Json* const value = get(key);
        if (value != nullptr && !value->is_object())
        {
            fail(fmt::format("'{}' must be an object", key));
        }
        static const Json kEmpty = Json::object();
        return {value == nullptr ? kEmpty : *value, m_name};
    }

private:
    const Json& m_json;
    std::string m_name;
};

Activation activationOf(const Values& values, const char* key, const std::string& usual)
{
    const std::string name = values.text(key, usual);
    if (name == "gelu" || name == "gelu_python")
    {
        return Activation::Gelu;
    }
    if (name == "gelu_new" || name == "gelu_pytorch_tanh" || name == "gelu_fast" || name == "gelu_python_tanh")
    {
        return Activation::GeluTanh;
    }
    if (name == "relu")
    {
        return Activation::Relu;
    }
    if (name == "silu" || name == "swish")
    {
        return Activation::Silu;
    }
    values.fail(fmt::format("the activation '{}' is not one of gelu, gelu_new, gelu_pytorch_tanh, relu, silu", name));
}

struct KnownClass
{
    ModelFamily family;
    std::string_view name;
    ModelHead head;
};

constexpr std::array kClasses{
    KnownClass{ModelFamily::Gpt2, "GPT2Model", ModelHead::None},
    KnownClass{ModelFamily::Gpt2, "GPT2LMHeadModel", ModelHead::LanguageModel},
    KnownClass{ModelFamily::Llama, "LlamaModel", ModelHead::None},
    KnownClass{ModelFamily::Llama, "LlamaForCausalLM", ModelHead::LanguageModel},
    KnownClass{ModelFamily::Mistral, "MistralModel", ModelHead::None},
    KnownClass{ModelFamily::Mistral, "MistralForCausalLM", ModelHead::LanguageModel},
    KnownClass{ModelFamily::Qwen2, "Qwen2Model", ModelHead::None},
    KnownClass{ModelFamily::Qwen2, "Qwen2ForCausalLM", ModelHead::LanguageModel},
    KnownClass{ModelFamily::Qwen3, "Qwen3Model", ModelHead::None},
    KnownClass{ModelFamily::Qwen3, "Qwen3ForCausalLM", ModelHead::LanguageModel},
    KnownClass{ModelFamily::Bert, "BertModel", ModelHead::None},
    KnownClass{ModelFamily::Bert, "BertForMaskedLM", ModelHead::MaskedLanguageModel},
    KnownClass{ModelFamily::Bert, "BertForPreTraining", ModelHead::MaskedLanguageModel},
    KnownClass{ModelFamily::Bert, "BertForSequenceClassification", ModelHead::SequenceClassification},
    KnownClass{ModelFamily::Bert, "BertForTokenClassification", ModelHead::TokenClassification},
    KnownClass{ModelFamily::Vit, "ViTModel", ModelHead::None},
    KnownClass{ModelFamily::Vit, "ViTForImageClassification", ModelHead::SequenceClassification},
    KnownClass{ModelFamily::T5, "T5Model", ModelHead::None},
    KnownClass{ModelFamily::T5, "T5EncoderModel", ModelHead::None},
    KnownClass{ModelFamily::T5, "T5ForConditionalGeneration", ModelHead::LanguageModel},
    KnownClass{ModelFamily::Bart, "BartModel", ModelHead::None},
    KnownClass{ModelFamily::Bart, "BartForConditionalGeneration", ModelHead::LanguageModel},
};

/// The class that `architectures` names, or the base model where it names none, as AutoModel has it.
KnownClass classOf(const Values& values, ModelFamily family)
{
    const Json* const listed = values.get("architectures");
    std::string wanted;
    if (listed != nullptr)
    {
        if (!listed->is_array() || listed->size() > 1 || (listed->size() == 1 && !listed->front().is_string()))
        {
            values.fail("'architectures' must be a list with the name of one class");
        }
        wanted = listed->empty() ? std::string() : listed->front().get<std::string>();
    }
    std::string known;
    for (const KnownClass& candidate : kClasses)
    {
        if (candidate.family == family)
        {
            if (wanted.empty() || candidate.name == wanted)
            {
                return candidate;
            }
            known += fmt::format("{}{}", known.empty() ? "" : ", ", candidate.name);
        }
    }
    values.fail(fmt::format("the class '{}' is not one that Headroom builds; of {} it builds {}", wanted.substr(0, 100),
                            toString(family), known));
}

/// Scores of attention are shared out evenly: the width must be a multiple of the heads.
void divide(const Values& values, std::int64_t width, std::int64_t heads)
{
    if (width % heads != 0)
    {
        values.fail(fmt::format("a width of {} cannot be divided among {} heads", width, heads));
    }
}

/// `num_labels`, or as many as `id2label` names.
std::int64_t labelsOf(const Values& values, std::int64_t usual)
{
    const Json* const names = values.get("id2label");
    if (names == nullptr)
    {
        return values.size("num_labels", usual, 10'000'000);
    }
    if (!names->is_object() || names->empty())
    {
        values.fail("'id2label' must be an object that names the labels");
    }
    return static_cast<std::int64_t>(names->size());
}

void refuseWhen(const Values& values, bool unusual, const char* what)
{
    if (unusual)
    {
        values.fail(fmt::format("{}, which Headroom does not build", what));
    }
}

void readGpt2(const Values& values, Architecture& model)
{
    model.vocabSize = values.size("vocab_size", 50257);
    model.width = values.size({"n_embd", "hidden_size"}, 768);
    model.layers = values.size({"n_layer", "num_hidden_layers"}, 12, kMostLayers);
    model.heads = values.size({"n_head", "num_attention_heads"}, 12);
    model.maxPositions = values.size({"n_positions", "max_position_embeddings"}, 1024);
    model.feedForward = values.size("n_inner", 4 * model.width);
    model.activation = activationOf(values, "activation_function", "gelu_new");
    model.normEpsilon = values.number("layer_norm_epsilon", 1e-5, 0, 1);
    model.scaledAttention = values.flag("scale_attn_weights", true);
    model.scaledByLayer = values.flag("scale_attn_by_inverse_layer_idx", false);
    model.tiedEmbeddings = values.flag("tie_word_embeddings", true);
    model.attentionBias = model.outputBias = model.feedForwardBias = true;
    refuseWhen(values, values.flag("add_cross_attention", false), "it has cross-attention");
    divide(values, model.width, model.heads);
    model.kvHeads = model.heads;
    model.headDim = model.width / model.heads;
}

RotarySpec rotaryOf(const Values& values, std::int64_t positions)
{
    // transformers 5 writes rope_parameters; before, rope_theta stood alone and rope_scaling beside it.
    const Values given = values.object(values.get("rope_parameters") != nullptr ? "rope_parameters" : "rope_scaling");
    RotarySpec rotary;
    rotary.theta = given.number("rope_theta", values.number("rope_theta", 10000, 1e-3, 1e12), 1e-3, 1e12);
    const std::string kind = given.text("rope_type", given.text("type", "default"));
    const auto known = fromString<RotaryKind>(kind);
    if (!known)
    {
        values.fail(fmt::format("the rope_type '{}' is not one of {}", kind, namesOf<RotaryKind>()));
    }
    rotary.kind = *known;
    refuseWhen(values,
               given.number("partial_rotary_factor", values.number("partial_rotary_factor", 1, 0, 1), 0, 1) != 1,
               "it turns a part of each head only (partial_rotary_factor)");
    rotary.originalPositions = given.size("original_max_position_embeddings", positions);
    if (rotary.kind == RotaryKind::Default)
    {
        return rotary;
    }
    if (given.get("factor") == nullptr)
    {
        values.fail(fmt::format("a rope_type of {} needs a 'factor'", kind));
    }
    rotary.factor = given.number("factor", 1, 1e-3, 1e6);
    rotary.lowFrequencyFactor = given.number("low_freq_factor", 1, 1e-6, 1e6);
    rotary.highFrequencyFactor = given.number("high_freq_factor", 4, 1e-6, 1e6);
    if (rotary.kind == RotaryKind::Llama3 && rotary.highFrequencyFactor <= rotary.lowFrequencyFactor)
    {
        values.fail("'high_freq_factor' must be larger than 'low_freq_factor'");
    }
    rotary.betaFast = given.number("beta_fast", 32, 1e-6, 1e6);
    rotary.betaSlow = given.number("beta_slow", 1, 1e-6, 1e6);
    rotary.truncate = given.flag("truncate", true);
    if (given.get("attention_factor") != nullptr)
    {
        rotary.scale = given.number("attention_factor", 1, 0, 1e6);
    }
    refuseWhen(values, given.get("mscale") != nullptr || given.get("mscale_all_dim") != nullptr,
               "its rotary embedding is scaled by mscale");
    return rotary;
}

/// Which layers see a window only: `layer_types` where it is given, or those from `max_window_layers` on (Qwen), or all
/// (Mistral).
void readWindows(const Values& values, Architecture& model)
{
    const bool mistral = model.family == ModelFamily::Mistral;
    if (model.family == ModelFamily::Llama || (!mistral && !values.flag("use_sliding_window", false)))
    {
        return;
    }
    if (values.mentions("sliding_window") && values.get("sliding_window") == nullptr)
    {
        return;
    }
    model.window = values.size("sliding_window", 4096);
    const std::int64_t first = mistral ? 0 : values.size("max_window_layers", 28, kMostLayers, 0);
    const Json* const types = mistral ? nullptr : values.get("layer_types");
    if (types != nullptr && (!types->is_array() || static_cast<std::int64_t>(types->size()) != model.layers))
    {
        values.fail("'layer_types' must list a type for each layer");
    }
    for (std::int64_t layer = 0; layer < model.layers; ++layer)
    {
        const Json* const type = types != nullptr ? &(*types)[static_cast<std::size_t>(layer)] : nullptr;
        if (type != nullptr && *type != "full_attention" && *type != "sliding_attention")
        {
            values.fail("'layer_types' may name full_attention and sliding_attention only");
        }
        if (type != nullptr ? *type == "sliding_attention" : layer >= first)
        {
            model.windowedLayers.push_back(layer);
        }
    }
}

/// LLaMA and those made after it.
void readRotaryFamily(const Values& values, Architecture& model)
{
    const bool llama = model.family == ModelFamily::Llama;
    const bool mistral = model.family == ModelFamily::Mistral;
    const bool qwen3 = model.family == ModelFamily::Qwen3;
    model.vocabSize = values.size("vocab_size", llama || mistral ? 32000 : 151936);
    model.width = values.size("hidden_size", 4096);
    model.layers = values.size("num_hidden_layers", 32, kMostLayers);
    model.heads = values.size("num_attention_heads", 32);
    const std::int64_t usualKvHeads = llama ? model.heads : mistral ? 8 : 32;
    model.kvHeads =
        values.size("num_key_value_heads", values.mentions("num_key_value_heads") ? model.heads : usualKvHeads);
    model.feedForward = values.size("intermediate_size", llama ? 11008 : mistral ? 14336 : 22016);
    model.maxPositions = values.size("max_position_embeddings", llama ? 2048 : mistral ? 131072 : 32768);
    model.activation = activationOf(values, "hidden_act", "silu");
    model.normEpsilon = values.number("rms_norm_eps", 1e-6, 0, 1);
    model.tiedEmbeddings = values.flag("tie_word_embeddings", false);
    model.attentionBias = model.family == ModelFamily::Qwen2 || (!mistral && values.flag("attention_bias", false));
    model.outputBias = (llama || qwen3) && values.flag("attention_bias", false);
    model.feedForwardBias = llama && values.flag("mlp_bias", false);
    if (qwen3)
    {
        model.headDim = values.size("head_dim", 128, 65536);
    }
    else if (values.get("head_dim") != nullptr && model.family != ModelFamily::Qwen2)
    {
        model.headDim = values.size("head_dim", 0, 65536);
    }
    else
    {
        divide(values, model.width, model.heads);
        model.headDim = model.width / model.heads;
    }
    if (model.headDim % 2 != 0)
    {
        values.fail(fmt::format("rotary embeddings need an even head_dim, and it is {}", model.headDim));
    }
    if (model.heads % model.kvHeads != 0)
    {
        values.fail(fmt::format("{} query heads cannot share {} key/value heads", model.heads, model.kvHeads));
    }
    model.rotary = rotaryOf(values, model.maxPositions);
    readWindows(values, model);
}

void readBert(const Values& values, Architecture& model)
{
    model.vocabSize = values.size("vocab_size", 30522);
    model.width = values.size("hidden_size", 768);
    model.layers = values.size("num_hidden_layers", 12, kMostLayers);
    model.heads = values.size("num_attention_heads", 12);
    model.feedForward = values.size("intermediate_size", 3072);
    model.maxPositions = values.size("max_position_embeddings", 512);
    model.tokenTypes = values.size("type_vocab_size", 2);
    model.activation = activationOf(values, "hidden_act", "gelu");
    model.normEpsilon = values.number("layer_norm_eps", 1e-12, 0, 1);
    model.tiedEmbeddings = values.flag("tie_word_embeddings", true);
    model.attentionBias = model.outputBias = model.feedForwardBias = true;
    refuseWhen(values, values.text("position_embedding_type", "absolute") != "absolute",
               "its positions are not absolute (position_embedding_type)");
    refuseWhen(values, values.flag("is_decoder", false), "it is a decoder");
    divide(values, model.width, model.heads);
    model.kvHeads = model.heads;
    model.headDim = model.width / model.heads;
    model.labels = labelsOf(values, 2);
}

void readVit(const Values& values, Architecture& model)
{
    model.width = values.size("hidden_size", 768);
    model.layers = values.size("num_hidden_layers", 12, kMostLayers);
    model.heads = values.size("num_attention_heads", 12);
    model.feedForward = values.size("intermediate_size", 3072);
    model.activation = activationOf(values, "hidden_act", "gelu");
    model.normEpsilon = values.number("layer_norm_eps", 1e-12, 0, 1);
    model.attentionBias = values.flag("qkv_bias", true);
    model.outputBias = model.feedForwardBias = true;
    model.channels = values.size("num_channels", 3, 65536);
    std::tie(model.imageHeight, model.imageWidth) = values.extent("image_size", 224);
    std::tie(model.patchHeight, model.patchWidth) = values.extent("patch_size", 16);
    if (model.patchHeight > model.imageHeight || model.patchWidth > model.imageWidth)
    {
        values.fail("a patch is larger than the image");
    }
    if (values.get("head_dim") != nullptr)
    {
        model.headDim = values.size("head_dim", 0, 65536);
    }
    else
    {
        divide(values, model.width, model.heads);
        model.headDim = model.width / model.heads;
    }
    model.kvHeads = model.heads;
    model.labels = labelsOf(values, 2);
}

void readT5(const Values& values, Architecture& model)
{
    model.vocabSize = values.size("vocab_size", 32128);
    model.width = values.size({"d_model", "hidden_size"}, 512);
    model.layers = values.size({"num_layers", "num_hidden_layers"}, 6, kMostLayers);
    model.heads = model.kvHeads = model.decoderHeads = values.size({"num_heads", "num_attention_heads"}, 8);
    model.headDim = values.size({"d_kv", "head_dim"}, 64, 65536);
    model.feedForward = model.decoderFeedForward = values.size("d_ff", 2048);
    model.relativeBuckets = values.size("relative_attention_num_buckets", 32, 65536, 4);
    model.relativeMaxDistance = values.size("relative_attention_max_distance", 128);
    if (model.relativeMaxDistance <= model.relativeBuckets / 2)
    {
        values.fail("'relative_attention_max_distance' must be larger than half of 'relative_attention_num_buckets'");
    }
    model.normEpsilon = values.number("layer_norm_epsilon", 1e-6, 0, 1);
    model.encoderOnly = model.className == "T5EncoderModel";
    model.decoderLayers = model.encoderOnly ? 0 : values.size("num_decoder_layers", model.layers, kMostLayers);
    const std::string projection = values.text("feed_forward_proj", "relu");
    model.gatedFeedForward = projection.starts_with("gated-");
    const std::string act = model.gatedFeedForward ? projection.substr(6) : projection;
    // T5 v1.1 says gated-gelu and means the approximation.
    const Json named{{"act", model.gatedFeedForward && act == "gelu" ? std::string("gelu_new") : act}};
    model.activation = activationOf(Values(named, "feed_forward_proj"), "act", "relu");
    model.scaledOutput = values.flag("scale_decoder_outputs", values.flag("tie_word_embeddings", true));
    model.tiedEmbeddings = true; // transformers 5 ties them always, unless the file has both
}

void readBart(const Values& values, Architecture& model)
{
    model.vocabSize = values.size("vocab_size", 50265);
    model.width = values.size({"d_model", "hidden_size"}, 1024);
    model.layers = values.size("encoder_layers", 12, kMostLayers);
    model.decoderLayers = values.size("decoder_layers", 12, kMostLayers);
    model.heads = model.kvHeads = values.size("encoder_attention_heads", 16);
    model.decoderHeads = values.size("decoder_attention_heads", 16);
    model.feedForward = values.size("encoder_ffn_dim", 4096);
    model.decoderFeedForward = values.size("decoder_ffn_dim", 4096);
    model.maxPositions = values.size("max_position_embeddings", 1024);
    model.activation = activationOf(values, "activation_function", "gelu");
    model.scaledEmbedding = values.flag("scale_embedding", false);
    model.tiedEmbeddings = values.flag("tie_word_embeddings", true);
    model.attentionBias = model.outputBias = model.feedForwardBias = true;
    divide(values, model.width, model.heads);
    divide(values, model.width, model.decoderHeads);
    model.headDim = model.width / model.heads;
}

/// "bfloat16" or "torch.bfloat16"; what is neither says nothing, as with transformers.
std::optional<DType> dtypeIn(const Values& values)
{
    for (const char* key : {"dtype", "torch_dtype"}) // before transformers 5 the latter
    {
        const Json* const value = values.get(key);
        if (value != nullptr && value->is_string())
        {
            std::string_view name = value->get_ref<const std::string&>();
            name.remove_prefix(name.starts_with("torch.") ? std::string_view("torch.").size() : 0);
            return fromString<DType>(name);
        }
    }
    return std::nullopt;
}

void readFamily(const Values& values, Architecture& model)
{
    switch (model.family)
    {
    case ModelFamily::Gpt2:
        return readGpt2(values, model);
    case ModelFamily::Llama:
    case ModelFamily::Mistral:
    case ModelFamily::Qwen2:
    case ModelFamily::Qwen3:
        return readRotaryFamily(values, model);
    case ModelFamily::Bert:
        return readBert(values, model);
    case ModelFamily::Vit:
        return readVit(values, model);
    case ModelFamily::T5:
        return readT5(values, model);
    case ModelFamily::Bart:
        return readBart(values, model);
    }
}

} // namespace

Architecture readArchitecture(std::string_view text, const std::string& name)
{
    Json json;
    try
    {
        json = parseForeignJson(text, kDeepest);
    }
    catch (const std::invalid_argument& error)
    {
        throw std::runtime_error(fmt::format("{} is not a usable model configuration: {}", name, error.what()));
    }
    const Values values(json, name);
    if (!json.is_object())
    {
        values.fail("it is not a JSON object");
    }
    const std::string type = values.text("model_type", "");
    const auto family = fromString<ModelFamily>(type);
    if (!family)
    {
        values.fail(type.empty() ? std::string("it has no 'model_type'")
                                 : fmt::format("the model_type '{}' is not one of {}", type, namesOf<ModelFamily>()));
    }
    refuseWhen(values, values.get("quantization_config") != nullptr, "its weights are quantised");
    Architecture model;
    model.family = *family;
    const KnownClass known = classOf(values, *family);
    model.className = std::string(known.name);
    model.head = known.head;
    model.dtype = dtypeIn(values);
    readFamily(values, model);
    const std::int64_t count = parameterCount(model);
    if (count > kMostParameters)
    {
        values.fail(fmt::format("its sizes make more than {} parameters", kMostParameters));
    }
    return model;
}

} // namespace headroom
