// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/prepared_work.h"

#include "core/engine/cuda_support.h"
#include "core/engine/attention/attention_judge.h"
#include "core/engine/attention/kernel_observer.h"
#include "core/engine/device/memory_meter.h"
#include "core/engine/device/torch_device.h"

#include <c10/util/Exception.h>

#if HEADROOM_LIBTORCH_HAS_CUDA
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAException.h>
#include <cuda_runtime_api.h>
#endif

#include <algorithm>
#include <chrono>
#include <utility>

namespace headroom::engine
{
namespace
{

class PreparedWork : public PreparedCase
{
public:
    PreparedWork(WorkSetup setup, CaseTimer& timer)
        : m_setup(std::move(setup)), m_timer(timer), m_timed{std::move(m_setup.work), m_setup.coldL2, {}, {}, 0}
    {
        m_seen = m_setup.seenBefore;
        const bool cuda = m_setup.device.is_cuda();
        synchronise(m_setup.device);
        if (m_setup.observed)
        {
            firstCall();
            m_peakBytes = measurePeak([&] { addTo(m_seen, engine::observe(m_setup.observed, cuda)); });
            return;
        }
        m_peakBytes = measurePeak([&] { addTo(m_seen, engine::observe([this] { firstCall(); }, cuda)); });
    }

    void launchSample() override
    {
        guarded([&] { m_timer.launch(m_timed); });
    }

    Sample takeSample() override
    {
        return guarded([&] { return ofOneRun(m_timer.take(m_timed)); });
    }

    std::optional<Sample> wallSample() override
    {
        return guarded(
            [&]
            {
                const auto wall = m_timer.timeWall(m_timed.work);
                return wall ? std::optional(ofOneRun(*wall)) : std::nullopt;
            });
    }

    RunEvidence observe() override
    {
        RunEvidence evidence;
        evidence.caseId = m_setup.caseId;
        evidence.pass = m_setup.pass;
        evidence.requested = m_setup.requested;
        evidence.attentionCalls = m_seen.attentionCalls;
        evidence.operators = m_seen.operators;
        evidence.kernels = m_seen.kernels;
        evidence.ran = backendFromNames(m_seen.operators, m_seen.kernels);
        // A model without attention runs none; a forced backend that cannot be seen, or another one, is a
        // contradiction.
        const bool nothingToSee = evidence.attentionCalls == 0 && evidence.kernels.empty();
        evidence.asPredicted =
            nothingToSee || m_setup.predicted == Backend::Default || evidence.ran == m_setup.predicted;
        return evidence;
    }

    std::optional<double> peakBytes() override { return m_peakBytes; }

    std::optional<double> firstCallNs() const override { return m_firstCallNs; }
    std::optional<double> warmRunNs() const override { return m_warmRunNs; }
    std::optional<double> eventOverheadNs() const override { return m_timer.eventOverheadNs(); }

private:
    void firstCall()
    {
        const auto start = std::chrono::steady_clock::now();
        m_timed.work();
        synchronise(m_setup.device);
        const std::chrono::duration<double, std::nano> elapsed = std::chrono::steady_clock::now() - start;
        m_firstCallNs = std::max(elapsed.count() / runsPerSample(), m_setup.firstCallNs);
        m_warmRunNs = m_setup.firstCallNs > 0 ? std::optional(elapsed.count()) : std::nullopt;
    }

    double runsPerSample() const { return static_cast<double>(m_setup.runsPerSample); }
    Sample ofOneRun(const Sample& sample) const
    {
        const auto waited = sample.waitNs ? std::optional(*sample.waitNs / runsPerSample()) : std::nullopt;
        return {sample.ns / runsPerSample(), sample.smMhz, waited};
    }

    double measurePeak(const std::function<void()>& run) const
    {
        if (m_setup.beforePeak)
        {
            m_setup.beforePeak();
        }
        return static_cast<double>(engine::peakBytes(m_setup.device, m_setup.heldBytes, run));
    }

    template <typename Work> static auto guarded(const Work& work) -> decltype(work())
    {
        try
        {
            return work();
        }
        catch (...)
        {
            throwAsEngineError();
        }
    }

    WorkSetup m_setup;
    CaseTimer& m_timer;
    TimedWork m_timed;
    Observation m_seen;
    double m_firstCallNs = 0;
    std::optional<double> m_warmRunNs;
    double m_peakBytes = 0;
};

#if HEADROOM_LIBTORCH_HAS_CUDA
/// Errors after which the CUDA context is dead for this process (CUDA runtime API, cudaError_t).
bool isSticky(int code)
{
    return code == cudaErrorIllegalAddress || code == cudaErrorAssert || code == cudaErrorLaunchTimeout ||
           code == cudaErrorLaunchFailure || code == cudaErrorECCUncorrectable || (code >= 714 && code <= 719);
}
#endif

void dropCachedMemory()
{
#if HEADROOM_LIBTORCH_HAS_CUDA
    int count = 0;
    if (cudaGetDeviceCount(&count) == cudaSuccess && count > 0)
    {
        c10::cuda::CUDACachingAllocator::emptyCache();
    }
#endif
}

} // namespace

void throwAsEngineError()
{
    try
    {
        throw;
    }
    catch (const EngineError&)
    {
        throw;
    }
#if HEADROOM_LIBTORCH_HAS_CUDA
    catch (const c10::AcceleratorError& error)
    {
        if (isSticky(error.get_error_code()))
        {
            throw EngineError(Cause::DeviceLost, firstSentence(error));
        }
        throw EngineError(error.get_error_code() == cudaErrorMemoryAllocation ? Cause::OutOfMemory : Cause::Error,
                          firstSentence(error));
    }
#endif
    catch (const std::exception& error)
    {
        const auto sentence = firstSentence(error);
        if (isOutOfMemory(error))
        {
            dropCachedMemory();
            throw EngineError(Cause::OutOfMemory, "out of memory: " + sentence);
        }
        const bool refused = sentence.find("No available kernel") != std::string::npos ||
                             sentence.find("No viable backend") != std::string::npos;
        throw EngineError(refused ? Cause::NotEligible : Cause::Error, sentence);
    }
}

std::unique_ptr<PreparedCase> prepareWork(WorkSetup setup, CaseTimer& timer)
{
    try
    {
        return std::make_unique<PreparedWork>(std::move(setup), timer);
    }
    catch (...)
    {
        throwAsEngineError();
    }
}

} // namespace headroom::engine
