// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/circumstances.h"
#include "core/launch/device_choice.h"

namespace headroom
{

/// A processor and, on demand, a GPU of compute capability 9.0.
inline Circumstances exampleMachine(bool withGpu)
{
    Circumstances machine;
    DeviceFacts cpu;
    cpu.name = "A processor";
    cpu.cores = 2;
    cpu.memoryBytes = std::int64_t{8} << 30;
    cpu.freeMemoryBytes = std::int64_t{6} << 30;
    machine.devices = {cpu};
    if (withGpu)
    {
        DeviceFacts gpu = assumedGpu(90);
        gpu.name = "A GPU";
        gpu.memoryBytes = std::int64_t{80} << 30;
        gpu.freeMemoryBytes = std::int64_t{78} << 30;
        machine.devices.push_back(gpu);
    }
    return machine;
}

} // namespace headroom
