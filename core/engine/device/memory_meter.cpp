// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/device/memory_meter.h"

#include "core/engine/cuda_support.h"

#include <c10/core/Allocator.h>
#include <c10/util/ThreadLocalDebugInfo.h>

#if HEADROOM_LIBTORCH_HAS_CUDA
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>
#include <cuda_runtime_api.h>
#endif

#include <algorithm>
#include <atomic>
#include <fstream>
#include <limits>
#include <memory>
#include <string>

namespace headroom::engine
{
namespace
{

/// Sums LibTorch's reports of CPU allocations. It stands where the profiler's state would stand; the reports come from
/// the thread that allocates, which LibTorch gives this state to as well.
class AllocationReports : public c10::MemoryReportingInfoBase
{
public:
    void reportMemoryUsage(void*, std::int64_t size, std::size_t, std::size_t, c10::Device device) override
    {
        if (device.is_cpu())
        {
            const auto now = m_current.fetch_add(size) + size;
            auto peak = m_peak.load();
            while (now > peak && !m_peak.compare_exchange_weak(peak, now))
            {
            }
        }
    }
    bool memoryProfilingEnabled() const override { return true; }
    std::int64_t peak() const { return m_peak.load(); }
    std::int64_t current() const { return m_current.load(); }
    void restartPeak() { m_peak = m_current.load(); }

private:
    std::atomic<std::int64_t> m_current{0};
    std::atomic<std::int64_t> m_peak{0};
};

std::int64_t peakBytesOnCpu(std::int64_t heldBefore, const std::function<void()>& work)
{
    const auto reports = std::make_shared<AllocationReports>();
    {
        const c10::DebugInfoGuard reporting(c10::DebugInfoKind::PROFILER_STATE, reports);
        work();
    }
    return heldBefore + reports->peak();
}

std::int64_t readNumber(const char* path)
{
    std::ifstream file(path);
    std::int64_t value = std::numeric_limits<std::int64_t>::max();
    return file >> value ? value : std::numeric_limits<std::int64_t>::max();
}

std::int64_t availableOnHost()
{
    std::ifstream file("/proc/meminfo");
    std::string key;
    std::string unit;
    std::int64_t kibibytes = 0;
    std::int64_t available = std::numeric_limits<std::int64_t>::max();
    while (file >> key >> kibibytes)
    {
        if (key == "MemAvailable:")
        {
            available = kibibytes * 1024;
            break;
        }
        std::getline(file, unit);
    }
    constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::max();
    const auto limit = readNumber("/sys/fs/cgroup/memory.max");
    const auto used = readNumber("/sys/fs/cgroup/memory.current");
    if (limit != kNone && used != kNone)
    {
        available = std::min(available, std::max<std::int64_t>(limit - used, 0));
    }
    return available;
}

#if HEADROOM_LIBTORCH_HAS_CUDA
std::int64_t peakBytesOnCuda(const c10::Device& device, const std::function<void()>& work)
{
    c10::cuda::device_synchronize();
    c10::cuda::CUDACachingAllocator::resetPeakStats(device.index());
    work();
    c10::cuda::device_synchronize();
    return c10::cuda::CUDACachingAllocator::getDeviceStats(device.index()).allocated_bytes[0].peak;
}

std::int64_t availableOnCuda(const c10::Device& device)
{
    const c10::cuda::CUDAGuard guard(device);
    std::size_t free = 0;
    std::size_t total = 0;
    C10_CUDA_CHECK(cudaMemGetInfo(&free, &total));
    const auto stats = c10::cuda::CUDACachingAllocator::getDeviceStats(device.index());
    return static_cast<std::int64_t>(free) + stats.reserved_bytes[0].current - stats.allocated_bytes[0].current;
}
#endif

} // namespace

std::int64_t peakBytes(const c10::Device& device, std::int64_t heldBefore, const std::function<void()>& work)
{
#if HEADROOM_LIBTORCH_HAS_CUDA
    if (device.is_cuda())
    {
        return peakBytesOnCuda(device, work);
    }
#endif
    static_cast<void>(device);
    return peakBytesOnCpu(heldBefore, work);
}

std::int64_t keptBytes(const c10::Device& device, const std::function<void()>& work)
{
    const auto reports = std::make_shared<AllocationReports>();
    {
        const c10::DebugInfoGuard reporting(c10::DebugInfoKind::PROFILER_STATE, reports);
        work();
    }
    return device.is_cpu() ? std::max<std::int64_t>(reports->current(), 0) : 0;
}

struct AllocationTrack::Private
{
    explicit Private(const c10::Device& on) : device(on) {}

    std::int64_t now() const
    {
#if HEADROOM_LIBTORCH_HAS_CUDA
        if (device.is_cuda())
        {
            return c10::cuda::CUDACachingAllocator::getDeviceStats(device.index()).allocated_bytes[0].current;
        }
#endif
        return reports->current();
    }
    std::int64_t peak() const
    {
#if HEADROOM_LIBTORCH_HAS_CUDA
        if (device.is_cuda())
        {
            return c10::cuda::CUDACachingAllocator::getDeviceStats(device.index()).allocated_bytes[0].peak;
        }
#endif
        return reports->peak();
    }
    void restartPeak()
    {
#if HEADROOM_LIBTORCH_HAS_CUDA
        if (device.is_cuda())
        {
            c10::cuda::CUDACachingAllocator::resetPeakStats(device.index());
            return;
        }
#endif
        reports->restartPeak();
    }

    c10::Device device;
    std::shared_ptr<AllocationReports> reports = std::make_shared<AllocationReports>();
    c10::DebugInfoGuard reporting{c10::DebugInfoKind::PROFILER_STATE, reports};
    std::int64_t begin = 0;
    std::int64_t marked = 0;
    std::int64_t mostBefore = 0; ///< the peak up to the last mark
};

AllocationTrack::AllocationTrack(const c10::Device& device) : m_private(std::make_unique<Private>(device))
{
    m_private->begin = m_private->now();
    mark();
}

AllocationTrack::~AllocationTrack() = default;

void AllocationTrack::mark()
{
    m_private->mostBefore = most() + m_private->begin;
    m_private->marked = m_private->now();
    m_private->restartPeak();
}

std::int64_t AllocationTrack::mostSinceMark() const
{
    return std::max<std::int64_t>(m_private->peak() - m_private->marked, 0);
}

std::int64_t AllocationTrack::most() const
{
    return std::max(m_private->peak(), m_private->mostBefore) - m_private->begin;
}

std::int64_t availableBytes(const c10::Device& device)
{
#if HEADROOM_LIBTORCH_HAS_CUDA
    if (device.is_cuda())
    {
        return availableOnCuda(device);
    }
#endif
    static_cast<void>(device);
    return availableOnHost();
}

} // namespace headroom::engine
