// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/refusals.h"

#include "core/engine/cuda_support.h"
#include "core/engine/attention/attention_judge.h"
#include "core/engine/attention/backend_guard.h"

#include <ATen/ATen.h>
#include <ATen/native/transformers/cuda/sdp_utils.h>
#include <c10/util/Exception.h>

#include <algorithm>

namespace headroom::engine
{
namespace
{

/// Collects what LibTorch warns of. Handlers are thread-local (ThreadWarningHandler in c10/util/Exception.cpp), so this
/// must live on the thread that asks.
class WarningCollector : public c10::WarningHandler
{
public:
    void process(const c10::Warning& warning) override
    {
        std::string text = warning.msg();
        if (const auto end = text.find(" (Triggered internally at"); end != std::string::npos)
        {
            text.resize(end);
        }
        // "X attention kernel not used because:" only introduces the reason that follows.
        const bool introduction = text.find("not used because:") != std::string::npos;
        if (!introduction && std::find(m_texts.begin(), m_texts.end(), text) == m_texts.end())
        {
            m_texts.push_back(std::move(text));
        }
    }
    std::vector<std::string> take() { return std::move(m_texts); }

private:
    std::vector<std::string> m_texts;
};

#if HEADROOM_LIBTORCH_HAS_CUDA
SelectorAnswer askCuda(Backend backend, const AttentionInputs& inputs)
{
    const BackendGuard all(Backend::Default);
    const sdp::sdp_params params{inputs.query,
                                 inputs.key,
                                 inputs.value,
                                 inputs.mask,
                                 inputs.dropout,
                                 inputs.causal,
                                 inputs.query.size(1) != inputs.key.size(1)};
    WarningCollector collector;
    const c10::WarningUtils::WarningHandlerGuard collecting(&collector);
    const c10::WarningUtils::WarnAlways always(true);
    SelectorAnswer answer;
    switch (backend)
    {
    case Backend::Flash:
        answer.accepts = sdp::can_use_flash_attention(params, true);
        break;
    case Backend::MemoryEfficient:
        answer.accepts = sdp::can_use_mem_efficient_attention(params, true);
        break;
    case Backend::Cudnn:
        answer.accepts = sdp::can_use_cudnn_attention(params, true);
        break;
    default:
        break;
    }
    if (!answer.accepts.value_or(true))
    {
        answer.reasons = collector.take();
    }
    return answer;
}
#endif

SelectorAnswer askCpu(Backend backend, const AttentionInputs& inputs)
{
    SelectorAnswer answer;
    if (backend == Backend::MemoryEfficient || backend == Backend::Cudnn)
    {
        answer.accepts = false; // there is no such kernel, and nothing in LibTorch that could say a word about it
        return answer;
    }
    const BackendGuard forced(backend);
    WarningCollector collector;
    const c10::WarningUtils::WarningHandlerGuard collecting(&collector);
    const c10::WarningUtils::WarnAlways always(true);
    try
    {
        const auto choice =
            at::_fused_sdp_choice(inputs.query, inputs.key, inputs.value, inputs.mask, inputs.dropout, inputs.causal,
                                  inputs.scale, inputs.query.size(1) != inputs.key.size(1));
        answer.accepts = fromSdpBackend(static_cast<at::SDPBackend>(choice)) == backend;
    }
    catch (const c10::Error& error)
    {
        answer.accepts = false;
        answer.reasons = {firstSentence(error)};
    }
    auto reasons = collector.take();
    if (!*answer.accepts && !reasons.empty())
    {
        answer.reasons = std::move(reasons);
    }
    return answer;
}

} // namespace

SelectorAnswer askSelector(Backend backend, const AttentionInputs& inputs)
{
    if (backend == Backend::Math)
    {
        return {}; // the selector has no rule for it: it gets what nobody else takes
    }
    if (!inputs.query.is_cuda())
    {
        return askCpu(backend, inputs);
    }
#if HEADROOM_LIBTORCH_HAS_CUDA
    return askCuda(backend, inputs);
#else
    return {};
#endif
}

std::optional<Backend> defaultChoice(const AttentionInputs& inputs)
{
    const BackendGuard all(Backend::Default);
    const auto choice = at::_fused_sdp_choice(inputs.query, inputs.key, inputs.value, inputs.mask, inputs.dropout,
                                              inputs.causal, inputs.scale, inputs.query.size(1) != inputs.key.size(1));
    return fromSdpBackend(static_cast<at::SDPBackend>(choice));
}

} // namespace headroom::engine
