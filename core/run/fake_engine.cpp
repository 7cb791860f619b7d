// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/fake_engine.h"

#include "core/plan/defects.h"
#include "core/version/build_info.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

namespace headroom
{
namespace
{

constexpr const char* kFakeName = "fake";

DeviceFacts fakeDevice(DeviceKind kind)
{
    DeviceFacts facts;
    facts.kind = kind;
    facts.name = "fake device";
    facts.cores = kind == DeviceKind::Cpu ? 2 : 0;
    facts.computeCapability = kind == DeviceKind::Cuda ? 90 : 0;
    facts.multiprocessors = kind == DeviceKind::Cuda ? 132 : 0;
    facts.memoryBytes = std::int64_t{64} << 30;
    facts.freeMemoryBytes = std::int64_t{60} << 30;
    facts.cudnnVersion = kind == DeviceKind::Cuda ? 91900 : 0;
    return facts;
}

bool contains(const std::vector<std::string>& names, Backend backend)
{
    return std::find(names.begin(), names.end(), toString(backend)) != names.end();
}

/// Work of a case relative to batch 4, sequence 128, where FakeScript::forwardMs holds.
double relativeWork(const Case& measured)
{
    const auto* input = std::get_if<ModelInput>(&measured.subject);
    return input ? static_cast<double>(input->batch * input->sequence) / 512.0 : 1.0;
}

std::string operatorOf(Backend backend)
{
    switch (backend)
    {
    case Backend::Flash:
    case Backend::Default:
        return "aten::_scaled_dot_product_flash_attention";
    case Backend::MemoryEfficient:
        return "aten::_scaled_dot_product_efficient_attention";
    case Backend::Cudnn:
        return "aten::_scaled_dot_product_cudnn_attention";
    case Backend::Naive:
        return "headroom::naive_attention";
    default:
        return "aten::_scaled_dot_product_attention_math";
    }
}

class FakeCase : public PreparedCase
{
public:
    FakeCase(FakeEngine& engine, Case measured) : m_engine(engine), m_case(std::move(measured))
    {
        const auto& script = engine.script();
        const bool changed = m_case.captured && m_case.captured->change != CallChange::None;
        const auto found = script.forwardMs.find(std::string(toString(m_case.backend)));
        m_ns = (found == script.forwardMs.end() ? 3.0 : found->second) * 1e6 * relativeWork(m_case) *
               (m_case.pass == Pass::Forward ? 1.0 : script.trainingFactor) *
               (m_case.l2 == L2State::Cold ? 1.05 : 1.0) * (changed ? script.changedFactor : 1.0);
        m_onCpu = std::visit([](const auto& subject) { return subject.device; }, m_case.subject) == DeviceKind::Cpu;
        const auto waited = script.waitedShare.find(std::string(toString(m_case.backend)));
        m_waitedShare = m_onCpu && waited != script.waitedShare.end() ? waited->second : 0.0;
    }

