// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/device/cuda_timer.h"

#if HEADROOM_LIBTORCH_HAS_CUDA

#include "core/engine/device/timestamp_kernels.h"
#include "core/measure/statistics.h"

#include <ATen/cuda/CUDAContext.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>
#include <cuda_runtime_api.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <memory>
#include <vector>

namespace headroom::engine
{
namespace
{

using SteadyClock = std::chrono::steady_clock;

double nsSince(SteadyClock::time_point start)
{
    return std::chrono::duration<double, std::nano>(SteadyClock::now() - start).count();
}

/// A CUDA event with timing, destroyed with its owner.
class TimedEvent
{
public:
    TimedEvent() { C10_CUDA_CHECK(cudaEventCreate(&m_event)); }
    ~TimedEvent() { static_cast<void>(cudaEventDestroy(m_event)); }
    TimedEvent(const TimedEvent&) = delete;
    TimedEvent& operator=(const TimedEvent&) = delete;
    void record(cudaStream_t stream) { C10_CUDA_CHECK(cudaEventRecord(m_event, stream)); }
    double nsUntil(const TimedEvent& end) const
    {
        float milliseconds = 0;
        C10_CUDA_CHECK(cudaEventElapsedTime(&milliseconds, m_event, end.m_event));
        return static_cast<double>(milliseconds) * 1e6;
    }

private:
    cudaEvent_t m_event = nullptr;
};

/// Memory of the host that kernels write to directly.
template <typename T> class MappedMemory
{
public:
    explicit MappedMemory(std::size_t count)
    {
        C10_CUDA_CHECK(cudaHostAlloc(reinterpret_cast<void**>(&m_data), count * sizeof(T), cudaHostAllocMapped));
        std::fill_n(m_data, count, T{});
    }
    ~MappedMemory() { static_cast<void>(cudaFreeHost(m_data)); }
    MappedMemory(const MappedMemory&) = delete;
    MappedMemory& operator=(const MappedMemory&) = delete;
    T* data() { return m_data; }
    const T& operator[](std::size_t at) const { return m_data[at]; }

private:
    T* m_data = nullptr;
};

/// Memory of the device that LibTorch's allocator, and so a case's peak, knows nothing of.
class DeviceMemory
{
public:
    explicit DeviceMemory(std::int64_t bytes) { C10_CUDA_CHECK(cudaMalloc(&m_data, static_cast<std::size_t>(bytes))); }
    ~DeviceMemory() { static_cast<void>(cudaFree(m_data)); }
    DeviceMemory(const DeviceMemory&) = delete;
    DeviceMemory& operator=(const DeviceMemory&) = delete;
    void* data() const { return m_data; }

private:
    void* m_data = nullptr;
};

void checkLaunch(int status)
{
    C10_CUDA_CHECK(static_cast<cudaError_t>(status));
}

class CudaTimer : public CaseTimer
{
public:
    explicit CudaTimer(const c10::Device& device) : m_device(device)
    {
        const c10::cuda::CUDAGuard guard(m_device);
        const auto* properties = at::cuda::getDeviceProperties(m_device.index());
        m_multiprocessors = properties->multiProcessorCount;
        m_flushBytes = std::max<std::int64_t>(std::int64_t{2} * properties->l2CacheSize + (std::int64_t{8} << 20),
                                              std::int64_t{64} << 20);
        calibrate();
    }

    using CaseTimer::time;
    Sample time(const std::function<void()>& work, bool cold, LaunchHistory& history) override
    {
        const c10::cuda::CUDAGuard guard(m_device);
        auto reading = timeOnce(work, cold, history);
        for (int again = 0; again < kMostRetakes && !reading.heldBack && history.canBeHeld; ++again)
        {
            reading = timeOnce(work, cold, history);
        }
        history.canBeHeld = reading.heldBack;
        return reading.sample;
    }

    std::optional<Sample> timeWall(const std::function<void()>& work) override
    {
        const c10::cuda::CUDAGuard guard(m_device);
        c10::cuda::device_synchronize();
        const auto start = SteadyClock::now();
        work();
        c10::cuda::device_synchronize();
        return Sample{nsSince(start), std::nullopt};
    }

    std::optional<double> eventOverheadNs() const override { return m_eventOverheadNs; }

private:
    static constexpr double kLongestHoldNs = 50e6;
    static constexpr double kFirstHoldNs = 5e6; ///< of work whose launches were not timed yet
    static constexpr int kMostRetakes = 3;
    /// Below this the global timer's own step (about a microsecond) spoils the quotient.
    static constexpr double kShortestClockReadingNs = 20e3;

    struct Reading
    {
        Sample sample;
        bool heldBack = true; ///< until all of the work was launched; otherwise the device may have waited for the host
    };

    /// A gate in the stream that opens at the end of the scope, so that what an exception leaves goes on as well.
    class Gate
    {
    public:
        Gate(CudaTimer& timer, double mostNs, cudaStream_t stream) : m_timer(timer) { timer.closeGate(mostNs, stream); }
        ~Gate() { m_timer.openGate(); }
        Gate(const Gate&) = delete;
        Gate& operator=(const Gate&) = delete;

    private:
        CudaTimer& m_timer;
    };

