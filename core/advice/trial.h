// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/plan.h"
#include "core/report/report.h"

#include <optional>
#include <string>

namespace headroom
{

/// A run that shows what a recommendation is worth.
struct Trial
{
    std::string title;    ///< for the queue: "In bfloat16: batch 4, sequence 128"
    std::string what;     ///< a sentence: what is run, and what to look at
    bool changed = false; ///< the recommendation's change is made; else what it rests on is measured again
    Plan plan;

    bool operator==(const Trial&) const = default;
};

/// The run that measures \a recommendation of \a report, with its change made where Headroom can make it, on the
/// report's device, with its seed and policy. Nothing where no run of Headroom's can tell: the change is to the user's
/// own code, or no device is known.
std::optional<Trial> trialOf(const Report& report, const Recommendation& recommendation);

/// How to go back to what was before the change of \a recommendation, in a sentence; empty when it changes nothing.
std::string undoOf(const Recommendation& recommendation);

} // namespace headroom
