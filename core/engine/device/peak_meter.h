// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/device/case_timer.h"
#include "core/hardware/peak_rates.h"

#include <c10/core/Device.h>

#include <stop_token>

namespace headroom::engine
{

/// Measures what \a device reaches in square matrix products of each data type and in a copy, with \a timer. Random
/// numbers, since products of zeros draw less power and clock higher. Sizes are chosen so that one product takes some
/// milliseconds; what memory is free for is smaller. About 2 s on a data-centre GPU, 3 s on two CPU cores. A type that
/// the device cannot multiply is left out. \throws EngineError(Unsupported) on a processor of which other processes had
/// more than a third, since its peaks would be too low for good. Device name, uuid and versions are the caller's to
/// fill in.
PeakRates measurePeaks(const c10::Device& device, CaseTimer& timer, std::stop_token stop);

} // namespace headroom::engine
