// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/advice/rules.h"

#include "core/advice/code_lines.h"
#include "core/report/audit_trials.h"
#include "core/report/queries.h"

#include <fmt/format.h>

#include <algorithm>

namespace headroom::advice
{
namespace
{

/// The places where \a backend was found wrong, and the first reason.
struct Faults
{
    std::vector<std::string> places;
    std::string reason;
};

Faults faultsOf(const Report& report, Backend backend)
{
    Faults faults;
    for (const auto& judgement : report.judgements)
    {
        const bool counts =
            judgement.scope == JudgementScope::AttentionCall || judgement.scope == JudgementScope::WholeModel;
        const bool wrong =
            judgement.verdict == AccuracyVerdict::Failed || judgement.verdict == AccuracyVerdict::NotFinite;
        if (judgement.backend == backend && counts && wrong)
        {
            faults.places.push_back(judgement.path.empty() ? std::string(toString(judgement.scope)) : judgement.path);
            faults.reason = faults.reason.empty() ? judgement.reason : faults.reason;
        }
    }
    return faults;
}

/// The command that measures the same model in \a dtype; empty for a bare attention call.
std::string commandFor(const Report& report, std::string_view dtype)
{
    const auto model = mainModel(report);
    if (!model)
    {
        return {};
    }
    if (report.plan.modelFile)
    {
        return fmt::format("headroom-cli validate --model {} --device {} --dtype {} --batch-size {} --seq-len {}",
                           report.plan.modelFile->path, toText(report.plan.device), dtype, model->batch,
                           model->sequence);
    }
    const ModelSpec usual;
    std::string command =
        fmt::format("headroom-cli validate --device {} --dtype {}", toText(report.plan.device), dtype);
    const auto add = [&](std::string_view flag, std::int64_t value, std::int64_t standard)
    { command += value != standard ? fmt::format(" {} {}", flag, value) : ""; };
    add("--vocab-size", model->model.vocabSize, usual.vocabSize);
    add("--d-model", model->model.dModel, usual.dModel);
    add("--num-layers", model->model.layers, usual.layers);
    add("--num-heads", model->model.heads, 12);
    add("--batch-size", model->batch, 4);
    add("--seq-len", model->sequence, 128);
    return command + (model->causal ? " --causal" : "");
}

std::vector<std::string> failedRules(const Eligibility& rules)
{
    std::vector<std::string> names;
    for (const auto& rule : rules.rules)
    {
        if (!rule.passed)
        {
            names.push_back(rule.rule);
        }
    }
    return names;
}

std::string fixesOf(const Eligibility& rules)
{
    std::string fixes;
    for (const auto& rule : rules.rules)
    {
        if (!rule.passed && !rule.fix.empty())
        {
            fixes += (fixes.empty() ? "" : ", and ") + rule.fix;
        }
    }
    return fixes;
}

/// A refusal that a change to the model could lift: not the device itself, and not the data type alone, which has a
/// rule of its own.
bool canBeLifted(const Report& report, const Eligibility& rules)
{
    const auto failed = failedRules(rules);
    const bool allHaveFixes = std::all_of(rules.rules.begin(), rules.rules.end(),
                                          [](const RuleCheck& rule) { return rule.passed || !rule.fix.empty(); });
    const bool deviceFails = std::find(failed.begin(), failed.end(), "device") != failed.end();
    const bool dtypeAlone = failed.size() == 1 && failed.front() == "dtype" && !float32OnCuda(report).empty();
    return !rules.eligible && allHaveFixes && !deviceFails && !dtypeAlone;
}

} // namespace

Advices inaccurateBackend(const Report& report)
{
    Advices advices;
    for (const auto backend : kSdpaBackends)
    {
        auto faults = faultsOf(report, backend);
        if (faults.places.empty())
        {
            continue;
        }
        const auto code = avoidBackend(backend);
        Recommendation advice;
        advice.rule = "do-not-use-backend";
        advice.severity = Severity::Problem;
        advice.title = fmt::format("Do not use {} for this model on this machine", toString(backend));
        advice.why = fmt::format("Its numbers are wrong in {} of the places that were judged: {}.",
                                 faults.places.size(), faults.reason);
        advice.gainText = "Right results. No speed of it counts until it is right.";
        advice.evidence = std::move(faults.places);
        advice.cpp = code.cpp;
        advice.python = code.python;
        advices.push_back(std::move(advice));
    }
    return advices;
}

Advices unexpectedKernel(const Report& report)
{
    for (const auto& row : report.cases)
    {
        const auto& seen = row.evidence;
        if (!seen || !seen->ran || isFused(seen->requested) == false || *seen->ran == seen->requested)
        {
            continue;
        }
        Recommendation advice;
        advice.rule = "unexpected-kernel";
        advice.severity = Severity::Problem;
        advice.title = fmt::format("{} was asked for, but {} ran", toString(seen->requested), toString(*seen->ran));
        advice.why =
            "The kernels that were recorded are another backend's, so its figures are not what they are called.";
        advice.gainText = "headroom-cli doctor shows which libraries were loaded.";
        advice.evidence = {row.result.caseId};
        return {advice};
    }
    return {};
}

Advices backendRefused(const Report& report)
{
    Advices advices;
    if (report.layers.empty())
    {
        return advices;
    }
    for (const auto& answer : report.layers.front().answers)
    {
        const auto backend = answer.rules.backend;
        if (!isFused(backend) || accepts(answer) || !canBeLifted(report, answer.rules))
        {
            continue;
        }
        Recommendation advice;
        advice.rule = "backend-refused";
        advice.title =
            fmt::format("{} would take this model after a change: {}", toString(backend), fixesOf(answer.rules));
        advice.why = fmt::format("It refuses the attention call as it is: {}.", reasonsOf(answer.rules));
        advice.gainText = "Not measured: change it and run headroom-cli validate again to compare.";
        for (const auto& layer : report.layers)
        {
            advice.evidence.push_back(layer.path);
        }
        const auto code = plainCall();
        advice.cpp = "// " + fixesOf(answer.rules) + "\n" + code.cpp;
        advice.python = "# " + fixesOf(answer.rules) + "\n" + code.python;
        advices.push_back(std::move(advice));
    }
    return advices;
}

Advices float32OnCuda(const Report& report)
{
    const auto model = mainModel(report);
    if (!model || model->device != DeviceKind::Cuda || model->dtype != DType::Float32 || model->autocast ||
        hasNoAttention(report) || isAudit(report)) // an audit has tried it
    {
        return {};
    }
    Recommendation advice;
    advice.rule = "use-bfloat16";
    advice.title = "Run attention in bfloat16: in float32 flash and cudnn do not run on CUDA";
    advice.why = "Both take float16 and bfloat16 alone, and the tensor cores are several times as fast in them.";
    for (const auto& check : report.checks)
    {
        if (check.check == CheckKind::Autocast)
        {
            advice.why += fmt::format(" The autocast check {}: {}.", toString(check.status), check.summary);
        }
    }
    advice.gainText = fmt::format("Not measured in this run. To measure it: {}", commandFor(report, "bfloat16"));
    for (const auto& layer : report.layers)
    {
        advice.evidence.push_back(layer.path);
    }
    advice.cpp = "at::autocast::set_autocast_dtype(at::kCUDA, at::kBFloat16);\n"
                 "at::autocast::set_autocast_enabled(at::kCUDA, true);";
    advice.python = "with torch.autocast(\"cuda\", dtype=torch.bfloat16):\n    output = model(tokens)";
    return {advice};
}

Advices nonDeterministic(const Report& report)
{
    std::vector<std::string> backends;
    std::string summary;
    for (const auto& check : report.checks)
    {
        if (check.check == CheckKind::Determinism && check.status == CheckStatus::Failed)
        {
            backends.emplace_back(toString(check.backend));
            summary += (summary.empty() ? "" : "; ") + check.summary;
        }
    }
    if (backends.empty())
    {
        return {};
    }
    Recommendation advice;
    advice.rule = "non-deterministic";
    advice.title = "Repeated training steps differ in their last bits";
    advice.why = summary + ". The differences are rounding; where runs must repeat exactly, ask for it.";
    advice.gainText = "Runs that repeat to the bit, at a price in time that this run did not measure.";
    advice.evidence = std::move(backends);
    advice.cpp = "at::globalContext().setDeterministicAlgorithms(true, false);";
    advice.python = "torch.use_deterministic_algorithms(True)";
    return {advice};
}

Advices noGpu(const Report& report)
{
    if (!report.circumstances || report.circumstances->cudaAvailable)
    {
        return {};
    }
    Recommendation advice;
    advice.rule = "no-gpu";
    advice.title = "These figures are of the CPU and say nothing of a GPU";
    advice.why = report.circumstances->cudaProblem.empty()
                     ? "No CUDA device could be used here. On CUDA other backends are there and other limits hold."
                     : fmt::format("No CUDA device could be used here: {}. On CUDA other backends are there and other "
                                   "limits hold.",
                                   report.circumstances->cudaProblem);
    advice.gainText =
        "Run the same command with --device cuda on a machine with a GPU (headroom-cli doctor says what is "
        "missing).";
    advice.cpp = "torch::cuda::is_available();";
    advice.python = "torch.cuda.is_available()";
    return {advice};
}

Advices noAttention(const Report& report)
{
    if (!hasNoAttention(report) || (report.plan.inspection && !report.plan.inspection->calls.empty()))
    {
        return {};
    }
    Recommendation advice;
    advice.rule = "no-attention";
    advice.severity = Severity::Good;
    advice.title = "Nothing to change: the model has no attention layers";
    advice.why = "Attention backends make no difference to it.";
    return {advice};
}

} // namespace headroom::advice
