// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/original_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace headroom
{
namespace
{

constexpr std::array kOriginalKeys{"compatibility_status", "accuracy_metrics", "performance_metrics",
                                   "batch_size_scaling", "seq_len_scaling"};

template <typename T> void readOptional(const Json& object, const char* key, std::optional<T>& value)
{
    const auto found = object.find(key);
    if (found == object.end() || found->is_null())
    {
        return;
    }
    try
    {
        value = found->get<T>();
    }
    catch (const Json::exception&)
    {
        throw std::invalid_argument(
            fmt::format("This report of the original tool is damaged: '{}' is a {}, which is not "
                        "what belongs there.",
                        key, found->type_name()));
    }
}

const Json* section(const Json& document, const char* key)
{
    const auto found = document.find(key);
    if (found == document.end() || found->is_null())
    {
        return nullptr;
    }
    if (!found->is_object())
    {
        throw std::invalid_argument(
            fmt::format("This report of the original tool is damaged: '{}' is no object.", key));
    }
    return &*found;
}

OriginalReport::Compatibility readCompatibility(const Json& object)
{
    OriginalReport::Compatibility value;
    readOptional(object, "pytorch_version", value.pytorchVersion);
    readOptional(object, "pytorch_compatible", value.pytorchCompatible);
    readOptional(object, "cuda_available", value.cudaAvailable);
    readOptional(object, "cuda_version", value.cudaVersion);
    readOptional(object, "sdpa_function_available", value.sdpaFunctionAvailable);
    readOptional(object, "num_attention_layers", value.attentionLayers);
    readOptional(object, "num_compatible_layers", value.compatibleLayers);
    readOptional(object, "sdpa_available", value.sdpaAvailable);
    readOptional(object, "flash_wrapper_enabled", value.flashWrapperEnabled);
    return value;
}

OriginalReport::Accuracy readAccuracy(const Json& object)
{
    OriginalReport::Accuracy value;
    readOptional(object, "max_absolute_error", value.maxAbsoluteError);
    readOptional(object, "mean_absolute_error", value.meanAbsoluteError);
    readOptional(object, "max_relative_error", value.maxRelativeError);
    readOptional(object, "tolerance_used", value.tolerance);
    readOptional(object, "accuracy_passed", value.accuracyPassed);
    readOptional(object, "gradient_check_passed", value.gradientCheckPassed);
    readOptional(object, "test_batch_size", value.batch);
    readOptional(object, "test_seq_len", value.sequence);
    return value;
}

OriginalReport::Performance readPerformance(const Json& object)
{
    OriginalReport::Performance value;
    readOptional(object, "flash_latency_ms", value.latencyMs);
    readOptional(object, "flash_latency_std_ms", value.standardDeviationMs);
    readOptional(object, "flash_latency_p50_ms", value.p50Ms);
    readOptional(object, "flash_latency_p95_ms", value.p95Ms);
    readOptional(object, "flash_latency_p99_ms", value.p99Ms);
    readOptional(object, "throughput_samples_per_sec", value.samplesPerSecond);
    readOptional(object, "flash_peak_memory_mb", value.peakMemoryMb);
    readOptional(object, "benchmark_batch_size", value.batch);
    readOptional(object, "benchmark_seq_len", value.sequence);
    readOptional(object, "num_iterations", value.iterations);
    readOptional(object, "baseline_latency_ms", value.baselineLatencyMs);
    readOptional(object, "speedup", value.speedup);
    return value;
}

OriginalReport::ModelInfo readModel(const Json& object)
{
    OriginalReport::ModelInfo value;
    readOptional(object, "model_class", value.modelClass);
    readOptional(object, "device", value.device);
    readOptional(object, "vocab_size", value.vocabSize);
    readOptional(object, "num_parameters", value.parameters);
    return value;
}

std::vector<OriginalReport::ScalingPoint> readScaling(const Json& document, const char* key, const char* sizeKey)
{
    std::vector<OriginalReport::ScalingPoint> points;
    const auto found = document.find(key);
    if (found == document.end() || !found->is_array())
    {
        return points;
    }
    for (const auto& entry : *found)
    {
        std::optional<std::int64_t> size;
        OriginalReport::ScalingPoint point;
        if (entry.is_object())
        {
            readOptional(entry, sizeKey, size);
            readOptional(entry, "latency_ms", point.latencyMs);
        }
        if (!size)
        {
            throw std::invalid_argument(
                fmt::format("This report of the original tool is damaged: a point of '{}' has no {}.", key, sizeKey));
        }
        point.size = *size;
        points.push_back(point);
    }
    return points;
}

void remarkOnAccuracy(const OriginalReport& report, std::vector<std::string>& remarks)
{
    if (!report.accuracy)
    {
        return;
    }
    remarks.emplace_back(
        "The accuracy compares the model with itself in the same precision: it shows that two runs agree, "
        "not that they are right. Headroom judges by a double precision reference.");
    const auto& accuracy = *report.accuracy;
    if (report.performance && accuracy.sequence && report.performance->sequence &&
        *accuracy.sequence != *report.performance->sequence)
    {
        remarks.push_back(fmt::format("Accuracy was tested at sequence length {}, speed at {}.", *accuracy.sequence,
                                      *report.performance->sequence));
    }
    if (accuracy.maxRelativeError && *accuracy.maxRelativeError > 0.1 && accuracy.accuracyPassed.value_or(false))
    {
        remarks.push_back(
            fmt::format("The largest relative error, {:.3g}, comes from elements near zero and says little.",
                        *accuracy.maxRelativeError));
    }
    if (accuracy.accuracyPassed.value_or(false) && accuracy.gradientCheckPassed == false)
    {
        remarks.emplace_back(
            "The gradient check is said to have failed, without a figure: the file does not show what was "
            "compared or by how much it differed.");
    }
}

void remarkOnPercentiles(const OriginalReport::Performance& performance, std::vector<std::string>& remarks)
{
    if (!performance.iterations)
    {
        return;
    }
    std::string unsupported;
    const auto check = [&](const std::optional<double>& value, double p, std::string_view name)
    {
        const auto needed = samplesNeededForQuantileInterval(p);
        if (value && *performance.iterations < needed)
        {
            unsupported += fmt::format("{}{} needs {}", unsupported.empty() ? "" : ", ", name, needed);
        }
    };
    check(performance.p95Ms, 0.95, "p95");
    check(performance.p99Ms, 0.99, "p99");
    if (!unsupported.empty())
    {
        remarks.push_back(
            fmt::format("{} samples do not support all its percentiles: {}.", *performance.iterations, unsupported));
    }
}

void remarkOnSpeed(const OriginalReport& report, std::vector<std::string>& remarks)
{
    if (report.performance && !report.performance->baselineLatencyMs)
    {
        remarks.emplace_back(
            "There is no baseline: nothing was timed but the model as it is, so the file holds no speed-up.");
    }
    const bool claimsZero =
        std::any_of(report.recommendations.begin(), report.recommendations.end(),
                    [](const std::string& text) { return text.find("(0.00x)") != std::string::npos; });
    if (claimsZero || (report.performance && report.performance->speedup == 0.0))
    {
        remarks.emplace_back("The speed-up of 0.00x was never measured; it is a number's start value. The advice that "
                             "follows from it has no ground.");
    }
    if (report.performance)
    {
        remarkOnPercentiles(*report.performance, remarks);
    }
    if (!report.batchScaling.empty() || !report.sequenceScaling.empty())
    {
        remarks.emplace_back(
            "The scaling figures are single means of one configuration, with no spread and no baseline.");
    }
}

} // namespace

bool isOriginalReport(const Json& document)
{
    return document.is_object() && std::any_of(kOriginalKeys.begin(), kOriginalKeys.end(),
                                               [&](const char* key) { return document.contains(key); });
}

OriginalReport originalFromDocument(const Json& document)
{
    OriginalReport report;
    if (const auto* object = section(document, "compatibility_status"))
    {
        report.compatibility = readCompatibility(*object);
    }
    if (const auto* object = section(document, "accuracy_metrics"))
    {
        report.accuracy = readAccuracy(*object);
    }
    if (const auto* object = section(document, "performance_metrics"))
    {
        report.performance = readPerformance(*object);
    }
    if (const auto* object = section(document, "model_info"))
    {
        report.model = readModel(*object);
    }
    std::optional<std::vector<std::string>> recommendations;
    readOptional(document, "recommendations", recommendations);
    report.recommendations = recommendations.value_or(std::vector<std::string>());
    std::optional<std::string> timestamp;
    readOptional(document, "timestamp", timestamp);
    report.timestamp = timestamp.value_or("");
    report.batchScaling = readScaling(document, "batch_size_scaling", "batch_size");
    report.sequenceScaling = readScaling(document, "seq_len_scaling", "seq_len");
    return report;
}

std::vector<std::string> remarksOn(const OriginalReport& report)
{
    std::vector<std::string> remarks;
    remarkOnSpeed(report, remarks);
    remarkOnAccuracy(report, remarks);
    if (report.compatibility && report.compatibility->flashWrapperEnabled.value_or(false))
    {
        remarks.emplace_back(
            "That flash was enabled says that LibTorch was free to choose it; which kernel ran was not "
            "looked at.");
    }
    return remarks;
}

} // namespace headroom
