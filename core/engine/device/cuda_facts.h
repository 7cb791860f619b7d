// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/circumstances.h"

#include <string>

namespace headroom::engine
{

/// Fills in the CUDA side of \a circumstances: versions, devices, cuDNN, and why CUDA cannot be used where it cannot.
/// Touches each device once with a tiny attention call, so that LibTorch's priority order is the one that runs will
/// see.
void observeCuda(Circumstances& circumstances);

/// The PCI bus id that NVML knows a CUDA device by; empty without one.
std::string pciBusIdOf(int ordinal);

} // namespace headroom::engine
