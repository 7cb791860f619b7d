// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

/// Builds the events of a run by hand: deterministic, with no clock, no worker and no plan builder.
namespace headroom::testing
{

inline ModelInput smallModel(std::int64_t batch = 4, std::int64_t sequence = 128)
{
    ModelInput input;
    input.model.dModel = 256;
    input.model.heads = 4;
    input.model.layers = 2;
    input.model.feedForward = 1024;
    input.batch = batch;
    input.sequence = sequence;
    return input;
}

inline Case caseOf(const ModelInput& input, Backend backend, Pass pass = Pass::Forward)
{
    Case measured;
    measured.subject = input;
    measured.backend = backend;
    measured.pass = pass;
    return measured;
}

inline Job compareJob(const std::string& id, const ModelInput& input, Pass pass,
                      const std::vector<Backend>& backends = {Backend::Math, Backend::Flash})
{
    CompareJob work;
    for (const auto backend : backends)
    {
        work.cases.push_back(caseOf(input, backend, pass));
    }
    Job job;
    job.id = id;
    job.stage = Stage::Performance;
    job.title = std::string(toString(pass)) + ", batch " + std::to_string(input.batch) + ", sequence " +
                std::to_string(input.sequence);
    job.work = work;
    return job;
}

inline Job probeJob(const ModelInput& input)
{
    return Job{"probe", Stage::Compatibility, "attention layers and backends", 1, ProbeJob{input}};
}

inline Job judgeJob(const ModelInput& input)
{
    return Job{"judge", Stage::Accuracy, "accuracy of every backend", 1,
               JudgeJob{input, {Backend::Flash, Backend::Math}}};
}

inline Plan validationPlan(const ModelInput& input = smallModel())
{
    Plan plan;
    plan.command = "validate";
    plan.device.kind = input.device;
    plan.seed = 42;
    plan.jobs = {probeJob(input), judgeJob(input), compareJob("forward", input, Pass::Forward),
                 compareJob("training-step", input, Pass::TrainingStep)};
    return plan;
}

inline Circumstances cpuCircumstances()
{
    Circumstances facts;
    facts.headroomVersion = "0.1.0";
    facts.libtorchVersion = "2.11.0+cpu";
    facts.sdpaAvailable = true;
    facts.threads = 2;
    facts.operatingSystem = "Debian 12";
    facts.devices.push_back(DeviceFacts{});
    facts.devices.back().name = "Test CPU";
    facts.devices.back().cores = 2;
    facts.devices.back().memoryBytes = std::int64_t{8} << 30;
    return facts;
}

inline Circumstances cudaCircumstances()
{
    auto facts = cpuCircumstances();
    facts.libtorchVersion = "2.11.0+cu130";
    facts.cudaAvailable = true;
    facts.cudaVersion = "13.0";
    facts.driverVersion = "580.1";
    facts.cudnnVersion = 91900;
    DeviceFacts gpu;
    gpu.kind = DeviceKind::Cuda;
    gpu.name = "Test GPU";
    gpu.computeCapability = 90;
    gpu.maxSmClockMhz = 1000;
    facts.devices.push_back(gpu);
    facts.selected.kind = DeviceKind::Cuda;
    return facts;
}

/// \a n times near \a ns, with a spread of \a noise that repeats itself.
inline std::vector<double> timesNear(double ns, std::size_t n = 40, double noise = 0.002)
{
    std::vector<double> times;
    for (std::size_t i = 0; i < n; ++i)
    {
        times.push_back(ns * (1.0 + noise * std::sin(2.39996 * static_cast<double>(i))));
    }
    return times;
}

inline LayerEvidence layerEvidence(const ModelInput& input, std::size_t index, bool flashTaken = true)
{
    LayerEvidence layer;
    layer.path = "encoder.layers." + std::to_string(index) + ".self_attn";
    layer.problem = attentionProblemOf(input, true);
    for (const auto backend : kSdpaBackends)
    {
        BackendAnswer answer;
        answer.rules.backend = backend;
        answer.rules.eligible = backend == Backend::Math || (backend == Backend::Flash && flashTaken);
        if (!answer.rules.eligible)
        {
            answer.rules.rules = {
                RuleCheck{backend == Backend::Flash ? "head-dim-multiple" : "device",
                          backend == Backend::Flash ? "head_dim 80" : "device cpu",
                          backend == Backend::Flash ? "a multiple of 64" : "a CUDA device", false,
                          backend == Backend::Flash ? "pad head_dim 80 to 128" : "run on a CUDA device"}};
        }
        answer.libtorchAccepts = answer.rules.eligible;
        layer.answers.push_back(answer);
    }
    layer.predictedDefault = flashTaken ? Backend::Flash : Backend::Math;
    layer.libtorchDefault = layer.predictedDefault;
    return layer;
}

inline TensorJudgement tensor(const std::string& name, double error, double yardstick,
                              AccuracyVerdict verdict = AccuracyVerdict::Passed)
{
    TensorJudgement result;
    result.tensor = name;
    result.verdict = verdict;
    result.errors.maxError = error;
    result.errors.meanError = error / 10;
    result.errors.rmsError = error / 8;
    result.errors.elements = 1024;
    result.errors.worstIndex = {0, 1, 2, 3};
    result.errors.worstValue = 0.25;
    result.errors.worstReference = 0.25 - error;
    result.yardstick.maxError = yardstick;
    result.yardstick.meanError = yardstick / 10;
    result.referenceRms = 0.5;
    result.ratio = error / yardstick;
    result.allowedMax = 2 * yardstick;
    result.allowedMean = 0.15 * yardstick;
    if (verdict != AccuracyVerdict::Passed)
    {
        result.reason = "largest error is above what is allowed";
    }
    return result;
}

inline Judgement judgement(Backend backend, JudgementScope scope, const std::string& path,
                           AccuracyVerdict verdict = AccuracyVerdict::Passed)
{
    Judgement result;
    result.scope = scope;
    result.backend = backend;
    result.path = path;
    const bool call = scope == JudgementScope::AttentionCall;
    const double error = verdict == AccuracyVerdict::Passed ? 4e-7 : 4e-3;
    result.tensors = {tensor(call ? "O" : "output", error, 5e-7, verdict),
                      tensor(call ? "dQ" : "d weight", 6e-7, 5e-7)};
    result.tensors[0].absoluteLimit = 1e-5;
    concludeJudgement(result);
    return result;
}

class EventBuilder
{
public:
    explicit EventBuilder(Plan plan) : m_plan(std::move(plan)) {}

