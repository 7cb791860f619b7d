// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/model/attention_route.h"
#include "core/model/model_inspection.h"

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace headroom::engine
{

/// Inputs of a model by name: "input_ids", "attention_mask", "pixel_values", ...
using ModelTensors = std::map<std::string, at::Tensor>;
using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

/// What is known of a model before it runs.
struct LoadedFacts
{
    ModelLoader loader = ModelLoader::HuggingFace;
    std::string className;
    std::string family;
    std::string callsAs; ///< as ModelInspection has it
    std::string outputKind = "first output";
    bool randomWeights = false;
    std::optional<std::int64_t> weightBytes{}; ///< where parameters() does not tell
    bool switchesBackends = true;
    bool reachesOut = false;      ///< it opens files or talks to other machines, and the user has allowed it
    bool fixedSequence = false;   ///< as with images
    std::int64_t vocabSize = 0;   ///< 0 where it is not known
    std::int64_t maxSequence = 0; ///< 0 where nothing limits it
    std::vector<std::string> notes;
};

/// A model as the engine runs it, whatever it was loaded from. Used by one thread.
class LoadedModel
{
public:
    virtual ~LoadedModel() = default;

    virtual LoadedFacts facts() const = 0;

    /// Inputs that fit: token ids in range, pixel values, encoder and decoder, on the CPU. \a sequence is cut to what
    /// the model takes. \throws std::runtime_error where the model does not say what it takes.
    virtual ModelTensors makeInputs(std::int64_t batch, std::int64_t sequence, std::uint64_t seed) const = 0;

    /// What is wrong with \a inputs, a sentence each; empty when the model can run on them.
    virtual std::vector<std::string> problemsWith(const ModelTensors& inputs) const = 0;

    /// The logits, where there is a head, else the last hidden state. The grad mode is the caller's. A model whose
    /// attention cannot be routed (see routes()) ignores \a route.
    virtual at::Tensor forward(const ModelTensors& inputs, const AttentionRoute& route) = 0;

    /// Whether forward() hands its attention calls to the route.
    virtual bool routes() const = 0;

    /// Where the attention calls of \a form stand in the tree of modules, in the order of a forward pass; not as many
    /// as there are where that is not known.
    virtual std::vector<std::string> callPaths(CallForm form) const = 0;

    /// Attention by hand that the model's graph holds, in its order. A pass shows it only where the runtime dispatches
    /// its operators; nativert has kernels of its own for some.
    virtual std::vector<ModelCall> writtenCalls() const { return {}; }

    /// Where \a hierarchy, as TorchScript names its callers while it runs, stands in the tree; empty where it is
    /// unknown.
    virtual std::string pathOf(const std::string& hierarchy) const
    {
        static_cast<void>(hierarchy);
        return {};
    }

    /// All parameters, each once; the tensors are the model's own. None where the loader does not show them.
    virtual NamedTensors parameters() const = 0;

    /// The model itself first, with all its parameters.
    virtual std::vector<ModelModule> modules() const = 0;

    /// The data type that the weights have in the file, or most of them; nothing where that is not known.
    virtual std::optional<c10::ScalarType> ownType() const { return std::nullopt; }

    /// Whether an attention mask that hides nothing is to be left out of the inputs, as transformers does in each pass.
    virtual bool leavesOutMasks() const { return false; }

    /// Weights in \a dtype; in ownType() all have the type that they were stored in.
    /// \throws std::runtime_error with a sentence where the loader cannot.
    virtual void moveTo(c10::Device device, c10::ScalarType dtype) = 0;

    /// The same model once more, on the device that it was exported on, with a runtime that dispatches every operator:
    /// a watch sees them all, and times are others. Null where forward() is seen as a whole already, and where there is
    /// no memory for a second copy. \throws as opening the model does.
    virtual std::unique_ptr<LoadedModel> dispatched() const { return nullptr; }
};

} // namespace headroom::engine
