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
    std::optional<DType> dtype{}; ///< of the weights, where the loader can change it; nothing: the model's own
    std::string inputFile;        ///< safetensors with the model's inputs by name; empty: made to fit
    std::string outputFile;       ///< safetensors to write the output to, as `output`, float32; empty: none
    bool allowNativeCode = false; ///< packages that hold code may be loaded
    bool autocast = false;        ///< mixed precision, as torch.autocast to bfloat16
    bool watchBackward = false;   ///< watch a training step too
    std::uint64_t seed = 42;      ///< of inputs and random weights

    bool operator==(const InspectionRequest&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(InspectionRequest, path, batch, sequence, dtype, inputFile, outputFile,
                                                allowNativeCode, autocast, watchBackward, seed)

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

/// How the attention of a watched call was asked for.
enum class CallForm
{
    Sdpa,        ///< scaled_dot_product_attention
    Direct,      ///< one backend's own operator, as in a compiled or decomposed graph
    FastPath,    ///< the fused encoder layer or multi-head attention of torch.nn in inference
    HandWritten, ///< matrix product, softmax, matrix product: SDPA is not used
    Unseen       ///< inside native code: only that it is there is known
};

template <> struct EnumNames<CallForm>
{
    static constexpr std::string_view kind = "form of an attention call";
    static constexpr std::array names{std::pair{CallForm::Sdpa, std::string_view{"sdpa"}},
                                      std::pair{CallForm::Direct, std::string_view{"direct"}},
                                      std::pair{CallForm::FastPath, std::string_view{"fast-path"}},
                                      std::pair{CallForm::HandWritten, std::string_view{"hand-written"}},
                                      std::pair{CallForm::Unseen, std::string_view{"unseen"}}};
};

/// One attention call that was watched.
struct WatchedCall
{
    ModelCall call;
    CallForm form = CallForm::Sdpa;
    MaskContent content = MaskContent::None;
    std::vector<std::int64_t> maskShape{}; ///< as it was handed over; empty where there is none
    double masked = 0;                     ///< share of the scores that mask and triangle hide
    std::int64_t distinctKvHeads = 0; ///< heads of key and value that are not copies of the one before; 0: not known
    std::int64_t unpaddedKeys = 0;    ///< keys before the padding that all rows share; the length where there is none
    bool captured = true;             ///< its tensors were seen, so that a change of it can be tried
    bool needsWeights = false;        ///< the attention weights are returned too, which no fused kernel gives
    bool innermostContiguous = true;  ///< query, key and value have stride 1 in their last dimension
    std::optional<Backend> ran{};     ///< nothing where no operator proves one
    std::vector<std::string> operators{}; ///< the evidence: operators, on CUDA kernels as well
    std::vector<std::string> kernels{};
    std::optional<double> ns{};         ///< of the forward call, on the GPU's clock where it runs on one
    std::optional<double> backwardNs{}; ///< of its backward operator; nothing where it was not watched
    std::vector<std::string> backwardOperators{};
    std::optional<std::int64_t> allocatedBytes{}; ///< the most that the forward call allocated beyond what was there

    bool operator==(const WatchedCall&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(WatchedCall, call, form, content, maskShape, masked, distinctKvHeads,
                                                unpaddedKeys, captured, needsWeights, innermostContiguous, ran,
                                                operators, kernels, ns, backwardNs, backwardOperators, allocatedBytes)

/// What was found in a model and in one forward pass of it.
struct ModelInspection
{
    ModelSpec model; ///< with its outline: what a validation of it is planned with
    ModelLoader loader = ModelLoader::HuggingFace;
    std::string family; ///< model_type of a Hugging Face model
    DType dtype = DType::Float32;
    std::string device;
    std::string callsAs; ///< whose attention calls Headroom's own modules make: kTransformers; empty for other models
    std::optional<std::int64_t> parameters{};  ///< nothing where the loader does not show them
    std::optional<std::int64_t> weightBytes{}; ///< the same
    bool randomWeights = false;
    bool switchesBackends = false; ///< this very model, which may be less than its loader can
    bool reachesOut = false;       ///< it opens files or talks to other machines: it needs allowNativeCode
    bool outputIsFinite = true;    ///< no NaN and no infinity in the output
    std::vector<ModelModule> modules;
    std::vector<TensorFact> inputs;
    TensorFact output;
    std::string outputKind; ///< "logits", "last hidden state", "first output"
    double loadSeconds = 0;
    double forwardNs = 0;                ///< of one forward pass, warmed up, without watching
    double watchedNs = 0;                ///< of the same, watched
    std::optional<double> attentionNs{}; ///< of its attention calls; nothing where they cannot be seen
    std::optional<double> trainStepNs{}; ///< of one training step, warmed up; nothing where not asked or not possible
    std::optional<double> attentionBackwardNs{}; ///< of the attention calls' backward operators in it
    std::optional<std::int64_t> peakBytes{};     ///< of one forward pass, weights and inputs included; as weightBytes
    std::vector<WatchedCall> calls;
    std::vector<std::string> notes; ///< sentences

    bool operator==(const ModelInspection&) const = default;

    /// What \a ns of the watched pass is of all of it, 0 to 1; nothing where the pass was not timed.
    std::optional<double> shareOf(double ns) const
    {
        const double pass = watchedNs > 0 ? watchedNs : forwardNs;
        return pass > 0 ? std::optional(ns < pass ? ns / pass : 1.0) : std::nullopt;
    }
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ModelInspection, model, loader, family, dtype, device, callsAs,
                                                parameters, weightBytes, randomWeights, switchesBackends, reachesOut,
                                                outputIsFinite, modules, inputs, output, outputKind, loadSeconds,
                                                forwardNs, watchedNs, attentionNs, trainStepNs, attentionBackwardNs,
                                                peakBytes, calls, notes)

} // namespace headroom
