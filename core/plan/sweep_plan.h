// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/case_filter.h"
#include "core/plan/plan.h"
#include "core/plan/preset.h"
#include "core/plan/sweep_spec.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// The command that a plan of a sweep carries.
inline constexpr std::string_view kSweepCommand = "sweep";

/// What a sweep may look at beside accuracy and time.
enum class SweepCheck
{
    Ladder,
    Determinism,
    BatchInvariance,
    Frontier
};

template <> struct EnumNames<SweepCheck>
{
    static constexpr std::string_view kind = "check";
    static constexpr std::array names{std::pair{SweepCheck::Ladder, std::string_view{"ladder"}},
                                      std::pair{SweepCheck::Determinism, std::string_view{"determinism"}},
                                      std::pair{SweepCheck::BatchInvariance, std::string_view{"batch-invariance"}},
                                      std::pair{SweepCheck::Frontier, std::string_view{"frontier"}}};
};

/// What a user asks of a sweep.
struct SweepRequest
{
    std::vector<SweepSpec> specs{SweepSpec{}};
    CaseFilter filter;
    DeviceSelection device;
    Preset policy = Preset::Standard;
    MeasurementPolicy measurement; ///< of the policy, with the user's changes
    AccuracyPolicy accuracy;
    std::uint64_t seed = 42;
    bool skipAccuracy = false;
    bool skipPerformance = false;
    std::vector<SweepCheck> checks;
    std::optional<std::int64_t> mathUpTo; ///< math is left out where the query or the keys are longer
    std::optional<double> maxSeconds;
};

/// What is wrong with \a request, a sentence each; empty when all is well. Includes problemsWith its specs and policy.
std::vector<std::string> problemsWith(const SweepRequest& request);

/// The jobs of a sweep, problem by problem in the order of expand(): "judge-N", which judges all backends of problem N
/// that are run, and then for each cell a comparison "time-N-PASS[-graph][-cold][-recorded]"; so that no case is timed
/// before its numbers were judged. Behind them the checks: "ladder-N-STEP" for each step, "determinism-N" and
/// "batch-invariance-N" for each problem, "frontier-N-PASS" for each that differs in more than its lengths.
///
/// Cases that the rules of \a device refuse, that would not fit into its free memory, or in which math is not wanted,
/// are not run but stand in their comparison with the reason (CompareJob::leftOut).
Plan makeSweepPlan(const SweepRequest& request, const DeviceFacts& device);

} // namespace headroom
