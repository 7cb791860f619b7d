// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/exported_graph.h"

#include "core/encoding/foreign_json.h"
#include "core/engine/model/module_tree.h"
#include "core/engine/model/untrusted_archive.h"
#include "core/engine/tensor_types.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

namespace headroom::engine
{
namespace
{

constexpr int kDeepest = 64;
constexpr int kMostVisits = 2000;
constexpr std::int64_t kLargest = std::int64_t{1} << 50; ///< of sizes, elements and parameters: more than any model has

/// schema.py, ScalarType.
std::optional<c10::ScalarType> typeOf(const Json& number)
{
    constexpr std::array kTypes{std::pair{1, at::kByte},     std::pair{2, at::kChar},   std::pair{3, at::kShort},
                                std::pair{4, at::kInt},      std::pair{5, at::kLong},   std::pair{6, at::kHalf},
                                std::pair{7, at::kFloat},    std::pair{8, at::kDouble}, std::pair{12, at::kBool},
                                std::pair{13, at::kBFloat16}};
    for (const auto& [stored, type] : kTypes)
    {
        if (number.is_number_integer() && number.get<int>() == stored)
        {
            return type;
        }
    }
    return std::nullopt;
}

std::int64_t sizeIn(const Json& number)
{
    const bool fits =
        number.is_number_unsigned() && number.get<std::uint64_t>() <= static_cast<std::uint64_t>(kLargest);
    if (!fits)
    {
        throw std::invalid_argument(fmt::format("{} is no size of a tensor", number.dump()));
    }
    return number.get<std::int64_t>();
}

/// The sizes of a tensor; -n for one that may be any, and was n.
std::vector<std::int64_t> sizesOf(const Json& tensor)
{
    std::vector<std::int64_t> sizes;
    for (const Json& size : tensor.at("sizes"))
    {
        if (size.contains("as_int"))
        {
            sizes.push_back(sizeIn(size.at("as_int")));
        }
        else
        {
            const Json& hint = size.at("as_expr").at("hint");
            sizes.push_back(hint.is_object() && hint.contains("as_int") ? -sizeIn(hint.at("as_int")) : -1);
        }
    }
    return sizes;
}

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
    for (const Json& input : node.at("inputs"))
    {
        const Json& value = input.at("arg");
        if (input.value("name", std::string()) == name && value.contains("as_tensor"))
        {
            return value.at("as_tensor").value("name", std::string());
        }
    }
    return {};
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
        m_read.inputs.push_back(std::move(input));
    }

    void readNodes()
    {
        for (const Json& node : m_graph.at("nodes"))
        {
            m_makers.emplace(resultOf(node), &node);
            for (const std::string& name : tensorsInto(node))
            {
                m_users.emplace(name, &node);
            }
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
            if (target.starts_with("torch.ops.aten.scaled_dot_product_attention."))
            {
                m_read.sdpaPaths.push_back(path);
            }
            else if (target.find("aten._scaled_dot_product_") != std::string::npos &&
                     target.find("backward") == std::string::npos)
            {
                m_read.directPaths.push_back(path);
            }
            else if (isOneOf(target, {"softmax.", "_softmax.", "_safe_softmax."}))
            {
                noteWritten(node, path);
            }
        }
    }

    /// Whether \a target is one of LibTorch's operators that begin so.
    static bool isOneOf(const std::string& target, std::initializer_list<std::string_view> names)
    {
        constexpr std::string_view kAten = "torch.ops.aten.";
        return target.starts_with(kAten) &&
               std::any_of(names.begin(), names.end(),
                           [&](std::string_view name)
                           { return std::string_view(target).substr(kAten.size()).starts_with(name); });
    }

    static std::vector<std::string> tensorsInto(const Json& node)
    {
        std::vector<std::string> names;
        for (const Json& input : node.at("inputs"))
        {
            if (input.at("arg").contains("as_tensor"))
            {
                names.push_back(input.at("arg").at("as_tensor").value("name", std::string()));
            }
        }
        return names;
    }

    static std::string resultOf(const Json& node)
    {
        const Json& outputs = node.at("outputs");
        return !outputs.empty() && outputs.front().contains("as_tensor")
                   ? outputs.front().at("as_tensor").value("name", std::string())
                   : std::string();
    }

    static bool isProduct(const std::string& target) { return isOneOf(target, {"matmul.", "bmm.", "baddbmm."}); }

    /// Operators that scores and probabilities go through on their way.
    static bool passes(const std::string& target)
    {
        return isOneOf(target, {"view.", "reshape.", "_unsafe_view.", "expand.", "clone.", "add.", "mul.", "div.",
                                "masked_fill.", "where.", "to.", "_to_copy.", "dropout.", "unsqueeze.", "squeeze.",
                                "contiguous.", "permute."});
    }

