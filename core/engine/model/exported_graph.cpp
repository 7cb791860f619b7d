// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/exported_graph.h"

#include "core/encoding/foreign_json.h"
#include "core/engine/model/graph_attention.h"
#include "core/engine/model/graph_nodes.h"
#include "core/engine/model/module_tree.h"
#include "core/engine/model/untrusted_archive.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>

namespace headroom::engine
{
namespace
{

constexpr int kDeepest = 64;

/// The bytes that a tensor of these sizes, strides and offset reaches over; a type that is not known counts as one
/// byte.
std::int64_t bytesOf(const Json& tensor)
{
    const auto sizes = sizesOf(tensor);
    const Json& strides = tensor.at("strides");
    if (strides.size() != sizes.size())
    {
        throw std::invalid_argument("a tensor has more sizes than strides, or fewer");
    }
    std::int64_t last = sizeIn(tensor.at("storage_offset").at("as_int"));
    for (std::size_t at = 0; at < sizes.size(); ++at)
    {
        const std::int64_t stride = sizeIn(strides[at].at("as_int"));
        if (sizes[at] <= 0)
        {
            return 0; // no element, or a size that is not fixed, which no stored tensor has
        }
        if (stride > 0 && sizes[at] - 1 > (kLargest - last) / stride)
        {
            throw std::invalid_argument("a tensor reaches further than any memory");
        }
        last += (sizes[at] - 1) * stride;
    }
    const auto type = typeOf(tensor.at("dtype"));
    return (last + 1) * static_cast<std::int64_t>(type ? c10::elementSize(*type) : 1);
}

/// The steps of "L__self__,,Model;L__self__layers.0,layers.0,package.Block": path and class, outermost first.
std::vector<std::pair<std::string, std::string>> stackOf(const Json& node)
{
    std::vector<std::pair<std::string, std::string>> steps;
    const std::string text = node.value("metadata", Json::object()).value("nn_module_stack", std::string());
    for (std::size_t begin = 0; begin < text.size();)
    {
        const auto end = std::min(text.find(';', begin), text.size());
        const std::string step = text.substr(begin, end - begin);
        const auto first = step.find(',');
        const auto last = step.rfind(',');
        if (first != std::string::npos && last > first)
        {
            const std::string kind = step.substr(last + 1);
            steps.emplace_back(step.substr(first + 1, last - first - 1), kind.substr(kind.rfind('.') + 1));
        }
        begin = end + 1;
    }
    return steps;
}

std::string argumentName(const Json& node, const char* name)
{
    const Json* const value = argumentOf(node, name);
    return value != nullptr && value->contains("as_tensor") ? value->at("as_tensor").value("name", std::string())
                                                            : std::string();
}

class GraphReader
{
public:
    explicit GraphReader(const Json& document)
        : m_module(document.at("graph_module")), m_graph(m_module.at("graph")), m_values(m_graph.at("tensor_values"))
    {
    }

    ExportedGraph read()
    {
        readSignature();
        readNodes();
        makeTree();
        return std::move(m_read);
    }

private:
    void readSignature()
    {
        for (const Json& spec : m_module.at("signature").at("input_specs"))
        {
            for (const auto& [kind, key] :
                 {std::pair{"parameter", "parameter_name"}, std::pair{"buffer", "buffer_name"},
                  std::pair{"tensor_constant", "tensor_constant_name"}})
            {
                if (spec.contains(kind))
                {
                    addStored(spec.at(kind), key);
                }
            }
            if (spec.contains("parameter"))
            {
                addParameter(spec.at("parameter"));
            }
            else if (spec.contains("user_input"))
            {
                addInput(spec.at("user_input").at("arg"));
            }
        }
    }

    /// A buffer that is not persistent is stored with the constants.
    void addStored(const Json& stored, const char* key)
    {
        const Json& tensor = m_values.at(stored.at("arg").at("name").get<std::string>());
        const bool constant = std::string_view(key) == "tensor_constant_name" || !stored.value("persistent", true);
        m_read.stored.push_back({stored.at(key).get<std::string>(), constant, bytesOf(tensor)});
    }

    void addParameter(const Json& parameter)
    {
        const Json& tensor = m_values.at(parameter.at("arg").at("name").get<std::string>());
        std::int64_t elements = 1;
        for (const std::int64_t size : sizesOf(tensor))
        {
            elements = size >= 0 && (size == 0 || elements <= kLargest / size) ? elements * size : 0;
        }
        if (m_read.parameters > kLargest)
        {
            throw std::invalid_argument("it claims more parameters than any model has");
        }
        const auto type = typeOf(tensor.at("dtype"));
        m_parameters.emplace_back(parameter.value("parameter_name", std::string()), elements);
        m_read.parameters += elements;
        m_read.weightBytes += elements * static_cast<std::int64_t>(type ? c10::elementSize(*type) : 0);
        if (m_read.device.empty())
        {
            m_read.device = tensor.at("device").value("type", std::string("cpu"));
        }
        if (!m_read.type && type && at::isFloatingType(*type))
        {
            m_read.type = type;
        }
    }

