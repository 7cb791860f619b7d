// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/script_model.h"

#include "core/engine/attention/attention_judge.h"
#include "core/engine/model/needed_inputs.h"
#include "core/engine/model/untrusted_archive.h"

#include <ATen/ATen.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/serialization/import.h>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string_view>

namespace headroom::engine
{
namespace
{

constexpr std::int64_t kUsualImageSide = 224;
constexpr int kFurthest = 8; ///< operators between an input and what tells its use

/// "Attention" of "__torch__.package.___torch_mangle_3.Attention".
std::string className(const c10::TypePtr& type)
{
    const auto named = type->cast<c10::NamedType>();
    return named && named->name() ? named->name()->name() : std::string();
}

/// What the graph's value \a value is in \a module: an attribute of the module, or of one below it.
std::optional<c10::IValue> constantOf(const torch::jit::Value* value, const torch::jit::Module& module)
{
    const auto* node = value->node();
    if (node->kind() == c10::prim::Param)
    {
        return value->offset() == 0 ? std::optional(c10::IValue(module._ivalue())) : std::nullopt;
    }
    if (node->kind() == c10::prim::GetAttr)
    {
        const auto owner = constantOf(node->input(0), module);
        const auto& name = node->s(c10::attr::name);
        if (owner && owner->isObject() && owner->toObjectRef().type()->hasAttribute(name))
        {
            return owner->toObjectRef().getAttr(name);
        }
    }
    return std::nullopt;
}

std::int64_t sizeOf(const torch::jit::Node& user, std::size_t place, std::int64_t dimension,
                    const torch::jit::Module& module)
{
    if (user.inputs().size() <= place)
    {
        return 0;
    }
    const auto weight = constantOf(user.input(place), module);
    if (!weight || !weight->isTensor() || !weight->toTensor().defined())
    {
        return 0;
    }
    const auto sizes = weight->toTensor().sizes();
    const auto at = dimension < 0 ? static_cast<std::int64_t>(sizes.size()) + dimension : dimension;
    return at >= 0 && at < static_cast<std::int64_t>(sizes.size()) ? sizes[static_cast<std::size_t>(at)] : 0;
}

/// What an operator that an input goes into tells of it.
struct TellingOperator
{
    std::string_view kind;
    InputUse use;
    std::size_t input;      ///< the argument that the input is
    std::size_t weight;     ///< the argument whose size tells the input's
    std::int64_t dimension; ///< of the weight; from the end where negative
};

constexpr TellingOperator kTelling[] = {
    {"aten::embedding", InputUse::Ids, 1, 0, 0},
    {"aten::linear", InputUse::Features, 0, 1, -1},
    {"aten::layer_norm", InputUse::Features, 0, 2, -1},
    {"aten::_transformer_encoder_layer_fwd", InputUse::Features, 0, 3, -1},
    {"aten::conv2d", InputUse::Images, 0, 1, 1},
    {"aten::_convolution", InputUse::Images, 0, 1, 1},
};

/// Operators that leave what is in an input as it is, as far as its use goes.
constexpr std::string_view kPassing[] = {
    "aten::to",    "aten::transpose", "aten::contiguous", "aten::add",    "prim::unchecked_cast", "aten::dropout",
    "aten::mul",   "aten::div",       "aten::unsqueeze",  "aten::slice",  "aten::select",         "aten::expand",
    "aten::float", "aten::bool",      "aten::view",       "aten::reshape"};

/// Takes what \a node tells; with \a place only where that argument is the input. \returns whether it tells.
bool takeUse(const torch::jit::Node& node, std::optional<std::size_t> place, const torch::jit::Module& module,
             NeededInput& input)
{
    const std::string kind = node.kind().toQualString();
    for (const TellingOperator& known : kTelling)
    {
        if (known.kind != kind || place.value_or(known.input) != known.input)
        {
            continue;
        }
        if (const auto size = sizeOf(node, known.weight, known.dimension, module); size > 0)
        {
            input.use = known.use;
            input.size = size;
            return true;
        }
    }
    return false;
}

/// Goes from \a value to its users, through operators that leave it as it is, until \a tells says that one has told.
template <typename Tells> bool follow(const torch::jit::Value* value, const Tells& tells, int furthest)
{
    for (const auto& use : value->uses())
    {
        const auto& user = *use.user;
        if (tells(user, use.offset))
        {
            return true;
        }
        const bool passes =
            std::ranges::find(kPassing, std::string_view(user.kind().toQualString())) != std::end(kPassing);
        if (furthest > 0 && passes && use.offset == 0 && !user.outputs().empty() &&
            follow(user.output(0), tells, furthest - 1))
        {
            return true;
        }
    }
    return false;
}

/// What \a value is used for, by the first user that tells; where none does, whether one takes it for a mask.
void findUse(const torch::jit::Value* value, const torch::jit::Module& module, NeededInput& input)
{
    const auto tellsUse = [&](const torch::jit::Node& user, std::size_t place)
    { return takeUse(user, place, module, input); };
    const auto tellsFill = [&](const torch::jit::Node& user, std::size_t place)
    {
        constexpr std::string_view kAten = "aten::";
        const std::string_view kind = user.kind().toQualString();
        return kind.starts_with(kAten) && takeFill(kind.substr(kAten.size()), place, input);
    };
    if (!follow(value, tellsUse, kFurthest))
    {
        follow(value, tellsFill, kFurthest);
    }
}

/// Where the way of an input cannot be followed (loops, branches), what the graph does first tells what it takes.
void guessUse(const torch::jit::Block& block, const torch::jit::Module& module, NeededInput& input)
{
    for (const auto* node : block.nodes())
    {
        if (takeUse(*node, std::nullopt, module, input))
        {
            return;
        }
        for (const auto* inner : node->blocks())
        {
            guessUse(*inner, module, input);
            if (input.size > 0)
            {
                return;
            }
        }
    }
}

/// The tensors that the code has as constants.
void checkConstants(const torch::jit::Block& block)
{
    for (const auto* node : block.nodes())
    {
        const bool constant = node->kind() == c10::prim::Constant;
        if (const auto value = constant ? torch::jit::toIValue(node->output()) : std::nullopt)
        {
            checkLoadedStorages(*value);
        }
        for (const auto* inner : node->blocks())
        {
            checkConstants(*inner);
        }
    }
}

class ScriptModel : public LoadedModel
{
public:
    ScriptModel(torch::jit::Module module, bool reachesOut) : m_module(std::move(module)), m_reachesOut(reachesOut)
    {
        checkLoadedStorages(m_module._ivalue());
        m_module.eval();
        noteTypes();
        const auto method = m_module.find_method("forward");
        if (!method)
        {
            throw std::runtime_error("The TorchScript file has no method forward, so there is nothing to run.");
        }
        auto graph = method->graph()->copy();
        torch::jit::Inline(*graph);
        checkConstants(*graph->block());
        const auto& arguments = method->function().getSchema().arguments();
        for (std::size_t place = 1; place < arguments.size(); ++place)
        {
            const auto& argument = arguments[place];
            NeededInput input;
            input.name = argument.name();
            input.fill = fillByName(input.name);
            input.optional =
                argument.default_value().has_value() || argument.type()->kind() == c10::TypeKind::OptionalType;
            findUse(graph->inputs()[place], m_module, input);
            const bool isTensor = argument.type()->isSubtypeOf(*c10::TensorType::get()) ||
                                  argument.type()->kind() == c10::TypeKind::OptionalType;
            if (!isTensor && !argument.default_value())
            {
                throw std::runtime_error(
                    fmt::format("The model's forward takes {} of type {}, and only tensors can be given.",
                                argument.name(), argument.type()->str()));
            }
            m_needed.push_back(std::move(input));
        }
        const auto required = std::ranges::count_if(m_needed, [](const NeededInput& one) { return !one.optional; });
        for (NeededInput& input : m_needed)
        {
            if (required == 1 && !input.optional && input.use == InputUse::Unknown && input.fill == InputFill::Drawn)
            {
                guessUse(*graph->block(), m_module, input);
            }
        }
    }

