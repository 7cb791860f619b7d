// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/original_claims.h"

#include "core/report/queries.h"

#include <fmt/format.h>

#include <stdexcept>

namespace headroom
{
namespace
{

constexpr double kNsPerMs = 1e6;
constexpr double kBytesPerMb = 1024.0 * 1024.0;
constexpr std::int64_t kBatch = 4; ///< the tool's defaults
constexpr std::int64_t kSequence = 128;

/// The model that the claims are about. Its report tells the vocabulary and how many parameters there are.
ModelInput inputOf(const OriginalReport& original)
{
    ModelInput input;
    input.batch = kBatch;
    input.sequence = kSequence;
    if (original.performance)
    {
        input.batch = original.performance->batch.value_or(kBatch);
        input.sequence = original.performance->sequence.value_or(kSequence);
    }
    if (original.model)
    {
        const auto& model = *original.model;
        input.model.vocabSize = model.vocabSize.value_or(input.model.vocabSize);
        const bool ours = model.modelClass.value_or(input.model.architecture) == input.model.architecture;
        const auto parameters = parameterCount(input.model);
        if (!ours || model.parameters.value_or(parameters) != parameters)
        {
            throw std::invalid_argument(
                "Its model has other sizes than BenchmarkTransformer's usual ones, and the file "
                "does not hold them.");
        }
        input.device = model.device.value_or("cpu").starts_with("cuda") ? DeviceKind::Cuda : DeviceKind::Cpu;
    }
    else if (original.compatibility && original.compatibility->cudaAvailable.value_or(false))
    {
        input.device = DeviceKind::Cuda;
    }
    return input;
}

/// A percentile only where the number of its runs supports one.
HonestQuantile claimedQuantile(const std::optional<double>& ms, double p, std::int64_t n)
{
    HonestQuantile quantile;
    const auto needed = samplesNeededForQuantileInterval(p);
    if (ms && n >= needed)
    {
        quantile.value = *ms * kNsPerMs;
    }
    quantile.samplesMissing = std::max<std::int64_t>(0, needed - n);
    return quantile;
}

LatencySummary claimedLatency(const OriginalReport::Performance& claims)
{
    LatencySummary latency;
    latency.n = claims.iterations.value_or(1);
    latency.meanNs = claims.latencyMs.value_or(claims.p50Ms.value_or(0)) * kNsPerMs;
    latency.medianNs = claims.p50Ms.value_or(claims.latencyMs.value_or(0)) * kNsPerMs;
    latency.minimumNs = latency.medianNs;
    latency.maximumNs = latency.medianNs;
    if (claims.standardDeviationMs)
    {
        latency.standardDeviationNs = *claims.standardDeviationMs * kNsPerMs;
    }
    latency.p95Ns = claimedQuantile(claims.p95Ms, 0.95, latency.n);
    latency.p99Ns = claimedQuantile(claims.p99Ms, 0.99, latency.n);
    return latency;
}

CaseReport claimedCase(const ModelInput& input, std::string jobId, LatencySummary latency)
{
    CaseReport row;
    row.measured = {input, Backend::Default, Pass::Forward, Launch::Eager, L2State::Warm};
    row.jobId = std::move(jobId);
    row.outcome = Outcome::Passed;
    row.accuracyNote = "claimed by the original tool, which compares the model with itself";
    row.result.caseId = row.measured.id();
    if (latency.meanNs > 0)
    {
        row.samplesPerSecond = static_cast<double>(input.batch) / (latency.meanNs * 1e-9);
        row.tokensPerSecond = *row.samplesPerSecond * static_cast<double>(input.sequence);
    }
    row.device = std::move(latency);
    return row;
}

void addJob(Report& report, const CaseReport& row)
{
    Job job;
    job.id = row.jobId;
    job.stage = Stage::Performance;
    job.title = row.jobId + ", as the original tool claims it";
    job.work = CompareJob{{row.measured}};
    JobReport done;
    done.id = job.id;
    done.stage = job.stage;
    done.title = job.title;
    done.started = true;
    done.finished = true;
    report.plan.jobs.push_back(std::move(job));
    report.jobs.push_back(std::move(done));
    report.cases.push_back(row);
}

void addScaling(Report& report, const ModelInput& input, const std::vector<OriginalReport::ScalingPoint>& points,
                bool byBatch)
{
    for (const auto& point : points)
    {
        if (!point.latencyMs)
        {
            continue;
        }
        ModelInput there = input;
        (byBatch ? there.batch : there.sequence) = point.size;
        OriginalReport::Performance claims;
        claims.latencyMs = point.latencyMs;
        addJob(report, claimedCase(there, fmt::format("{}-{}", byBatch ? "batch" : "sequence", point.size),
                                   claimedLatency(claims)));
    }
}

Circumstances claimedCircumstances(const OriginalReport& original, DeviceKind kind)
{
    Circumstances circumstances;
    if (const auto& claims = original.compatibility)
    {
        circumstances.libtorchVersion = claims->pytorchVersion.value_or("");
        circumstances.sdpaAvailable = claims->sdpaFunctionAvailable.value_or(false);
        circumstances.cudaAvailable = claims->cudaAvailable.value_or(false);
        circumstances.cudaBuilt = circumstances.cudaAvailable;
        circumstances.cudaVersion = claims->cudaVersion.value_or("");
    }
    DeviceFacts device; // its name is not in the file
    device.kind = kind;
    circumstances.devices.push_back(device);
    circumstances.selected = {kind, 0};
    return circumstances;
}

} // namespace

Report claimsOf(const OriginalReport& original)
{
    const ModelInput input = inputOf(original);
    Report report;
    report.startedUtc = original.timestamp;
    report.plan.command = kOriginalCommand;
    report.plan.device = {input.device, 0};
    report.circumstances = claimedCircumstances(original, input.device);
    if (const auto& claims = original.performance; claims && (claims->latencyMs || claims->p50Ms))
    {
        auto row = claimedCase(input, std::string(kForwardJob), claimedLatency(*claims));
        if (claims->peakMemoryMb)
        {
            row.result.peakBytes = *claims->peakMemoryMb * kBytesPerMb;
        }
        addJob(report, row);
    }
    addScaling(report, input, original.batchScaling, true);
    addScaling(report, input, original.sequenceScaling, false);
    report.conclusion = Conclusion::CannotTell;
    report.conclusionReasons.push_back(
        "A report of the original Python tool: it is shown for what it claims, and Headroom has measured none of it.");
    for (auto& remark : remarksOn(original))
    {
        report.conclusionReasons.push_back(std::move(remark));
    }
    report.finished = RunFinished{};
    return report;
}

bool isOriginal(const Report& report)
{
    return report.plan.command == kOriginalCommand;
}

} // namespace headroom
