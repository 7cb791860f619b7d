// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/benchmark_model.h"

#include "core/engine/model/model_inputs.h"
#include "core/engine/model/model_weights.h"
#include "core/engine/model/module_tree.h"

#include <ATen/ATen.h>

namespace headroom::engine
{
namespace
{

constexpr const char* kTokens = "input_ids";

/// "Linear" of "torch::nn::LinearImpl".
std::string classOf(const torch::nn::Module& module)
{
    constexpr std::string_view kImplementation = "Impl";
    std::string name = module.name();
    if (const auto scope = name.rfind("::"); scope != std::string::npos)
    {
        name.erase(0, scope + 2);
    }
    if (name.ends_with(kImplementation))
    {
        name.resize(name.size() - kImplementation.size());
    }
    return name;
}

} // namespace

BenchmarkModel::BenchmarkModel(const ModelSpec& spec, std::uint64_t seed, const std::string& weightsFile)
    : m_model(spec)
{
    if (weightsFile.empty())
    {
        drawWeights(*m_model, seed);
    }
    else
    {
        loadWeights(*m_model, weightsFile);
    }
    m_model->eval();
}

LoadedFacts BenchmarkModel::facts() const
{
    LoadedFacts facts;
    facts.className = m_model->spec().architecture;
    facts.outputKind = "logits";
    facts.vocabSize = m_model->spec().vocabSize;
    facts.maxSequence = m_model->spec().maxSequence;
    return facts;
}

ModelTensors BenchmarkModel::makeInputs(std::int64_t batch, std::int64_t sequence, std::uint64_t seed) const
{
    return {{kTokens, drawIds({batch, sequence}, m_model->spec().vocabSize, seed)}};
}

std::vector<std::string> BenchmarkModel::problemsWith(const ModelTensors& inputs) const
{
    return inputs.contains(kTokens) ? std::vector<std::string>()
                                    : std::vector<std::string>{"The model needs input_ids."};
}

at::Tensor BenchmarkModel::forward(const ModelTensors& inputs, const AttentionRoute& route)
{
    return m_model->forward(inputs.at(kTokens), m_causal, route);
}

std::vector<std::string> BenchmarkModel::callPaths(CallForm form) const
{
    return form == CallForm::Sdpa ? attentionLayerPaths(m_model->spec()) : std::vector<std::string>();
}

NamedTensors BenchmarkModel::parameters() const
{
    NamedTensors all;
    for (const auto& parameter : m_model->named_parameters())
    {
        all.emplace_back(parameter.key(), parameter.value());
    }
    return all;
}

std::vector<ModelModule> BenchmarkModel::modules() const
{
    std::vector<std::pair<std::string, std::int64_t>> sizes;
    for (const auto& [name, tensor] : parameters())
    {
        sizes.emplace_back(name, tensor.numel());
    }
    const auto modules = m_model->named_modules();
    return modulesOf(sizes,
                     [&](const std::string& path)
                     {
                         const auto* const module = path.empty() ? nullptr : modules.find(path);
                         return module == nullptr ? path.empty() ? m_model->spec().architecture : std::string()
                                                  : classOf(**module);
                     });
}

void BenchmarkModel::moveTo(c10::Device device, c10::ScalarType dtype)
{
    m_model->to(device, dtype);
}

} // namespace headroom::engine
