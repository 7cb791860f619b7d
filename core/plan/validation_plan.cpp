// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/validation_plan.h"

#include "core/attention/eligibility.h"
#include "core/plan/job_estimate.h"

#include <algorithm>

#include <fmt/format.h>

namespace headroom
{
namespace
{

std::int64_t longestSwept(const ValidationRequest& request)
{
    std::int64_t longest = request.scalingSequence;
    for (const std::int64_t length : request.sequenceLengths)
    {
        longest = std::max(longest, length);
    }
    return longest;
}

/// Collects the jobs of one plan.
class PlanBuilder
{
public:
    PlanBuilder(const ValidationRequest& request, const DeviceFacts& device) : m_request(request), m_device(device)
    {
        m_plan.command = "validate";
        m_plan.preset = toString(request.preset);
        m_plan.device = request.device;
        m_plan.seed = request.seed;
        m_plan.measurement = request.measurement;
        m_plan.accuracy = request.accuracy;
        m_plan.accuracy.gradientsPerLayer = request.accuracy.gradientsPerLayer || request.fullValidation;
        m_plan.targetSpeedup = request.targetSpeedup;
        m_plan.maxSeconds = request.maxSeconds;
        m_plan.weightsFile = request.weightsFile;
        m_plan.compiledPackage = request.compiledPackage;
    }

    Plan build()
    {
        addCompatibility();
        if (m_request.skipAccuracy && !m_request.fullValidation)
        {
            m_plan.skippedStages.push_back(Stage::Accuracy);
        }
        else
        {
            addAccuracy();
        }
        if (m_request.skipPerformance && !m_request.fullValidation)
        {
            m_plan.skippedStages.push_back(Stage::Performance);
        }
        else
        {
            addPerformance();
        }
        return std::move(m_plan);
    }

private:
    bool hasAttention() const { return m_request.input.model.layers > 0; }
    bool onCuda() const { return m_request.input.device == DeviceKind::Cuda; }

    void add(std::string id, Stage stage, std::string title, JobWork work)
    {
        const double seconds = estimateSeconds(work, m_plan.measurement, m_plan.accuracy, m_device);
        m_plan.jobs.push_back({std::move(id), stage, std::move(title), seconds, std::move(work)});
    }

    void addCompatibility()
    {
        const ModelInput& input = m_request.input;
        add("probe", Stage::Compatibility, "attention layers and backends", ProbeJob{input});
        // 16-bit weights leave autocast nothing to cast, and a model without attention no backend to choose.
        if (m_request.fullValidation && input.dtype == DType::Float32 && hasAttention())
        {
            add("check-autocast", Stage::Compatibility, "under autocast",
                CheckJob{CheckKind::Autocast, input, {Backend::Default}});
        }
        if (!m_request.compiledPackage.empty())
        {
            add("check-compiled", Stage::Compatibility, "compiled package",
                CheckJob{CheckKind::Compiled, input, {Backend::Default}});
        }
    }

    void addAccuracy()
    {
        if (!hasAttention())
        {
            return; // nothing that backends could compute differently
        }
        const ModelInput& input = m_request.input;
        add("judge", Stage::Accuracy, "accuracy of every eligible backend",
            JudgeJob{input, eligibleBackends(input, Pass::Forward)});
        if (m_request.fullValidation)
        {
            add("check-determinism", Stage::Accuracy, "the same bits every time",
                CheckJob{CheckKind::Determinism, input, eligibleBackends(input, Pass::TrainingStep)});
        }
    }

    /// Math first, which takes all that a model asks for, then the fused backends that the rules let through.
    std::vector<Backend> eligibleBackends(const ModelInput& input, Pass pass) const
    {
        const AttentionProblem problem = attentionProblemOf(input, pass != Pass::Forward);
        std::vector<Backend> backends{Backend::Math};
        for (const Backend backend : kFusedBackends)
        {
            if (checkEligibility(backend, problem, m_device).eligible)
            {
                backends.push_back(backend);
            }
        }
        return backends;
    }

    /// Compares the backends of \a input, or, without attention, times the model as it is.
    void addTiming(const std::string& id, const std::string& title, const ModelInput& input, Pass pass, L2State l2,
                   bool naive)
    {
        const auto caseOf = [&](Backend backend) { return Case{input, backend, pass, Launch::Eager, l2}; };
        if (!hasAttention())
        {
            add(id, Stage::Performance, title, MeasureJob{caseOf(Backend::Default)});
            return;
        }
        CompareJob compare;
        for (const Backend backend : eligibleBackends(input, pass))
        {
            compare.cases.push_back(caseOf(backend));
        }
        if (naive)
        {
            compare.cases.push_back(caseOf(Backend::Naive));
        }
        add(id, Stage::Performance, title, std::move(compare));
    }

