// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/model_probe.h"

#include "core/engine/attention/attention_call.h"
#include "core/engine/attention/kernel_observer.h"
#include "core/engine/attention/refusals.h"
#include "core/engine/model/captured_calls.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace headroom::engine
{
namespace
{

RunEvidence observeDefault(ModelSession& session, Pass pass, Backend predicted)
{
    const Case observed{session.input(), Backend::Default, pass};
    const auto seen = observe(
        [&]
        {
            if (pass == Pass::Forward)
            {
                session.infer(Backend::Default);
            }
            else
            {
                session.trainStep(Backend::Default);
            }
        },
        session.device().is_cuda());
    session.clearGradients();
    RunEvidence evidence;
    evidence.caseId = observed.id();
    evidence.pass = pass;
    evidence.requested = Backend::Default;
    evidence.attentionCalls = seen.attentionCalls;
    evidence.operators = seen.operators;
    evidence.kernels = seen.kernels;
    evidence.ran = backendFromNames(seen.operators, seen.kernels);
    evidence.asPredicted = evidence.ran == predicted;
    return evidence;
}

} // namespace

LayerEvidence explainCall(const std::string& path, const AttentionInputs& inputs, bool needsGradients,
                          const DeviceFacts& device)
{
    const c10::AutoGradMode gradients(needsGradients);
    AttentionInputs asked = inputs;
    asked.query = inputs.query.detach().requires_grad_(needsGradients);
    asked.key = inputs.key.detach().requires_grad_(needsGradients);
    asked.value = inputs.value.detach().requires_grad_(needsGradients);

    LayerEvidence evidence;
    evidence.path = path;
    evidence.problem = problemOf(inputs, needsGradients);
    for (const auto& rules : checkEligibility(evidence.problem, device))
    {
        auto answer = askSelector(rules.backend, asked);
        evidence.answers.push_back({rules, answer.accepts, std::move(answer.reasons)});
    }
    evidence.predictedDefault = predictDefault(evidence.problem, device);
    evidence.libtorchDefault = defaultChoice(asked);
    return evidence;
}

void probeModel(ModelSession& session, const DeviceFacts& device, const EventDataSink& sink, std::stop_token stop)
{
    const auto calls = captureCalls(session, false);
    const auto paths = attentionLayerPaths(session.input().model);
    Backend predicted = Backend::Default;
    for (std::size_t layer = 0; layer < calls.inputs.size() && !stop.stop_requested(); ++layer)
    {
        auto evidence = explainCall(paths[calls.numbers[layer]], calls.inputs[layer], true, device);
        predicted = evidence.predictedDefault;
        sink(EvidenceSeen{std::move(evidence), std::nullopt});
    }
    for (const auto pass : {Pass::Forward, Pass::TrainingStep})
    {
        const auto* const watched = session.watched();
        const bool possible =
            pass == Pass::Forward || watched == nullptr || abilitiesOf(watched->inspection.loader).givesGradients;
        if (possible && !calls.inputs.empty() && !stop.stop_requested())
        {
            sink(EvidenceSeen{std::nullopt, observeDefault(session, pass, predicted)});
        }
    }
}

} // namespace headroom::engine
