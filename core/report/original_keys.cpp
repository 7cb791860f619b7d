// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/original_keys.h"

#include "core/report/queries.h"
#include "core/report/sweep.h"

#include <algorithm>
#include <charconv>

namespace headroom
{
namespace
{

Json orNull(const std::optional<double>& value, double scale = 1.0)
{
    return value ? Json(*value * scale) : Json();
}

/// At least 2.0, the first with scaled_dot_product_attention.
bool isCompatible(const std::string& version)
{
    int major = 0;
    std::from_chars(version.data(), version.data() + version.size(), major);
    return major >= 2;
}

bool takesFused(const LayerEvidence& layer)
{
    return std::any_of(layer.answers.begin(), layer.answers.end(),
                       [](const BackendAnswer& answer) { return isFused(answer.rules.backend) && accepts(answer); });
}

/// Whether a fused kernel was seen to run when it was asked for.
bool fusedRan(const Report& report)
{
    return std::any_of(report.cases.begin(), report.cases.end(),
                       [](const CaseReport& row)
                       { return row.evidence && row.evidence->ran && isFused(*row.evidence->ran); });
}

Json compatibilityStatus(const Report& report)
{
    if (!report.circumstances)
    {
        return nullptr;
    }
    const auto& facts = *report.circumstances;
    const auto layers = static_cast<std::int64_t>(report.layers.size());
    const auto compatible = std::count_if(report.layers.begin(), report.layers.end(), takesFused);
    return {{"pytorch_version", facts.libtorchVersion},
            {"pytorch_compatible", isCompatible(facts.libtorchVersion)},
            {"cuda_available", facts.cudaAvailable},
            {"cuda_version", facts.cudaVersion.empty() ? Json() : Json(facts.cudaVersion)},
            {"sdpa_function_available", facts.sdpaAvailable},
            {"num_attention_layers", layers},
            {"num_compatible_layers", compatible},
            {"sdpa_available", facts.sdpaAvailable},
            {"flash_wrapper_enabled", fusedRan(report) || compatible > 0}};
}

/// The backend that the original's "flash" figures are of.
Backend subjectBackend(const Report& report)
{
    if (const auto* comparison = mainComparison(report, Pass::Forward))
    {
        if (const auto* candidate = candidateOf(report, *comparison))
        {
            return candidate->measured.backend;
        }
    }
    for (const auto backend : kFusedBackends)
    {
        if (accuracyOf(report, backend))
        {
            return backend;
        }
    }
    return Backend::Math;
}

/// The output's judgement that stands for the run: of the whole model, else the worst attention call's.
const TensorJudgement* outputJudgement(const Report& report, Backend backend)
{
    const TensorJudgement* chosen = nullptr;
    for (const auto& judgement : report.judgements)
    {
        if (judgement.backend != backend || judgement.tensors.empty())
        {
            continue;
        }
        const auto& output = judgement.tensors.front();
        if (judgement.scope == JudgementScope::WholeModel)
        {
            return &output;
        }
        if (judgement.scope == JudgementScope::AttentionCall &&
            (chosen == nullptr || output.errors.maxError > chosen->errors.maxError))
        {
            chosen = &output;
        }
    }
    return chosen;
}

/// Whether all tensors of \a backend in attention calls and the whole model that are gradients, or that are none,
/// passed; nothing when there were none.
std::optional<bool> allPassed(const Report& report, Backend backend, bool gradients)
{
    std::optional<bool> passed;
    for (const auto& judgement : report.judgements)
    {
        if (judgement.backend != backend || judgement.scope == JudgementScope::Autocast ||
            judgement.scope == JudgementScope::Compiled)
        {
            continue;
        }
        for (const auto& tensor : judgement.tensors)
        {
            if (isGradientName(tensor.tensor) == gradients)
            {
                passed = passed.value_or(true) && tensor.verdict == AccuracyVerdict::Passed;
            }
        }
    }
    return passed;
}

Json accuracyMetrics(const Report& report)
{
    const Backend backend = subjectBackend(report);
    const auto* output = outputJudgement(report, backend);
    const auto problem = mainProblem(report);
    if (output == nullptr)
    {
        return nullptr;
    }
    return {{"max_absolute_error", output->errors.maxError},
            {"mean_absolute_error", output->errors.meanError},
            {"max_relative_error", output->errors.maxRelativeError},
            {"tolerance_used", output->absoluteLimit.value_or(output->allowedMax)},
            {"accuracy_passed", allPassed(report, backend, false).value_or(false)},
            {"gradient_check_passed", allPassed(report, backend, true).value_or(false)},
            {"test_batch_size", problem ? Json(problem->batch) : Json()},
            {"test_seq_len", problem ? Json(problem->queryLength) : Json()}};
}

/// The case that the original's latency is of: the best fused one, else math's.
const CaseReport* mainCase(const Report& report)
{
    if (const auto* comparison = mainComparison(report, Pass::Forward))
    {
        return candidateOf(report, *comparison);
    }
    for (const auto* row : casesOfJob(report, kForwardJob))
    {
        if (row->device)
        {
            return row;
        }
    }
    return nullptr;
}

Json performanceMetrics(const Report& report)
{
    const auto* row = mainCase(report);
    if (row == nullptr || !row->device)
    {
        return nullptr;
    }
    constexpr double toMs = 1e-6;
    const auto& latency = *row->device;
    const auto model = mainModel(report);
    const auto problem = mainProblem(report);
    return {{"flash_latency_ms", latency.meanNs * toMs},
            {"flash_latency_std_ms", orNull(latency.standardDeviationNs, toMs)},
            {"flash_latency_p50_ms", latency.medianNs * toMs},
            {"flash_latency_p95_ms", orNull(latency.p95Ns.value, toMs)},
            {"flash_latency_p99_ms", orNull(latency.p99Ns.value, toMs)},
            {"throughput_samples_per_sec", orNull(row->samplesPerSecond)},
            {"flash_peak_memory_mb", orNull(row->result.peakBytes, 1.0 / (1024.0 * 1024.0))},
            {"benchmark_batch_size", model ? Json(model->batch) : (problem ? Json(problem->batch) : Json())},
            {"benchmark_seq_len", model ? Json(model->sequence) : (problem ? Json(problem->queryLength) : Json())},
            {"num_iterations", latency.n}};
}

Json modelInfo(const Report& report)
{
    const auto model = mainModel(report);
    if (!model)
    {
        return nullptr;
    }
    return {{"model_class", model->model.architecture},
            {"device", std::string(toString(report.plan.device.kind))},
            {"vocab_size", model->model.vocabSize},
            {"num_parameters", parameterCount(model->model)}};
}

/// [{batch_size, latency_ms}] of the best fused backend; points that could not be measured are left out, as a number is
/// expected (cases has them with their reason).
Json scaling(const Sweep& sweep, Backend backend)
{
    Json points = Json::array();
    for (const auto& row : sweep.rows)
    {
        const auto* measured = caseOf(row, backend);
        if (measured != nullptr && measured->outcome == Outcome::Passed && measured->device)
        {
            points.push_back({{sweep.axis == SweepAxis::Batch ? "batch_size" : "seq_len", row.value},
                              {"latency_ms", measured->device->meanNs * 1e-6}});
        }
    }
    return points;
}

/// "2026-11-23T05:23:11.123Z" as the original writes a time: no zone, microseconds.
std::string timestampOf(const std::string& utc)
{
    std::string text = utc;
    if (!text.empty() && text.back() == 'Z')
    {
        text.pop_back();
    }
    const auto point = text.find('.');
    if (point != std::string::npos)
    {
        text.resize(point + 7, '0');
    }
    return text;
}

} // namespace

std::vector<std::pair<std::string, Json>> originalKeys(const Report& report)
{
    std::vector<std::pair<std::string, Json>> keys;
    keys.emplace_back("compatibility_status", compatibilityStatus(report));
    keys.emplace_back("accuracy_metrics", accuracyMetrics(report));
    keys.emplace_back("performance_metrics", performanceMetrics(report));
    Json texts = Json::array();
    for (const auto& recommendation : report.recommendations)
    {
        texts.push_back(recommendationText(recommendation));
    }
    keys.emplace_back("recommendations", std::move(texts));
    keys.emplace_back("timestamp", timestampOf(report.startedUtc));
    keys.emplace_back("model_info", modelInfo(report));
    bool hasBatch = false;
    bool hasSequence = false;
    for (const auto& sweep : sweepsOf(report))
    {
        bool& has = sweep.axis == SweepAxis::Batch ? hasBatch : hasSequence;
        if (!std::exchange(has, true))
        {
            keys.emplace_back(sweep.axis == SweepAxis::Batch ? "batch_size_scaling" : "seq_len_scaling",
                              scaling(sweep, subjectBackend(report)));
        }
    }
    return keys;
}

std::string recommendationText(const Recommendation& recommendation)
{
    std::string text = recommendation.title;
    for (const auto& part : {recommendation.why, recommendation.gainText})
    {
        if (part.empty())
        {
            continue;
        }
        if (!text.empty() && text.back() != '.' && text.back() != '!' && text.back() != '?')
        {
            text += '.';
        }
        text += " " + part;
    }
    if (!text.empty() && text.back() != '.')
    {
        text += '.';
    }
    return text;
}

} // namespace headroom
