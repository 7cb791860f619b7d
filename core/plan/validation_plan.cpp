// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/validation_plan.h"

#include "core/plan/model_jobs.h"
#include "core/plan/size_checks.h"

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
        m_plan.modelFile = request.modelFile;
        m_plan.inspection = request.inspection;
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
    bool onCuda() const { return m_request.input.device == DeviceKind::Cuda; }
    bool fromFile() const { return m_request.modelFile && m_request.inspection; }
    bool switchesBackends() const { return !fromFile() || m_request.inspection->switchesBackends; }
    /// Calls can be judged where their tensors were seen, whatever the loader gives of the whole model.
    bool showsCalls() const
    {
        return !fromFile() || std::ranges::any_of(m_request.inspection->calls, &WatchedCall::captured);
    }

    bool givesGradients() const { return !fromFile() || abilitiesOf(m_request.inspection->loader).givesGradients; }

    void add(std::string id, Stage stage, std::string title, JobWork work)
    {
        addJob(m_plan, m_device, std::move(id), stage, std::move(title), std::move(work));
    }

    void addCompatibility()
    {
        const ModelInput& input = m_request.input;
        add("probe", Stage::Compatibility, "attention layers and backends", ProbeJob{input});
        // 16-bit weights leave autocast nothing to cast, and a model without attention no backend to choose.
        if (m_request.fullValidation && input.dtype == DType::Float32 && hasAttention(input.model) && givesGradients())
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
        const ModelInput& input = m_request.input;
        if (!hasAttention(input.model) || !showsCalls())
        {
            return; // nothing that backends could compute differently, or no call that could be judged
        }
        add("judge", Stage::Accuracy, "accuracy of every eligible backend",
            JudgeJob{input, switchesBackends() ? eligibleBackends(input, Pass::Forward, m_device)
                                               : std::vector{Backend::Default}});
        if (m_request.fullValidation && switchesBackends() && givesGradients())
        {
            add("check-determinism", Stage::Accuracy, "the same bits every time",
                CheckJob{CheckKind::Determinism, input, eligibleBackends(input, Pass::TrainingStep, m_device)});
        }
    }

    /// Compares the backends of \a input, or, where there is nothing to choose, times the model as it is.
    void addTiming(const std::string& id, const std::string& title, const ModelInput& input, Pass pass, L2State l2,
                   bool naive)
    {
        if (pass != Pass::Forward && !givesGradients())
        {
            return;
        }
        std::vector<Backend> backends{Backend::Default};
        if (hasAttention(input.model) && switchesBackends())
        {
            backends = eligibleBackends(input, pass, m_device);
            if (naive && !fromFile())
            {
                backends.push_back(Backend::Naive);
            }
        }
        add(id, Stage::Performance, title, timingOf(input, pass, l2, backends));
    }

    void addPerformance()
    {
        const ModelInput& input = m_request.input;
        const std::string forward = timingTitle(input, Pass::Forward);
        const std::string training = timingTitle(input, Pass::TrainingStep);
        const bool quick = m_request.preset == Preset::Quick;
        addTiming("forward", forward, input, Pass::Forward, L2State::Warm, true);
        addTiming("training-step", training, input, Pass::TrainingStep, L2State::Warm, !quick);
        if (onCuda())
        {
            addTiming("forward-cold", forward + ", cold L2", input, Pass::Forward, L2State::Cold, false);
            addTiming("training-step-cold", training + ", cold L2", input, Pass::TrainingStep, L2State::Cold, false);
        }
        if (m_request.extendedBenchmarks)
        {
            addSweeps();
        }
    }

    void addSweeps()
    {
        ModelInput input = m_request.input;
        if (m_request.weightsFile.empty() && !fromFile())
        {
            // One position table for all points, long enough for the longest, so that they share their weights.
            input.model.maxSequence = std::max(input.model.maxSequence, longestSwept(m_request));
        }
        for (const std::int64_t batch : withoutRepeats(m_request.batchSizes))
        {
            input.batch = batch;
            input.sequence = scalingSequence(input);
            addPoint(fmt::format("batch-{}", batch), input);
        }
        if (fromFile() && input.model.outline && input.model.outline->fixedSequence)
        {
            return;
        }
        for (const std::int64_t length : withoutRepeats(m_request.sequenceLengths))
        {
            input.batch = m_request.scalingBatch;
            input.sequence = length;
            addPoint(fmt::format("sequence-{}", length), input);
        }
    }

    /// Lengths that follow from the model stay what they are.
    std::int64_t scalingSequence(const ModelInput& input) const
    {
        return input.model.outline && input.model.outline->fixedSequence ? m_request.input.sequence
                                                                         : m_request.scalingSequence;
    }

    void addPoint(const std::string& id, const ModelInput& input)
    {
        addTiming(id, timingTitle(input, Pass::Forward), input, Pass::Forward, L2State::Warm, false);
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

void checkModelFile(const ValidationRequest& request, std::vector<std::string>& problems)
{
    if (!request.modelFile)
    {
        return;
    }
    if (!request.weightsFile.empty())
    {
        problems.push_back("A model from a file brings its own weights; leave --weights out.");
    }
    if (!request.compiledPackage.empty())
    {
        problems.push_back("A compiled package is compared with the built-in model; leave --compiled out, or give the "
                           "package itself as --model.");
    }
}

} // namespace

std::vector<std::string> problemsWith(const ValidationRequest& request)
{
    std::vector<std::string> problems;
    if (!request.modelFile) // else the sizes are the file's own
    {
        problems = problemsWith(request.input);
    }
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
    checkModelFile(request, problems);
    if (!request.modelFile && request.device.kind != request.input.device)
    {
        problems.push_back(fmt::format("The device is {}, but the model is asked for on {}.", toText(request.device),
                                       toString(request.input.device)));
    }
    return problems;
}

Plan makeValidationPlan(const ValidationRequest& request, const DeviceFacts& device)
{
    if (!request.modelFile || !request.inspection)
    {
        return PlanBuilder(request, device).build();
    }
    ValidationRequest ofFile = request;
    ofFile.input = modelInputOf(*request.inspection, *request.modelFile, request.device.kind);
    return PlanBuilder(ofFile, device).build();
}

} // namespace headroom