    /// The two operands of a batched product; nothing where a weight is one of them.
    std::optional<std::pair<std::string, std::string>> operandsOf(const Json& product) const
    {
        const auto tensors = tensorsInto(product);
        const std::size_t first = isOneOf(product.value("target", std::string()), {"baddbmm."}) ? 1 : 0;
        if (tensors.size() < first + 2 || sizesOf(m_values.at(tensors[first])).size() < 3 ||
            sizesOf(m_values.at(tensors[first + 1])).size() < 3)
        {
            return std::nullopt;
        }
        return std::pair{tensors[first], tensors[first + 1]};
    }

    /// The product that \a name comes from, through what passes().
    const Json* productBefore(const std::string& name, int steps)
    {
        const auto found = m_makers.find(name);
        if (found == m_makers.end() || steps == 0 || --m_visitsLeft < 0)
        {
            return nullptr;
        }
        const std::string target = found->second->value("target", std::string());
        if (isProduct(target))
        {
            return operandsOf(*found->second) ? found->second : nullptr;
        }
        if (!passes(target))
        {
            return nullptr;
        }
        for (const std::string& input : tensorsInto(*found->second))
        {
            if (const Json* product = productBefore(input, steps - 1))
            {
                return product;
            }
        }
        return nullptr;
    }

    /// The product whose first operand \a name becomes, through what passes().
    const Json* productAfter(const std::string& name, int steps)
    {
        const auto [begin, end] = m_users.equal_range(name);
        for (auto user = begin; user != end && steps > 0 && --m_visitsLeft >= 0; ++user)
        {
            const std::string target = user->second->value("target", std::string());
            if (isProduct(target))
            {
                const auto operands = operandsOf(*user->second);
                return operands && operands->first == name ? user->second : nullptr;
            }
            const Json* product = passes(target) ? productAfter(resultOf(*user->second), steps - 1) : nullptr;
            if (product != nullptr)
            {
                return product;
            }
        }
        return nullptr;
    }

    void noteWritten(const Json& softmax, const std::string& path)
    {
        constexpr int kFurthest = 12;
        m_visitsLeft = kMostVisits;
        const auto into = tensorsInto(softmax);
        const Json* const scores = into.empty() ? nullptr : productBefore(into.front(), kFurthest);
        const Json* const values = productAfter(resultOf(softmax), kFurthest);
        if (scores == nullptr || values == nullptr)
        {
            return;
        }
        const auto query = asFour(sizesOf(m_values.at(operandsOf(*scores)->first)));
        const auto key = asFour(sizesOf(m_values.at(operandsOf(*scores)->second))); // transposed
        const auto value = asFour(sizesOf(m_values.at(operandsOf(*values)->second)));
        ModelCall call;
        call.path = path;
        call.problem.batch = query[0];
        call.problem.queryHeads = query[1];
        call.problem.kvHeads = key[1];
        call.problem.queryLength = query[2];
        call.problem.kvLength = key[3];
        call.problem.headDimQk = query[3];
        call.problem.headDimV = value[3];
        call.problem.dtype =
            fromScalarType(typeOf(m_values.at(operandsOf(*scores)->first).at("dtype")).value_or(at::kFloat));
        call.problem.needsGradients = false;
        m_read.written.push_back(std::move(call));
    }

    /// Four sizes, whatever a length was made with taken for one.
    static std::array<std::int64_t, 4> asFour(const std::vector<std::int64_t>& sizes)
    {
        std::array<std::int64_t, 4> four{1, 1, 1, 1};
        for (std::size_t place = 0; place < std::min<std::size_t>(4, sizes.size()); ++place)
        {
            four[3 - place] = std::abs(sizes[sizes.size() - 1 - place]);
        }
        return four;
    }

    /// What a node that looks ids up tells of the input that they are.
    void noteUse(const Json& node, const std::string& target)
    {
        if (!target.starts_with("torch.ops.aten.embedding."))
        {
            return;
        }
        const std::string ids = argumentName(node, "indices");
        const auto input = std::find_if(m_read.inputs.begin(), m_read.inputs.end(),
                                        [&](const NeededInput& one) { return one.name == ids; });
        if (input != m_read.inputs.end())
        {
            const auto table = sizesOf(m_values.at(argumentName(node, "weight")));
            input->use = InputUse::Ids;
            input->size = table.empty() ? 0 : table.front();
        }
    }

    void makeTree()
    {
        m_read.className = m_kinds.contains("") ? m_kinds.at("") : std::string();
        m_read.modules = modulesOf(m_parameters, m_read.className);
        for (ModelModule& module : m_read.modules)
        {
            if (const auto kind = m_kinds.find(module.path); kind != m_kinds.end())
            {
                module.kind = kind->second;
            }
        }
    }

    const Json& m_module;
    const Json& m_graph;
    const Json& m_values;
    std::vector<std::pair<std::string, std::int64_t>> m_parameters;
    std::map<std::string, std::string> m_kinds;  ///< classes by path
    std::map<std::string, const Json*> m_makers; ///< nodes by their first result
    int m_visitsLeft = 0; ///< of nodes, in one search: a hostile graph may have any number of ways
    std::multimap<std::string, const Json*> m_users; ///< nodes by each tensor that they take
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
