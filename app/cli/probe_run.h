// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/peak_rates.h"
#include "core/run/supervisor.h"

#include <vector>

namespace headroom::cli
{

/// Has a worker run one probe on \a device, alone, outside of any run of the user's: its journal is a temporary file.
/// \returns what it has seen. \throws SetUpError with the reason when the probe fails.
std::vector<EvidenceSeen> runProbe(Supervisor& supervisor, const DeviceFacts& device, const ProbeJob& probe);

/// The peaks of \a device, measured so.
PeakRates measurePeaks(Supervisor& supervisor, const DeviceFacts& device);

} // namespace headroom::cli
