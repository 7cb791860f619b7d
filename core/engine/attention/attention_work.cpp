// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/attention_work.h"

#include "core/engine/attention/attention_call.h"
#include "core/engine/attention/attention_inputs.h"
#include "core/engine/device/graph_replay.h"
#include "core/engine/device/memory_meter.h"
#include "core/engine/device/torch_device.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace headroom::engine
{
namespace
{

constexpr double kReplaySeconds = 200e-6;
constexpr std::int64_t kMostRuns = 256;

std::vector<at::Tensor> withGradients(AttentionInputs& inputs)
{
    std::vector<at::Tensor> wanted;
    for (at::Tensor* tensor : {&inputs.query, &inputs.key, &inputs.value})
    {
        *tensor = tensor->detach().requires_grad_(true);
        wanted.push_back(*tensor);
    }
    if (inputs.mask && inputs.mask->requires_grad())
    {
        wanted.push_back(*inputs.mask);
    }
    return wanted;
}

/// What a run of a pass consists of.
struct PassWork
{
    std::function<void()> run;
    std::int64_t heldBytes = 0;
    Observation forward{}; ///< of the forward pass that a backward pass goes back through
};

/// Bytes of the storages behind \a tensors, each once: tensors may share one, and an expanded one is smaller than it
/// looks.
std::int64_t heldBytesOf(const std::vector<at::Tensor>& tensors)
{
    std::set<const void*> seen;
    std::int64_t bytes = 0;
    for (const auto& tensor : tensors)
    {
        if (tensor.defined() && seen.insert(tensor.storage().unsafeGetStorageImpl()).second)
        {
            bytes += static_cast<std::int64_t>(tensor.storage().nbytes());
        }
    }
    return bytes;
}

PassWork forwardWork(const AttentionCall& call, const AttentionInputs& inputs)
{
    const auto run = [inputs, call]
    {
        const c10::NoGradGuard noGradients;
        call(inputs);
    };
    return {run, heldBytesOf({inputs.query, inputs.key, inputs.value, inputs.mask.value_or(at::Tensor())})};
}

PassWork gradientWork(const AttentionCall& call, Pass pass, AttentionInputs inputs, const c10::Device& device)
{
    const auto wanted = withGradients(inputs);
    const c10::AutoGradMode gradients(true);
    at::Tensor output;
    // On the CPU nobody else knows what autograd keeps for the backward pass.
    Observation forward;
    const auto saved = keptBytes(device, [&] { forward = observe([&] { output = call(inputs); }, device.is_cuda()); });
    const auto outputGradient = at::randn_like(output.detach());
    auto held = wanted;
    held.insert(held.end(), {outputGradient, inputs.mask.value_or(at::Tensor())});
    if (pass == Pass::Backward)
    {
        const auto backward = [output, outputGradient, wanted]
        { torch::autograd::grad({output}, wanted, {outputGradient}, /*retain_graph=*/true); };
        return {backward, heldBytesOf(held) + saved, std::move(forward)};
    }
    const auto step = [inputs, call, outputGradient, wanted]
    {
        const c10::AutoGradMode on(true);
        torch::autograd::grad({call(inputs)}, wanted, {outputGradient});
    };
    return {step, heldBytesOf(held)};
}

PassWork passWork(Pass pass, const AttentionInputs& inputs, const AttentionCall& call, const c10::Device& device)
{
    return pass == Pass::Forward ? forwardWork(call, inputs) : gradientWork(call, pass, inputs, device);
}

PassWork passWork(const Case& wanted, const AttentionProblem& problem, const c10::Device& device, std::uint64_t seed)
{
    const auto call = [backend = wanted.backend](const AttentionInputs& inputs) { return attend(backend, inputs); };
    return passWork(wanted.pass, makeInputs(problem, device, seed), call, device);
}

/// Wall time of \a run with what it leaves in flight, the second of two.
double secondsOf(const std::function<void()>& run, const c10::Device& device)
{
    run();
    synchronise(device);
    const auto start = std::chrono::steady_clock::now();
    run();
    synchronise(device);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The sets of inputs of a graph: one, or, cold, so many that a set is gone from the L2 cache when its turn comes
/// again.
std::int64_t setsOf(bool cold, std::int64_t bytesOfSet, const c10::Device& device)
{
    const std::int64_t wanted = 2 * l2Bytes(device);
    return cold ? std::clamp<std::int64_t>(wanted / std::max<std::int64_t>(bytesOfSet, 1) + 1, 1, kMostRuns) : 1;
}

void recordAsGraph(WorkSetup& setup, const Case& wanted, const AttentionProblem& problem, std::uint64_t seed)
{
    const auto device = setup.device;
    const auto graphOf = [=](bool whole)
    {
        return std::make_shared<GraphReplay>(
            device,
            [=]
            {
                std::vector<PassWork> sets{passWork(wanted, problem, device, seed)};
                GraphRuns runs{sets.front().run};
                if (!whole)
                {
                    return runs;
                }
                const auto count = setsOf(wanted.l2 == L2State::Cold, sets.front().heldBytes, device);
                for (std::int64_t set = 1; set < count; ++set)
                {
                    runs.push_back(passWork(wanted, problem, device, seed + static_cast<std::uint64_t>(set)).run);
                }
                const double once = std::max(secondsOf(runs.front(), device), 1e-6) * static_cast<double>(count);
                const auto turns = std::clamp<std::int64_t>(std::llround(std::ceil(kReplaySeconds / once)), 1,
                                                            std::max<std::int64_t>(kMostRuns / count, 1));
                for (std::int64_t turn = 1; turn < turns; ++turn)
                {
                    std::copy_n(runs.begin(), count, std::back_inserter(runs));
                }
                return runs;
            });
    };
    const auto graph = graphOf(true);
    setup.work = [graph] { graph->replay(); };
    setup.runsPerSample = graph->runs();
    setup.coldL2 = false; // the sets of inputs see to it
    setup.observed = [graphOf] { graphOf(false)->replay(); };
}

void take(WorkSetup& setup, PassWork work)
{
    setup.work = std::move(work.run);
    setup.seenBefore = std::move(work.forward);
    setup.heldBytes = work.heldBytes;
}

} // namespace

WorkSetup attentionWork(const Case& wanted, const AttentionProblem& problem, const c10::Device& device,
                        std::uint64_t seed)
{
    WorkSetup setup(wanted, device);
    if (wanted.launch == Launch::Graph)
    {
        recordAsGraph(setup, wanted, problem, seed);
        return setup;
    }
    take(setup, passWork(wanted, problem, device, seed));
    return setup;
}

WorkSetup callWork(const Case& wanted, const AttentionInputs& inputs, const AttentionCall& call,
                   const c10::Device& device)
{
    WorkSetup setup(wanted, device);
    take(setup, passWork(wanted.pass, inputs, call, device));
    return setup;
}

} // namespace headroom::engine
