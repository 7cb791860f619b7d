// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/device/torch_device.h"

#include "core/engine/cuda_support.h"

#if HEADROOM_LIBTORCH_HAS_CUDA
#include <ATen/cuda/CUDAContext.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>
#endif

namespace headroom::engine
{

void synchronise(const c10::Device& device)
{
#if HEADROOM_LIBTORCH_HAS_CUDA
    if (device.is_cuda())
    {
        const c10::cuda::CUDAGuard onDevice(device);
        c10::cuda::device_synchronize();
    }
#else
    static_cast<void>(device);
#endif
}

std::int64_t l2Bytes(const c10::Device& device)
{
#if HEADROOM_LIBTORCH_HAS_CUDA
    return device.is_cuda() ? at::cuda::getDeviceProperties(device.index())->l2CacheSize : 0;
#else
    static_cast<void>(device);
    return 0;
#endif
}

} // namespace headroom::engine
