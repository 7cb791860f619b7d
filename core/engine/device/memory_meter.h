// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <c10/core/Device.h>

#include <cstdint>
#include <functional>
#include <memory>

namespace headroom::engine
{

/// Peak of what LibTorch holds on \a device while \a work runs, in bytes, with what it held before included: on CUDA
/// the caching allocator's own peak (the context, cuBLAS workspaces and graphs are outside of it), on the CPU
/// LibTorch's allocation reports, added to \a heldBefore, what the caller knows to be alive already (the CPU allocator
/// keeps no total).
std::int64_t peakBytes(const c10::Device& device, std::int64_t heldBefore, const std::function<void()>& work);

/// What LibTorch holds more on the CPU after \a work than before, in bytes; 0 on CUDA, where peakBytes() knows it.
std::int64_t keptBytes(const c10::Device& device, const std::function<void()>& work);

/// Follows what LibTorch allocates on one device while it lives: on CUDA by the caching allocator's statistics, on the
/// CPU by its reports from the thread that made the track.
class AllocationTrack
{
public:
    explicit AllocationTrack(const c10::Device& device);
    ~AllocationTrack();
    AllocationTrack(const AllocationTrack&) = delete;
    AllocationTrack& operator=(const AllocationTrack&) = delete;

    /// From here on mostSinceMark() counts anew.
    void mark();

    /// The most that was there at once since mark(), in bytes, beyond what was there then.
    std::int64_t mostSinceMark() const;

    /// The most that was there at once since the track began, beyond what was there then.
    std::int64_t most() const;

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

/// Memory that can still be had on \a device: free on the GPU plus what the caching allocator holds unused; on the CPU
/// MemAvailable, or what the control group leaves, whichever is less.
std::int64_t availableBytes(const c10::Device& device);

} // namespace headroom::engine
