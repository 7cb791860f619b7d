// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/model_spec.h"

#include "core/attention/saturating.h"

#include <algorithm>

#include <fmt/format.h>

namespace headroom
{
namespace
{

/// Heads up to which the nearest divisor is looked for, and layers whose paths are listed; no model comes near.
constexpr std::int64_t kMostHeads = 1'000'000;
constexpr std::int64_t kMostLayers = 1'000'000;

struct NamedSize
{
    const char* name;
    std::int64_t value;
    std::int64_t smallest;
};

void checkSizes(const ModelInput& input, std::vector<std::string>& problems)
{
    const ModelSpec& model = input.model;
    const NamedSize sizes[] = {
        {"vocabulary size", model.vocabSize, 1},
        {"d_model", model.dModel, 1},
        {"number of layers", model.layers, 0},
        {"number of heads", model.heads, 1},
        {"feed-forward size", model.feedForward, 1},
        {"maximal sequence length", model.maxSequence, 1},
        {"batch size", input.batch, 1},
        {"sequence length", input.sequence, 1},
    };
    for (const NamedSize& size : sizes)
    {
        if (size.value < size.smallest)
        {
            problems.push_back(
                fmt::format("The {} is {}; it must be at least {}.", size.name, size.value, size.smallest));
        }
    }
    if (model.layers > kMostLayers)
    {
        problems.push_back(
            fmt::format("The number of layers is {}; it must be at most {}.", model.layers, kMostLayers));
    }
}

std::string orList(const std::vector<std::int64_t>& numbers)
{
    std::string text;
    for (const std::int64_t number : numbers)
    {
        text += fmt::format("{}{}", text.empty() ? "" : " or ", number);
    }
    return text;
}

void checkHeads(const ModelSpec& model, std::vector<std::string>& problems)
{
    if (model.dModel < 1 || model.heads < 1 || model.dModel % model.heads == 0)
    {
        return;
    }
    problems.push_back(fmt::format("d_model {} cannot be divided among {} heads. Use {} heads, or d_model {}.",
                                   model.dModel, model.heads, orList(nearestHeadCounts(model.dModel, model.heads)),
                                   orList(nearestWidths(model.dModel, model.heads))));
}

/// Every tensor must have a size in bytes that LibTorch's int64 can hold, with room for sums of them.
void checkCountable(const ModelInput& input, std::vector<std::string>& problems)
{
    const std::int64_t tokens = saturatingProduct({input.batch, input.sequence});
    const std::int64_t widest = std::max({input.model.vocabSize, input.model.feedForward, input.model.dModel});
    const std::int64_t scores = saturatingProduct({tokens, input.model.heads, input.sequence});
    const std::int64_t layers = std::max<std::int64_t>(1, input.model.layers);
    constexpr std::int64_t kBytes = 64; // several copies of the widest type
    if (saturatingProduct({parameterCount(input.model), kBytes}) == kTooLarge ||
        saturatingProduct({tokens, widest, layers, kBytes}) == kTooLarge ||
        saturatingProduct({scores, layers, kBytes}) == kTooLarge)
    {
        problems.emplace_back(
            "These sizes are too large to count in 64 bits, let alone to hold in memory. Use smaller ones.");
    }
}

void checkTypes(const ModelInput& input, std::vector<std::string>& problems)
{
    if (input.autocast && input.dtype != DType::Float32)
    {
        problems.push_back(
            fmt::format("Autocast keeps weights in float32 and computes in bfloat16, but the weights are "
                        "asked for in {}. Leave out one of the two.",
                        toString(input.dtype)));
    }
}

} // namespace

std::vector<std::int64_t> nearestHeadCounts(std::int64_t dModel, std::int64_t heads)
{
    std::vector<std::int64_t> nearest;
    for (std::int64_t below = std::min(heads - 1, kMostHeads); below >= 1; --below)
    {
        if (dModel % below == 0)
        {
            nearest.push_back(below);
            break;
        }
    }
    for (std::int64_t above = heads + 1; above <= std::min(dModel, kMostHeads); ++above)
    {
        if (dModel % above == 0)
        {
            nearest.push_back(above);
            break;
        }
    }
    return nearest;
}

std::vector<std::int64_t> nearestWidths(std::int64_t dModel, std::int64_t heads)
{
    std::vector<std::int64_t> nearest;
    const std::int64_t below = dModel / heads * heads;
    if (below > 0)
    {
        nearest.push_back(below);
    }
    if (below <= kTooLarge - heads)
    {
        nearest.push_back(below + heads);
    }
    return nearest;
}

void to_json(Json& json, const ModelSpec& spec)
{
    json = Json{{"architecture", spec.architecture},
                {"vocabSize", spec.vocabSize},
                {"dModel", spec.dModel},
                {"layers", spec.layers},
                {"heads", spec.heads},
                {"feedForward", spec.feedForward},
                {"maxSequence", spec.maxSequence}};
    if (spec.outline)
    {
        json["outline"] = *spec.outline; // only where there is one: the ids of cases stay what they were
    }
}

void from_json(const Json& json, ModelSpec& spec)
{
    const ModelSpec usual;
    spec.architecture = json.value("architecture", usual.architecture);
    spec.vocabSize = json.value("vocabSize", usual.vocabSize);
    spec.dModel = json.value("dModel", usual.dModel);
    spec.layers = json.value("layers", usual.layers);
    spec.heads = json.value("heads", usual.heads);
    spec.feedForward = json.value("feedForward", usual.feedForward);
    spec.maxSequence = json.value("maxSequence", usual.maxSequence);
    spec.outline.reset();
    if (const auto found = json.find("outline"); found != json.end() && !found->is_null())
    {
        spec.outline = found->get<ModelOutline>();
    }
}

std::int64_t parameterCount(const ModelSpec& spec)
{
    if (spec.outline)
    {
        return spec.outline->parameters;
    }
    const std::int64_t d = spec.dModel;
    const std::int64_t attention = saturatingSum({saturatingProduct({4, d, d}), saturatingProduct({4, d})});
    const std::int64_t feedForward = saturatingSum({saturatingProduct({2, d, spec.feedForward}), spec.feedForward, d});
    const std::int64_t norms = saturatingProduct({4, d});
    const std::int64_t layer = saturatingSum({attention, feedForward, norms});
    const std::int64_t embeddings =
        saturatingSum({saturatingProduct({spec.vocabSize, d}), saturatingProduct({spec.maxSequence, d})});
    const std::int64_t projection = saturatingSum({saturatingProduct({spec.vocabSize, d}), spec.vocabSize});
    return saturatingSum({embeddings, saturatingProduct({spec.layers, layer}), projection});
}

namespace
{

AttentionProblem outlinedCall(const ModelInput& input, std::size_t call, bool needsGradients)
{
    AttentionProblem problem = input.model.outline->problemAt(call, input.batch, input.sequence);
    problem.dtype = input.autocast ? DType::BFloat16 : input.dtype;
    problem.device = input.device;
    problem.needsGradients = needsGradients;
    return problem;
}

} // namespace

AttentionProblem attentionProblemOf(const ModelInput& input, bool needsGradients)
{
    if (input.model.outline && !input.model.outline->calls.empty())
    {
        return outlinedCall(input, 0, needsGradients);
    }
    AttentionProblem problem;
    problem.batch = input.batch;
    problem.queryHeads = input.model.heads;
    problem.kvHeads = input.model.heads;
    problem.queryLength = input.sequence;
    problem.kvLength = input.sequence;
    problem.headDimQk = input.model.headDim();
    problem.headDimV = input.model.headDim();
    problem.dtype = input.autocast ? DType::BFloat16 : input.dtype;
    problem.device = input.device;
    problem.causal = input.causal;
    problem.layout = Layout::PackedQkv; // one input projection, as torch.nn.MultiheadAttention has it
    problem.needsGradients = needsGradients;
    return problem;
}

std::vector<CallGroup> attentionCallsOf(const ModelInput& input, bool needsGradients)
{
    if (!input.model.outline)
    {
        return input.model.layers > 0
                   ? std::vector{CallGroup{attentionProblemOf(input, needsGradients), input.model.layers}}
                   : std::vector<CallGroup>();
    }
    std::vector<CallGroup> groups;
    for (std::size_t call = 0; call < input.model.outline->calls.size(); ++call)
    {
        const AttentionProblem problem = outlinedCall(input, call, needsGradients);
        const auto known = std::find_if(groups.begin(), groups.end(),
                                        [&](const CallGroup& group) { return group.problem == problem; });
        if (known == groups.end())
        {
            groups.push_back({problem, 1});
        }
        else
        {
            ++known->calls;
        }
    }
    return groups;
}

bool hasAttention(const ModelSpec& spec)
{
    return spec.outline ? !spec.outline->calls.empty() : spec.layers > 0;
}

std::vector<std::string> attentionLayerPaths(const ModelSpec& spec)
{
    std::vector<std::string> paths;
    if (spec.outline)
    {
        for (const ModelCall& call : spec.outline->calls)
        {
            paths.push_back(call.path);
        }
        return paths;
    }
    for (std::int64_t layer = 0; layer < std::min(spec.layers, kMostLayers); ++layer)
    {
        paths.push_back(fmt::format("encoder.layers.{}.self_attn", layer));
    }
    return paths;
}

std::vector<std::string> problemsWith(const ModelInput& input)
{
    std::vector<std::string> problems;
    checkSizes(input, problems);
    if (!input.model.outline)
    {
        checkHeads(input.model, problems);
    }
    if (problems.empty())
    {
        checkCountable(input, problems);
    }
    if (input.sequence > input.model.maxSequence && input.model.maxSequence > 0)
    {
        problems.push_back(fmt::format("The sequence length {} is longer than the model's maximal sequence length {}. "
                                       "Raise the maximum or shorten the sequence.",
                                       input.sequence, input.model.maxSequence));
    }
    checkTypes(input, problems);
    return problems;
}

std::string describe(const ModelInput& input)
{
    if (input.model.outline)
    {
        return fmt::format("{}, {} attention calls, B{} S{} {}{}", input.model.architecture, input.model.layers,
                           input.batch, input.sequence, toString(input.dtype), input.autocast ? " autocast" : "");
    }
    return fmt::format("{} d_model {}, {} layers, {} heads, B{} S{} {}{}{}", input.model.architecture,
                       input.model.dModel, input.model.layers, input.model.heads, input.batch, input.sequence,
                       toString(input.dtype), input.causal ? " causal" : "", input.autocast ? " autocast" : "");
}

} // namespace headroom
