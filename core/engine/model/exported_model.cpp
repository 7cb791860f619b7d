// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/exported_model.h"

#include "core/engine/attention/attention_judge.h"
#include "core/engine/device/memory_meter.h"
#include "core/engine/model/exported_graph.h"
#include "core/engine/model/nativert_kernels.h"
#include "core/engine/model/untrusted_archive.h"

#include <ATen/ATen.h>
#include <caffe2/serialize/inline_container.h>
#include <torch/nativert/ModelRunnerHandle.h>

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace headroom::engine
{
namespace
{

constexpr const char* kModelName = "model"; ///< torch.export.save writes no other
constexpr std::int64_t kUsualImageSide = 224;

class ExportedModel : public LoadedModel
{
public:
    ExportedModel(ExportedGraph graph, std::string path, bool allowNativeCode)
        : m_graph(std::move(graph)), m_path(std::move(path)), m_allowNativeCode(allowNativeCode),
          m_kernelsAreRight(leaveOutWrongKernel()), m_runner(m_path, kModelName)
    {
    }

    LoadedFacts facts() const override
    {
        LoadedFacts facts;
        facts.loader = ModelLoader::Exported;
        facts.reachesOut = !m_graph.reachesOut.empty();
        facts.className = m_graph.className;
        facts.weightBytes = m_graph.weightBytes;
        facts.switchesBackends = !m_graph.sdpaPaths.empty() && m_graph.directPaths.empty();
        for (const NeededInput& input : m_graph.inputs)
        {
            const bool words = input.use == InputUse::Ids && input.fill == InputFill::Drawn;
            facts.vocabSize = words ? std::max(facts.vocabSize, input.size) : facts.vocabSize;
            facts.fixedSequence |= input.shape.size() > 1 && input.shape[1] >= 0;
        }
        if (m_graph.sdpaPaths.empty() && m_graph.directPaths.empty() && !m_graph.written.empty())
        {
            facts.notes.emplace_back("Its graph has matrix products and a softmax in place of "
                                     "scaled_dot_product_attention: that was written by hand, or the program was "
                                     "decomposed (run_decompositions) before it was saved.");
        }
        if (!m_graph.directPaths.empty())
        {
            facts.notes.emplace_back("Its graph was decomposed: attention calls name one backend's operator, and no "
                                     "other can be chosen.");
        }
        if (!m_graph.gappedProducts.empty())
        {
            facts.notes.push_back(noteOnGappedProducts());
        }
        return facts;
    }

    ModelTensors makeInputs(std::int64_t batch, std::int64_t sequence, std::uint64_t seed) const override
    {
        return inputsThatFit(m_graph.inputs, batch, sequence, kUsualImageSide, seed);
    }

    std::vector<std::string> problemsWith(const ModelTensors& inputs) const override
    {
        return engine::problemsWith(inputs, m_graph.inputs);
    }

    at::Tensor forward(const ModelTensors& inputs, const AttentionRoute&) override
    {
        std::vector<c10::IValue> values;
        for (const NeededInput& input : m_graph.inputs)
        {
            const auto& given = inputs.at(input.name);
            const bool other = input.type && given.is_floating_point() && at::isFloatingType(*input.type);
            values.emplace_back(other ? given.to(*input.type) : given);
        }
        const auto outputs = m_runner.runWithFlatInputsAndOutputs(std::move(values));
        if (outputs.empty())
        {
            throw std::runtime_error("The model returns nothing.");
        }
        return firstTensor(outputs.front());
    }

    bool routes() const override { return false; }

    std::vector<std::string> callPaths(CallForm form) const override
    {
        std::vector<std::string> written;
        for (const ModelCall& call : m_graph.written)
        {
            written.push_back(call.path);
        }
        return form == CallForm::Sdpa          ? m_graph.sdpaPaths
               : form == CallForm::Direct      ? m_graph.directPaths
               : form == CallForm::HandWritten ? written
                                               : std::vector<std::string>();
    }

    std::vector<ModelCall> writtenCalls() const override { return m_graph.written; }

    std::unique_ptr<LoadedModel> dispatched() const override
    {
        // nativert has kernels of its own on the CPU alone. It reads the weights once more; the rest is for the pass.
        if (m_graph.device == "cuda" || m_graph.weightBytes > availableBytes(at::kCPU) / 2)
        {
            return nullptr;
        }
        const DispatchedOperators dispatched;
        return openExported(m_path, m_allowNativeCode);
    }

    NamedTensors parameters() const override { return {}; }
    std::vector<ModelModule> modules() const override { return m_graph.modules; }

    void moveTo(c10::Device device, c10::ScalarType dtype) override
    {
        if (!m_graph.device.empty() && device.str().rfind(m_graph.device, 0) != 0)
        {
            throw std::runtime_error(fmt::format("The package was exported on {}, and runs nowhere else. Export it on "
                                                 "{}, or choose --device {}.",
                                                 m_graph.device, device.str(), m_graph.device));
        }
        if (m_graph.type && *m_graph.type != dtype)
        {
            throw std::runtime_error(fmt::format("The package was exported in {}, and its type cannot be changed. "
                                                 "Export it in {}.",
                                                 c10::toString(*m_graph.type), c10::toString(dtype)));
        }
    }

    std::optional<c10::ScalarType> ownType() const override { return m_graph.type; }

private:
    std::string noteOnGappedProducts() const
    {
        const auto count = m_graph.gappedProducts.size();
        const std::string& first = m_graph.gappedProducts.front();
        const std::string what = fmt::format(
            "{} of its graph {} a number with a tensor that does not fill its memory{}, which LibTorch "
            "2.11's runner of exported programs (nativert) computes wrong on the CPU, with memory behind "
            "the tensor: the output is another one, or NaN, or the process ends.",
            count == 1 ? "1 operator" : fmt::format("{} operators", count), count == 1 ? "multiplies" : "multiply",
            first.empty() ? "" : fmt::format(" (the first in {})", first));
        return what + (m_kernelsAreRight ? " Headroom runs LibTorch's own operator in its place, and its figures are "
                                           "right; another program that runs this package has wrong ones. Make the "
                                           "tensor contiguous() before it is multiplied, and export again."
                                         : " What follows may be wrong.");
    }

    ExportedGraph m_graph;
    std::string m_path;
    bool m_allowNativeCode;
    bool m_kernelsAreRight;
    torch::nativert::ModelRunnerHandle m_runner;
};

ExportedGraph checkedGraph(const std::string& path, bool allowNativeCode)
{
    caffe2::serialize::PyTorchStreamReader archive(path);
    const auto [bytes, size] = archive.getRecord(fmt::format("models/{}.json", kModelName));
    auto graph = readExportedGraph({static_cast<const char*>(bytes.get()), size});
    refuseReach(path, graph.reachesOut, allowNativeCode);
    checkStoredTensors(archive, graph, kModelName);
    return graph;
}

} // namespace

std::unique_ptr<LoadedModel> openExported(const std::string& path, bool allowNativeCode)
try
{
    return std::make_unique<ExportedModel>(checkedGraph(path, allowNativeCode), path, allowNativeCode);
}
catch (const Json::exception& error)
{
    throw std::runtime_error(fmt::format("{} is not what torch.export writes: {}", path, error.what()));
}
catch (const c10::Error& error)
{
    throw std::runtime_error(fmt::format("{} cannot be loaded as an exported program: {}", path, firstSentence(error)));
}

} // namespace headroom::engine
