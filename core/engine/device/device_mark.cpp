// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/device/device_mark.h"

#include "core/engine/cuda_support.h"

#include <c10/util/Exception.h>

#if HEADROOM_LIBTORCH_HAS_CUDA
#include <ATen/cuda/CUDAContext.h>
#include <c10/cuda/CUDAException.h>
#include <cuda_runtime_api.h>
#endif

namespace headroom::engine
{
namespace
{

auto now()
{
    return std::chrono::steady_clock::now().time_since_epoch().count();
}

} // namespace

DeviceMark::DeviceMark(const c10::Device& device) : m_reached(std::make_shared<std::atomic<Ticks>>(0))
{
#if HEADROOM_LIBTORCH_HAS_CUDA
    if (device.is_cuda())
    {
        using Held = std::shared_ptr<std::atomic<Ticks>>;
        auto held = std::make_unique<Held>(m_reached);
        const auto note = [](void* data)
        {
            const std::unique_ptr<Held> mark(static_cast<Held*>(data));
            (*mark)->store(now());
        };
        C10_CUDA_CHECK(cudaLaunchHostFunc(at::cuda::getCurrentCUDAStream(device.index()), note, held.get()));
        static_cast<void>(held.release()); // the callback's now
        return;
    }
#endif
    static_cast<void>(device);
    m_reached->store(now());
}

std::chrono::steady_clock::time_point DeviceMark::reachedAt() const
{
    const auto ticks = m_reached->load();
    TORCH_CHECK(ticks != 0, "the device did not come to the mark");
    return std::chrono::steady_clock::time_point(std::chrono::steady_clock::duration(ticks));
}

} // namespace headroom::engine
