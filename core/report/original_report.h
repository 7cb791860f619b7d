// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/encoding/json.h"
#include "core/report/format.h"
#include "core/report/table.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headroom
{

/// A report of the Python tool that Headroom grew from, as it stands in its file. What the file lacks is absent. It has
/// no raw samples, no baseline and no intervals, so it is shown for what it claims; claimsOf() (original_claims.h)
/// makes of that what can be laid over a Report.
struct OriginalReport
{
    struct Compatibility
    {
        std::optional<std::string> pytorchVersion;
        std::optional<bool> pytorchCompatible;
        std::optional<bool> cudaAvailable;
        std::optional<std::string> cudaVersion;
        std::optional<bool> sdpaFunctionAvailable;
        std::optional<std::int64_t> attentionLayers;
        std::optional<std::int64_t> compatibleLayers;
        std::optional<bool> sdpaAvailable;
        std::optional<bool> flashWrapperEnabled;
        bool operator==(const Compatibility&) const = default;
    };
    struct Accuracy
    {
        std::optional<double> maxAbsoluteError;
        std::optional<double> meanAbsoluteError;
        std::optional<double> maxRelativeError;
        std::optional<double> tolerance;
        std::optional<bool> accuracyPassed;
        std::optional<bool> gradientCheckPassed;
        std::optional<std::int64_t> batch;
        std::optional<std::int64_t> sequence;
        bool operator==(const Accuracy&) const = default;
    };
    struct Performance
    {
        std::optional<double> latencyMs;
        std::optional<double> standardDeviationMs;
        std::optional<double> p50Ms;
        std::optional<double> p95Ms;
        std::optional<double> p99Ms;
        std::optional<double> samplesPerSecond;
        std::optional<double> peakMemoryMb;
        std::optional<std::int64_t> batch;
        std::optional<std::int64_t> sequence;
        std::optional<std::int64_t> iterations;
        std::optional<double> baselineLatencyMs; ///< some versions write one
        std::optional<double> speedup;
        bool operator==(const Performance&) const = default;
    };
    struct ModelInfo
    {
        std::optional<std::string> modelClass;
        std::optional<std::string> device;
        std::optional<std::int64_t> vocabSize;
        std::optional<std::int64_t> parameters;
        bool operator==(const ModelInfo&) const = default;
    };
    struct ScalingPoint
    {
        std::int64_t size = 0;
        std::optional<double> latencyMs;
        bool operator==(const ScalingPoint&) const = default;
    };

    std::optional<Compatibility> compatibility;
    std::optional<Accuracy> accuracy;
    std::optional<Performance> performance;
    std::optional<ModelInfo> model;
    std::vector<std::string> recommendations;
    std::string timestamp;
    std::vector<ScalingPoint> batchScaling;
    std::vector<ScalingPoint> sequenceScaling;

    bool operator==(const OriginalReport&) const = default;
};

/// Whether \a document has a key that only the original's reports have (one of ours also has schema_version).
bool isOriginalReport(const Json& document);

/// \throws std::invalid_argument with a sentence that names the key whose type is not the original's.
OriginalReport originalFromDocument(const Json& document);

/// What a reader should know before relying on the claims of \a report: what they do not show, and where they
/// contradict each other. A sentence each, factual.
std::vector<std::string> remarksOn(const OriginalReport& report);

/// The report for people: what it claims, then the remarks.
std::string writeOriginalText(const OriginalReport& report, const Format& format, const TextLayout& layout);
std::string writeOriginalMarkdown(const OriginalReport& report);

} // namespace headroom
