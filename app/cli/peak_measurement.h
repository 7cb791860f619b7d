// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/peak_rates.h"
#include "core/run/supervisor.h"

namespace headroom::cli
{

/// Has a worker measure the peaks of \a device, alone, outside of any run of the user's: its journal is a temporary file.
/// \throws SetUpError with the reason when it cannot.
PeakRates measurePeaks(Supervisor& supervisor, const DeviceFacts& device);

} // namespace headroom::cli
