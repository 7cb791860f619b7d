// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/compiled_model.h"

#include "core/engine/attention/attention_judge.h"

#include <ATen/ATen.h>
#include <torch/csrc/inductor/aoti_package/model_package_loader.h>

#include <fmt/format.h>

#include <stdexcept>

namespace headroom::engine
{
namespace
{

constexpr const char* kModelName = "model";
constexpr const char* kDeviceKey = "AOTI_DEVICE_KEY"; ///< torch/_inductor/package: "cpu" or "cuda"

class CompiledModel : public LoadedModel
{
public:
    CompiledModel(const std::string& path, c10::Device device)
        : m_device(device),
          m_loader(path, kModelName, false, 1, device.is_cuda() ? device.index() : c10::DeviceIndex(-1))
    {
    }

    LoadedFacts facts() const override
    {
        LoadedFacts facts;
        facts.loader = ModelLoader::Compiled;
        facts.className = "compiled package";
        facts.switchesBackends = false;
        facts.notes.emplace_back("Native code: the backend of its attention was chosen when it was compiled, and its "
                                 "calls are not seen.");
        return facts;
    }

    ModelTensors makeInputs(std::int64_t, std::int64_t, std::uint64_t) const override
    {
        throw std::runtime_error("A compiled package does not say what it takes. Give its inputs with --input, a "
                                 "safetensors file: one tensor of any name, or input_0, input_1, ...");
    }

    std::vector<std::string> problemsWith(const ModelTensors& inputs) const override
    {
        std::vector<std::string> problems;
        for (std::size_t place = 0; inputs.size() > 1 && place < inputs.size(); ++place)
        {
            if (!inputs.contains(fmt::format("input_{}", place)))
            {
                problems.push_back(fmt::format("The inputs of a compiled package have no names: call them input_0 to "
                                               "input_{}, in their order.",
                                               inputs.size() - 1));
                break;
            }
        }
        return problems;
    }

    at::Tensor forward(const ModelTensors& inputs, const AttentionRoute&) override
    {
        std::vector<at::Tensor> ordered;
        if (inputs.size() == 1)
        {
            ordered.push_back(inputs.begin()->second);
        }
        for (std::size_t place = 0; inputs.size() > 1 && place < inputs.size(); ++place)
        {
            ordered.push_back(inputs.at(fmt::format("input_{}", place)));
        }
        const auto outputs = m_loader.run(ordered);
        if (outputs.empty())
        {
            throw std::runtime_error("The compiled package gave no output.");
        }
        return outputs.front();
    }

    bool routes() const override { return false; }
    std::vector<std::string> callPaths(CallForm) const override { return {}; }
    NamedTensors parameters() const override { return {}; }
    std::vector<ModelModule> modules() const override { return {{"", "compiled package", 0}}; }

    void moveTo(c10::Device device, c10::ScalarType) override
    {
        if (device.type() != m_device.type())
        {
            throw std::runtime_error("A compiled package runs on the device that it was compiled for alone.");
        }
    }

private:
    c10::Device m_device;
    torch::inductor::AOTIModelPackageLoader m_loader;
};

} // namespace

std::unique_ptr<LoadedModel> openCompiled(const std::string& path, c10::Device device)
try
{
    const auto metadata = torch::inductor::AOTIModelPackageLoader::load_metadata_from_package(path, kModelName);
    const auto compiledFor = metadata.find(kDeviceKey);
    const std::string wanted = device.is_cuda() ? "cuda" : "cpu";
    if (compiledFor != metadata.end() && compiledFor->second != wanted)
    {
        throw std::runtime_error(
            fmt::format("{} was compiled for {}; choose --device {}.", path, compiledFor->second, compiledFor->second));
    }
    return std::make_unique<CompiledModel>(path, device);
}
catch (const c10::Error& error)
{
    throw std::runtime_error(fmt::format("{} cannot be loaded as a compiled package: {}", path, firstSentence(error)));
}

} // namespace headroom::engine
