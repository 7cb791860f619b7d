// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

// Headroom's own CUDA kernels, as plain functions, so that nothing else needs nvcc. Streams are cudaStream_t, handed
// through as void*. All functions return a cudaError_t as an int.

namespace headroom::engine
{

/// What one timestamp kernel stores: the global timer in nanoseconds and the cycle counter of multiprocessor 0.
struct GpuTimestamp
{
    std::uint64_t globalNs = 0;
    std::uint64_t cycles = 0;
};

/// Stores a timestamp in \a target (memory that the device can write) when the stream reaches it. One block a
/// multiprocessor is launched twice over and only those on multiprocessor 0 write, since cycle counters of different
/// multiprocessors do not agree. The clock between two timestamps is d(cycles) / d(globalNs).
int launchTimestamp(GpuTimestamp* target, int multiprocessors, void* stream);

/// Keeps the stream busy for \a nanoseconds of the global timer. \a elapsed, when not null, receives the time that
/// really passed inside the kernel, in nanoseconds.
int launchSpin(std::uint64_t nanoseconds, std::uint64_t* elapsed, void* stream);

/// Keeps the stream waiting until the host has written \a ticket, or a later one, to \a open (mapped host memory), at
/// most \a mostNs of the global timer: holds launched work back exactly until all of it is queued. Then stores in \a
/// passed (mapped host memory) the ticket, or its negative when the time was up before.
int launchGate(const std::int64_t* open, std::int64_t ticket, std::uint64_t mostNs, std::int64_t* passed, void* stream);

/// Overwrites \a bytes of \a buffer, to push everything else out of the L2 cache.
int launchFlush(void* buffer, std::uint64_t bytes, void* stream);

} // namespace headroom::engine