    Reading timeOnce(const std::function<void()>& work, bool cold, LaunchHistory& history)
    {
        const auto stream = at::cuda::getCurrentCUDAStream(m_device.index());
        if (cold)
        {
            flush(stream);
        }
        const bool known = history.longestNs() > 0;
        const double most = known ? std::min(history.longestNs() * 3 + 1e6, kLongestHoldNs) : kFirstHoldNs;
        double enqueueNs = 0;
        {
            const Gate gate(*this, most, stream);
            const auto start = SteadyClock::now();
            stampBefore(stream);
            m_start.record(stream);
            work();
            m_end.record(stream);
            stampAfter(stream);
            enqueueNs = nsSince(start);
        }
        C10_CUDA_CHECK(cudaStreamSynchronize(stream));
        const bool passed = gateWasOpened();
        if (passed || !known) // where it was not, the time holds what the gate itself kept the host waiting
        {
            history.add(passed ? enqueueNs : std::max(enqueueNs - most, 1e3));
        }
        const double ns = std::max(m_start.nsUntil(m_end) - m_eventOverheadNs.value_or(0), 0.0);
        return {{ns, clockOfLastSample()}, passed};
    }

#if HEADROOM_HAS_CUDA_KERNELS
    void closeGate(double mostNs, cudaStream_t stream)
    {
        ++m_ticket;
        checkLaunch(launchGate(m_gate.data(), m_ticket, static_cast<std::uint64_t>(mostNs), m_gate.data() + 1, stream));
    }
    void openGate()
    {
        std::atomic_ref(*m_gate.data()).store(m_ticket, std::memory_order_release);
    }
    bool gateWasOpened() const
    {
        return m_gate[1] == m_ticket;
    }
    void stampBefore(cudaStream_t stream)
    {
        checkLaunch(launchTimestamp(m_stamps.data(), m_multiprocessors, stream));
    }
    void stampAfter(cudaStream_t stream)
    {
        checkLaunch(launchTimestamp(m_stamps.data() + 1, m_multiprocessors, stream));
    }

    std::optional<double> clockOfLastSample() const
    {
        const auto ns = static_cast<double>(m_stamps[1].globalNs - m_stamps[0].globalNs);
        const auto cycles = static_cast<double>(m_stamps[1].cycles - m_stamps[0].cycles);
        return ns >= kShortestClockReadingNs ? std::optional(cycles / ns * 1e3) : std::nullopt;
    }

    /// The median of event time less the kernel's own, over spin kernels of a known duration.
    void calibrate()
    {
        constexpr int kRuns = 60;
        constexpr int kWarmUps = 10;
        const auto stream = at::cuda::getCurrentCUDAStream(m_device.index());
        MappedMemory<std::uint64_t> inside(1);
        std::vector<double> overheads;
        for (int run = 0; run < kRuns; ++run)
        {
            checkLaunch(launchSpin(30'000, nullptr, stream)); // until the next three are launched
            m_start.record(stream);
            checkLaunch(launchSpin(100'000, inside.data(), stream));
            m_end.record(stream);
            C10_CUDA_CHECK(cudaStreamSynchronize(stream));
            if (run >= kWarmUps)
            {
                overheads.push_back(m_start.nsUntil(m_end) - static_cast<double>(inside[0]));
            }
        }
        m_eventOverheadNs = std::max(median(overheads).value_or(0), 0.0);
    }
    void overwriteL2(cudaStream_t stream)
    {
        checkLaunch(launchFlush(m_flushBuffer->data(), static_cast<std::uint64_t>(m_flushBytes), stream));
    }

    MappedMemory<GpuTimestamp> m_stamps{2};
    MappedMemory<std::int64_t> m_gate{2}; ///< the ticket that the host has opened for, and what the gate said of it
    std::int64_t m_ticket = 0;
#else
    void closeGate(double, cudaStream_t) {}
    void openGate() {}
    bool gateWasOpened() const
    {
        return true;
    }
    void stampBefore(cudaStream_t) {}
    void stampAfter(cudaStream_t) {}
    std::optional<double> clockOfLastSample() const
    {
        return std::nullopt;
    }
    void calibrate() {}
    void overwriteL2(cudaStream_t stream)
    {
        C10_CUDA_CHECK(
            cudaMemsetAsync(m_flushBuffer->data(), ++m_flushValue, static_cast<std::size_t>(m_flushBytes), stream));
    }
    std::uint8_t m_flushValue = 0;
#endif

    void flush(cudaStream_t stream)
    {
        if (!m_flushBuffer)
        {
            m_flushBuffer = std::make_unique<DeviceMemory>(m_flushBytes);
        }
        overwriteL2(stream);
    }

    c10::Device m_device;
    int m_multiprocessors = 0;
    std::int64_t m_flushBytes = 0;
    std::unique_ptr<DeviceMemory> m_flushBuffer;
    TimedEvent m_start;
    TimedEvent m_end;
    std::optional<double> m_eventOverheadNs;
};

} // namespace

std::unique_ptr<CaseTimer> makeCudaTimer(const c10::Device& device)
{
    return std::make_unique<CudaTimer>(device);
}

} // namespace headroom::engine

#else

namespace headroom::engine
{

std::unique_ptr<CaseTimer> makeCudaTimer(const c10::Device&)
{
    throw EngineError(Cause::Unsupported, "this worker was built against a LibTorch without CUDA; use --device cpu");
}

} // namespace headroom::engine

#endif
