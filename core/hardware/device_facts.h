// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/dtype.h"
#include "core/encoding/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headroom
{

/// What is known of one device. Figures that could not be read are absent, never zero.
struct DeviceFacts
{
    DeviceKind kind = DeviceKind::Cpu;
    int ordinal = 0;            ///< CUDA device number; 0 on the CPU
    std::string name;           ///< "NVIDIA H200", or the processor's model name
    std::string uuid;           ///< CUDA only
    int computeCapability = 0;  ///< major * 10 + minor: 90 for 9.0; 0 on the CPU
    int multiprocessors = 0;    ///< CUDA only
    int cores = 0;              ///< CPU: logical cores this process may use
    std::string instructionSet; ///< CPU: what LibTorch uses, e.g. "AVX512"
    std::int64_t memoryBytes = 0;
    std::optional<std::int64_t> freeMemoryBytes;
    std::optional<std::int64_t> l2Bytes;
    std::optional<double> maxSmClockMhz; ///< NVML's
    std::optional<double> powerLimitW;
    int cudnnVersion = 0; ///< runtime, e.g. 91900; 0 without cuDNN

    bool operator==(const DeviceFacts&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(DeviceFacts, kind, ordinal, name, uuid, computeCapability,
                                                multiprocessors, cores, instructionSet, memoryBytes, freeMemoryBytes,
                                                l2Bytes, maxSmClockMhz, powerLimitW, cudnnVersion)

/// Which device to use: "cpu", "cuda" (the first one) or "cuda:1".
struct DeviceSelection
{
    DeviceKind kind = DeviceKind::Cpu;
    int ordinal = 0;

    bool operator==(const DeviceSelection&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(DeviceSelection, kind, ordinal)

/// Reads "cpu", "cuda" or "cuda:N". \throws std::invalid_argument with a sentence for anything else.
DeviceSelection parseDeviceSelection(std::string_view text);

/// "cpu" or "cuda:N".
std::string toText(const DeviceSelection& selection);

} // namespace headroom
