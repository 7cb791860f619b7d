// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/libtorch_engine.h"

#include "core/engine/cuda_support.h"
#include "core/engine/attention/attention_call.h"
#include "core/engine/attention/attention_inputs.h"
#include "core/engine/attention/attention_judge.h"
#include "core/engine/attention/attention_work.h"
#include "core/engine/attention/backend_trial.h"
#include "core/engine/attention/defect_checks.h"
#include "core/engine/attention/determinism_check.h"
#include "core/engine/attention/ladder_check.h"
#include "core/engine/attention/frontier_probe.h"
#include "core/engine/attention/refusals.h"
#include "core/engine/device/cuda_facts.h"
#include "core/engine/device/memory_meter.h"
#include "core/engine/device/nvml.h"
#include "core/engine/device/observed_circumstances.h"
#include "core/engine/device/peak_meter.h"
#include "core/engine/device/processor_monitor.h"
#include "core/engine/model/changed_call.h"
#include "core/engine/model/inspect_model.h"
#include "core/engine/model/model_checks.h"
#include "core/engine/model/model_judge.h"
#include "core/engine/model/model_probe.h"
#include "core/engine/prepared_work.h"
#include "core/engine/tensor_types.h"
#include "core/model/model_memory.h"
#include "core/run/utc_time.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>