    void launchSample() override
    {
        m_engine.strikeAtSample();
        if (m_engine.script().sampleSleepMs > 0)
        {
            std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(m_engine.script().sampleSleepMs));
        }
        const double ns = m_ns * (1 + m_engine.script().noise * m_engine.pseudoNoise());
        m_sample = {ns / (1 - m_waitedShare), std::nullopt, std::nullopt};
        if (m_onCpu)
        {
            m_sample.waitNs = m_sample.ns - ns;
        }
    }
    Sample takeSample() override { return m_sample; }
    std::optional<Sample> wallSample() override { return std::nullopt; }
    RunEvidence observe() override
    {
        const auto& instead = m_engine.script().ranInstead;
        const auto ran =
            m_case.backend == Backend::Flash && !instead.empty() ? parseEnum<Backend>(instead) : m_case.backend;
        RunEvidence evidence;
        evidence.caseId = m_case.id();
        evidence.pass = m_case.pass;
        evidence.requested = m_case.backend;
        evidence.operators = {operatorOf(ran)};
        evidence.ran = backendFromNames(evidence.operators, {});
        evidence.attentionCalls = 1;
        evidence.asPredicted = ran == m_case.backend;
        return evidence;
    }
    std::optional<double> peakBytes() override { return m_case.backend == Backend::Math ? 2e9 : 1e9; }
    std::optional<double> firstCallNs() const override { return m_ns * 5; }
    std::optional<double> warmRunNs() const override { return std::nullopt; }
    std::optional<double> eventOverheadNs() const override { return std::nullopt; }

private:
    FakeEngine& m_engine;
    Case m_case;
    double m_ns = 0;
    bool m_onCpu = true;
    double m_waitedShare = 0;
    Sample m_sample;
};

TensorJudgement fakeJudgement(const std::string& tensor, bool right, const AccuracyPolicy& policy)
{
    TensorErrors errors;
    errors.maxError = right ? 4e-7 : 0.5;
    errors.meanError = errors.maxError / 4;
    errors.rmsError = errors.maxError / 3;
    errors.elements = 1000;
    errors.worstIndex = {0, 0, 0, 0};
    TensorErrors yardstick = errors;
    yardstick.maxError = 5e-7;
    yardstick.meanError = 1.2e-7;
    return judgeTensor(tensor, errors, yardstick, 6e-8, 3e-8, 0.1, DType::Float32, tensor == "O", policy);
}

/// A model of two layers: one call with is_causal, one that hands the same triangle over as a mask.
ModelInspection inventedInspection(const InspectionRequest& request, DeviceKind device)
{
    ModelInspection seen;
    seen.model.architecture = "InventedModel";
    seen.dtype = request.dtype.value_or(DType::Float32);
    constexpr std::int64_t kParameters = 1'000'000;
    seen.parameters = kParameters;
    seen.weightBytes = kParameters * bytesPerElement(seen.dtype);
    seen.switchesBackends = true;
    seen.outputKind = "logits";
    seen.forwardNs = 10e6;
    seen.watchedNs = 10.2e6;
    seen.attentionNs = 4e6;
    const std::int64_t batch = request.batch.value_or(1);
    const std::int64_t sequence = request.sequence.value_or(128);
    seen.inputs = {{"input_ids", "I64", {batch, sequence}}};
    seen.output = {"output", "F32", {batch, sequence, 1000}};
    seen.modules = {
        {"", "InventedModel", kParameters}, {"layers.0.self_attn", "", 250'000}, {"layers.1.self_attn", "", 250'000}};
    for (const bool masked : {false, true})
    {
        WatchedCall watched;
        watched.call.path = masked ? "layers.1.self_attn" : "layers.0.self_attn";
        watched.call.role = CallRole::CausalSelf;
        auto& problem = watched.call.problem;
        problem.batch = batch;
        problem.queryHeads = problem.kvHeads = 4;
        problem.queryLength = problem.kvLength = sequence;
        problem.dtype = seen.dtype;
        problem.device = device;
        problem.needsGradients = false;
        problem.causal = !masked;
        problem.mask = masked ? MaskKind::Boolean : MaskKind::None;
        problem.maskPattern = masked ? MaskPattern::CausalTopLeft : MaskPattern::Random;
        watched.content = masked ? MaskContent::Causal : MaskContent::None;
        watched.masked = 0.5;
        watched.distinctKvHeads = 4;
        watched.unpaddedKeys = sequence;
        watched.ran = Backend::Flash;
        watched.operators = {"aten::_scaled_dot_product_flash_attention"};
        watched.ns = 2e6;
        seen.calls.push_back(watched);
        seen.model.outline = seen.model.outline.value_or(ModelOutline{});
        seen.model.outline->calls.push_back(watched.call);
    }
    seen.model.outline->parameters = kParameters;
    seen.model.outline->batch = batch;
    seen.model.outline->sequence = sequence;
    seen.model.outline->matrixFlops = 2e6 * static_cast<double>(batch * sequence);
    seen.model.outline->matrixWeights = kParameters;
    seen.model.outline->matrixActivations = batch * sequence * 4000;
    seen.model.layers = 2;
    seen.model.heads = 4;
    seen.model.dModel = 256;
    return seen;
}

/// Far above what a FakeCase reaches.
PeakRates fakePeaks(const Circumstances& circumstances)
{
    PeakRates peaks;
    const auto& device = *circumstances.selectedDevice();
    peaks.device = device.kind;
    peaks.deviceName = device.name;
    peaks.threads = circumstances.threads;
    peaks.libtorchVersion = circumstances.libtorchVersion;
    peaks.utc = "2026-01-01T00:00:00.000Z";
    for (const auto& [dtype, name] : EnumNames<DType>::names)
    {
        peaks.matmul.push_back({dtype, MatrixUnit::Native, 1024, {1e15, 1.01e15, 20, 0.01, std::nullopt}});
    }
    peaks.copy = MeasuredRate{1e13, 1.01e13, 20, 0.01, std::nullopt};
    peaks.copyBytes = 1 << 20;
    return peaks;
}

/// A device of 1 GiB that runs whatever is predicted to fit.
FrontierResult fakeFrontier(const ProbeJob& job)
{
    constexpr double kAvailable = 1 << 30;
    const auto backend = job.backends.empty() ? Backend::Math : job.backends.front();
    const auto run = [&](const AttentionProblem& problem)
    {
        const auto bytes = static_cast<double>(predictMemory(problem, backend, useOf(job.pass)).peakBytes);
        FrontierTry tried;
        tried.outcome = bytes <= kAvailable ? TryOutcome::Ran : TryOutcome::OutOfMemory;
        tried.measuredBytes = bytes <= kAvailable ? std::optional(bytes) : std::nullopt;
        tried.seconds = 1e-6;
        return tried;
    };
    return searchFrontier(std::get<AttentionProblem>(job.subject), backend, job.pass, kAvailable, {}, run);
}

} // namespace

