// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/remedy.h"
#include "core/plan/model_preset.h"
#include "core/plan/plan.h"
#include "ui/config/interpretation.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headroom::ui
{

/// Whether one backend takes the calls that are asked about.
struct BackendOutlook
{
    Backend backend = Backend::Math;
    std::size_t calls = 0;             ///< asked about
    std::size_t taken = 0;             ///< of them
    Eligibility refusal;               ///< the rules for the first call that it refuses; empty where there is none
    AttentionProblem refused;          ///< that call
    std::optional<Remedy> remedy;      ///< of that call
    std::optional<double> peakBytes{}; ///< predicted for the largest of the calls, or one step of the model

    bool takesAll() const { return calls > 0 && taken == calls; }
    bool takesNone() const { return taken == 0; }
    bool operator==(const BackendOutlook&) const = default;
};

/// What follows from a configuration on a device, by core's rules and models alone.
struct Consequences
{
    std::optional<std::int64_t> headDim;    ///< of a model
    std::optional<std::int64_t> parameters; ///< of the built-in model; those of one from a file were seen
    const ModelPreset* preset = nullptr;    ///< whose sizes the built-in model has; null where they are nobody's
    AttentionProblem problem;               ///< the call that is asked about, the first of lists
    std::vector<BackendOutlook> backends;   ///< cuDNN, flash, memory-efficient, math; without cuDNN on the CPU
    Backend predictedDefault = Backend::Math;
    bool training = true;               ///< memory is that of a step with gradients
    std::optional<double> deviceBytes;  ///< free on the device
    std::optional<double> peakBytes;    ///< with the backend that is expected to run
    std::optional<FieldProblem> memory; ///< it cannot fit
    std::int64_t cases = 0;
    std::optional<Plan> plan;      ///< what would be run, without the peaks; nothing while it is worked out
    std::optional<double> seconds; ///< the plan's estimate, good to a factor of about three

    bool operator==(const Consequences&) const = default;
};

/// Lists of more cases than this take longer than a keystroke may: their calls are counted by consequencesOf() alone.
inline constexpr std::int64_t kInstantCases = 96;

/// The answers for the first call, without a plan: fast whatever the lists hold.
Consequences instantConsequencesOf(const Interpretation& interpretation, const DeviceFacts& device);

/// The answers for all calls, and the plan. Pure: may be asked on any thread.
Consequences consequencesOf(const Interpretation& interpretation, const DeviceFacts& device);

/// Whether consequencesOf() answers within a keystroke.
bool isInstant(const Interpretation& interpretation, const DeviceFacts& device);

} // namespace headroom::ui