#if HEADROOM_LIBTORCH_HAS_CUDA
#include <c10/cuda/CUDACachingAllocator.h>
#include <cuda_runtime_api.h>
#endif

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace headroom::engine
{
namespace
{

constexpr double kGibibyte = 1024.0 * 1024.0 * 1024.0;

/// What a case is predicted to need in all.
std::int64_t neededBytes(const Case& wanted)
{
    if (const auto* input = std::get_if<ModelInput>(&wanted.subject))
    {
        return estimateMemory(*input, wanted.backend, wanted.pass != Pass::Forward).totalBytes();
    }
    const auto& problem = std::get<AttentionProblem>(wanted.subject);
    return predictMemory(problem, wanted.backend, useOf(wanted.pass), at::get_num_threads()).peakBytes;
}

/// On the CPU the kernel promises memory that it does not have and later kills the process: ask before.
void requireMemory(const Case& wanted, const c10::Device& device)
{
    if (!device.is_cpu())
    {
        return; // the caching allocator says so itself, and the process stays healthy
    }
    const auto needed = neededBytes(wanted);
    const auto available = availableBytes(device);
    if (needed > available)
    {
        throw EngineError(Cause::OutOfMemory,
                          fmt::format("out of memory: about {:.1f} GiB are needed and {:.1f} GiB are free",
                                      static_cast<double>(needed) / kGibibyte,
                                      static_cast<double>(available) / kGibibyte));
    }
}

/// A call with \a backend, whatever it is made for.
std::string callKey(AttentionProblem problem, Backend backend)
{
    problem.needsGradients = true;
    return Case{problem, backend, Pass::TrainingStep}.id();
}

/// How long the first call of \a pass took when the call was judged: plans and kernels were made then, and the first
/// call of the timed case finds them.
double firstCallNs(const CallTimes& judged, Pass pass)
{
    switch (pass)
    {
    case Pass::Forward:
        return judged.inferenceNs > 0 ? judged.inferenceNs : judged.forwardNs;
    case Pass::Backward:
        return judged.backwardNs;
    case Pass::TrainingStep:
        break;
    }
    return judged.forwardNs + judged.backwardNs;
}

/// The captured call as it was watched; the plan's inspection may be of another run of the same model.
const WatchedCall& callOf(const WatchedModel& watched, const CapturedCall& captured)
{
    watched.inputsOf(static_cast<std::size_t>(captured.call)); // says what is wrong with the number
    return watched.inspection.calls[static_cast<std::size_t>(captured.call)];
}

/// Whether two requests give the same model with the same inputs; what else they ask for does not matter.
bool isSameModel(InspectionRequest one, InspectionRequest other)
{
    for (InspectionRequest* request : {&one, &other})
    {
        request->outputFile.clear();
        request->watchBackward = false;
    }
    return one == other;
}

} // namespace

struct LibtorchEngine::Private
{
    Plan plan;
    Circumstances circumstances;
    DeviceFacts device;
    std::unique_ptr<CaseTimer> timer;
    std::unique_ptr<Nvml> nvml;                  ///< of a run on a GPU
    std::unique_ptr<ProcessorMonitor> processor; ///< of a run on the CPU
    std::shared_ptr<ModelSession> session;
    std::shared_ptr<WatchedModel> watched; ///< the model from a file, once it was looked at

    std::set<std::string> timedForward;          ///< callKey() of the cuDNN calls whose forward pass the plan times
    std::map<std::string, CallTimes> firstCalls; ///< by callKey(), of the calls that were judged before they are timed

    c10::Device torchDevice() const { return toDevice(plan.device); }

    /// What was made on another device is of no use on \a selection.
    void select(const DeviceSelection& selection)
    {
        if (!(plan.device == selection))
        {
            session.reset();
            watched.reset();
            timer.reset();
            firstCalls.clear();
        }
        plan.device = selection;
    }

    /// The session of a model, kept from job to job while model and data type stay the same.
    ModelSession& sessionFor(const ModelInput& input)
    {
        const bool fits = session && session->input().model == input.model && session->input().dtype == input.dtype;
        if (!fits)
        {
            session.reset(); // before the next one is made: both may not fit
            session = input.model.outline
                          ? std::make_shared<ModelSession>(input, watchedModel())
                          : std::make_shared<ModelSession>(input, plan.device, plan.seed, plan.weightsFile);
        }
        session->configure(input);
        return *session;
    }

    /// The model from a file that the plan is about: as it was inspected, or looked at now.
    std::shared_ptr<const WatchedModel> watchedModel()
    {
        if (!plan.modelFile)
        {
            throw EngineError(Cause::Unsupported, "the plan names no model file");
        }
        if (!watched || !isSameModel(watched->request, *plan.modelFile))
        {
            session.reset();
            watched.reset();
            auto request = *plan.modelFile;
            request.outputFile.clear();
            request.watchBackward = false;
            watched = inspectModel(request, plan.device);
        }
        return watched;
    }

    CaseTimer& caseTimer()
    {
        if (!timer)
        {
            timer = makeCaseTimer(torchDevice());
        }
        return *timer;
    }

    void checkCall(const CheckJob& job, const AttentionProblem& problem, const EventDataSink& sink,
                   std::stop_token stop);
    void noteForwardCalls();
    std::optional<PlanningBackend> planningBackend(const JudgeJob& job, const AttentionProblem& problem) const;
    EvidenceSeen peaks(std::stop_token stop);
    WorkSetup modelWork(const Case& wanted, const ModelInput& input);
    WorkSetup capturedWork(const Case& wanted);
    Judgement judgeCaptured(const CapturedCall& captured);
};

void LibtorchEngine::Private::noteForwardCalls()
{
    timedForward.clear();
    if (plan.device.kind != DeviceKind::Cuda)
    {
        return; // nothing is planned there
    }
    for (const auto& job : plan.jobs)
    {
        for (const auto& measured : casesOf(job))
        {
            const auto* problem = std::get_if<AttentionProblem>(&measured.subject);
            if (problem && measured.backend == Backend::Cudnn && measured.pass == Pass::Forward &&
                measured.launch == Launch::Eager)
            {
                timedForward.insert(callKey(*problem, measured.backend));
            }
        }
    }
}

std::optional<PlanningBackend> LibtorchEngine::Private::planningBackend(const JudgeJob& job,
                                                                        const AttentionProblem& problem) const
{
    const bool plans = plan.device.kind == DeviceKind::Cuda && std::ranges::count(job.backends, Backend::Cudnn) > 0;
    return plans
               ? std::optional(PlanningBackend{Backend::Cudnn, timedForward.contains(callKey(problem, Backend::Cudnn))})
               : std::nullopt;
}

EvidenceSeen LibtorchEngine::Private::peaks(std::stop_token stop)
{
    session.reset(); // its memory and its clock are not the peaks' business
    EvidenceSeen seen;
    seen.peaks = measurePeaks(torchDevice(), caseTimer(), stop);
    if (stop.stop_requested())
    {
        seen.peaks.reset(); // half of them would be kept as all
        return seen;
    }
    seen.peaks->deviceName = device.name;
    seen.peaks->deviceUuid = device.uuid;
    seen.peaks->threads = circumstances.threads;
    seen.peaks->libtorchVersion = circumstances.libtorchVersion;
    seen.peaks->driverVersion = circumstances.driverVersion;
    seen.peaks->utc = utcNow();
    return seen;
}

WorkSetup LibtorchEngine::Private::modelWork(const Case& wanted, const ModelInput& input)
{
    sessionFor(input);
    WorkSetup setup(wanted, torchDevice());
    setup.heldBytes = session->parameterBytes();
    const auto shared = session;
    const auto backend = wanted.backend;
    if (wanted.pass == Pass::Forward)
    {
        setup.work = [shared, backend, input]
        {
            shared->configure(input);
            shared->infer(backend);
        };
    }
    else
    {
        setup.work = [shared, backend, input]
        {
            shared->configure(input);
            shared->trainStep(backend);
        };
    }
    setup.beforePeak = [shared] { shared->clearGradients(); };
    return setup;
}

WorkSetup LibtorchEngine::Private::capturedWork(const Case& wanted)
{
    const auto model = watchedModel();
    const auto& captured = *wanted.captured;
    const auto& call = callOf(*model, captured);
    const auto inputs = model->inputsOf(static_cast<std::size_t>(captured.call));
    return callWork(wanted, preparedInputs(call, captured.change, inputs), timedCall(call, captured.change),
                    torchDevice());
}

Judgement LibtorchEngine::Private::judgeCaptured(const CapturedCall& captured)
{
    const auto model = watchedModel();
    const auto& call = callOf(*model, captured);
    const auto inputs = model->inputsOf(static_cast<std::size_t>(captured.call));
    const bool train = abilitiesOf(model->inspection.loader).givesGradients;
    const auto gradient = train ? makeOutputGradient(call.call.problem, torchDevice(), plan.seed) : at::Tensor();
    return judgeChangedCall(call, captured.change, inputs, gradient, plan.accuracy);
}

void LibtorchEngine::Private::checkCall(const CheckJob& job, const AttentionProblem& problem, const EventDataSink& sink,
                                        std::stop_token stop)
{
    const CheckSetting setting{torchDevice(), device, plan.seed, plan.accuracy};
    switch (job.check)
    {
    case CheckKind::Determinism:
        checkCallDeterminism(problem, job.backends, setting, caseTimer(), sink, std::move(stop));
        break;
    case CheckKind::BatchInvariance:
        checkBatchInvariance(problem, job.backends, setting, caseTimer(), sink, std::move(stop));
        break;
    case CheckKind::Ladder:
        checkLadderStep(problem, job.item, job.backends, setting, sink, std::move(stop));
        break;
    case CheckKind::Defect:
        checkDefect(job.item, setting, sink);
        break;
    case CheckKind::Autocast:
    case CheckKind::Compiled:
        throw EngineError(Cause::Unsupported, "this check needs a model");
    }
}

LibtorchEngine::LibtorchEngine() : m_private(std::make_unique<Private>()) {}

LibtorchEngine::~LibtorchEngine() = default;

Circumstances LibtorchEngine::circumstances(const DeviceSelection& selection)
{
    auto seen = observeCircumstances(selection);
    if (!seen.selectedDevice())
    {
        std::string present;
        for (const auto& device : seen.devices)
        {
            present += (present.empty() ? "" : ", ") + toText(DeviceSelection{device.kind, device.ordinal}) + " (" +
                       device.name + ")";
        }
        const auto why = seen.cudaProblem.empty() ? std::string() : " (" + seen.cudaProblem + ")";
        throw EngineError(Cause::Unsupported,
                          fmt::format("there is no device {}{}; use one of: {}", toText(selection), why, present));
    }
    m_private->circumstances = seen;
    m_private->device = *seen.selectedDevice();
    m_private->select(selection);
    return seen;
}

LayerEvidence LibtorchEngine::explain(const AttentionProblem& problem)
{
    auto evidence =
        explainCall({}, makeShapes(problem, m_private->torchDevice()), problem.needsGradients, m_private->device);
    evidence.problem = problem; // with its layout, which strides alone do not always tell
    return evidence;
}

ModelInspection LibtorchEngine::inspect(const InspectionRequest& request)
try
{
    m_private->session.reset(); // both may not fit
    m_private->watched.reset();
    m_private->watched = inspectModel(request, m_private->plan.device);
    return m_private->watched->inspection;
}
catch (...)
{
    throwAsEngineError();
}

void LibtorchEngine::begin(const Plan& plan)
{
    m_private->select(plan.device);
    if (m_private->plan.seed != plan.seed || m_private->plan.weightsFile != plan.weightsFile)
    {
        m_private->session.reset();
    }
    if (m_private->plan.modelFile != plan.modelFile)
    {
        m_private->session.reset();
    }
    if (!plan.modelFile)
    {
        m_private->watched.reset();
    }
    m_private->plan = plan;
    m_private->noteForwardCalls();
    const bool cuda = plan.device.kind == DeviceKind::Cuda;
    m_private->nvml = cuda ? std::make_unique<Nvml>(pciBusIdOf(plan.device.ordinal)) : nullptr;
    m_private->processor = cuda ? nullptr : std::make_unique<ProcessorMonitor>();
}

void LibtorchEngine::probe(const ProbeJob& job, const EventDataSink& sink, std::stop_token stop)
try
{
    if (job.probe == ProbeKind::Peaks)
    {
        if (auto seen = m_private->peaks(stop); seen.peaks)
        {
            sink(std::move(seen));
        }
        return;
    }
    if (job.probe == ProbeKind::Frontier)
    {
        probeFrontier(job, m_private->torchDevice(), m_private->plan.seed, sink, stop);
        return;
    }
    if (const auto* input = std::get_if<ModelInput>(&job.subject))
    {
        requireMemory(Case{*input, Backend::Flash, Pass::TrainingStep}, m_private->torchDevice());
        probeModel(m_private->sessionFor(*input), m_private->device, sink, stop);
        return;
    }
    sink(EvidenceSeen{explain(std::get<AttentionProblem>(job.subject)), std::nullopt});
}
catch (...)
{
    throwAsEngineError();
}

void LibtorchEngine::judge(const JudgeJob& job, const EventDataSink& sink, std::stop_token stop)
try
{
    const auto& policy = m_private->plan.accuracy;
    if (const auto* input = std::get_if<ModelInput>(&job.subject))
    {
        auto& session = m_private->sessionFor(*input);
        judgeAttentionCalls(session, job.backends, policy, sink, stop);
        releaseMemory();
        if (input->model.outline && !abilitiesOf(input->model.outline->loader).givesGradients)
        {
            sink(LogLine{LogLevel::Info,
                         "the model is judged call by call: its loader gives no gradients and no double "
                         "precision to judge the whole of it by"});
            return;
        }
        judgeWholeModel(session, job.backends, policy, sink, stop);
        return;
    }
    if (job.captured)
    {
        sink(Judged{m_private->judgeCaptured(*job.captured), std::nullopt});
        return;
    }
    auto problem = std::get<AttentionProblem>(job.subject);
    if (problem.dropout > 0)
    {
        problem.dropout = 0; // each backend draws a mask of its own
        sink(LogLine{LogLevel::Info, "accuracy is judged without dropout"});
    }
    const auto inputs = makeInputs(problem, m_private->torchDevice(), m_private->plan.seed);
    const auto outputGradient = makeOutputGradient(problem, m_private->torchDevice(), m_private->plan.seed);
    const c10::NoGradGuard noGradients;
    const AttentionJudge judge(inputs, outputGradient, policy, m_private->planningBackend(job, problem));
    for (const auto backend : job.backends)
    {
        CallTimes times;
        sink(Judged{judge.judge(backend, &times), std::nullopt});
        m_private->firstCalls.emplace(callKey(problem, backend), times);
    }
}
catch (...)
{
    throwAsEngineError();
}

void LibtorchEngine::check(const CheckJob& job, const EventDataSink& sink, std::stop_token stop)
try
{
    const auto* input = std::get_if<ModelInput>(&job.subject);
    if (!input)
    {
        m_private->checkCall(job, std::get<AttentionProblem>(job.subject), sink, std::move(stop));
        return;
    }
    auto& session = m_private->sessionFor(*input);
    const auto& plan = m_private->plan;
    switch (job.check)
    {
    case CheckKind::Autocast:
        checkAutocast(session, plan.accuracy, sink);
        break;
    case CheckKind::Compiled:
        checkCompiled(session, plan.compiledPackage, plan.accuracy, sink);
        break;
    case CheckKind::Determinism:
        checkDeterminism(session, job.backends, sink, stop);
        break;
    case CheckKind::BatchInvariance:
    case CheckKind::Ladder:
    case CheckKind::Defect:
        throw EngineError(Cause::Unsupported, "this check is of one attention call; name a shape");
    }
}
catch (...)
{
    throwAsEngineError();
}

std::unique_ptr<PreparedCase> LibtorchEngine::prepare(const Case& wanted)
try
{
    const auto* input = std::get_if<ModelInput>(&wanted.subject);
    if (input && wanted.launch == Launch::Graph)
    {
        throw EngineError(Cause::Unsupported, "graph launches are measured of attention calls, not of models");
    }
    requireMemory(wanted, m_private->torchDevice());
    auto setup = input             ? m_private->modelWork(wanted, *input)
                 : wanted.captured ? m_private->capturedWork(wanted)
                                   : attentionWork(wanted, std::get<AttentionProblem>(wanted.subject),
                                                   m_private->torchDevice(), m_private->plan.seed);
    if (!input && !wanted.captured && wanted.launch == Launch::Eager)
    {
        const auto judged =
            m_private->firstCalls.find(callKey(std::get<AttentionProblem>(wanted.subject), wanted.backend));
        setup.firstCallNs = judged == m_private->firstCalls.end() ? 0 : firstCallNs(judged->second, wanted.pass);
    }
    return prepareWork(std::move(setup), m_private->caseTimer());
}
catch (...)
{
    throwAsEngineError();
}

Telemetry LibtorchEngine::telemetry()
{
    return m_private->nvml        ? m_private->nvml->read()
           : m_private->processor ? m_private->processor->read()
                                  : Telemetry{};
}

void LibtorchEngine::releaseMemory()
{
    if (m_private->session)
    {
        m_private->session->clearGradients();
    }
#if HEADROOM_LIBTORCH_HAS_CUDA
    // The allocator gives its cache back by itself when it runs short; what asks for memory beside it does not make it.
    // To empty it after each job would cost more than many a job takes.
    std::size_t free = 0;
    std::size_t total = 0;
    if (m_private->plan.device.kind == DeviceKind::Cuda && cudaMemGetInfo(&free, &total) == cudaSuccess &&
        free < total / 4)
    {
        c10::cuda::CUDACachingAllocator::emptyCache();
    }
#endif
}

} // namespace headroom::engine
