// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/frontier_probe.h"

#include "core/engine/cuda_support.h"
#include "core/engine/attention/attention_call.h"
#include "core/engine/attention/attention_inputs.h"
#include "core/engine/device/memory_meter.h"
#include "core/engine/prepared_work.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>

#if HEADROOM_LIBTORCH_HAS_CUDA
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#endif

#include <chrono>
#include <vector>

namespace headroom::engine
{
namespace
{

constexpr double kLongestRunOnCpu = 2;
constexpr double kGuessedOnCpu = 1e10;
constexpr double kGuessedOnCuda = 2e12;

void settle(const c10::Device& device, bool emptyCache)
{
#if HEADROOM_LIBTORCH_HAS_CUDA
    if (device.is_cuda())
    {
        c10::cuda::device_synchronize();
        if (emptyCache)
        {
            c10::cuda::CUDACachingAllocator::emptyCache();
        }
    }
#else
    static_cast<void>(device);
    static_cast<void>(emptyCache);
#endif
}

/// Random numbers in place: made in float32 first, they would need more memory than the call itself.
void fill(at::Tensor& tensor)
{
    auto own = tensor.stride(1) == 0 && tensor.size(1) > 1 ? tensor.narrow(1, 0, 1) : tensor;
    own.normal_();
}

AttentionInputs smallestInputs(const AttentionProblem& problem, const c10::Device& device)
{
    const c10::NoGradGuard noGradients;
    auto inputs = makeShapes(problem, device);
    fill(inputs.query);
    fill(inputs.key);
    fill(inputs.value);
    if (inputs.mask)
    {
        inputs.mask->scalar_type() == at::kBool ? inputs.mask->fill_(true) : inputs.mask->zero_();
    }
    return inputs;
}

void attendOnce(const AttentionProblem& problem, Backend backend, Pass pass, const c10::Device& device)
{
    auto inputs = smallestInputs(problem, device);
    if (pass == Pass::Forward)
    {
        const c10::NoGradGuard noGradients;
        attend(backend, inputs);
        return;
    }
    inputs.query = inputs.query.detach().requires_grad_(true);
    inputs.key = inputs.key.detach().requires_grad_(true);
    inputs.value = inputs.value.detach().requires_grad_(true);
    const c10::AutoGradMode gradients(true);
    const std::vector<at::Tensor> wanted{inputs.query, inputs.key, inputs.value};
    // A backward pass alone keeps its forward pass, as a case of it does.
    const auto outputGradient = at::ones({problem.batch, problem.queryLength, problem.queryHeads, problem.headDimV},
                                         inputs.query.options().requires_grad(false))
                                    .transpose(1, 2);
    torch::autograd::grad({attend(backend, inputs)}, wanted, {outputGradient}, pass == Pass::Backward);
}

FrontierLimits limitsOn(const c10::Device& device)
{
    FrontierLimits limits;
    limits.threads = at::get_num_threads();
    limits.runBeyondMemory = device.is_cuda();
    limits.guessedFlopsPerSecond = device.is_cuda() ? kGuessedOnCuda : kGuessedOnCpu;
    if (device.is_cpu())
    {
        limits.mostSecondsOfRun = kLongestRunOnCpu;
    }
    return limits;
}

} // namespace

FrontierTry runOnce(const AttentionProblem& problem, Backend backend, Pass pass, const c10::Device& device)
{
    FrontierTry tried;
    const auto start = std::chrono::steady_clock::now();
    try
    {
        try
        {
            const auto work = [&] { attendOnce(problem, backend, pass, device); };
            tried.measuredBytes = static_cast<double>(peakBytes(device, 0, work));
            settle(device, false);
            tried.outcome = TryOutcome::Ran;
        }
        catch (...)
        {
            throwAsEngineError();
        }
    }
    catch (const EngineError& error)
    {
        if (error.cause() == Cause::DeviceLost)
        {
            throw;
        }
        tried.outcome = error.cause() == Cause::OutOfMemory ? TryOutcome::OutOfMemory : TryOutcome::Refused;
        tried.reason = error.what();
    }
    tried.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    settle(device, true);
    return tried;
}

void probeFrontier(const ProbeJob& job, const c10::Device& device, std::uint64_t seed, const EventDataSink& sink,
                   std::stop_token stop)
{
    const auto* problem = std::get_if<AttentionProblem>(&job.subject);
    if (problem == nullptr)
    {
        throw EngineError(Cause::Unsupported, "a frontier is of one attention call; name a shape");
    }
    at::manual_seed(seed);
    for (const auto backend : job.backends)
    {
        const auto run = [&](const AttentionProblem& at)
        {
            if (stop.stop_requested())
            {
                FrontierTry cancelled;
                cancelled.outcome = TryOutcome::Refused;
                cancelled.reason = "cancelled";
                return cancelled;
            }
            return runOnce(at, backend, job.pass, device);
        };
        settle(device, true);
        const auto available = static_cast<double>(availableBytes(device));
        EvidenceSeen seen;
        seen.frontier = searchFrontier(*problem, backend, job.pass, available, limitsOn(device), run);
        sink(std::move(seen));
    }
}

} // namespace headroom::engine