    LoadedFacts facts() const override
    {
        LoadedFacts facts;
        facts.loader = ModelLoader::TorchScript;
        facts.reachesOut = m_reachesOut;
        facts.className = className(m_module.type());
        facts.fixedSequence =
            std::ranges::any_of(m_needed, [](const NeededInput& input) { return input.use == InputUse::Images; });
        for (const NeededInput& input : m_needed)
        {
            const bool words = input.use == InputUse::Ids && input.fill == InputFill::Drawn;
            facts.vocabSize = words ? std::max(facts.vocabSize, input.size) : facts.vocabSize;
        }
        return facts;
    }

    ModelTensors makeInputs(std::int64_t batch, std::int64_t sequence, std::uint64_t seed) const override
    {
        return inputsThatFit(m_needed, batch, sequence, kUsualImageSide, seed);
    }

    std::vector<std::string> problemsWith(const ModelTensors& inputs) const override
    {
        return engine::problemsWith(inputs, m_needed);
    }

    at::Tensor forward(const ModelTensors& inputs, const AttentionRoute&) override
    {
        const auto& arguments = m_module.get_method("forward").function().getSchema().arguments();
        std::vector<c10::IValue> values;
        for (std::size_t place = 0; place < m_needed.size(); ++place)
        {
            const auto found = inputs.find(m_needed[place].name);
            values.push_back(found != inputs.end() ? c10::IValue(found->second)
                                                   : arguments[place + 1].default_value().value_or(c10::IValue()));
        }
        return firstTensor(m_module.forward(std::move(values)));
    }

    bool routes() const override { return false; }
    std::vector<std::string> callPaths(CallForm) const override { return {}; } // see pathOf()
    std::string pathOf(const std::string& hierarchy) const override;

