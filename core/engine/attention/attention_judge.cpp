// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/attention_judge.h"

#include "core/engine/attention/device_steps.h"
#include "core/engine/attention/yardstick.h"
#include "core/engine/device/device_mark.h"
#include "core/engine/device/synchronise.h"
#include "core/engine/tensor_types.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <chrono>
#include <new>
#include <utility>

namespace headroom::engine
{

namespace
{

constexpr std::string_view kInterpreter = "The following operation failed in the TorchScript interpreter";
constexpr std::string_view kBlanks = " \t\r\n";

std::string_view trimmed(std::string_view text)
{
    const auto begin = text.find_first_not_of(kBlanks);
    return begin == std::string_view::npos ? std::string_view()
                                           : text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

/// What stands behind "RuntimeError: ", or behind the name of another exception; empty for another line.
std::string_view reasonIn(std::string_view line)
{
    const auto colon = line.find(": ");
    const auto name = line.substr(0, colon);
    const bool named = colon != std::string_view::npos && name.find(' ') == std::string_view::npos &&
                       (name.ends_with("Error") || name.ends_with("Exception"));
    return named ? trimmed(line.substr(colon + 2)) : std::string_view();
}

} // namespace

std::string sentenceOf(std::string_view text)
{
    // TorchScript's interpreter gives the trace first, and at its end the reason; the compiler begins with a blank
    // line.
    const bool traced = trimmed(text).starts_with(kInterpreter);
    std::string_view first;
    for (std::size_t begin = 0; begin < text.size();)
    {
        const auto end = std::min(text.find('\n', begin), text.size());
        const auto line = trimmed(text.substr(begin, end - begin));
        begin = end + 1;
        first = first.empty() ? line : first;
        if (traced && !reasonIn(line).empty())
        {
            first = reasonIn(line);
        }
    }
    while (first.ends_with(':')) // of what stood below it
    {
        first.remove_suffix(1);
    }
    return first.empty() ? "LibTorch failed without a reason" : std::string(first);
}

std::string firstSentence(const std::exception& error)
{
    const auto* torchError = dynamic_cast<const c10::Error*>(&error);
    return sentenceOf(torchError ? torchError->what_without_backtrace() : error.what());
}

bool isOutOfMemory(const std::exception& error)
{
    if (dynamic_cast<const c10::OutOfMemoryError*>(&error) || dynamic_cast<const std::bad_alloc*>(&error))
    {
        return true;
    }
    const std::string_view text = error.what();
    for (const std::string_view sign :
         {"can't allocate memory", "out of memory", "CUBLAS_STATUS_ALLOC_FAILED", "CUDNN_STATUS_ALLOC_FAILED",
          "CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED"})
    {
        if (text.find(sign) != std::string_view::npos)
        {
            return true;
        }
    }
    return false;
}

AttentionJudge::AttentionJudge(AttentionInputs inputs, at::Tensor outputGradient, AccuracyPolicy policy,
                               std::optional<PlanningBackend> planning)
    : m_inputs(std::move(inputs)), m_outputGradient(std::move(outputGradient)), m_policy(policy)
{
    if (planning)
    {
        const ReferencePass reference(m_inputs, m_outputGradient);
        const YardstickPass yardstick(m_inputs, m_outputGradient);
        DeviceSteps steps(m_inputs.query.device());
        steps.add(reference.steps());
        steps.add(yardstick.steps());
        callPlanning(*planning, steps);
        steps.launchAll();
        m_reference = reference.results();
        m_yardstick = yardstick.results();
    }
    else // one after the other, since either needs memory
    {
        m_reference = referenceAttention(m_inputs, m_outputGradient);
        m_yardstick = yardstickAttention(m_inputs, m_outputGradient);
    }
    measureStandards();
}

/// Each pass is called behind a part of what \a meanwhile has to do, so short that the device has done it before the
/// plan is made: to load a plan waits for the device. Where the call was launched before, because it needed no plan,
/// the rest of that part is taken off; where it just waited, its time is an upper bound, by less than that part.
void AttentionJudge::callPlanning(const PlanningBackend& planning, DeviceSteps& meanwhile)
{
    constexpr double kMeanwhileSeconds = 0.04;
    const auto device = m_inputs.query.device();
    const auto nsOf = [&](const std::function<void()>& work)
    {
        synchronise(device);
        meanwhile.launchFor(kMeanwhileSeconds);
        const DeviceMark free(device);
        const auto start = std::chrono::steady_clock::now();
        work();
        const auto launched = std::chrono::steady_clock::now();
        synchronise(device);
        const auto end = std::chrono::steady_clock::now();
        const auto taken = launched < free.reachedAt() ? launched - start + (end - free.reachedAt()) : end - start;
        return std::chrono::duration<double, std::nano>(taken).count();
    };
    try
    {
        Planned planned{planning.backend, {}, {}};
        planned.results = attendByPasses(
            planning.backend, m_inputs, m_outputGradient,
            [&](Pass pass, const std::function<void()>& work)
            { (pass == Pass::Backward ? planned.times.backwardNs : planned.times.forwardNs) = nsOf(work); });
        if (planning.inference)
        {
            const c10::NoGradGuard noGradients;
            planned.times.inferenceNs = nsOf([&] { attend(planning.backend, m_inputs); });
        }
        m_planned = std::move(planned);
    }
    catch (const c10::Error&)
    {
        // It is called again, and what it says is told, when it is judged.
    }
}

void AttentionJudge::measureStandards()
{
    using Results = AttentionResults;
    for (const auto& [name, member] :
         {std::pair{"O", &Results::output}, std::pair{"LSE", &Results::logSumExp},
          std::pair{"dQ", &Results::queryGradient}, std::pair{"dK", &Results::keyGradient},
          std::pair{"dV", &Results::valueGradient}, std::pair{"dMask", &Results::maskGradient}})
    {
        if ((m_reference.*member).defined())
        {
            m_tensors.push_back({name, member, measureStandard(m_reference.*member, m_yardstick.*member)});
        }
    }
}

Judgement AttentionJudge::judge(Backend backend, CallTimes* times) const
{
    try
    {
        return judge(backend, backend == Backend::Naive ? m_yardstick : run(backend, times));
    }
    catch (const c10::Error& error)
    {
        Judgement refused;
        refused.backend = backend;
        refused.dtype = fromScalarType(m_inputs.query.scalar_type());
        refused.reason = isOutOfMemory(error) ? "out of memory: " + firstSentence(error) : firstSentence(error);
        return refused;
    }
}

/// With gradients, or, where the backend takes the call in inference alone, without.
AttentionResults AttentionJudge::run(Backend backend, CallTimes* times) const
{
    if (m_planned && m_planned->backend == backend)
    {
        if (times)
        {
            *times = m_planned->times;
        }
        return m_planned->results;
    }
    try
    {
        if (!times)
        {
            return attendWithGradients(backend, m_inputs, m_outputGradient);
        }
        CallTimes taken;
        auto results = attendByPasses(backend, m_inputs, m_outputGradient, timedRunner(m_inputs.query.device(), taken));
        *times = taken;
        return results;
    }
    catch (const c10::Error& error)
    {
        if (isOutOfMemory(error) || !m_outputGradient.defined())
        {
            throw;
        }
        const c10::NoGradGuard noGradients;
        return {.output = attend(backend, m_inputs),
                .logSumExp = {},
                .queryGradient = {},
                .keyGradient = {},
                .valueGradient = {},
                .maskGradient = {}};
    }
}

/// The rounding noise of the reference, which takes as long again as the reference itself.
void AttentionJudge::measureNoise() const
{
    m_noiseMeasured = true;
    const auto noise = referenceAttention(m_inputs, m_outputGradient, 0, /*noise=*/true).noise;
    for (auto& tensor : m_tensors)
    {
        addNoise(tensor.standard, noise.*tensor.member);
    }
}

Judgement AttentionJudge::judgeByStandards(Backend backend, const AttentionResults& results) const
{
    Judgement judgement;
    judgement.backend = backend;
    judgement.dtype = fromScalarType(m_inputs.query.scalar_type());
    for (const auto& tensor : m_tensors)
    {
        if (const auto& value = results.*tensor.member; value.defined())
        {
            const bool isOutput = tensor.member == &AttentionResults::output;
            judgement.tensors.push_back(
                judgeTensor(tensor.name, value, tensor.standard, judgement.dtype, isOutput, m_policy));
        }
    }
    concludeJudgement(judgement);
    return judgement;
}

Judgement AttentionJudge::judge(Backend backend, const AttentionResults& results) const
{
    auto judgement = judgeByStandards(backend, results);
    // Noise only widens what is allowed: who passes without it passes with it.
    if (judgement.verdict == AccuracyVerdict::Failed && !m_noiseMeasured)
    {
        measureNoise();
        judgement = judgeByStandards(backend, results);
    }
    return judgement;
}

} // namespace headroom::engine
