// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/device/timestamp_kernels.h"

#include <cuda_runtime_api.h>

namespace headroom::engine
{
namespace
{

__device__ std::uint64_t globalTimerNs()
{
    std::uint64_t ns = 0;
    asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(ns));
    return ns;
}

__device__ unsigned multiprocessorId()
{
    unsigned id = 0;
    asm volatile("mov.u32 %0, %%smid;" : "=r"(id));
    return id;
}

__global__ void storeTimestamp(GpuTimestamp* target)
{
    if (threadIdx.x == 0 && multiprocessorId() == 0)
    {
        target->cycles = static_cast<std::uint64_t>(clock64());
        target->globalNs = globalTimerNs();
    }
}

__global__ void spin(std::uint64_t nanoseconds, std::uint64_t* elapsed)
{
    const std::uint64_t start = globalTimerNs();
    std::uint64_t now = start;
    while (now - start < nanoseconds)
    {
        now = globalTimerNs();
    }
    if (elapsed != nullptr)
    {
        *elapsed = now - start;
    }
}

__global__ void gate(const volatile std::int64_t* open, std::int64_t ticket, std::uint64_t mostNs, std::int64_t* passed)
{
    const std::uint64_t start = globalTimerNs();
    bool isOpen = *open >= ticket;
    while (!isOpen && globalTimerNs() - start < mostNs)
    {
        isOpen = *open >= ticket;
    }
    *passed = isOpen ? ticket : -ticket;
}

__global__ void overwrite(uint4* buffer, std::uint64_t count)
{
    const std::uint64_t stride = static_cast<std::uint64_t>(gridDim.x) * blockDim.x;
    for (std::uint64_t at = static_cast<std::uint64_t>(blockIdx.x) * blockDim.x + threadIdx.x; at < count; at += stride)
    {
        const auto mixed = static_cast<unsigned>(at * 2654435761u);
        buffer[at] = make_uint4(mixed, mixed ^ 0x9e3779b9u, mixed + 1, ~mixed);
    }
}

} // namespace

int launchTimestamp(GpuTimestamp* target, int multiprocessors, void* stream)
{
    storeTimestamp<<<static_cast<unsigned>(multiprocessors) * 2, 32, 0, static_cast<cudaStream_t>(stream)>>>(target);
    return static_cast<int>(cudaGetLastError());
}

int launchSpin(std::uint64_t nanoseconds, std::uint64_t* elapsed, void* stream)
{
    spin<<<1, 1, 0, static_cast<cudaStream_t>(stream)>>>(nanoseconds, elapsed);
    return static_cast<int>(cudaGetLastError());
}

int launchGate(const std::int64_t* open, std::int64_t ticket, std::uint64_t mostNs, std::int64_t* passed, void* stream)
{
    gate<<<1, 1, 0, static_cast<cudaStream_t>(stream)>>>(open, ticket, mostNs, passed);
    return static_cast<int>(cudaGetLastError());
}

int launchFlush(void* buffer, std::uint64_t bytes, void* stream)
{
    constexpr unsigned kThreads = 256;
    constexpr unsigned kBlocks = 1024;
    overwrite<<<kBlocks, kThreads, 0, static_cast<cudaStream_t>(stream)>>>(static_cast<uint4*>(buffer),
                                                                           bytes / sizeof(uint4));
    return static_cast<int>(cudaGetLastError());
}

} // namespace headroom::engine
