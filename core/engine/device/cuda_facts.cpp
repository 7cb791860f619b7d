// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/device/cuda_facts.h"

#include "core/engine/cuda_support.h"

#if HEADROOM_LIBTORCH_HAS_CUDA

#include "core/engine/device/memory_meter.h"
#include "core/engine/device/nvml.h"
#include "core/hardware/version_text.h"

#include <ATen/Context.h>
#include <ATen/cuda/CUDAContext.h>
#include <ATen/ops/_fused_sdp_choice.h>
#include <ATen/ops/empty.h>
#include <c10/cuda/CUDAFunctions.h>
#include <cuda_runtime_api.h>

#include <array>
#include <cstdio>

namespace headroom::engine
{
namespace
{

std::string hexadecimal(const cudaUUID_t& uuid)
{
    std::string text = "GPU-";
    for (std::size_t at = 0; at < sizeof(uuid.bytes); ++at)
    {
        std::array<char, 3> byte{};
        std::snprintf(byte.data(), byte.size(), "%02x",
                      static_cast<unsigned>(static_cast<unsigned char>(uuid.bytes[at])));
        text += (at == 4 || at == 6 || at == 8 || at == 10) ? std::string("-") + byte.data() : byte.data();
    }
    return text;
}

DeviceFacts factsOf(int ordinal, int cudnnVersion)
{
    const auto* properties = at::cuda::getDeviceProperties(static_cast<c10::DeviceIndex>(ordinal));
    DeviceFacts facts;
    facts.kind = DeviceKind::Cuda;
    facts.ordinal = ordinal;
    facts.name = properties->name;
    facts.uuid = hexadecimal(properties->uuid);
    facts.computeCapability = properties->major * 10 + properties->minor;
    facts.multiprocessors = properties->multiProcessorCount;
    facts.memoryBytes = static_cast<std::int64_t>(properties->totalGlobalMem);
    facts.l2Bytes = properties->l2CacheSize;
    facts.cudnnVersion = cudnnVersion;
    facts.freeMemoryBytes = availableBytes(c10::Device(c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(ordinal)));
    const Nvml nvml(pciBusIdOf(ordinal));
    facts.powerLimitW = nvml.powerLimitW();
    facts.maxSmClockMhz = nvml.maxSmClockMhz();
    return facts;
}

void settlePriorityOrder(int ordinal)
{
    const auto tiny =
        at::empty({1, 1, 8, 8}, at::TensorOptions(at::kHalf).device(at::kCUDA, static_cast<c10::DeviceIndex>(ordinal)));
    at::_fused_sdp_choice(tiny, tiny, tiny);
}

} // namespace

void observeCuda(Circumstances& circumstances)
{
    circumstances.cudaBuilt = at::globalContext().hasCUDA() || at::Context::hasCUDART();
    circumstances.cudaVersion = cudaVersionText(CUDART_VERSION);
#if HEADROOM_HAS_CUDA_KERNELS
    circumstances.cudaKernelsBuilt = true;
#endif
    cudaRuntimeGetVersion(&circumstances.cudaRuntimeVersion);
    cudaDriverGetVersion(&circumstances.driverCudaVersion);
    int count = 0;
    const auto status = cudaGetDeviceCount(&count);
    if (status != cudaSuccess || count == 0)
    {
        static_cast<void>(cudaGetLastError());
        circumstances.cudaProblem = status == cudaSuccess ? "no CUDA device" : cudaGetErrorString(status);
        return;
    }
    circumstances.cudaAvailable = true;
    at::globalContext().lazyInitDevice(c10::DeviceType::CUDA); // the allocator answers nothing before
    circumstances.cudnnVersion = static_cast<int>(at::detail::getCUDAHooks().versionRuntimeCuDNN());
    for (int ordinal = 0; ordinal < count; ++ordinal)
    {
        if (circumstances.selected.kind == DeviceKind::Cuda && circumstances.selected.ordinal == ordinal)
        {
            settlePriorityOrder(ordinal);
        }
        circumstances.devices.push_back(factsOf(ordinal, circumstances.cudnnVersion));
    }
    circumstances.driverVersion = Nvml(pciBusIdOf(0)).driverVersion();
}

std::string pciBusIdOf(int ordinal)
{
    std::array<char, 32> text{};
    return cudaDeviceGetPCIBusId(text.data(), static_cast<int>(text.size()), ordinal) == cudaSuccess ? text.data() : "";
}

} // namespace headroom::engine

#else

namespace headroom::engine
{

void observeCuda(Circumstances& circumstances)
{
    circumstances.cudaProblem = "this LibTorch was built without CUDA";
}

std::string pciBusIdOf(int)
{
    return {};
}

} // namespace headroom::engine

#endif
