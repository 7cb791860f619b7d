// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/attention_problem.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// How a model came to be one that can be run.
enum class ModelLoader
{
    HuggingFace, ///< a folder with config.json and safetensors, built by Headroom
    Config,      ///< a config.json alone: the same with random weights
    TorchScript, ///< torch.jit.save
    Exported,    ///< torch.export.save, run by nativert
    Compiled     ///< torch._inductor.aoti_compile_and_package: native code
};

template <> struct EnumNames<ModelLoader>
{
    static constexpr std::string_view kind = "model loader";
    static constexpr std::array names{std::pair{ModelLoader::HuggingFace, std::string_view{"hugging-face"}},
                                      std::pair{ModelLoader::Config, std::string_view{"config"}},
                                      std::pair{ModelLoader::TorchScript, std::string_view{"torchscript"}},
                                      std::pair{ModelLoader::Exported, std::string_view{"exported"}},
                                      std::pair{ModelLoader::Compiled, std::string_view{"compiled"}}};
};

/// Whose attention calls Headroom's own modules of a Hugging Face family make.
inline constexpr std::string_view kTransformers = "transformers 5.24";

/// What of a file is run that is more than tensors and their description.
enum class ForeignCode
{
    None,
    Operators, ///< a program made of LibTorch's operators
    Native     ///< code of the processor, as soon as it is loaded
};

template <> struct EnumNames<ForeignCode>
{
    static constexpr std::string_view kind = "foreign code";
    static constexpr std::array names{std::pair{ForeignCode::None, std::string_view{"none"}},
                                      std::pair{ForeignCode::Operators, std::string_view{"operators"}},
                                      std::pair{ForeignCode::Native, std::string_view{"native"}}};
};

/// What can be done with a model that a loader made.
struct LoaderAbilities
{
    ModelLoader loader = ModelLoader::HuggingFace;
    std::string_view files;        ///< what it takes
    bool switchesBackends = false; ///< the attention backend can be chosen at run time
    bool showsModules = false;     ///< its tree of modules can be seen
    bool givesGradients = false;   ///< a training step can be run
    bool changesType = false;      ///< data type and device can be changed after loading
    ForeignCode foreignCode = ForeignCode::None;
    std::string_view note; ///< a sentence on what limits it
};

/// One row a loader, in the order of the enum. `headroom-cli inspect --loaders` and docs/models.md show it.
const std::array<LoaderAbilities, 5>& loaderAbilities();
const LoaderAbilities& abilitiesOf(ModelLoader loader);

/// Who attends to what.
enum class CallRole
{
    Self,
    CausalSelf,
    Cross ///< a decoder to the encoder's output
};

template <> struct EnumNames<CallRole>
{
    static constexpr std::string_view kind = "role of an attention call";
    static constexpr std::array names{std::pair{CallRole::Self, std::string_view{"self"}},
                                      std::pair{CallRole::CausalSelf, std::string_view{"causal-self"}},
                                      std::pair{CallRole::Cross, std::string_view{"cross"}}};
};

/// One attention call of a model that was loaded from a file, as it was seen in one forward pass.
struct ModelCall
{
    std::string path; ///< of the module that makes it
    CallRole role = CallRole::Self;
    AttentionProblem problem;
    bool showsOperator = true; ///< an attention operator of LibTorch's is seen when it runs; not of one by hand

    bool operator==(const ModelCall&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ModelCall, path, role, problem, showsOperator)

/// What a model from a file is made of, as far as plans, FLOPs, bytes and memory need to know: what was seen in one
/// forward pass at `batch` and `sequence`.
struct ModelOutline
{
    ModelLoader loader = ModelLoader::HuggingFace;
    std::int64_t parameters = 0;
    std::int64_t batch = 1;
    std::int64_t sequence = 1;
    bool fixedSequence = false;         ///< the lengths follow from the model, as with images
    double matrixFlops = 0;             ///< of linear layers and convolutions, without attention
    std::int64_t matrixWeights = 0;     ///< elements of their weights
    std::int64_t matrixActivations = 0; ///< elements of their inputs and outputs
    std::vector<ModelCall> calls;

    bool operator==(const ModelOutline&) const = default;

    /// The call numbered \a index at another batch and sequence: lengths that were the sequence's follow it.
    AttentionProblem problemAt(std::size_t index, std::int64_t toBatch, std::int64_t toSequence) const;
    /// How many times the tokens of the outline \a toBatch and \a toSequence are.
    double growth(std::int64_t toBatch, std::int64_t toSequence) const;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ModelOutline, loader, parameters, batch, sequence, fixedSequence,
                                                matrixFlops, matrixWeights, matrixActivations, calls)

} // namespace headroom
