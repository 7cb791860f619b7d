// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <c10/core/Device.h>

#include "core/engine/cuda_support.h"

#if HEADROOM_LIBTORCH_HAS_CUDA
#include <c10/cuda/CUDAFunctions.h>
#endif

namespace headroom::engine
{

/// Waits until \a device has done what it was given. \throws c10::AcceleratorError for what went wrong in it, again and
/// again where the context is lost.
inline void synchronise(const c10::Device& device)
{
#if HEADROOM_LIBTORCH_HAS_CUDA
    if (device.is_cuda())
    {
        c10::cuda::device_synchronize();
    }
#else
    static_cast<void>(device);
#endif
}

} // namespace headroom::engine
