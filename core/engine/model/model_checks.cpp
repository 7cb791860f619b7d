// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/model_checks.h"

#include "core/engine/attention/attention_judge.h"
#include "core/engine/attention/kernel_observer.h"
#include "core/engine/model/compiled_package.h"
#include "core/engine/model/model_judge.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include <map>
#include <string>

namespace headroom::engine
{
namespace
{

constexpr int kRepeats = 5;

std::string nameOf(const std::optional<Backend>& backend)
{
    return backend ? std::string(toString(*backend)) : std::string("no attention operator");
}

/// The verdict of a judged output as the answer of a check.
CheckResult answerOf(CheckKind check, const Judgement& judgement, const std::string& what)
{
    CheckResult result;
    result.check = check;
    result.backend = judgement.backend;
    const auto& output = judgement.tensors.front();
    result.status = judgement.verdict == AccuracyVerdict::Passed ? CheckStatus::Passed : CheckStatus::Failed;
    result.summary =
        fmt::format("{}; largest error {:.2e}, allowed {:.2e}", what, output.errors.maxError, output.allowedMax);
    if (!output.reason.empty())
    {
        result.details.push_back(output.reason);
    }
    return result;
}

struct StepTensors
{
    at::Tensor logits;
    std::map<std::string, at::Tensor> gradients;
};

StepTensors runStep(ModelSession& session, Backend backend)
{
    StepTensors tensors;
    session.trainStep(backend, &tensors.logits);
    for (const auto& [name, parameter] : session.parameters())
    {
        tensors.gradients[name] = parameter.grad();
    }
    session.clearGradients();
    return tensors;
}

CheckResult repeatStep(ModelSession& session, Backend backend)
{
    CheckResult result;
    result.check = CheckKind::Determinism;
    result.backend = backend;
    const auto first = runStep(session, backend);
    std::map<std::string, int> differing;
    for (int repeat = 1; repeat < kRepeats; ++repeat)
    {
        const auto again = runStep(session, backend);
        differing["the output"] += at::equal(first.logits, again.logits) ? 0 : 1;
        for (const auto& [name, gradient] : first.gradients)
        {
            const auto& other = again.gradients.at(name);
            differing["the gradient of " + name] +=
                gradient.defined() && other.defined() && !at::equal(gradient, other) ? 1 : 0;
        }
    }
    for (const auto& [name, times] : differing)
    {
        if (times > 0)
        {
            result.details.push_back(fmt::format("{} differed in {} of {} repeats", name, times, kRepeats - 1));
        }
    }
    result.status = result.details.empty() ? CheckStatus::Passed : CheckStatus::Failed;
    result.summary = result.details.empty()
                         ? fmt::format("{} training steps with {} are equal to the bit", kRepeats, toString(backend))
                         : fmt::format("training steps with {} are not equal to the bit: {} of {} tensors differ",
                                       toString(backend), result.details.size(), differing.size());
    return result;
}

} // namespace

void checkAutocast(ModelSession& session, const AccuracyPolicy& policy, const EventDataSink& sink)
{
    auto autocastInput = session.input();
    autocastInput.autocast = true;
    const auto plainInput = session.input();
    session.configure(autocastInput);
    try
    {
        at::Tensor output;
        const auto seen = observe([&] { output = session.infer(Backend::Default); }, session.device().is_cuda());
        const auto ran = backendFromNames(seen.operators, seen.kernels);
        WholeModelJudge judge(session, policy);
        auto judgement =
            judge.judgeOutput(output, DType::BFloat16, JudgementScope::Autocast, ran.value_or(Backend::Default));
        auto answer =
            answerOf(CheckKind::Autocast, judgement, fmt::format("under autocast to bfloat16 {} ran", nameOf(ran)));
        sink(Judged{std::move(judgement), std::nullopt});
        sink(Judged{std::nullopt, std::move(answer)});
    }
    catch (...)
    {
        session.configure(plainInput);
        throw;
    }
    session.configure(plainInput);
}

void checkCompiled(ModelSession& session, const std::string& package, const AccuracyPolicy& policy,
                   const EventDataSink& sink)
{
    const auto output = runCompiledPackage(package, session.tokens());
    WholeModelJudge judge(session, policy);
    auto judgement = judge.judgeOutput(output, session.input().dtype, JudgementScope::Compiled, Backend::Default);
    auto answer = answerOf(CheckKind::Compiled, judgement, "the compiled package gives the model's output");
    if (answer.status != CheckStatus::Passed)
    {
        answer.summary =
            "the compiled package does not give the model's output" + answer.summary.substr(answer.summary.find(';'));
    }
    sink(Judged{std::move(judgement), std::nullopt});
    sink(Judged{std::nullopt, std::move(answer)});
}

void checkDeterminism(ModelSession& session, const std::vector<Backend>& backends, const EventDataSink& sink,
                      std::stop_token stop)
{
    for (const auto backend : backends)
    {
        if (stop.stop_requested())
        {
            return;
        }
        try
        {
            sink(Judged{std::nullopt, repeatStep(session, backend)});
        }
        catch (const c10::Error& error)
        {
            CheckResult result{CheckKind::Determinism, backend, CheckStatus::CouldNotTell, firstSentence(error), {}};
            sink(Judged{std::nullopt, std::move(result)});
        }
    }
}

} // namespace headroom::engine