    void addPerformance()
    {
        const ModelInput& input = m_request.input;
        const std::string place = fmt::format(", batch {}, sequence {}", input.batch, input.sequence);
        const bool quick = m_request.preset == Preset::Quick;
        addTiming("forward", "forward" + place, input, Pass::Forward, L2State::Warm, true);
        addTiming("training-step", "training step" + place, input, Pass::TrainingStep, L2State::Warm, !quick);
        if (onCuda())
        {
            addTiming("forward-cold", "forward" + place + ", cold L2", input, Pass::Forward, L2State::Cold, false);
            addTiming("training-step-cold", "training step" + place + ", cold L2", input, Pass::TrainingStep,
                      L2State::Cold, false);
        }
        if (m_request.extendedBenchmarks)
        {
            addSweeps();
        }
    }

    void addSweeps()
    {
        ModelInput input = m_request.input;
        if (m_request.weightsFile.empty())
        {
            // One position table for all points, long enough for the longest, so that they share their weights.
            input.model.maxSequence = std::max(input.model.maxSequence, longestSwept(m_request));
        }
        for (const std::int64_t batch : withoutRepeats(m_request.batchSizes))
        {
            input.batch = batch;
            input.sequence = m_request.scalingSequence;
            addPoint(fmt::format("batch-{}", batch), input);
        }
        for (const std::int64_t length : withoutRepeats(m_request.sequenceLengths))
        {
            input.batch = m_request.scalingBatch;
            input.sequence = length;
            addPoint(fmt::format("sequence-{}", length), input);
        }
    }

    void addPoint(const std::string& id, const ModelInput& input)
    {
        addTiming(id, fmt::format("forward, batch {}, sequence {}", input.batch, input.sequence), input, Pass::Forward,
                  L2State::Warm, false);
    }

    /// The numbers in their order, each once: ids of jobs are unique.
    static std::vector<std::int64_t> withoutRepeats(const std::vector<std::int64_t>& numbers)
    {
        std::vector<std::int64_t> once;
        for (const std::int64_t number : numbers)
        {
            if (std::find(once.begin(), once.end(), number) == once.end())
            {
                once.push_back(number);
            }
        }
        return once;
    }

    const ValidationRequest& m_request;
    const DeviceFacts& m_device;
    Plan m_plan;
};

void checkPositive(const char* name, std::int64_t value, std::vector<std::string>& problems)
{
    if (value < 1)
    {
        problems.push_back(fmt::format("{} is {}; it must be at least 1.", name, value));
    }
}

void checkPositive(const char* name, const std::optional<double>& value, std::vector<std::string>& problems)
{
    if (value && !(*value > 0))
    {
        problems.push_back(fmt::format("{} is {}; it must be more than 0.", name, *value));
    }
}

} // namespace

std::vector<std::string> problemsWith(const ValidationRequest& request)
{
    std::vector<std::string> problems = problemsWith(request.input);
    const std::vector<std::string> ofPolicy = problemsWith(request.measurement);
    problems.insert(problems.end(), ofPolicy.begin(), ofPolicy.end());
    for (const std::int64_t batch : request.batchSizes)
    {
        checkPositive("A batch size of --batch-sizes", batch, problems);
    }
    for (const std::int64_t length : request.sequenceLengths)
    {
        checkPositive("A sequence length of --seq-lens", length, problems);
    }
    checkPositive("The sequence length of the batch sweep", request.scalingSequence, problems);
    checkPositive("The batch size of the sequence sweep", request.scalingBatch, problems);
    const std::int64_t table = request.input.model.maxSequence;
    if (request.extendedBenchmarks && !request.weightsFile.empty() && longestSwept(request) > table)
    {
        problems.push_back(fmt::format("The sweep reaches sequence length {}, but the weights in {} have {} positions. "
                                       "Leave the longer lengths out with --seq-lens.",
                                       longestSwept(request), request.weightsFile, table));
    }
    checkPositive("--target-speedup", request.targetSpeedup, problems);
    checkPositive("--max-seconds", request.maxSeconds, problems);
    if (request.device.kind != request.input.device)
    {
        problems.push_back(fmt::format("The device is {}, but the model is asked for on {}.", toText(request.device),
                                       toString(request.input.device)));
    }
    return problems;
}

Plan makeValidationPlan(const ValidationRequest& request, const DeviceFacts& device)
{
    return PlanBuilder(request, device).build();
}

} // namespace headroom
