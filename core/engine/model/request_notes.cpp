// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/request_notes.h"

#include "core/engine/model/open_model.h"
#include "core/engine/tensor_types.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

namespace headroom::engine
{
namespace
{

using Notes = std::vector<std::string>;

void noteType(const InspectionRequest& request, const LoadedModel& model, Notes& notes)
{
    const auto own = model.ownType();
    const auto runs = typeOf(model, request);
    if (!request.dtype || (own && *own == toScalarType(*request.dtype)))
    {
        return;
    }
    const auto asked = toString(*request.dtype);
    if (!own)
    {
        if (!abilitiesOf(model.facts().loader).changesType)
        {
            notes.push_back(fmt::format("--dtype {} does not apply: a model loaded as {} runs in the type that it was "
                                        "made in.",
                                        asked, toString(model.facts().loader)));
        }
        return;
    }
    notes.push_back(*own == runs ? fmt::format("--dtype {} does not apply: the file fixes the data type, {}.", asked,
                                               toString(fromScalarType(*own)))
                                 : fmt::format("Its weights are {} in the file, and were converted to {} (--dtype).",
                                               toString(fromScalarType(*own)), asked));
}

std::string whyOtherSequence(const LoadedFacts& facts, std::int64_t sequence)
{
    if (facts.maxSequence > 0 && sequence == facts.maxSequence && !facts.fixedSequence)
    {
        return "the longest that the model has positions for";
    }
    return facts.loader == ModelLoader::Exported ? "which its file fixes" : "which follows from what it takes";
}

void noteSizes(const InspectionRequest& request, const LoadedFacts& facts, const ModelTensors& inputs, Notes& notes)
{
    if (!request.inputFile.empty())
    {
        for (const auto& [flag, size] : {std::pair{"--batch-size", request.batch}, {"--seq-len", request.sequence}})
        {
            if (size)
            {
                notes.push_back(fmt::format("{} {} does not apply: the inputs are those of --input.", flag, *size));
            }
        }
        return;
    }
    const auto [batch, sequence] = batchAndSequence(inputs);
    if (request.batch && *request.batch != batch)
    {
        notes.push_back(fmt::format("--batch-size {} does not apply: the model runs with {}, which its file fixes.",
                                    *request.batch, batch));
    }
    const bool ofImages = inputs.begin()->second.dim() == 4;
    if (request.sequence && ofImages)
    {
        notes.push_back(
            fmt::format("--seq-len {} does not apply: the lengths follow from the images.", *request.sequence));
    }
    else if (request.sequence && *request.sequence != sequence)
    {
        notes.push_back(fmt::format("--seq-len {} does not apply: the model runs with {}, {}.", *request.sequence,
                                    sequence, whyOtherSequence(facts, sequence)));
    }
}

} // namespace

std::pair<std::int64_t, std::int64_t> batchAndSequence(const ModelTensors& inputs)
{
    const at::Tensor* chosen = nullptr;
    for (const auto& entry : inputs)
    {
        const bool ids =
            at::isIntegralType(entry.second.scalar_type(), false) && entry.first.find("mask") == std::string::npos;
        if (chosen == nullptr || (ids && entry.first.find("decoder") == std::string::npos))
        {
            chosen = &entry.second;
        }
    }
    if (chosen == nullptr || chosen->dim() < 1)
    {
        return {1, 1};
    }
    return {chosen->size(0), chosen->dim() > 1 ? chosen->size(1) : 1};
}

std::vector<std::string> requestNotes(const InspectionRequest& request, const LoadedModel& model,
                                      const ModelTensors& inputs)
{
    const auto facts = model.facts();
    Notes notes;
    noteType(request, model, notes);
    noteSizes(request, facts, inputs, notes);
    if (request.watchBackward && !abilitiesOf(facts.loader).givesGradients)
    {
        notes.push_back(fmt::format("--backward does not apply: a model loaded as {} gives no gradients, so that no "
                                    "training step can be watched.",
                                    toString(facts.loader)));
    }
    return notes;
}

} // namespace headroom::engine