FakeEngine::FakeEngine(FakeScript script) : m_script(std::move(script)) {}

Circumstances FakeEngine::circumstances(const DeviceSelection& selection)
{
    Circumstances seen;
    seen.headroomVersion = buildInfo().version;
    seen.libtorchVersion = kFakeName;
    seen.sdpaAvailable = true;
    seen.cudaAvailable = m_script.cuda;
    seen.devices = {fakeDevice(DeviceKind::Cpu)};
    if (m_script.cuda)
    {
        seen.devices.push_back(fakeDevice(DeviceKind::Cuda));
    }
    else
    {
        seen.cudaProblem = "no CUDA device";
    }
    seen.selected = selection;
    seen.threads = 2;
    if (!seen.selectedDevice())
    {
        throw EngineError(Cause::Unsupported, "there is no device " + toText(selection) +
                                                  " (no CUDA device); use one of: cpu" +
                                                  (m_script.cuda ? ", cuda:0" : ""));
    }
    m_circumstances = seen;
    return seen;
}

LayerEvidence FakeEngine::explain(const AttentionProblem& problem)
{
    const auto& device = *m_circumstances.selectedDevice();
    LayerEvidence evidence;
    evidence.problem = problem;
    for (const auto& rules : checkEligibility(problem, device))
    {
        evidence.answers.push_back({rules, rules.eligible, {}});
    }
    evidence.predictedDefault = predictDefault(problem, device);
    evidence.libtorchDefault = evidence.predictedDefault;
    return evidence;
}

ModelInspection FakeEngine::inspect(const InspectionRequest& request)
{
    strikeAtStep("inspect");
    if (m_script.nativeCode && !request.allowNativeCode)
    {
        throw EngineError(Cause::Unsupported,
                          request.path + " holds native code; --allow-native-code loads it, if you trust its maker");
    }
    ModelInspection seen = m_script.inspection;
    if (seen.calls.empty())
    {
        seen = inventedInspection(request, m_circumstances.selected.kind);
    }
    seen.device = toText(m_circumstances.selected);
    if (m_script.nativeCode)
    {
        seen.loader = ModelLoader::Compiled;
        seen.switchesBackends = false;
        seen.parameters.reset();
        seen.weightBytes.reset();
    }
    return seen;
}

void FakeEngine::begin(const Plan&) {}

void FakeEngine::probe(const ProbeJob& job, const EventDataSink& sink, std::stop_token)
{
    strikeAtStep("probe");
    if (job.probe != ProbeKind::Layers)
    {
        sink(job.probe == ProbeKind::Peaks ? EvidenceSeen{{}, {}, fakePeaks(m_circumstances), {}}
                                           : EvidenceSeen{{}, {}, {}, fakeFrontier(job)});
        return;
    }
    if (const auto* input = std::get_if<ModelInput>(&job.subject))
    {
        for (const auto& path : attentionLayerPaths(input->model))
        {
            auto evidence = explain(attentionProblemOf(*input, true));
            evidence.path = path;
            sink(EvidenceSeen{std::move(evidence), std::nullopt});
        }
        return;
    }
    sink(EvidenceSeen{explain(std::get<AttentionProblem>(job.subject)), std::nullopt});
}

void FakeEngine::judge(const JudgeJob& job, const EventDataSink& sink, std::stop_token)
{
    strikeAtStep("judge");
    for (const auto backend : job.backends)
    {
        Judgement judgement;
        judgement.backend = backend;
        judgement.path = "encoder.layers.0.self_attn";
        for (const char* tensor : {"O", "dQ", "dK", "dV"})
        {
            judgement.tensors.push_back(fakeJudgement(tensor, !contains(m_script.inaccurate, backend), {}));
        }
        concludeJudgement(judgement);
        sink(Judged{std::move(judgement), std::nullopt});
    }
}

