// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/device_facts.h"
#include "core/history/run_folder.h"
#include "core/launch/repeated_runs.h"
#include "core/plan/plan.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headroom::cli
{

/// Where the plan of repeated runs comes from; one of the three.
struct PlanSource
{
    std::string like;   ///< a run, report or journal whose plan is run again
    std::string preset; ///< of a validation
    std::string sweep;  ///< preset of a sweep
    std::optional<DeviceSelection> device;
};

/// The plan that \a source names, for this machine. \throws SetUpError when it names none or several, when there is no
/// such run or preset, or no such device here.
Plan planFrom(const PlanSource& source, const RunFolder& folder);

/// \throws SetUpError when this machine has not the device that \a plan runs on.
void checkDeviceOf(const Plan& plan);

/// Runs \a plan \a count times, each time in a worker of its own, with progress on standard error unless \a quiet; the
/// runs stay in \a folder. Ctrl-C ends it after what is finished: then fewer come back. \throws SetUpError.
std::vector<RepeatedRun> repeatPlan(const Plan& plan, std::int64_t count, const RunFolder& folder, bool quiet);

} // namespace headroom::cli
