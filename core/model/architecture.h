// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/dtype.h"
#include "core/encoding/enum_text.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// The families of Hugging Face models that Headroom builds itself, by the `model_type` of their config.json.
enum class ModelFamily
{
    Gpt2,
    Llama,
    Mistral,
    Qwen2,
    Qwen3,
    Bert,
    Vit,
    T5,
    Bart
};

template <> struct EnumNames<ModelFamily>
{
    static constexpr std::string_view kind = "model type";
    static constexpr std::array names{std::pair{ModelFamily::Gpt2, std::string_view{"gpt2"}},
                                      std::pair{ModelFamily::Llama, std::string_view{"llama"}},
                                      std::pair{ModelFamily::Mistral, std::string_view{"mistral"}},
                                      std::pair{ModelFamily::Qwen2, std::string_view{"qwen2"}},
                                      std::pair{ModelFamily::Qwen3, std::string_view{"qwen3"}},
                                      std::pair{ModelFamily::Bert, std::string_view{"bert"}},
                                      std::pair{ModelFamily::Vit, std::string_view{"vit"}},
                                      std::pair{ModelFamily::T5, std::string_view{"t5"}},
                                      std::pair{ModelFamily::Bart, std::string_view{"bart"}}};
};

/// What stands on top of the last hidden state.
enum class ModelHead
{
    None,
    LanguageModel,          ///< logits over the vocabulary, for each token
    MaskedLanguageModel,    ///< the same through BERT's transform
    SequenceClassification, ///< labels for a whole text or image
    TokenClassification     ///< labels for each token
};

/// Activation of the feed-forward layers, by the names of config.json that mean it.
enum class Activation
{
    Gelu,     ///< with the error function
    GeluTanh, ///< its approximation with the hyperbolic tangent
    Relu,
    Silu
};

/// How rotary position embeddings stretch to longer texts; `rope_type` of config.json.
enum class RotaryKind
{
    Default,
    Linear,
    Llama3,
    Yarn
};

template <> struct EnumNames<RotaryKind>
{
    static constexpr std::string_view kind = "rope_type";
    static constexpr std::array names{std::pair{RotaryKind::Default, std::string_view{"default"}},
                                      std::pair{RotaryKind::Linear, std::string_view{"linear"}},
                                      std::pair{RotaryKind::Llama3, std::string_view{"llama3"}},
                                      std::pair{RotaryKind::Yarn, std::string_view{"yarn"}}};
};

/// Rotary position embeddings, as transformers' modeling_rope_utils.py computes them.
struct RotarySpec
{
    RotaryKind kind = RotaryKind::Default;
    double theta = 10000;
    double factor = 1;
    double lowFrequencyFactor = 1;      ///< of Llama3
    double highFrequencyFactor = 4;     ///< of Llama3
    std::int64_t originalPositions = 0; ///< of Llama3 and Yarn: positions before stretching
    double betaFast = 32;               ///< of Yarn
    double betaSlow = 1;                ///< of Yarn
    std::optional<double> scale;        ///< of Yarn, `attention_factor`; nothing: 0.1 ln(factor) + 1
    bool truncate = true;               ///< of Yarn

    bool operator==(const RotarySpec&) const = default;
};

/// What a config.json says a model is made of. Members that a family has no use for keep their defaults.
struct Architecture
{
    ModelFamily family = ModelFamily::Gpt2;
    std::string className; ///< of transformers: "LlamaForCausalLM"
    ModelHead head = ModelHead::None;
    std::optional<DType> dtype; ///< of the weights, as the configuration says; nothing where it does not

    std::int64_t vocabSize = 0;     ///< 0 for models of images
    std::int64_t width = 0;         ///< of the hidden states
    std::int64_t layers = 0;        ///< of the encoder, where there are two stacks
    std::int64_t decoderLayers = 0; ///< of encoder-decoder models
    std::int64_t heads = 0;
    std::int64_t decoderHeads = 0;
    std::int64_t kvHeads = 0; ///< fewer than heads with grouped-query attention
    std::int64_t headDim = 0;
    std::int64_t feedForward = 0;
    std::int64_t decoderFeedForward = 0;
    std::int64_t maxPositions = 0; ///< longest sequence; 0 where nothing limits it
    std::int64_t labels = 0;       ///< of a classification head

    Activation activation = Activation::Gelu;
    double normEpsilon = 1e-5;
    bool gatedFeedForward = false; ///< of T5
    bool attentionBias = false;    ///< of the query, key and value projections
    bool outputBias = false;       ///< of the projection after attention
    bool feedForwardBias = false;
    bool tiedEmbeddings = true; ///< the head's weights are the embedding's where the file has none of its own
    bool encoderOnly = false;   ///< T5EncoderModel

    RotarySpec rotary;
    std::optional<std::int64_t> window;       ///< width of sliding-window attention
    std::vector<std::int64_t> windowedLayers; ///< numbers of the layers that have it

    bool scaledAttention = true;          ///< of GPT-2: scores divided by the root of headDim
    bool scaledByLayer = false;           ///< of GPT-2: and by the layer's number, from 1
    bool scaledEmbedding = false;         ///< of BART: embeddings times the root of the width
    bool scaledOutput = false;            ///< of T5: output divided by the root of the width before the head
    std::int64_t tokenTypes = 0;          ///< of BERT
    std::int64_t relativeBuckets = 0;     ///< of T5
    std::int64_t relativeMaxDistance = 0; ///< of T5
    std::int64_t imageHeight = 0;         ///< of ViT, and what follows
    std::int64_t imageWidth = 0;
    std::int64_t patchHeight = 0;
    std::int64_t patchWidth = 0;
    std::int64_t channels = 0;

    bool operator==(const Architecture&) const = default;

    bool hasDecoder() const { return decoderLayers > 0; } ///< takes encoder and decoder tokens
    bool takesImages() const { return channels > 0; }
    bool windowed(std::int64_t layer) const;
};

/// Reads a config.json, which is taken for hostile and may lie: each value that is used has a type and a range, and
/// together they make a model that can be built. What is left out has the default of transformers 5. A model type or
/// class that Headroom does not build, and a property that would change the numbers and that it does not know, are
/// refused rather than guessed.
/// \throws std::runtime_error with a sentence that begins with \a name.
Architecture readArchitecture(std::string_view text, const std::string& name);

/// One parameter of a model by its name in a checkpoint.
struct ParameterSpec
{
    std::string name;
    std::vector<std::int64_t> shape;
    std::string
        tiedTo{}; ///< the parameter that it is where a checkpoint has none of this name; empty: it must be there
    bool zeroWhenMissing = false; ///< a bias that old checkpoints lack

    bool operator==(const ParameterSpec&) const = default;
};

/// All parameters, with the names of transformers 5; the base model's prefix ("transformer.", "model.") is part of them
/// where the class has it.
std::vector<ParameterSpec> parametersOf(const Architecture& architecture);

/// What the base model's parameters begin with in a class that has a head ("transformer."); empty without one.
std::string basePrefix(const Architecture& architecture);

/// The names that a checkpoint may have for the parameter called \a name, the likeliest first: without and with the
/// base model's prefix, and as older versions of transformers called it.
std::vector<std::string> checkpointNames(const Architecture& architecture, const std::string& name);

/// Number of parameters, tied ones counted once; kTooLarge (saturating.h) when an int64 cannot hold it.
std::int64_t parameterCount(const Architecture& architecture);

/// Largest sequence that the model takes, and \a wanted where nothing limits it; of images the number of patches and 1.
std::int64_t sequenceThatFits(const Architecture& architecture, std::int64_t wanted);

} // namespace headroom
