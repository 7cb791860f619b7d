// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/attention_judge.h"

#include "core/engine/attention/yardstick.h"
#include "core/engine/tensor_types.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <new>
#include <utility>

namespace headroom::engine
{

std::string firstSentence(const std::exception& error)
{
    const auto* torchError = dynamic_cast<const c10::Error*>(&error);
    std::string text = torchError ? torchError->what_without_backtrace() : error.what();
    if (const auto end = text.find('\n'); end != std::string::npos)
    {
        text.resize(end);
    }
    return text;
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

AttentionJudge::AttentionJudge(AttentionInputs inputs, at::Tensor outputGradient, AccuracyPolicy policy)
    : m_inputs(std::move(inputs)), m_outputGradient(std::move(outputGradient)), m_policy(policy),
      m_reference(referenceAttention(m_inputs, m_outputGradient)),
      m_yardstick(yardstickAttention(m_inputs, m_outputGradient))
{
}

std::vector<AttentionJudge::JudgedTensor>& AttentionJudge::tensors() const
{
    using Results = AttentionResults;
    if (m_tensors.empty())
    {
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
    return m_tensors;
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
    try
    {
        CallTimes taken;
        auto results = attendTimed(backend, m_inputs, m_outputGradient, times ? &taken : nullptr);
        if (times)
        {
            *times = taken;
        }
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
    for (auto& tensor : tensors())
    {
        addNoise(tensor.standard, noise.*tensor.member);
    }
}

Judgement AttentionJudge::judgeByStandards(Backend backend, const AttentionResults& results) const
{
    Judgement judgement;
    judgement.backend = backend;
    judgement.dtype = fromScalarType(m_inputs.query.scalar_type());
    for (const auto& tensor : tensors())
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
