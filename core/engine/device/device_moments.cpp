// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/device/device_moments.h"

#include "core/engine/cuda_support.h"

#if HEADROOM_LIBTORCH_HAS_CUDA
#include <ATen/cuda/CUDAEvent.h>
#endif

#include <chrono>
#include <deque>
#include <vector>

namespace headroom::engine
{

struct DeviceMoments::Private
{
    std::vector<std::chrono::steady_clock::time_point> host;
#if HEADROOM_LIBTORCH_HAS_CUDA
    bool onGpu = false;
    std::deque<at::cuda::CUDAEvent> events;
    std::size_t used = 0;
#endif
};

DeviceMoments::DeviceMoments(const c10::Device& device, std::size_t expected) : m_private(std::make_unique<Private>())
{
#if HEADROOM_LIBTORCH_HAS_CUDA
    m_private->onGpu = device.is_cuda();
    if (m_private->onGpu)
    {
        for (std::size_t one = 0; one < expected; ++one)
        {
            m_private->events.emplace_back(cudaEventDefault).record(); // CUDAEvent makes its event when first recorded
        }
        return;
    }
#endif
    static_cast<void>(device);
    m_private->host.reserve(expected);
}

DeviceMoments::~DeviceMoments() = default;

std::size_t DeviceMoments::mark()
{
#if HEADROOM_LIBTORCH_HAS_CUDA
    if (m_private->onGpu)
    {
        if (m_private->used == m_private->events.size())
        {
            m_private->events.emplace_back(cudaEventDefault);
        }
        m_private->events[m_private->used].record();
        return m_private->used++;
    }
#endif
    m_private->host.push_back(std::chrono::steady_clock::now());
    return m_private->host.size() - 1;
}

double DeviceMoments::nsBetween(std::size_t from, std::size_t to) const
{
#if HEADROOM_LIBTORCH_HAS_CUDA
    if (m_private->onGpu)
    {
        return static_cast<double>(m_private->events.at(from).elapsed_time(m_private->events.at(to))) * 1e6;
    }
#endif
    return std::chrono::duration<double, std::nano>(m_private->host.at(to) - m_private->host.at(from)).count();
}

} // namespace headroom::engine
