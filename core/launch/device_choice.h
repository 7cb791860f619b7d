// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/circumstances.h"

#include <optional>
#include <string>

namespace headroom
{

/// The device of \a circumstances that \a asked names; when nothing was asked for, the first CUDA device, else the CPU.
/// \throws SetUpError with a sentence that names the devices there are.
const DeviceFacts& chooseDevice(const Circumstances& circumstances, const std::optional<DeviceSelection>& asked);

/// 90 of "9.0". \throws std::invalid_argument with a sentence.
int parseComputeCapability(const std::string& text);

/// What the rules need to know of a GPU that is not here, with cuDNN 9.19.
DeviceFacts assumedGpu(int computeCapability);

/// "cuda:0 (NVIDIA H200)".
std::string describeDevice(const DeviceFacts& device);

/// All devices, for a sentence: "cpu (Xeon), cuda:0 (NVIDIA H200)".
std::string listDevices(const Circumstances& circumstances);

} // namespace headroom
