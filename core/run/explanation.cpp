// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/explanation.h"

#include <algorithm>

namespace headroom
{
namespace
{

bool takes(const LayerEvidence& evidence, Backend backend)
{
    return std::any_of(evidence.answers.begin(), evidence.answers.end(),
                       [&](const BackendAnswer& answer) {
                           return answer.rules.backend == backend &&
                                  answer.libtorchAccepts.value_or(answer.rules.eligible);
                       });
}

} // namespace

LayerEvidence evidenceByRules(const AttentionProblem& problem, const DeviceFacts& device)
{
    LayerEvidence evidence;
    evidence.problem = problem;
    for (auto& rules : checkEligibility(problem, device))
    {
        evidence.answers.push_back({std::move(rules), std::nullopt, {}});
    }
    evidence.predictedDefault = predictDefault(problem, device);
    return evidence;
}

Explanation explainProblem(const AttentionProblem& problem, const DeviceFacts& device, const SelectorQuestion& ask)
{
    Explanation explanation;
    explanation.evidence = evidenceByRules(problem, device);
    bool asked = false;
    if (ask)
    {
        try
        {
            explanation.evidence = ask(problem);
            asked = true;
        }
        catch (const std::exception& error)
        {
            explanation.notAsked = error.what();
        }
    }
    for (const auto backend : kSdpaBackends)
    {
        auto remedy = remedyFor(backend, problem, device);
        if (!remedy)
        {
            continue;
        }
        CheckedRemedy checked{std::move(*remedy), std::nullopt};
        if (asked)
        {
            const auto& calls = checked.remedy.calls;
            checked.libtorchAccepts =
                std::all_of(calls.begin(), calls.end(), [&](const auto& call) { return takes(ask(call), backend); });
        }
        explanation.remedies.push_back(std::move(checked));
    }
    return explanation;
}

std::vector<Backend> disagreements(const LayerEvidence& evidence)
{
    std::vector<Backend> found;
    for (const auto& answer : evidence.answers)
    {
        if (answer.libtorchAccepts && *answer.libtorchAccepts != answer.rules.eligible)
        {
            found.push_back(answer.rules.backend);
        }
    }
    return found;
}

std::vector<SupportCell> supportMatrix(const AttentionProblem& base, const std::vector<DType>& dtypes,
                                       const std::vector<std::int64_t>& headDims, const DeviceFacts& device,
                                       const SelectorQuestion& ask)
{
    std::vector<SupportCell> cells;
    for (const auto dtype : dtypes)
    {
        for (const auto headDim : headDims)
        {
            for (const bool training : {false, true})
            {
                auto problem = base;
                problem.dtype = dtype;
                problem.headDimQk = problem.headDimV = headDim;
                problem.needsGradients = training;
                for (const auto& answer : (ask ? ask(problem) : evidenceByRules(problem, device)).answers)
                {
                    cells.push_back({dtype, headDim, training, answer.rules.backend, answer.rules.eligible,
                                     answer.libtorchAccepts});
                }
            }
        }
    }
    return cells;
}

} // namespace headroom
