// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/backend.h"
#include "core/model/model_outline.h"
#include "core/model/model_spec.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headroom
{

/// What a front end asks a worker to look at.
struct InspectionRequest
{
    std::string path; ///< of the model, on the worker's machine
    std::optional<std::int64_t> batch;
    std::optional<std::int64_t> sequence;
    DType dtype = DType::Float32; ///< of the weights, where the loader can change it
    std::string inputFile;        ///< safetensors with the model's inputs by name; empty: made to fit
    std::string outputFile;       ///< safetensors to write the output to, as `output`, float32; empty: none
    bool allowNativeCode = false; ///< packages that hold code may be loaded
    std::uint64_t seed = 42;      ///< of inputs and random weights

    bool operator==(const InspectionRequest&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(InspectionRequest, path, batch, sequence, dtype, inputFile, outputFile,
                                                allowNativeCode, seed)

/// A tensor by name, as it goes into a model or comes out.
struct TensorFact
{
    std::string name;
    std::string dtype; ///< as safetensors writes it: "I64", "F32"
    std::vector<std::int64_t> shape;

    bool operator==(const TensorFact&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(TensorFact, name, dtype, shape)

/// A module of a model's tree.
struct ModelModule
{
    std::string path;            ///< empty for the model itself
    std::string kind;            ///< its class, where it is known
    std::int64_t parameters = 0; ///< of it and all below it

    bool operator==(const ModelModule&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ModelModule, path, kind, parameters)

/// What a mask that was really handed over lets through.
enum class MaskContent
{
    None,          ///< there is no mask
    AllTrue,       ///< a mask that hides nothing
    Causal,        ///< exactly what is_causal does
    Window,        ///< causal, and a limited number of keys back
    Padding,       ///< whole keys at the end of rows' keys, the same for all queries
    CausalPadding, ///< both
    Bias,          ///< numbers that are neither 0 nor as good as -infinity
    Inverted,      ///< padding with true and false exchanged: only what should be hidden is seen
    Other
};

template <> struct EnumNames<MaskContent>
{
    static constexpr std::string_view kind = "mask content";
    static constexpr std::array names{std::pair{MaskContent::None, std::string_view{"none"}},
                                      std::pair{MaskContent::AllTrue, std::string_view{"all-true"}},
                                      std::pair{MaskContent::Causal, std::string_view{"causal"}},
                                      std::pair{MaskContent::Window, std::string_view{"window"}},
                                      std::pair{MaskContent::Padding, std::string_view{"padding"}},
                                      std::pair{MaskContent::CausalPadding, std::string_view{"causal-padding"}},
                                      std::pair{MaskContent::Bias, std::string_view{"bias"}},
                                      std::pair{MaskContent::Inverted, std::string_view{"inverted"}},
                                      std::pair{MaskContent::Other, std::string_view{"other"}}};
};

/// One attention call that was watched.
struct WatchedCall
{
    ModelCall call;
    MaskContent content = MaskContent::None;
    double masked = 0;                  ///< share of the scores that the mask or the triangle hides
    std::optional<Backend> ran;         ///< nothing where no operator proves one
    std::vector<std::string> operators; ///< the evidence
    std::optional<double> ns;           ///< of the call, on the host's clock, synchronised; nothing where not timed
    bool direct = false;                ///< called without scaled_dot_product_attention, as in a compiled graph

    bool operator==(const WatchedCall&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(WatchedCall, call, content, masked, ran, operators, ns, direct)

/// What was found in a model and in one forward pass of it.
struct ModelInspection
{
    ModelSpec model; ///< with its outline: what a validation of it is planned with
    ModelLoader loader = ModelLoader::HuggingFace;
    std::string family; ///< model_type of a Hugging Face model
    DType dtype = DType::Float32;
    std::string device;
    std::int64_t parameters = 0;
    std::int64_t weightBytes = 0;
    bool randomWeights = false;
    bool switchesBackends = false; ///< this very model, which may be less than its loader can
    std::vector<ModelModule> modules;
    std::vector<TensorFact> inputs;
    TensorFact output;
    std::string outputKind; ///< "logits", "last hidden state", "first output"
    double loadSeconds = 0;
    double forwardNs = 0;   ///< of one forward pass, warmed up, without watching
    double attentionNs = 0; ///< of its attention calls
    std::vector<WatchedCall> calls;
    std::vector<std::string> notes; ///< sentences

    bool operator==(const ModelInspection&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ModelInspection, model, loader, family, dtype, device, parameters,
                                                weightBytes, randomWeights, switchesBackends, modules, inputs, output,
                                                outputKind, loadSeconds, forwardNs, attentionNs, calls, notes)

} // namespace headroom
