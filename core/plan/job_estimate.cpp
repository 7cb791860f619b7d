// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/job_estimate.h"

#include "core/attention/flops.h"
#include "core/model/model_flops.h"
#include "core/plan/ladder.h"

#include <algorithm>
#include <cmath>

namespace headroom
{
namespace
{

constexpr double kCpuFlopsPerCore = 60e9;
constexpr double kScoresFactor = 5;         ///< math and naive against fused attention, from reference/libtorch.md
constexpr double kLaunchSeconds = 5e-6;     ///< of one CUDA kernel
constexpr double kLaunchesPerLayer = 25;    ///< of an encoder layer's forward pass
constexpr double kDrawnPerSecond = 1e8;     ///< random weights
constexpr double kSetUpSeconds = 0.5;       ///< allocations, first calls, kernel loads of a job
constexpr double kFirstJobSeconds = 4;      ///< LibTorch and CUDA coming up, which the probe waits for
constexpr double kFrontierSeconds = 10;     ///< a bounded search of a backend's longest sequence
constexpr double kPeaksSeconds = 3;         ///< a matrix product of each data type and a copy
constexpr double kPackageSeconds = 5;       ///< unpacking and loading an AOTInductor package
constexpr double kExpectedSpreadCpu = 0.03; ///< standard deviation over mean, quiet machine
constexpr double kExpectedSpreadCuda = 0.01;
constexpr double kRunsBeside = 2; ///< one observed, one for peak memory
constexpr double kLeastDeadlineSeconds = 30;
constexpr double kDeadlineFactor = 10;
constexpr double kGrantedFactor = 1.5;

struct Work
{
    double linear = 0;
    double attention = 0;
    double layers = 1;
    DType dtype = DType::Float32;
    std::int64_t parameters = 0;
};

DType computeType(const ModelInput& input)
{
    return input.autocast ? DType::BFloat16 : input.dtype;
}

Work workOf(const AttentionProblem& problem, Pass pass)
{
    const double forward = forwardFlops(problem).unmasked;
    const double backward = backwardFlops(problem).unmasked;
    const double total = pass == Pass::Forward ? forward : pass == Pass::Backward ? backward : forward + backward;
    return {0, total, 1, problem.dtype, 0};
}

Work workOf(const ModelInput& input, Pass pass)
{
    const ModelFlops forward = forwardFlops(input);
    const ModelFlops backward = backwardFlops(input);
    Work work{0, 0, static_cast<double>(std::max<std::int64_t>(1, input.model.layers)), computeType(input),
              parameterCount(input.model)};
    if (pass != Pass::Backward)
    {
        work.linear += forward.linear;
        work.attention += forward.attention;
    }
    if (pass != Pass::Forward)
    {
        work.linear += backward.linear;
        work.attention += backward.attention;
    }
    return work;
}

Work workOf(const Subject& subject, Pass pass)
{
    return std::visit([pass](const auto& value) { return workOf(value, pass); }, subject);
}

bool onCuda(const Subject& subject)
{
    return std::visit([](const auto& value) { return value.device == DeviceKind::Cuda; }, subject);
}

double flopsPerSecond(DType dtype, bool cuda, const DeviceFacts& device)
{
    if (!cuda)
    {
        return std::max(1, device.cores) * kCpuFlopsPerCore * (dtype == DType::Float32 ? 1.0 : 0.5);
    }
    switch (dtype)
    {
    case DType::Float64:
        return 10e12;
    case DType::Float32:
        return 20e12;
    case DType::BFloat16:
    case DType::Float16:
        break;
    }
    return 100e12;
}

bool writesScores(Backend backend)
{
    return backend == Backend::Math || backend == Backend::Naive;
}

double runSeconds(const Subject& subject, Backend backend, Pass pass, const DeviceFacts& device)
{
    const Work work = workOf(subject, pass);
    const bool cuda = onCuda(subject);
    const double attention = work.attention * (writesScores(backend) ? kScoresFactor : 1.0);
    const double computing = (work.linear + attention) / flopsPerSecond(work.dtype, cuda, device);
    const double passes = pass == Pass::TrainingStep ? 3 : pass == Pass::Backward ? 2 : 1;
    const double launching = cuda ? passes * work.layers * kLaunchesPerLayer * kLaunchSeconds : 0;
    return computing + launching;
}

/// The fp64 reference: the same passes in float64, its attention in blocks of scores.
double referenceSeconds(Subject subject, Pass pass, const DeviceFacts& device)
{
    std::visit([](auto& value) { value.dtype = DType::Float64; }, subject);
    if (auto* model = std::get_if<ModelInput>(&subject))
    {
        model->autocast = false;
    }
    return runSeconds(subject, Backend::Math, pass, device);
}

double preparingSeconds(const Subject& subject)
{
    return kSetUpSeconds + static_cast<double>(workOf(subject, Pass::Forward).parameters) / kDrawnPerSecond;
}

double warmupSeconds(double run, const MeasurementPolicy& policy)
{
    if (policy.warmup)
    {
        return static_cast<double>(*policy.warmup) * run;
    }
    const double most = std::max(policy.warmupMinSeconds, policy.warmupMaxSeconds);
    return std::max(run, std::clamp(10 * run, policy.warmupMinSeconds, most));
}

/// Samples until the standard error is small enough at the expected spread, within the policy's bounds.
double samplingSeconds(double run, bool cuda, const MeasurementPolicy& policy)
{
    if (policy.iterations)
    {
        return static_cast<double>(*policy.iterations) * run;
    }
    const double spread = cuda ? kExpectedSpreadCuda : kExpectedSpreadCpu;
    const double wanted = policy.targetRelativeError > 0 ? std::pow(spread / policy.targetRelativeError, 2) : HUGE_VAL;
    const auto fewest = static_cast<double>(policy.minSamples);
    const double count = std::clamp(wanted, fewest, std::max(fewest, static_cast<double>(policy.maxSamples)));
    const double seconds = std::min(std::max(count * run, policy.minSeconds), policy.maxSecondsPerCase);
    return std::max(seconds, fewest * run); // the time cap waits for the fewest samples
}

double caseSeconds(const Case& value, const MeasurementPolicy& policy, const DeviceFacts& device)
{
    const bool cuda = onCuda(value.subject);
    const double run = estimateRunSeconds(value, device);
    const double clocks = cuda ? 2 : 1; // device time and wall time are sampled apart
    return warmupSeconds(run, policy) + clocks * samplingSeconds(run, cuda, policy) + kRunsBeside * run;
}

double casesSeconds(const std::vector<Case>& cases, const MeasurementPolicy& policy, const DeviceFacts& device)
{
    double seconds = cases.empty() ? 0 : preparingSeconds(cases.front().subject);
    for (const Case& value : cases)
    {
        seconds += caseSeconds(value, policy, device);
    }
    return seconds;
}

double judgeSeconds(const JudgeJob& job, const AccuracyPolicy& accuracy, const DeviceFacts& device)
{
    Subject whole = job.subject;
    if (auto* model = std::get_if<ModelInput>(&whole); model != nullptr && accuracy.wholeModelBatch > 0)
    {
        model->batch = accuracy.wholeModelBatch;
    }
    // Attention calls at the subject's batch, on the tensors that a forward pass brings there.
    double seconds = preparingSeconds(job.subject) + runSeconds(job.subject, Backend::Naive, Pass::Forward, device);
    std::vector<CallGroup> calls;
    if (const auto* problem = std::get_if<AttentionProblem>(&job.subject))
    {
        calls.push_back({*problem, 1});
    }
    if (const auto* model = std::get_if<ModelInput>(&job.subject))
    {
        calls = attentionCallsOf(*model, true);
        // The whole model: reference, yardstick and each backend, with gradients.
        seconds += referenceSeconds(whole, Pass::TrainingStep, device);
        seconds +=
            static_cast<double>(job.backends.size() + 1) * runSeconds(whole, Backend::Math, Pass::TrainingStep, device);
    }
    for (const CallGroup& group : calls)
    {
        const double call = referenceSeconds(group.problem, Pass::TrainingStep, device) +
                            static_cast<double>(job.backends.size() + 1) *
                                runSeconds(group.problem, Backend::Math, Pass::TrainingStep, device);
        seconds += static_cast<double>(group.calls) * call;
    }
    return seconds;
}

double checkSeconds(const CheckJob& job, const DeviceFacts& device)
{
    const double forward = runSeconds(job.subject, Backend::Math, Pass::Forward, device);
    const double step = runSeconds(job.subject, Backend::Math, Pass::TrainingStep, device);
    const double preparing = preparingSeconds(job.subject);
    switch (job.check)
    {
    case CheckKind::Autocast:
        return 2 * preparing + 3 * forward + referenceSeconds(job.subject, Pass::Forward, device);
    case CheckKind::Compiled:
        return preparing + kPackageSeconds + 2 * forward;
    case CheckKind::Determinism:
    case CheckKind::BatchInvariance:
        break;
    case CheckKind::Ladder:
        if (const auto* own = std::get_if<AttentionProblem>(&job.subject);
            own != nullptr && *own != ladderProblem(*own))
        {
            CheckJob bounded = job;
            bounded.subject = ladderProblem(*own);
            return checkSeconds(bounded, device);
        }
        [[fallthrough]];
    case CheckKind::Defect: // the reference, the yardstick and each backend
        return preparing + referenceSeconds(job.subject, Pass::TrainingStep, device) +
               2 * step * static_cast<double>(job.backends.size() + 1);
    }
    return preparing + 3 * step * static_cast<double>(std::max<std::size_t>(1, job.backends.size()));
}

} // namespace

double estimateRunSeconds(const Case& value, const DeviceFacts& device)
{
    return runSeconds(value.subject, value.backend, value.pass, device);
}

double estimateSeconds(const JobWork& work, const MeasurementPolicy& measurement, const AccuracyPolicy& accuracy,
                       const DeviceFacts& device)
{
    if (const auto* probe = std::get_if<ProbeJob>(&work))
    {
        if (probe->probe == ProbeKind::Frontier)
        {
            return kFrontierSeconds * static_cast<double>(std::max<std::size_t>(1, probe->backends.size()));
        }
        if (probe->probe == ProbeKind::Peaks)
        {
            return kFirstJobSeconds + kPeaksSeconds;
        }
        return kFirstJobSeconds + preparingSeconds(probe->subject) +
               runSeconds(probe->subject, Backend::Default, Pass::Forward, device);
    }
    if (const auto* judge = std::get_if<JudgeJob>(&work))
    {
        return judgeSeconds(*judge, accuracy, device);
    }
    if (const auto* measure = std::get_if<MeasureJob>(&work))
    {
        return casesSeconds({measure->measured}, measurement, device);
    }
    if (const auto* compare = std::get_if<CompareJob>(&work))
    {
        return casesSeconds(compare->cases, measurement, device);
    }
    return checkSeconds(std::get<CheckJob>(work), device);
}

double deadlineSeconds(const Job& job, const MeasurementPolicy& policy)
{
    const double granted =
        static_cast<double>(casesOf(job).size()) * (policy.maxSecondsPerCase + policy.warmupMaxSeconds);
    const double least = kLeastDeadlineSeconds + kGrantedFactor * granted;
    // A NaN estimate falls through std::max to the least deadline.
    return std::min(std::max(least, kDeadlineFactor * job.estimateSeconds), policy.deadlineCapSeconds);
}

} // namespace headroom
