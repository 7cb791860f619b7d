// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/family_model.h"

#include "core/engine/model/model_inputs.h"
#include "core/engine/model/module_classes.h"
#include "core/engine/model/module_tree.h"
#include "core/engine/tensor_types.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <fmt/format.h>

#include <algorithm>

namespace headroom::engine
{
namespace
{

constexpr std::int64_t kUsualDecoderShare = 1; ///< of the encoder's length

std::string layerPath(ModelFamily family, std::int64_t number)
{
    switch (family)
    {
    case ModelFamily::Gpt2:
        return fmt::format("h.{}.attn", number);
    case ModelFamily::Bert:
        return fmt::format("encoder.layer.{}.attention.self", number);
    case ModelFamily::Vit:
        return fmt::format("layers.{}.attention", number);
    default:
        return fmt::format("layers.{}.self_attn", number);
    }
}

std::vector<std::string> inputNames(const Architecture& model)
{
    if (model.takesImages())
    {
        return {"pixel_values"};
    }
    std::vector<std::string> names{"input_ids", "attention_mask"};
    if (model.family == ModelFamily::Bert)
    {
        names.emplace_back("token_type_ids");
    }
    if (model.hasDecoder())
    {
        names.emplace_back("decoder_input_ids");
        names.emplace_back("decoder_attention_mask");
    }
    return names;
}

/// Whether all elements of \a ids lie in [0, limit).
bool inRange(const at::Tensor& ids, std::int64_t limit)
{
    return ids.numel() == 0 || (ids.min().item<std::int64_t>() >= 0 && ids.max().item<std::int64_t>() < limit);
}

/// Checks the inputs of a text model.
class TextCheck
{
public:
    TextCheck(const Architecture& model, const ModelTensors& inputs, std::vector<std::string>& problems)
        : m_model(model), m_inputs(inputs), m_problems(problems)
    {
    }

    void ids(const char* name, std::int64_t limit, const char* what)
    {
        const auto found = m_inputs.find(name);
        if (found == m_inputs.end())
        {
            m_problems.push_back(
                fmt::format("A {} needs {}, whole numbers [batch, sequence].", m_model.className, name));
            return;
        }
        const auto& tensor = found->second;
        if (tensor.dim() != 2 || !at::isIntegralType(tensor.scalar_type(), false) || tensor.numel() == 0)
        {
            m_problems.push_back(fmt::format("{} must be whole numbers [batch, sequence], and not empty.", name));
        }
        else if (!inRange(tensor, limit))
        {
            m_problems.push_back(
                fmt::format("{} has numbers outside of 0 to {}, the model's {}.", name, limit - 1, what));
        }
        else if (m_model.maxPositions > 0 && tensor.size(1) > m_model.maxPositions)
        {
            m_problems.push_back(fmt::format("{} is {} long, and the model has {} positions.", name, tensor.size(1),
                                             m_model.maxPositions));
        }
    }

