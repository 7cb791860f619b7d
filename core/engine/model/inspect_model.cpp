// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/inspect_model.h"

#include "core/engine/attention/attention_call.h"
#include "core/engine/attention/attention_judge.h"
#include "core/engine/attention/kernel_observer.h"
#include "core/engine/device/torch_device.h"
#include "core/engine/model/call_description.h"
#include "core/engine/model/hidden_calls.h"
#include "core/engine/model/model_inputs.h"
#include "core/engine/model/model_session.h"
#include "core/engine/model/open_model.h"
#include "core/engine/model/pass_times.h"
#include "core/engine/model/request_notes.h"
#include "core/engine/tensor_types.h"
#include "core/run/evidence.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace headroom::engine
{
namespace
{

constexpr std::int64_t kUsualBatch = 1;
constexpr std::int64_t kUsualSequence = 128;
constexpr int kWarmUps = 3;           ///< TorchScript's executor makes two profiling runs before it settles
constexpr std::size_t kTimedRuns = 3; ///< at least
constexpr std::size_t kMostRuns = 21;
constexpr double kTimingSeconds = 0.3; ///< more than kTimedRuns as long as they take no longer together

double secondsSince(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

const AttentionRoute& byDefault()
{
    static const AttentionRoute route = [](std::int64_t, const AttentionInputs& inputs)
    { return attend(Backend::Default, inputs); };
    return route;
}

/// Wall time of \a work, the device waited for.
double timed(const std::function<void()>& work, const c10::Device& device)
{
    synchronise(device);
    const auto start = std::chrono::steady_clock::now();
    work();
    synchronise(device);
    return secondsSince(start) * 1e9;
}

double medianOf(std::vector<double> times)
{
    std::ranges::sort(times);
    return times[times.size() / 2];
}

ModelTensors inputsFor(const LoadedModel& model, const InspectionRequest& request)
{
    if (request.inputFile.empty())
    {
        return model.makeInputs(request.batch.value_or(kUsualBatch), request.sequence.value_or(kUsualSequence),
                                request.seed);
    }
    auto inputs = readInputs(request.inputFile);
    const auto problems = model.problemsWith(inputs);
    if (!problems.empty())
    {
        std::string all;
        for (const std::string& problem : problems)
        {
            all += (all.empty() ? "" : "\n") + problem;
        }
        throw std::runtime_error(all);
    }
    return inputs;
}

ModelSpec specOf(const LoadedFacts& facts, const ModelInspection& seen, const SeenPass& pass,
                 const ModelTensors& inputs)
{
    ModelSpec spec;
    spec.architecture = facts.className.empty() ? std::string(toString(facts.loader)) : facts.className;
    spec.vocabSize = facts.vocabSize;
    spec.layers = static_cast<std::int64_t>(seen.calls.size());
    spec.feedForward = 0;
    spec.maxSequence = facts.maxSequence;
    ModelOutline outline;
    outline.loader = facts.loader;
    outline.parameters = seen.parameters.value_or(0);
    std::tie(outline.batch, outline.sequence) = batchAndSequence(inputs);
    outline.fixedSequence = facts.fixedSequence;
    if (at::isFloatingType(inputs.begin()->second.scalar_type()) && inputs.begin()->second.dim() == 4 &&
        !seen.calls.empty())
    {
        outline.sequence = seen.calls.front().call.problem.queryLength; // of images: patches
    }
    outline.matrixFlops = pass.matrices.flops;
    outline.matrixWeights = pass.matrices.weights;
    outline.matrixActivations = pass.matrices.activations;
    for (const WatchedCall& call : seen.calls)
    {
        outline.calls.push_back(call.call);
    }
    const bool any = !outline.calls.empty();
    spec.heads = any ? outline.calls.front().problem.queryHeads : 0;
    spec.dModel = any ? spec.heads * outline.calls.front().problem.headDimQk : 0;
    spec.outline = std::move(outline);
    return spec;
}

void noteWeights(const LoadedModel& model, const LoadedFacts& facts, ModelInspection& seen)
{
    seen.modules = model.modules();
    if (!abilitiesOf(facts.loader).showsModules || seen.modules.empty())
    {
        return; // how many there are is not to be seen
    }
    seen.parameters = seen.modules.front().parameters;
    std::int64_t bytes = 0;
    for (const auto& [name, tensor] : model.parameters())
    {
        bytes += static_cast<std::int64_t>(tensor.nbytes());
    }
    seen.weightBytes = facts.weightBytes.value_or(bytes);
}

/// Hands each backward operator to its call: autograd goes through them in the opposite order.
void noteBackward(const PassTimes& pass, ModelInspection& seen)
{
    double all = 0;
    for (const SeenBackward& backward : pass.backward)
    {
        all += backward.ns;
    }
    seen.attentionBackwardNs = pass.backward.empty() ? std::nullopt : std::optional(all);
    std::vector<std::size_t> fused;
    for (std::size_t call = 0; call < seen.calls.size(); ++call)
    {
        if (seen.calls[call].ran && *seen.calls[call].ran != Backend::Math)
        {
            fused.push_back(call);
        }
    }
    if (fused.size() != pass.backward.size())
    {
        return;
    }
    for (std::size_t place = 0; place < fused.size(); ++place)
    {
        const SeenBackward& backward = pass.backward[fused.size() - 1 - place];
        seen.calls[fused[place]].backwardNs = backward.ns;
        seen.calls[fused[place]].backwardOperators = {backward.name};
    }
}

void watchTraining(const std::shared_ptr<WatchedModel>& watched)
{
    auto& seen = watched->inspection;
    ModelInput input;
    input.model = seen.model;
    input.batch = seen.model.outline->batch;
    input.sequence = seen.model.outline->sequence;
    input.dtype = seen.dtype;
    input.autocast = watched->request.autocast;
    ModelSession session(input, watched);
    const auto step = [&] { session.trainStep(Backend::Default); };
    for (int run = 0; run < kWarmUps; ++run)
    {
        step();
    }
    std::vector<double> times;
    for (std::size_t run = 0; run < kTimedRuns; ++run)
    {
        times.push_back(timed(step, watched->device));
    }
    seen.trainStepNs = medianOf(std::move(times));
    noteBackward(timePass(step, watched->device, {}), seen);
    session.clearGradients();
}

/// nativert computes in inference mode, whose tensors take part in no gradient: the same in ordinary memory, with the
/// strides that they have.
void leaveInferenceMode(std::vector<SeenCall>& calls)
{
    const auto ordinary = [](at::Tensor& tensor)
    {
        if (tensor.defined() && tensor.is_inference())
        {
            auto held = tensor; // of what was expanded once: memory that is seen twice cannot be written to
            for (std::int64_t dimension = 0; dimension < held.dim(); ++dimension)
            {
                held = held.stride(dimension) == 0 ? held.narrow(dimension, 0, 1) : held;
            }
            auto copy = at::empty_strided(held.sizes(), held.strides(), held.options());
            copy.copy_(held);
            tensor = copy.expand(tensor.sizes());
        }
    };
    for (SeenCall& call : calls)
    {
        ordinary(call.inputs.query);
        ordinary(call.inputs.key);
        ordinary(call.inputs.value);
        if (call.inputs.mask)
        {
            ordinary(*call.inputs.mask);
        }
    }
}

/// Times the forward pass, and the calls that were seen in it: in turns without and with an eye on them, since a host
/// that is the bottleneck is not equally fast all the time. The calls' times are of the middle one of the passes.
void noteTimes(const std::function<void()>& forward, WatchedModel& watched)
{
    std::vector<OperatorSpan> spans;
    std::vector<SeenCall*> timedCalls;
    for (SeenCall& call : watched.calls)
    {
        if (call.operatorsOfPass.first > 0)
        {
            spans.push_back(call.operatorsOfPass);
            timedCalls.push_back(&call);
        }
    }
    std::vector<double> unwatched;
    std::vector<PassTimes> passes;
    const auto start = std::chrono::steady_clock::now();
    while (passes.size() < kTimedRuns || (passes.size() < kMostRuns && secondsSince(start) < kTimingSeconds))
    {
        unwatched.push_back(timed(forward, watched.device));
        passes.push_back(timePass(forward, watched.device, spans));
    }
    std::ranges::sort(passes, {}, &PassTimes::ns);
    const PassTimes& middle = passes[passes.size() / 2];
    watched.inspection.forwardNs = medianOf(std::move(unwatched));
    watched.inspection.watchedNs = middle.ns;
    for (std::size_t place = 0; place < timedCalls.size(); ++place)
    {
        timedCalls[place]->ns = middle.spans[place];
    }
}

at::Tensor warmedUp(const std::function<at::Tensor()>& forward)
{
    at::Tensor output;
    for (int run = 0; run < kWarmUps; ++run)
    {
        output = forward();
    }
    return output;
}

/// What \a run gives on inputs that were made for a graph, which may not be those that it wants.
at::Tensor onMadeInputs(const std::function<at::Tensor()>& run, const WatchedModel& watched, ModelLoader loader)
{
    const bool guessed = watched.request.inputFile.empty() &&
                         (loader == ModelLoader::TorchScript || loader == ModelLoader::Exported) &&
                         watched.device.is_cpu();
    if (!guessed)
    {
        return run(); // a lost device, too, must be known for what it is
    }
    try
    {
        return run();
    }
    catch (const std::exception& error)
    {
        if (isOutOfMemory(error))
        {
            throw;
        }
        std::string inputs;
        for (const TensorFact& fact : factsOf(watched.inputs))
        {
            inputs += fmt::format("{}{} {} [{}]", inputs.empty() ? "" : ", ", fact.name, fact.dtype,
                                  fmt::join(fact.shape, ", "));
        }
        const auto reason = firstSentence(error);
        throw std::runtime_error(fmt::format("The model does not run on the inputs that were made for it ({}): {}{} "
                                             "Give yours with --input, a safetensors file.",
                                             inputs, reason, reason.ends_with('.') ? "" : "."));
    }
}

/// Whether two outputs for the same inputs are the same, but for the order of sums.
bool isSame(const at::Tensor& output, const at::Tensor& again)
{
    constexpr double kShare = 1e-2;
    if (output.sizes() != again.sizes())
    {
        return false;
    }
    // Nearly always equal, which needs no copies of what may be gigabytes of logits.
    return (output.scalar_type() == again.scalar_type() && at::equal(output, again)) ||
           at::allclose(output.to(at::kFloat), again.to(at::kFloat), kShare, kShare, /*equal_nan=*/true);
}

void noteUnseen(const LoadedFacts& facts, const std::function<void()>& forward, WatchedModel& watched)
{
    if (facts.loader != ModelLoader::Compiled || !watched.calls.empty())
    {
        return;
    }
    const auto seen = observe(forward, watched.device.is_cuda()); // kernel names are all that native code shows
    if (!seen.kernels.empty())
    {
        WatchedCall call;
        call.form = CallForm::Unseen;
        call.operators = seen.operators;
        call.kernels = seen.kernels;
        call.ran = backendFromNames(seen.operators, seen.kernels);
        watched.inspection.notes.push_back(
            fmt::format("Its kernels are those of {} attention.",
                        call.ran ? std::string(toString(*call.ran)) : std::string("an unknown")));
    }
}

} // namespace

const SeenCall* WatchedModel::firstAlike(std::size_t number) const
{
    if (number >= calls.size())
    {
        return nullptr;
    }
    const SeenCall& wanted = calls[number];
    const auto found = std::ranges::find_if(calls,
                                            [&](const SeenCall& seen)
                                            {
                                                return seen.hasTensors() && seen.form == wanted.form &&
                                                       seen.problem == wanted.problem &&
                                                       seen.maskShape == wanted.maskShape;
                                            });
    return found == calls.end() ? nullptr : &*found;
}

AttentionInputs WatchedModel::inputsOf(std::size_t number) const
{
    const SeenCall* const alike = firstAlike(number);
    if (alike == nullptr)
    {
        throw std::runtime_error(
            number < calls.size()
                ? fmt::format("the tensors of attention call {} were not to be seen: it is inside a fused layer or "
                              "native code",
                              number)
                : fmt::format("the model makes {} attention calls, and number {} was asked for", calls.size(), number));
    }
    AttentionInputs same = alike->inputs;
    same.mask = calls[number].inputs.mask;
    return same;
}

std::shared_ptr<WatchedModel> inspectModel(const InspectionRequest& request, const DeviceSelection& device)
{
    const auto shared = std::make_shared<WatchedModel>();
    WatchedModel& watched = *shared;
    watched.request = request;
    watched.device = toDevice(device);
    auto& seen = watched.inspection;
    const auto start = std::chrono::steady_clock::now();
    watched.model = openModel(request, watched.device);
    seen.loadSeconds = secondsSince(start);
    const auto facts = watched.model->facts();
    const auto type = typeOf(*watched.model, request);
    const bool changesType = abilitiesOf(facts.loader).changesType;
    watched.inputs = placed(inputsFor(*watched.model, request), watched.device,
                            changesType ? std::optional(type) : std::nullopt, watched.model->leavesOutMasks());

    const auto forwardOf = [&](LoadedModel& model)
    {
        const c10::NoGradGuard noGradients;
        const AutocastGuard autocast(watched.device.type(), request.autocast);
        return model.forward(watched.inputs, byDefault());
    };
    const auto forward = [&] { return forwardOf(*watched.model); };
    SeenPass first;
    const auto settled = [&]
    {
        if (facts.loader == ModelLoader::TorchScript)
        {
            first = watchPass([&] { forward(); }, watched.device);
            first = writtenIn(first) > 0 ? std::move(first) : SeenPass{}; // else its tensors are held for nothing
        }
        return warmedUp(forward);
    };
    const auto output = onMadeInputs(settled, watched, facts.loader);
    at::Tensor again;
    auto pass = watchPass([&] { again = forward(); }, watched.device);
    takeFused(std::move(first), pass);
    takeDispatched(*watched.model, forwardOf, watched.device, pass);
    watched.calls = std::move(pass.calls);
    noteTimes([&] { forward(); }, watched);
    leaveInferenceMode(watched.calls);
    addWritten(watched.model->writtenCalls(), watched.calls);

    seen.loader = facts.loader;
    seen.family = facts.family;
    seen.callsAs = facts.callsAs;
    seen.dtype = fromScalarType(changesType || watched.model->ownType() ? type : output.scalar_type());
    seen.device = toText(device);
    seen.randomWeights = facts.randomWeights;
    seen.outputKind = facts.outputKind;
    noteWeights(*watched.model, facts, seen);
    seen.inputs = factsOf(watched.inputs);
    seen.output = factOf("output", output);
    seen.calls = describedCalls(watched);
    for (const WatchedCall& call : seen.calls)
    {
        seen.attentionNs = call.ns ? std::optional(seen.attentionNs.value_or(0) + *call.ns) : seen.attentionNs;
    }
    if (seen.weightBytes)
    {
        seen.peakBytes = *seen.weightBytes + pass.peakBytes;
    }
    seen.switchesBackends = facts.switchesBackends && std::ranges::any_of(seen.calls, [](const WatchedCall& call)
                                                                          { return call.form == CallForm::Sdpa; });
    seen.model = specOf(facts, seen, pass, watched.inputs);
    seen.notes = facts.notes;
    seen.notes.insert(seen.notes.end(), pass.notes.begin(), pass.notes.end());
    seen.reachesOut = facts.reachesOut;
    seen.outputIsFinite = at::isfinite(output).all().item<bool>();
    if (!seen.outputIsFinite)
    {
        seen.notes.emplace_back("Its output has NaN or infinity: on these inputs, or in this runtime, it computes "
                                "something wrong.");
    }
    if (!isSame(output, again))
    {
        seen.notes.emplace_back(
            "Its output differs from run to run on the same inputs: it draws random numbers, or this "
            "runtime computes something wrong.");
    }
    for (auto& note : requestNotes(request, *watched.model, watched.inputs))
    {
        seen.notes.push_back(std::move(note));
    }
    noteUnseen(
        facts, [&] { forward(); }, watched);
    if (request.watchBackward && abilitiesOf(facts.loader).givesGradients)
    {
        watchTraining(shared);
    }
    if (!request.outputFile.empty())
    {
        writeOutput(request.outputFile, output);
    }
    return shared;
}

} // namespace headroom::engine
