// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/attention_judge.h"

#include "core/engine/attention/tensor_errors.h"
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
      m_reference(referenceAttention(m_inputs, m_outputGradient, kReferenceBlockBytes, /*noise=*/true)),
      m_yardstick(attendWithGradients(Backend::Naive, m_inputs, m_outputGradient))
{
}

Judgement AttentionJudge::judge(Backend backend) const
{
    try
    {
        return judge(backend, backend == Backend::Naive ? m_yardstick : run(backend));
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
AttentionResults AttentionJudge::run(Backend backend) const
{
    try
    {
        return attendWithGradients(backend, m_inputs, m_outputGradient);
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

Judgement AttentionJudge::judge(Backend backend, const AttentionResults& results) const
{
    Judgement judgement;
    judgement.backend = backend;
    judgement.dtype = fromScalarType(m_inputs.query.scalar_type());
    const auto add = [&](const char* name, const at::Tensor& value, const at::Tensor& yardstick,
                         const at::Tensor& reference, const at::Tensor& noise, bool isOutput = false)
    {
        if (value.defined() && reference.defined())
        {
            judgement.tensors.push_back(
                judgeTensor(name, value, yardstick, reference, noise, judgement.dtype, isOutput, m_policy));
        }
    };
    const auto& noise = m_reference.noise;
    add("O", results.output, m_yardstick.output, m_reference.output, noise.output, true);
    add("LSE", results.logSumExp, m_yardstick.logSumExp, m_reference.logSumExp, noise.logSumExp);
    add("dQ", results.queryGradient, m_yardstick.queryGradient, m_reference.queryGradient, noise.queryGradient);
    add("dK", results.keyGradient, m_yardstick.keyGradient, m_reference.keyGradient, noise.keyGradient);
    add("dV", results.valueGradient, m_yardstick.valueGradient, m_reference.valueGradient, noise.valueGradient);
    add("dMask", results.maskGradient, m_yardstick.maskGradient, m_reference.maskGradient, noise.maskGradient);
    concludeJudgement(judgement);
    return judgement;
}

} // namespace headroom::engine
