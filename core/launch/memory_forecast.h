// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/device_facts.h"
#include "core/plan/plan.h"

#include <optional>
#include <string>
#include <vector>

namespace headroom
{

/// What the prediction of memory says of a plan before it runs.
struct MemoryForecast
{
    std::optional<std::string> problem; ///< the plan's main jobs cannot be done: a sentence with the estimate
    std::vector<std::string> notes;     ///< cases that will not fit and are left out by the run, a sentence each
};

/// Compares core/model/model_memory.h with what is free on \a device; without that figure there is nothing to say.
///
/// The sizes cannot fit when a main job ("forward", "training-step", and the probe) is too large for the backend that
/// needs least. On the CPU, where nobody refuses memory and the system ends processes instead, it is enough that the
/// baseline does not fit. Sweep points are not looked at: they end as rows with their reason.
MemoryForecast forecastMemory(const Plan& plan, const DeviceFacts& device);

} // namespace headroom