    NamedTensors parameters() const override
    {
        NamedTensors all;
        std::set<const void*> known;
        for (const auto& parameter : m_module.named_parameters())
        {
            if (known.insert(parameter.value.unsafeGetTensorImpl()).second)
            {
                all.emplace_back(parameter.name, parameter.value);
            }
        }
        return all;
    }

    std::vector<ModelModule> modules() const override
    {
        std::vector<ModelModule> all;
        for (const auto& named : m_module.named_modules())
        {
            ModelModule module{named.name, className(named.value.type()), 0};
            for (const auto& parameter : named.value.parameters())
            {
                module.parameters += parameter.numel();
            }
            all.push_back(std::move(module));
        }
        return all;
    }

    std::optional<c10::ScalarType> ownType() const override { return m_ownType; }

    void moveTo(c10::Device device, c10::ScalarType dtype) override
    {
        // jit::Module::to() would turn whole numbers into floating-point ones as well.
        auto tensors = tensorsOf(m_module);
        for (std::size_t place = 0; place < tensors.size(); ++place)
        {
            auto& tensor = tensors[place];
            const auto type = dtype == m_ownType ? m_types.at(place) : dtype;
            tensor.set_data(tensor.is_floating_point() ? tensor.to(device, type) : tensor.to(device));
        }
    }

private:
    /// The types that the tensors were stored in, and the one that most numbers are in.
    void noteTypes()
    {
        std::map<c10::ScalarType, std::int64_t> elements;
        for (const auto& tensor : tensorsOf(m_module))
        {
            m_types.push_back(tensor.scalar_type());
            elements[tensor.scalar_type()] += tensor.is_floating_point() ? tensor.numel() : 0;
        }
        const auto most = std::ranges::max_element(elements, {}, [](const auto& one) { return one.second; });
        if (most != elements.end() && most->second > 0)
        {
            m_ownType = most->first;
        }
    }

    static std::vector<at::Tensor> tensorsOf(const torch::jit::Module& module)
    {
        std::vector<at::Tensor> all;
        for (const auto& parameter : module.parameters())
        {
            all.push_back(parameter);
        }
        for (const auto& buffer : module.buffers())
        {
            all.push_back(buffer);
        }
        return all;
    }

    mutable torch::jit::Module m_module;
    bool m_reachesOut;
    std::vector<NeededInput> m_needed;
    std::vector<c10::ScalarType> m_types; ///< of tensorsOf(), as they were stored
    std::optional<c10::ScalarType> m_ownType;
};

/// The instances of "TOP(Model)::forward.0(Block)::forward.self_attn(Attention)::forward": "0", "self_attn".
std::vector<std::string> instancesOf(std::string_view hierarchy)
{
    std::vector<std::string> instances;
    for (auto open = hierarchy.find('('); open != std::string_view::npos; open = hierarchy.find('(', open + 1))
    {
        const auto dot = hierarchy.rfind('.', open);
        const auto begin = dot == std::string_view::npos ? 0 : dot + 1;
        const auto name = hierarchy.substr(begin, open - begin);
        if (name != "TOP" && name != "SELF" && !name.starts_with("UNKNOWN") && !name.starts_with(':'))
        {
            instances.emplace_back(name);
        }
    }
    return instances;
}

/// The path that has the instances of \a hierarchy in their order, and between them only containers, which are not
/// called: "layers.0.self_attn".
std::string ScriptModel::pathOf(const std::string& hierarchy) const
{
    const auto steps = instancesOf(hierarchy);
    std::string best;
    for (const auto& named : m_module.named_modules())
    {
        std::vector<std::string> parts;
        for (std::size_t begin = 0; begin < named.name.size();)
        {
            const auto dot = std::min(named.name.find('.', begin), named.name.size());
            parts.push_back(named.name.substr(begin, dot - begin));
            begin = dot + 1;
        }
        std::size_t next = 0;
        for (const auto& part : parts)
        {
            next += next < steps.size() && part == steps[next] ? 1 : 0;
        }
        const bool fits = !steps.empty() && next == steps.size() && !parts.empty() && parts.back() == steps.back();
        if (fits && (best.empty() || named.name.size() < best.size()))
        {
            best = named.name;
        }
    }
    return best;
}

} // namespace

std::unique_ptr<LoadedModel> openScript(const std::string& path, bool allowNativeCode)
{
    std::string reach;
    const auto module = [&]
    {
        try
        {
            caffe2::serialize::PyTorchStreamReader archive(path);
            reach = reachOfScript(archive);
            return reach.empty() || allowNativeCode ? std::optional(torch::jit::load(path, c10::Device(c10::kCPU)))
                                                    : std::nullopt;
        }
        catch (const std::exception& error) // of the archive, the code's compiler, and the reader of its data
        {
            throw std::runtime_error(fmt::format("{} cannot be loaded as TorchScript: {}", path, firstSentence(error)));
        }
    }();
    refuseReach(path, reach, allowNativeCode);
    return std::make_unique<ScriptModel>(*module, !reach.empty());
}

} // namespace headroom::engine