    EventBuilder& add(EventData data, const std::string& job = {})
    {
        Event event;
        event.run = "run-1";
        event.attempt = m_attempt;
        event.seq = static_cast<std::int64_t>(m_events.size());
        event.tNs = event.seq * 1000;
        event.utc = "2026-11-23T05:00:00.123Z";
        event.job = job;
        event.data = std::move(data);
        m_events.push_back(std::move(event));
        return *this;
    }

    EventBuilder& begin(Circumstances facts = cpuCircumstances())
    {
        add(RunStarted{m_plan, "0.1.0", "abc123"});
        facts.selected = m_plan.device;
        return add(CircumstancesSeen{std::move(facts)});
    }

    EventBuilder& nextAttempt()
    {
        ++m_attempt;
        return *this;
    }

    EventBuilder& startJob(const std::string& id)
    {
        return add(JobStarted{0, static_cast<std::int64_t>(m_plan.jobs.size()), job(id).title, 1, 30}, id);
    }

    EventBuilder& finishJob(const std::string& id, Outcome outcome = Outcome::Passed, Cause cause = Cause::None,
                            const std::string& reason = {}, std::vector<CaseResult> cases = {})
    {
        return add(JobFinished{outcome, cause, reason, 1.5, std::move(cases)}, id);
    }

    /// The samples of one case of a comparison, a round each.
    EventBuilder& samples(const std::string& id, const Case& measured, const std::vector<double>& ns)
    {
        SamplesTaken taken;
        taken.caseId = measured.id();
        taken.ns = ns;
        for (std::size_t i = 0; i < ns.size(); ++i)
        {
            taken.round.push_back(static_cast<std::int64_t>(i));
        }
        return add(std::move(taken), id);
    }

    /// The kernels that a case was seen to run.
    EventBuilder& ran(const std::string& id, const Case& measured, std::optional<Backend> backend)
    {
        RunEvidence evidence;
        evidence.caseId = measured.id();
        evidence.requested = measured.backend;
        evidence.ran = backend;
        evidence.attentionCalls = 2;
        evidence.operators = {"aten::_scaled_dot_product_" + std::string(toString(measured.backend))};
        return add(seenToRun(std::move(evidence)), id);
    }

    static CaseResult passed(const Case& measured, double peakBytes)
    {
        CaseResult result;
        result.caseId = measured.id();
        result.stop = StopReason::Precise;
        result.warmupRuns = 5;
        result.warmupSettled = true;
        result.firstCallNs = 5e7;
        result.peakBytes = peakBytes;
        return result;
    }