    /// \a name, where it is given, has the shape of \a of.
    void like(const char* name, const char* of)
    {
        const auto found = m_inputs.find(name);
        const auto model = m_inputs.find(of);
        if (found != m_inputs.end() && model != m_inputs.end() && found->second.sizes() != model->second.sizes())
        {
            m_problems.push_back(fmt::format("{} must have the shape of {}.", name, of));
        }
    }

private:
    const Architecture& m_model;
    const ModelTensors& m_inputs;
    std::vector<std::string>& m_problems;
};

void checkText(const Architecture& model, const ModelTensors& inputs, std::vector<std::string>& problems)
{
    TextCheck check(model, inputs, problems);
    check.ids("input_ids", model.vocabSize, "vocabulary");
    check.like("attention_mask", "input_ids");
    if (inputs.contains("token_type_ids"))
    {
        check.ids("token_type_ids", model.tokenTypes, "token types");
        check.like("token_type_ids", "input_ids");
    }
    if (model.hasDecoder())
    {
        check.ids("decoder_input_ids", model.vocabSize, "vocabulary");
        check.like("decoder_attention_mask", "decoder_input_ids");
        if (problems.empty() && inputs.at("decoder_input_ids").size(0) != inputs.at("input_ids").size(0))
        {
            problems.emplace_back("decoder_input_ids must have the batch of input_ids.");
        }
    }
}

void checkImages(const Architecture& model, const ModelTensors& inputs, std::vector<std::string>& problems)
{
    const auto found = inputs.find("pixel_values");
    const std::vector<std::int64_t> wanted{model.channels, model.imageHeight, model.imageWidth};
    if (found == inputs.end() || found->second.dim() != 4 ||
        found->second.sizes().slice(1) != at::IntArrayRef(wanted) || !found->second.is_floating_point() ||
        found->second.size(0) < 1)
    {
        problems.push_back(fmt::format("A {} needs pixel_values, floating-point numbers [batch, {}, {}, {}].",
                                       model.className, wanted[0], wanted[1], wanted[2]));
    }
}

} // namespace

Padding FamilyPass::padding(const char* name) const
{
    const auto found = inputs.find(name);
    if (found == inputs.end())
    {
        return std::nullopt;
    }
    return found->second.scalar_type() == at::kBool ? found->second : found->second.ne(0);
}

std::optional<c10::ScalarType> ownTypeOf(const Architecture& architecture, const WeightFiles* weights)
{
    const auto stored = architecture.dtype || weights == nullptr ? architecture.dtype : weights->mostlyIn();
    return stored ? std::optional(toScalarType(*stored)) : std::nullopt;
}

FamilyModel::FamilyModel(Architecture architecture, const WeightFiles* weights, c10::ScalarType dtype,
                         std::uint64_t seed)
    : m_architecture(std::move(architecture)), m_ownType(ownTypeOf(m_architecture, weights)),
      m_weights(weights != nullptr ? WeightMap(m_architecture, *weights, dtype)
                                   : WeightMap(m_architecture, seed, dtype)),
      m_random(weights == nullptr)
{
    if (m_architecture.family == ModelFamily::Llama || m_architecture.family == ModelFamily::Mistral ||
        m_architecture.family == ModelFamily::Qwen2 || m_architecture.family == ModelFamily::Qwen3)
    {
        std::tie(m_frequencies, m_rotaryScale) = rotaryFrequencies(m_architecture);
    }
}

LoadedFacts FamilyModel::facts() const
{
    LoadedFacts facts;
    facts.loader = m_random ? ModelLoader::Config : ModelLoader::HuggingFace;
    facts.className = m_architecture.className;
    facts.family = toString(m_architecture.family);
    facts.callsAs = kTransformers;
    facts.outputKind = m_architecture.head == ModelHead::None ? "last hidden state" : "logits";
    facts.randomWeights = m_random;
    facts.fixedSequence = m_architecture.takesImages();
    facts.vocabSize = m_architecture.vocabSize;
    facts.maxSequence =
        m_architecture.takesImages() ? sequenceThatFits(m_architecture, 0) : m_architecture.maxPositions;
    facts.notes.push_back(fmt::format("Built by Headroom: each attention call is the one that {} makes for this family "
                                      "with attn_implementation=\"sdpa\".",
                                      kTransformers));
    if (m_random)
    {
        facts.notes.emplace_back("There are no weights beside the configuration: they are random.");
    }
    return facts;
}

ModelTensors FamilyModel::makeInputs(std::int64_t batch, std::int64_t sequence, std::uint64_t seed) const
{
    if (m_architecture.takesImages())
    {
        return {{"pixel_values",
                 drawNumbers({batch, m_architecture.channels, m_architecture.imageHeight, m_architecture.imageWidth},
                             seed)}};
    }
    const std::int64_t length = sequenceThatFits(m_architecture, sequence);
    ModelTensors inputs{{"input_ids", drawIds({batch, length}, m_architecture.vocabSize, seed)}};
    if (m_architecture.hasDecoder())
    {
        inputs["decoder_input_ids"] = drawIds({batch, std::max<std::int64_t>(1, length / kUsualDecoderShare)},
                                              m_architecture.vocabSize, seed + 1);
    }
    return inputs;
}

std::vector<std::string> FamilyModel::problemsWith(const ModelTensors& inputs) const
{
    std::vector<std::string> problems;
    const auto known = inputNames(m_architecture);
    for (const auto& [name, tensor] : inputs)
    {
        if (std::find(known.begin(), known.end(), name) == known.end())
        {
            std::string all;
            for (const std::string& one : known)
            {
                all += (all.empty() ? "" : ", ") + one;
            }
            problems.push_back(fmt::format("A {} takes no {}; it takes {}.", m_architecture.className, name, all));
        }
    }
    if (m_architecture.takesImages())
    {
        checkImages(m_architecture, inputs, problems);
    }
    else
    {
        checkText(m_architecture, inputs, problems);
    }
    return problems;
}

at::Tensor FamilyModel::forward(const ModelTensors& inputs, const AttentionRoute& route)
{
    CallSequence calls(route);
    const FamilyPass pass{m_architecture, Scope(m_weights), Scope(m_weights, basePrefix(m_architecture)), inputs,
                          calls};
    switch (m_architecture.family)
    {
    case ModelFamily::Gpt2:
        return forwardGpt2(pass);
    case ModelFamily::Bert:
        return forwardBert(pass);
    case ModelFamily::Vit:
        return forwardVit(pass);
    case ModelFamily::T5:
        return forwardT5(pass);
    case ModelFamily::Bart:
        return forwardBart(pass);
    default:
        return forwardRotaryFamily(pass, m_frequencies, m_rotaryScale);
    }
}

std::vector<std::string> FamilyModel::callPaths(CallForm form) const
{
    if (form != CallForm::Sdpa)
    {
        return {};
    }
    std::vector<std::string> paths;
    const std::string prefix = basePrefix(m_architecture);
    const bool t5 = m_architecture.family == ModelFamily::T5;
    const bool pair = t5 || m_architecture.family == ModelFamily::Bart;
    for (std::int64_t number = 0; number < m_architecture.layers; ++number)
    {
        paths.push_back(t5     ? fmt::format("encoder.block.{}.layer.0.SelfAttention", number)
                        : pair ? fmt::format("{}encoder.layers.{}.self_attn", prefix, number)
                               : prefix + layerPath(m_architecture.family, number));
    }
    for (std::int64_t number = 0; number < m_architecture.decoderLayers; ++number)
    {
        paths.push_back(t5 ? fmt::format("decoder.block.{}.layer.0.SelfAttention", number)
                           : fmt::format("{}decoder.layers.{}.self_attn", prefix, number));
        paths.push_back(t5 ? fmt::format("decoder.block.{}.layer.1.EncDecAttention", number)
                           : fmt::format("{}decoder.layers.{}.encoder_attn", prefix, number));
    }
    return paths;
}

std::vector<ModelModule> FamilyModel::modules() const
{
    std::vector<std::pair<std::string, std::int64_t>> sizes;
    for (const auto& [name, tensor] : m_weights.named())
    {
        sizes.emplace_back(name, tensor.numel());
    }
    return modulesOf(sizes, [this](const std::string& path) { return moduleClass(m_architecture, path); });
}

void FamilyModel::moveTo(c10::Device device, c10::ScalarType dtype)
{
    m_weights.moveTo(device, dtype);
    if (m_frequencies.defined())
    {
        m_frequencies = m_frequencies.to(device);
    }
}

} // namespace headroom::engine
