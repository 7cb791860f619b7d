// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/device/observed_circumstances.h"

#include "core/engine/attention/backend_guard.h"
#include "core/engine/device/cuda_facts.h"
#include "core/engine/device/memory_meter.h"
#include "core/version/build_info.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <ATen/native/transformers/sdp_utils_cpp.h>
#include <torch/version.h>

#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>

namespace headroom::engine
{
namespace
{

/// Variables that change which kernel runs, or how fast.
constexpr std::array kVariables{"CUDA_VISIBLE_DEVICES",
                                "GOMP_SPINCOUNT",
                                "OMP_WAIT_POLICY",
                                "CUDA_LAUNCH_BLOCKING",
                                "CUDA_MODULE_LOADING",
                                "CUBLAS_WORKSPACE_CONFIG",
                                "CUDNN_LOGLEVEL_DBG",
                                "LD_LIBRARY_PATH",
                                "MKL_NUM_THREADS",
                                "NVIDIA_TF32_OVERRIDE",
                                "OMP_NUM_THREADS",
                                "PYTORCH_CUDA_ALLOC_CONF",
                                "PYTORCH_ALLOC_CONF",
                                "ATEN_CPU_CAPABILITY",
                                "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE",
                                "TORCH_CUDNN_SDPA_DEPRIORITIZED",
                                "TORCH_CUDNN_SDPA_NESTED_TENSOR_ENABLED"};

/// The path of a loaded library whose name contains \a part.
std::string loadedLibrary(const std::string& part)
{
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);)
    {
        const auto slash = line.find('/');
        if (slash != std::string::npos && line.find(part, slash) != std::string::npos)
        {
            return line.substr(slash);
        }
    }
    return {};
}

std::string processorName()
{
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);)
    {
        if (line.starts_with("model name"))
        {
            const auto colon = line.find(": ");
            return colon == std::string::npos ? "CPU" : line.substr(colon + 2);
        }
    }
    return "CPU";
}

DeviceFacts cpuFacts()
{
    DeviceFacts facts;
    facts.kind = DeviceKind::Cpu;
    facts.name = processorName();
    facts.cores = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
    facts.instructionSet = at::get_cpu_capability();
    facts.memoryBytes = static_cast<std::int64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGE_SIZE);
    facts.freeMemoryBytes = availableBytes(c10::Device(c10::DeviceType::CPU));
    return facts;
}

std::string operatingSystem()
{
    std::string name;
    std::ifstream release("/etc/os-release");
    for (std::string line; std::getline(release, line);)
    {
        if (line.starts_with("PRETTY_NAME="))
        {
            name = line.substr(12);
            std::erase(name, '"');
        }
    }
    utsname kernel{};
    if (uname(&kernel) == 0)
    {
        name += name.empty() ? "" : ", ";
        name += std::string(kernel.sysname) + " " + kernel.release;
    }
    return name;
}

void readFlags(Circumstances& circumstances)
{
    auto& context = at::globalContext();
    circumstances.flags = {
        {"sdpFlash", context.userEnabledFlashSDP()},
        {"sdpMemoryEfficient", context.userEnabledMemEfficientSDP()},
        {"sdpCudnn", context.userEnabledCuDNNSDP()},
        {"sdpMath", context.userEnabledMathSDP()},
        {"sdpMathReducedPrecision", context.allowFP16BF16ReductionMathSDP()},
        {"deterministicAlgorithms", context.deterministicAlgorithms()},
        {"tf32MatrixProducts", context.float32MatmulPrecision() != at::Float32MatmulPrecision::HIGHEST},
        {"cudnnBenchmark", context.benchmarkCuDNN()},
    };
    for (const auto backend : context.sDPPriorityOrder())
    {
        if (const auto named = fromSdpBackend(backend))
        {
            circumstances.sdpaPriority.emplace_back(toString(*named));
        }
    }
}

} // namespace

Circumstances observeCircumstances(const DeviceSelection& selection)
{
    Circumstances circumstances;
    const auto build = buildInfo();
    circumstances.headroomVersion = build.version;
    circumstances.gitHash = build.gitHash;
    circumstances.gitDirty = build.gitDirty;
    circumstances.libtorchVersion = TORCH_VERSION;
    circumstances.sdpaAvailable = TORCH_VERSION_MAJOR >= 2;
    circumstances.libtorchPath = loadedLibrary("libtorch_cpu.so");
    circumstances.selected = selection;
    circumstances.devices.push_back(cpuFacts());
    observeCuda(circumstances); // first, because LibTorch settles its priority order on the first CUDA call
    readFlags(circumstances);
    circumstances.cudnnPath = loadedLibrary("libcudnn.so");
    circumstances.threads = at::get_num_threads();
    std::array<char, 256> host{};
    if (gethostname(host.data(), host.size() - 1) == 0)
    {
        circumstances.hostName = host.data();
    }
    circumstances.operatingSystem = operatingSystem();
    for (const char* name : kVariables)
    {
        if (const char* value = std::getenv(name))
        {
            circumstances.environment[name] = value;
        }
    }
    return circumstances;
}

} // namespace headroom::engine