    static CaseResult notPassed(const Case& measured, Outcome outcome, Cause cause, const std::string& reason)
    {
        CaseResult result;
        result.caseId = measured.id();
        result.outcome = outcome;
        result.cause = cause;
        result.reason = reason;
        result.stop = StopReason::Interrupted;
        return result;
    }

    /// A whole probe job: every layer of the model.
    EventBuilder& probe(const ModelInput& input, bool flashTaken = true)
    {
        startJob("probe");
        for (std::int64_t i = 0; i < input.model.layers; ++i)
        {
            EvidenceSeen seen;
            seen.layer = layerEvidence(input, static_cast<std::size_t>(i), flashTaken);
            add(std::move(seen), "probe");
        }
        return finishJob("probe");
    }

    /// A whole judge job: two attention calls and the model, for flash and math.
    EventBuilder& judge(AccuracyVerdict flash = AccuracyVerdict::Passed)
    {
        startJob("judge");
        for (const auto backend : {Backend::Flash, Backend::Math})
        {
            const auto verdict = backend == Backend::Flash ? flash : AccuracyVerdict::Passed;
            for (const char* path : {"encoder.layers.0.self_attn", "encoder.layers.1.self_attn"})
            {
                add(Judged{judgement(backend, JudgementScope::AttentionCall, path, verdict), std::nullopt}, "judge");
            }
            add(Judged{judgement(backend, JudgementScope::WholeModel, "", verdict), std::nullopt}, "judge");
        }
        return finishJob("judge");
    }

    /// A whole comparison job: math at \a mathNs and every other backend \a speedUp times as fast.
    EventBuilder& compare(const std::string& id, double mathNs, double speedUp, double noise = 0.002)
    {
        startJob(id);
        std::vector<CaseResult> results;
        for (const auto& measured : casesOf(job(id)))
        {
            const bool math = measured.backend == Backend::Math;
            // The noise of the two sides must not be the same, or their ratio had none.
            const auto times = timesNear(math ? mathNs : mathNs / speedUp, 40, math ? noise : -0.7 * noise);
            samples(id, measured, times);
            ran(id, measured, measured.backend);
            results.push_back(passed(measured, math ? 2.0e9 : 1.25e9));
        }
        return finishJob(id, Outcome::Passed, Cause::None, {}, std::move(results));
    }

    EventBuilder& end(Outcome outcome = Outcome::Passed, const std::string& reason = {})
    {
        return add(RunFinished{outcome, reason});
    }

    const std::vector<Event>& events() const { return m_events; }
    const Job& job(const std::string& id) const
    {
        for (const auto& candidate : m_plan.jobs)
        {
            if (candidate.id == id)
            {
                return candidate;
            }
        }
        throw std::invalid_argument("the test's plan has no job " + id);
    }

private:
    static EvidenceSeen seenToRun(RunEvidence evidence)
    {
        EvidenceSeen seen;
        seen.run = std::move(evidence);
        return seen;
    }

    Plan m_plan;
    std::vector<Event> m_events;
    int m_attempt = 1;
};

/// A run in which all went well, with sweeps along both axes.
inline std::vector<Event> goodRun()
{
    auto plan = validationPlan();
    for (const std::int64_t batch : {1, 4, 8})
    {
        plan.jobs.push_back(compareJob("batch-" + std::to_string(batch), smallModel(batch, 128), Pass::Forward));
    }
    for (const std::int64_t length : {64, 128, 256})
    {
        plan.jobs.push_back(compareJob("sequence-" + std::to_string(length), smallModel(4, length), Pass::Forward));
    }
    EventBuilder builder(plan);
    builder.begin().probe(smallModel()).judge().compare("forward", 4e6, 1.32).compare("training-step", 12e6, 2.5);
    builder.compare("batch-1", 1.1e6, 1.2).compare("batch-4", 4e6, 1.32);
    const auto big = casesOf(builder.job("batch-8"));
    builder.startJob("batch-8").samples("batch-8", big[1], timesNear(6e6));
    builder.finishJob(
        "batch-8", Outcome::Passed, Cause::None, {},
        {EventBuilder::notPassed(big[0], Outcome::Skipped, Cause::OutOfMemory, "needs 9 GiB, 8 GiB are there"),
         EventBuilder::passed(big[1], 3e9)});
    builder.compare("sequence-64", 2.1e6, 1.0).compare("sequence-128", 4e6, 1.32).compare("sequence-256", 8.4e6, 1.6);
    return builder.end().events();
}

} // namespace headroom::testing
