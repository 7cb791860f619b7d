// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/config/consequences.h"

#include "core/attention/attention_memory.h"
#include "core/attention/eligibility.h"
#include "core/launch/device_choice.h"
#include "core/model/model_memory.h"
#include "core/report/format.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace headroom::ui
{
namespace
{

/// Those that the device's LibTorch has at all.
std::vector<Backend> backendsOn(const DeviceFacts& device)
{
    return device.kind == DeviceKind::Cuda ? std::vector(kSdpaBackends.begin(), kSdpaBackends.end())
                                           : std::vector{Backend::Flash, Backend::Math};
}

void ask(BackendOutlook& outlook, const AttentionProblem& problem, const DeviceFacts& device)
{
    ++outlook.calls;
    auto answer = checkEligibility(outlook.backend, problem, device);
    if (answer.eligible)
    {
        ++outlook.taken;
        return;
    }
    if (outlook.refusal.rules.empty())
    {
        outlook.refusal = std::move(answer);
        outlook.refused = problem;
    }
}

std::vector<BackendOutlook> outlooksFor(const std::vector<AttentionProblem>& problems, const DeviceFacts& device)
{
    std::vector<BackendOutlook> outlooks;
    for (const Backend backend : backendsOn(device))
    {
        BackendOutlook outlook;
        outlook.backend = backend;
        for (const auto& problem : problems)
        {
            ask(outlook, problem, device);
        }
        if (!outlook.refusal.rules.empty())
        {
            outlook.remedy = remedyFor(backend, outlook.refused, device);
        }
        outlooks.push_back(std::move(outlook));
    }
    return outlooks;
}

const BackendOutlook* outlookOf(const Consequences& answers, Backend backend)
{
    const auto found = std::find_if(answers.backends.begin(), answers.backends.end(),
                                    [backend](const BackendOutlook& outlook) { return outlook.backend == backend; });
    return found == answers.backends.end() ? nullptr : &*found;
}

void placeExpectedPeak(Consequences& answers)
{
    if (const auto* expected = outlookOf(answers, answers.predictedDefault))
    {
        answers.peakBytes = expected->peakBytes;
    }
}

std::string outOfMemoryText(double needed, const std::string& what, Backend backend, const DeviceFacts& device)
{
    const Format format;
    return fmt::format("{} with {} needs about {}; {} has {} free.", what, toString(backend), format.bytes(needed),
                       describeDevice(device), format.bytes(static_cast<double>(device.freeMemoryBytes.value_or(0))));
}

/// As forecastMemory() judges a plan: on CUDA what the least needy backend needs, on the CPU what the baseline does.
void judgeModelMemory(Consequences& answers, const ValidationRequest& request, const DeviceFacts& device)
{
    if (!device.freeMemoryBytes)
    {
        return;
    }
    const auto bytesWith = [&](const ModelInput& input)
    {
        std::int64_t least = std::numeric_limits<std::int64_t>::max();
        Backend backend = Backend::Math;
        for (const auto& outlook : answers.backends)
        {
            const bool counts =
                device.kind == DeviceKind::Cpu ? outlook.backend == Backend::Math : !outlook.takesNone();
            const auto bytes = counts ? estimateMemory(input, outlook.backend, answers.training).totalBytes()
                                      : std::numeric_limits<std::int64_t>::max();
            if (bytes < least)
            {
                least = bytes;
                backend = outlook.backend;
            }
        }
        return std::pair{least, backend};
    };
    const auto [needed, backend] = bytesWith(request.input);
    if (needed <= *device.freeMemoryBytes)
    {
        return;
    }
    const std::string what = answers.training ? "A training step" : "A forward pass";
    FieldProblem problem{Field::Batch, outOfMemoryText(static_cast<double>(needed), what, backend, device), {}};
    // At the field that helps: a smaller batch first, then a shorter sequence, then fewer layers (not of a file's
    // model).
    const std::array<std::pair<Field, std::int64_t& (*)(ModelInput&)>, 3> fields{{
        {Field::Batch, [](ModelInput& input) -> std::int64_t& { return input.batch; }},
        {Field::Sequence, [](ModelInput& input) -> std::int64_t& { return input.sequence; }},
        {Field::Layers, [](ModelInput& input) -> std::int64_t& { return input.model.layers; }},
    }};
    for (const auto& [field, size] : fields)
    {
        if (field == Field::Layers && request.modelFile)
        {
            break;
        }
        ModelInput smaller = request.input;
        while (size(smaller) > 1 && problem.suggestions.empty())
        {
            size(smaller) /= 2;
            if (bytesWith(smaller).first <= *device.freeMemoryBytes)
            {
                problem.field = field;
                problem.suggestions.push_back(fmt::format("{}", size(smaller)));
            }
        }
    }
    answers.memory = std::move(problem);
}

/// Of a model from a file: all its calls are asked about, as they were seen.
Consequences forModelFile(const ValidationRequest& request, const DeviceFacts& device)
{
    Consequences answers;
    answers.training = abilitiesOf(request.inspection->loader).givesGradients;
    std::vector<AttentionProblem> problems;
    for (const CallGroup& group : attentionCallsOf(request.input, answers.training))
    {
        problems.insert(problems.end(), static_cast<std::size_t>(group.calls), group.problem);
    }
    if (problems.empty())
    {
        return answers;
    }
    answers.problem = problems.front();
    answers.backends = outlooksFor(problems, device);
    answers.predictedDefault = predictDefault(answers.problem, device);
    for (auto& outlook : answers.backends)
    {
        outlook.peakBytes =
            static_cast<double>(estimateMemory(request.input, outlook.backend, answers.training).totalBytes());
    }
    judgeModelMemory(answers, request, device);
    return answers;
}

Consequences forModel(const ValidationRequest& request, const DeviceFacts& device)
{
    if (request.modelFile)
    {
        return forModelFile(request, device);
    }
    Consequences answers;
    const ModelInput& input = request.input;
    answers.parameters = parameterCount(input.model);
    answers.preset = presetOf(input);
    if (input.model.dModel % input.model.heads != 0)
    {
        return answers; // there is no head_dim, and so no call
    }
    answers.headDim = input.model.headDim();
    answers.problem = attentionProblemOf(input, true);
    answers.backends = outlooksFor({answers.problem}, device);
    answers.predictedDefault = predictDefault(answers.problem, device);
    for (auto& outlook : answers.backends)
    {
        outlook.peakBytes = static_cast<double>(estimateMemory(input, outlook.backend, true).totalBytes());
    }
    judgeModelMemory(answers, request, device);
    return answers;
}

AttentionProblem firstProblemOf(const SweepSpec& given, DeviceKind device)
{
    SweepSpec spec = given;
    const auto first = [](auto& list) { list.resize(std::min<std::size_t>(1, list.size())); };
    first(spec.batches);
    first(spec.heads);
    first(spec.kvHeads);
    first(spec.queryLengths);
    first(spec.kvLengths);
    first(spec.groups);
    first(spec.headDims);
    first(spec.headDimsV);
    first(spec.dtypes);
    first(spec.masks);
    first(spec.dropouts);
    first(spec.layouts);
    first(spec.launches);
    first(spec.l2States);
    const auto groups = expand({spec}, device);
    return groups.empty() ? AttentionProblem{} : groups.front().problem;
}

AttentionUse useOf(const AttentionProblem& problem)
{
    return problem.needsGradients ? AttentionUse::Training : AttentionUse::Inference;
}

void predictCalls(Consequences& answers, const std::vector<AttentionProblem>& problems, const DeviceFacts& device)
{
    for (auto& outlook : answers.backends)
    {
        for (const auto& problem : problems)
        {
            const auto bytes = static_cast<double>(
                predictMemory(problem, outlook.backend, useOf(problem), std::max(1, device.cores)).peakBytes);
            outlook.peakBytes = std::max(outlook.peakBytes.value_or(0), bytes);
        }
    }
    placeExpectedPeak(answers);
}

Consequences forCalls(const std::vector<AttentionProblem>& problems, const DeviceFacts& device)
{
    Consequences answers;
    answers.problem = problems.front();
    answers.training = problems.front().needsGradients;
    answers.backends = outlooksFor(problems, device);
    answers.predictedDefault = predictDefault(answers.problem, device);
    predictCalls(answers, problems, device);
    return answers;
}

void addPlan(Consequences& answers, Plan plan)
{
    double seconds = 0;
    for (const Job& job : plan.jobs)
    {
        seconds += job.estimateSeconds;
        answers.cases += static_cast<std::int64_t>(casesOf(job).size());
    }
    answers.seconds = seconds;
    answers.plan = std::move(plan);
}

void addDevice(Consequences& answers, const DeviceFacts& device)
{
    if (const auto free = device.freeMemoryBytes)
    {
        answers.deviceBytes = static_cast<double>(*free);
    }
    placeExpectedPeak(answers);
}

/// Everything that can be said of a request that has a first call.
bool canBeAsked(const Interpretation& interpretation)
{
    return interpretation.validation ||
           (interpretation.sweep && interpretation.problems.empty() && !interpretation.sweep->specs.empty());
}

} // namespace

Consequences instantConsequencesOf(const Interpretation& interpretation, const DeviceFacts& device)
{
    Consequences answers;
    if (!canBeAsked(interpretation))
    {
        return answers;
    }
    if (interpretation.validation)
    {
        answers = forModel(*interpretation.validation, device);
    }
    else
    {
        answers = forCalls({firstProblemOf(interpretation.sweep->specs.front(), device.kind)}, device);
        answers.cases = caseCountOf(*interpretation.sweep, device.kind);
    }
    addDevice(answers, device);
    return answers;
}

Consequences consequencesOf(const Interpretation& interpretation, const DeviceFacts& device)
{
    if (!canBeAsked(interpretation))
    {
        return {};
    }
    if (interpretation.validation)
    {
        auto answers = instantConsequencesOf(interpretation, device);
        if (interpretation.valid())
        {
            addPlan(answers, makeValidationPlan(*interpretation.validation, device));
        }
        return answers;
    }
    std::vector<AttentionProblem> problems;
    for (const auto& group : expand(interpretation.sweep->specs, device.kind))
    {
        problems.push_back(group.problem);
    }
    if (problems.empty())
    {
        return {};
    }
    auto answers = forCalls(problems, device);
    addDevice(answers, device);
    addPlan(answers, makeSweepPlan(*interpretation.sweep, device));
    return answers;
}

bool isInstant(const Interpretation& interpretation, const DeviceFacts& device)
{
    return !interpretation.sweep || caseCountOf(*interpretation.sweep, device.kind) <= kInstantCases;
}

} // namespace headroom::ui
