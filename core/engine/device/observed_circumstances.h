// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/circumstances.h"

namespace headroom::engine
{

/// What this process runs on and with, read from LibTorch, CUDA, NVML and the system. Reads only; works with no GPU, no
/// driver and a CPU-only LibTorch.
Circumstances observeCircumstances(const DeviceSelection& selection);

} // namespace headroom::engine
