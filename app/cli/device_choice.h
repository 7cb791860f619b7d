// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/circumstances.h"

#include <optional>
#include <string>

namespace headroom::cli
{

/// The device of \a circumstances that \a asked names; when nothing was asked for, the first CUDA device, else the CPU.
/// \throws SetUpError with a sentence that names the devices there are.
const DeviceFacts& chooseDevice(const Circumstances& circumstances, const std::optional<DeviceSelection>& asked);

/// "cuda:0 (NVIDIA H200)".
std::string describeDevice(const DeviceFacts& device);

/// All devices, for a sentence: "cpu (Xeon), cuda:0 (NVIDIA H200)".
std::string listDevices(const Circumstances& circumstances);

} // namespace headroom::cli
