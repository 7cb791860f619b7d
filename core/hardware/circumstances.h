// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/device_facts.h"

#include <map>
#include <string>
#include <vector>

namespace headroom
{

/// Everything outside the problem that a result may depend on: the fingerprint by which two runs are compared.
struct Circumstances
{
    std::string headroomVersion;
    std::string gitHash;
    bool gitDirty = false;

    std::string libtorchVersion;   ///< "2.11.0+cu130"
    std::string libtorchPath;      ///< the libtorch_cpu.so that was loaded
    bool sdpaAvailable = false;    ///< scaled_dot_product_attention exists (LibTorch 2.0 or newer)
    bool cudaBuilt = false;        ///< LibTorch was built with CUDA
    bool cudaAvailable = false;    ///< a CUDA device can be used
    std::string cudaProblem;       ///< why not, when cudaAvailable is false and a device was asked for or seems present
    std::string cudaVersion;       ///< of the build, "13.0"
    int cudaRuntimeVersion = 0;    ///< 13000
    int driverCudaVersion = 0;     ///< newest CUDA the driver takes, 13000
    std::string driverVersion;     ///< "580.159.04"
    int cudnnVersion = 0;          ///< runtime
    std::string cudnnPath;         ///< the libcudnn.so that was loaded
    bool cudaKernelsBuilt = false; ///< Headroom's own CUDA kernels are in this worker

    std::vector<DeviceFacts> devices; ///< the CPU first
    DeviceSelection selected;

    int threads = 0; ///< LibTorch's intra-op threads
    std::string hostName;
    std::string operatingSystem;
    std::vector<std::string> sdpaPriority;          ///< backends in the selector's order
    std::map<std::string, bool> flags;              ///< SDPA switches, TF32, deterministic algorithms, ...
    std::map<std::string, std::string> environment; ///< variables that matter and are set

    std::vector<Circumstances> others; ///< of the other workers of the run: of an A/B comparison, those of side B

    bool operator==(const Circumstances&) const = default;

    /// The device that the run uses, or nothing when it is not among \ref devices.
    const DeviceFacts* selectedDevice() const;
};

void to_json(Json& json, const Circumstances& circumstances);
void from_json(const Json& json, Circumstances& circumstances);

} // namespace headroom
