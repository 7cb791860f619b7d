// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/captured_calls.h"

#include "core/engine/attention/attention_call.h"
#include "core/engine/attention/backend_trial.h"

#include <ATen/ATen.h>

namespace headroom::engine
{

namespace
{

/// The calls of a model that does not hand them over, as they were watched; what the backward pass would hand them is
/// drawn.
CapturedCalls watchedCalls(const ModelSession& session, bool training)
{
    CapturedCalls calls;
    const WatchedModel& watched = *session.watched();
    for (std::size_t call = 0; call < watched.calls.size(); ++call)
    {
        if (!watched.isCaptured(call))
        {
            continue;
        }
        calls.inputs.push_back(watched.inputsOf(call));
        calls.numbers.push_back(call);
        if (training)
        {
            calls.outputGradients.push_back(
                makeOutputGradient(watched.calls[call].problem, session.device(), watched.request.seed));
        }
    }
    return calls;
}

} // namespace

CapturedCalls captureCalls(ModelSession& session, bool training)
{
    if (!session.model().routes())
    {
        return watchedCalls(session, training);
    }
    CapturedCalls calls;
    const auto layers = static_cast<std::size_t>(session.input().model.layers);
    calls.outputGradients.resize(training ? layers : 0);
    const AttentionRoute route = [&](std::int64_t layer, const AttentionInputs& inputs)
    {
        AttentionInputs kept = inputs;
        kept.query = inputs.query.detach();
        kept.key = inputs.key.detach();
        kept.value = inputs.value.detach();
        calls.numbers.push_back(calls.inputs.size());
        calls.inputs.push_back(kept);
        auto output = attend(Backend::Default, inputs);
        if (output.requires_grad())
        {
            auto& slot = calls.outputGradients[static_cast<std::size_t>(layer)];
            output.register_hook([&slot](const at::Tensor& gradient) { slot = gradient.detach(); });
        }
        return output;
    };
    if (training)
    {
        session.trainStep(route);
        session.clearGradients();
    }
    else
    {
        session.infer(route);
    }
    return calls;
}

} // namespace headroom::engine