    void addInput(const Json& argument)
    {
        if (!argument.contains("as_tensor"))
        {
            throw std::runtime_error("The exported program takes an input that is no tensor; export it with that input "
                                     "fixed.");
        }
        NeededInput input;
        input.name = argument.at("as_tensor").at("name").get<std::string>();
        const Json& tensor = m_values.at(input.name);
        input.shape = sizesOf(tensor);
        input.type = typeOf(tensor.at("dtype"));
        input.fill = fillByName(input.name);
        m_sources[input.name] = input.name;
        m_read.inputs.push_back(std::move(input));
    }

    void readNodes()
    {
        GraphAttention attention(m_values);
        for (const Json& node : m_graph.at("nodes"))
        {
            attention.add(node);
        }
        for (const Json& node : m_graph.at("nodes"))
        {
            const std::string target = node.value("target", std::string());
            m_read.reachesOut = m_read.reachesOut.empty() && engine::reachesOut(target) ? target : m_read.reachesOut;
            const auto stack = stackOf(node);
            for (const auto& [path, kind] : stack)
            {
                m_kinds.emplace(path, kind);
            }
            const std::string path = stack.empty() ? std::string() : stack.back().first;
            noteUse(node, target);
            if (multipliesGapped(node, target))
            {
                m_read.gappedProducts.push_back(path);
            }
            if (target.starts_with("torch.ops.aten.scaled_dot_product_attention."))
            {
                m_read.sdpaPaths.push_back(path);
            }
            else if (target.find("aten._scaled_dot_product_") != std::string::npos &&
                     target.find("backward") == std::string::npos)
            {
                m_read.directPaths.push_back(path);
            }
            else if (const auto written = attention.normalisedBy(node))
            {
                m_read.written.push_back(*written);
                m_read.written.back().path = path;
            }
        }
    }

    /// Whether \a node multiplies a tensor on the CPU by a number, and the tensor does not fill its memory.
    bool multipliesGapped(const Json& node, const std::string& target) const
    {
        if (!isOneOf(target, {"mul.Tensor", "mul.Scalar"}) || !argumentName(node, "other").empty())
        {
            return false;
        }
        const auto tensor = m_values.find(argumentName(node, "self"));
        return tensor != m_values.end() && tensor->at("device").value("type", std::string()) == "cpu" &&
               !fillsItsMemory(*tensor);
    }

    /// The input that \a name is, or is a view or a copy of; null for other tensors.
    NeededInput* inputBehind(const std::string& name)
    {
        const auto source = m_sources.find(name);
        const auto input = source == m_sources.end()
                               ? m_read.inputs.end()
                               : std::ranges::find(m_read.inputs, source->second, &NeededInput::name);
        return input == m_read.inputs.end() ? nullptr : &*input;
    }

    /// What a node tells of the input that it takes: ids that it looks up, or a mask.
    void noteUse(const Json& node, const std::string& target)
    {
        if (target.starts_with("torch.ops.aten.embedding."))
        {
            if (NeededInput* const input = inputBehind(argumentName(node, "indices")))
            {
                const auto table = sizesOf(m_values.at(argumentName(node, "weight")));
                input->use = InputUse::Ids;
                input->fill = fillByName(input->name); // and not by what else is done with it
                input->size = table.empty() ? 0 : table.front();
            }
            return;
        }
        const auto tensors = tensorsInto(node);
        if (tensors.empty())
        {
            return;
        }
        if (isOneOf(target, {"to.", "_to_copy.", "unsqueeze.", "slice.", "select.", "expand.", "view.", "reshape.",
                             "clone.", "alias."}))
        {
            if (const auto source = m_sources.find(tensors.front()); source != m_sources.end())
            {
                m_sources[resultOf(node)] = source->second;
            }
            return;
        }
        constexpr std::string_view kAten = "torch.ops.aten.";
        const std::string_view name = target.starts_with(kAten) ? std::string_view(target).substr(kAten.size()) : "";
        for (std::size_t place = 0; place < tensors.size(); ++place)
        {
            if (NeededInput* const input = inputBehind(tensors[place]))
            {
                takeFill(name.substr(0, name.find('.')), place, *input);
            }
        }
    }

    void makeTree()
    {
        const auto classOf = [this](const std::string& path)
        {
            const auto kind = m_kinds.find(path);
            return kind == m_kinds.end() ? std::string() : kind->second;
        };
        m_read.className = classOf("");
        m_read.modules = modulesOf(m_parameters, classOf);
    }

    const Json& m_module;
    const Json& m_graph;
    const Json& m_values;
    std::vector<std::pair<std::string, std::int64_t>> m_parameters;
    std::map<std::string, std::string> m_kinds;   ///< classes by path
    std::map<std::string, std::string> m_sources; ///< inputs by the tensors that are views or copies of them
    ExportedGraph m_read;
};

} // namespace

ExportedGraph readExportedGraph(std::string_view json)
{
    try
    {
        return GraphReader(parseForeignJson(json, kDeepest)).read();
    }
    catch (const std::invalid_argument& error)
    {
        throw std::runtime_error(fmt::format("Its graph cannot be read: {}", error.what()));
    }
    catch (const Json::exception& error)
    {
        throw std::runtime_error(fmt::format("Its graph is not what torch.export writes: {}", error.what()));
    }
}

} // namespace headroom::engine
