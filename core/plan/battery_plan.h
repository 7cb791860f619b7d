// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/plan.h"

#include <cstdint>
#include <string>
#include <vector>

namespace headroom
{

/// What a user asks of the battery of known defects.
struct BatteryRequest
{
    DeviceSelection device;
    std::vector<std::string> rows{}; ///< ids; empty: all
    std::uint64_t seed = 42;
    bool failOnPresent = false; ///< a defect that is present makes the run a failed one
};

/// What is wrong with \a request, a sentence each; empty when all is well.
std::vector<std::string> problemsWith(const BatteryRequest& request);

/// A check job for each row, in the battery's order; id "B1" and so on. Those that do not fit \a device are among them:
/// they answer "not applicable" with the reason, so that a report always speaks of all that was asked. A row that may
/// end its process, and fits, is isolated.
Plan makeBatteryPlan(const BatteryRequest& request, const DeviceFacts& device);

} // namespace headroom
