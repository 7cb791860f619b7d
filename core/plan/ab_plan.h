// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/plan.h"
#include "core/plan/preset.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// The command that a plan of an A/B comparison carries, and the id of the job that compares.
inline constexpr std::string_view kAbCommand = "ab";
inline constexpr std::string_view kAbJob = "ab";

/// What is promised where nothing else is asked for: A against itself is called faster or slower in at most 1 of 100
/// comparisons.
inline constexpr double kAbConfidence = 0.99;

/// What a user asks of an A/B comparison. `measurement` holds when to stop; untilVerdict is set by the plan.
struct AbRequest
{
    std::array<Case, 2> cases; ///< of A and of B; their sides are set by the plan
    std::array<SideSettings, 2> sides;
    std::optional<InspectionRequest> modelFile; ///< that model subjects are; a side may have another one
    std::optional<ModelInspection> inspection;  ///< of modelFile
    DeviceSelection device;
    Preset preset = Preset::Standard;
    MeasurementPolicy measurement;
    AccuracyPolicy accuracy;
    std::uint64_t seed = 42;
    double maxSeconds = 60;
};

/// Whether each side must have a worker process of its own.
bool needsOwnWorkers(const std::vector<SideSettings>& sides);

/// What is wrong with \a request on \a device, a sentence each; empty when all is well.
std::vector<std::string> problemsWith(const AbRequest& request, const DeviceFacts& device);

/// "judge" where both sides share worker and call, else "judge-a" and "judge-b"; then "ab", which compares until the
/// verdict is in or the seconds are spent. Asks for a request that problemsWith() finds nothing in.
Plan makeAbPlan(const AbRequest& request, const DeviceFacts& device);

} // namespace headroom
