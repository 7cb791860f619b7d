// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/backend_trial.h"

#include "core/engine/attention/refusals.h"
#include "core/engine/device/synchronise.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <fmt/format.h>

namespace headroom::engine
{
namespace
{

constexpr std::uint64_t kGradientSeed = 0x6772616475;

bool isRefusal(const std::string& words)
{
    return words.find("No available kernel") != std::string::npos ||
           words.find("No viable backend") != std::string::npos;
}

/// The selector's own reason where it has one, which says more than that there is no kernel.
std::string refusalWords(Backend backend, const AttentionInputs& inputs, bool gradients, const std::string& words)
{
    AttentionInputs asked = inputs;
    if (gradients)
    {
        for (at::Tensor* tensor : {&asked.query, &asked.key, &asked.value})
        {
            *tensor = tensor->detach().requires_grad_(true);
        }
    }
    const auto reasons = askSelector(backend, asked).reasons;
    return reasons.empty() ? words : reasons.front();
}

BackendTrial failedTrial(const std::exception& error, Backend backend, const AttentionInputs& inputs, bool gradients)
{
    BackendTrial trial;
    trial.words = firstSentence(error);
    if (isOutOfMemory(error))
    {
        trial.end = TrialEnd::OutOfMemory;
    }
    else if (isRefusal(trial.words))
    {
        trial.end = TrialEnd::Refused;
        trial.words = refusalWords(backend, inputs, gradients, trial.words);
    }
    else
    {
        trial.end = TrialEnd::Threw;
    }
    return trial;
}

BackendTrial tryOnce(Backend backend, const AttentionInputs& inputs, const at::Tensor& outputGradient,
                     const AttentionRun& run)
{
    BackendTrial trial;
    try
    {
        trial.results = run(backend, inputs, outputGradient);
        trial.end = TrialEnd::Done;
    }
    catch (const c10::Error& error)
    {
        trial = failedTrial(error, backend, inputs, outputGradient.defined());
    }
    // Outside of the try: where the context is lost this throws again, and the worker is replaced.
    synchronise(inputs.query.device());
    return trial;
}

std::string placeOf(const TensorErrors& errors)
{
    std::string place;
    for (const auto index : errors.worstIndex)
    {
        place += fmt::format("{}{}", place.empty() ? "" : ", ", index);
    }
    return place.empty()
               ? place
               : fmt::format(", at [{}] ({:.6g} instead of {:.6g})", place, errors.worstValue, errors.worstReference);
}

c10::ScalarType integersOf(const at::Tensor& tensor)
{
    switch (tensor.element_size())
    {
    case 2:
        return at::kShort;
    case 4:
        return at::kInt;
    case 8:
        return at::kLong;
    default:
        return at::kByte;
    }
}

} // namespace

BackendTrial tryBackend(Backend backend, const AttentionInputs& inputs, const at::Tensor& outputGradient,
                        const AttentionRun& run)
{
    auto trial = tryOnce(backend, inputs, outputGradient, run);
    if (trial.end != TrialEnd::Refused || !outputGradient.defined())
    {
        return trial;
    }
    const c10::NoGradGuard noGradients;
    const auto outputAlone = [](Backend which, const AttentionInputs& given, const at::Tensor&)
    {
        AttentionResults results;
        results.output = attend(which, given);
        return results;
    };
    auto inference = tryOnce(backend, inputs, {}, outputAlone);
    if (inference.end != TrialEnd::Done)
    {
        return trial;
    }
    inference.end = TrialEnd::InferenceOnly;
    inference.words = trial.words;
    return inference;
}

at::Tensor makeOutputGradient(const AttentionProblem& problem, const c10::Device& device, std::uint64_t seed)
{
    AttentionProblem shape = problem;
    shape.headDimQk = problem.headDimV;
    shape.kvHeads = problem.queryHeads;
    shape.kvLength = 1;
    shape.mask = MaskKind::None;
    shape.layout = Layout::Bhsd;
    return makeInputs(shape, device, seed ^ kGradientSeed).query;
}

std::vector<std::string> linesOf(const Judgement& judgement)
{
    std::vector<std::string> lines;
    for (const auto& tensor : judgement.tensors)
    {
        if (tensor.verdict == AccuracyVerdict::Passed)
        {
            lines.push_back(fmt::format("{}: largest error {:.2e}, allowed {:.2e}{}", tensor.tensor,
                                        tensor.errors.maxError, tensor.allowedMax, placeOf(tensor.errors)));
        }
        else
        {
            lines.push_back(fmt::format("{}: {}", tensor.tensor, tensor.reason));
        }
    }
    return lines;
}

bool isWrong(const Judgement& judgement)
{
    return judgement.verdict == AccuracyVerdict::Failed || judgement.verdict == AccuracyVerdict::NotFinite;
}

bool bitEqual(const at::Tensor& first, const at::Tensor& second)
{
    const auto integers = integersOf(first);
    return first.sizes() == second.sizes() &&
           at::equal(first.contiguous().view(integers), second.contiguous().view(integers));
}

std::vector<std::pair<const char*, at::Tensor>> namedTensors(const AttentionResults& results)
{
    std::vector<std::pair<const char*, at::Tensor>> named;
    for (const auto& [name, tensor] :
         {std::pair{"O", results.output}, std::pair{"LSE", results.logSumExp}, std::pair{"dQ", results.queryGradient},
          std::pair{"dK", results.keyGradient}, std::pair{"dV", results.valueGradient},
          std::pair{"dMask", results.maskGradient}})
    {
        if (tensor.defined())
        {
            named.emplace_back(name, tensor);
        }
    }
    return named;
}

} // namespace headroom::engine