void FakeEngine::check(const CheckJob& job, const EventDataSink& sink, std::stop_token)
{
    strikeAtStep("check");
    strikeAtStep("check " + job.item);
    const auto* problem = std::get_if<AttentionProblem>(&job.subject);
    if (problem == nullptr)
    {
        sink(Judged{std::nullopt,
                    CheckResult{job.check, Backend::Default, CheckStatus::Passed, "pretended to pass", {}}});
        return;
    }
    if (job.check == CheckKind::Defect)
    {
        sink(Judged{std::nullopt, pretendDefect(job)});
        return;
    }
    for (const auto backend : job.backends)
    {
        strikeAtStep(std::string("check ") + job.item + " " + std::string(toString(backend)));
        CheckResult result{job.check, backend, CheckStatus::Passed, "pretended to pass", {"O: pretended"}};
        result.item = job.item;
        result.subject = describe(*problem);
        if (contains(m_script.refused, backend))
        {
            result.status = CheckStatus::NotApplicable;
            result.summary = "refused: No available kernel. Aborting execution.";
        }
        else if (contains(m_script.inaccurate, backend))
        {
            result.status = CheckStatus::Failed;
            result.summary = "pretended to fail";
        }
        sink(Judged{std::nullopt, std::move(result)});
    }
}

CheckResult FakeEngine::pretendDefect(const CheckJob& job) const
{
    CheckResult result{job.check, Backend::Default, CheckStatus::Passed, "pretended not to be there", {}};
    result.item = job.item;
    const auto* defect = findDefect(job.item);
    const auto why = defect == nullptr ? std::string("there is no such row")
                                       : whyNotApplicable(*defect, *m_circumstances.selectedDevice());
    if (!why.empty())
    {
        result.status = CheckStatus::NotApplicable;
        result.summary = why;
    }
    else if (std::find(m_script.present.begin(), m_script.present.end(), job.item) != m_script.present.end())
    {
        result.status = CheckStatus::Failed;
        result.summary = "pretended to be there";
    }
    return result;
}

std::unique_ptr<PreparedCase> FakeEngine::prepare(const Case& wanted)
{
    strikeAtStep("prepare");
    if (contains(m_script.refused, wanted.backend))
    {
        throw EngineError(Cause::NotEligible, "No available kernel. Aborting execution.");
    }
    const auto* input = std::get_if<ModelInput>(&wanted.subject);
    if (input && m_script.outOfMemoryAboveBatch > 0 && input->batch > m_script.outOfMemoryAboveBatch)
    {
        throw EngineError(Cause::OutOfMemory, "out of memory: pretended");
    }
    return std::make_unique<FakeCase>(*this, wanted);
}

Telemetry FakeEngine::telemetry()
{
    return {};
}

void FakeEngine::strikeAtSample()
{
    if (m_samples++ == m_script.faultAtSample)
    {
        strike();
    }
}

void FakeEngine::strikeAtStep(const std::string& step)
{
    if (step == m_script.faultAtStep)
    {
        strike();
    }
}

void FakeEngine::strike()
{
    if (!m_script.faultOnceFile.empty())
    {
        if (std::filesystem::exists(m_script.faultOnceFile))
        {
            return;
        }
        std::ofstream(m_script.faultOnceFile) << "struck\n";
    }
    switch (m_script.fault)
    {
    case Fault::None:
        return;
    case Fault::Kill:
        std::raise(SIGKILL);
        return;
    case Fault::Segfault:
        std::raise(SIGSEGV);
        return;
    case Fault::Hang:
        for (;;)
        {
            std::this_thread::sleep_for(std::chrono::hours(1));
        }
    case Fault::Throw:
        throw std::runtime_error("pretended to fail");
    case Fault::DeviceLost:
        throw EngineError(Cause::DeviceLost, "CUDA error: an illegal memory access was encountered (pretended)");
    case Fault::Garbage:
        std::puts("a library prints this to standard output");
        std::fflush(stdout);
        return;
    }
}

double FakeEngine::pseudoNoise()
{
    m_noiseState = m_noiseState * 6364136223846793005ULL + 1442695040888963407ULL; // Knuth's MMIX generator
    return static_cast<double>(m_noiseState >> 11) / static_cast<double>(1ULL << 52) - 1.0;
}

} // namespace headroom
