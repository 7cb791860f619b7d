// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/plan.h"

namespace headroom
{

/// A small plan for FakeEngine: a probe, a judgement, and two comparisons of math and flash with exact counts.
inline Plan fakePlan()
{
    ModelInput input;
    const Case math{input, Backend::Math, Pass::Forward, Launch::Eager, L2State::Warm};
    const Case flash{input, Backend::Flash, Pass::Forward, Launch::Eager, L2State::Warm};
    Plan plan;
    plan.command = "validate";
    plan.seed = 7;
    plan.measurement.iterations = 8;
    plan.measurement.warmup = 2;
    plan.jobs = {
        {"probe", Stage::Compatibility, "probe", 0.1, ProbeJob{input}},
        {"judge", Stage::Accuracy, "judge", 0.1, JudgeJob{input, {Backend::Math, Backend::Flash}}},
        {"forward", Stage::Performance, "forward", 0.1, CompareJob{{math, flash}}},
        {"again", Stage::Performance, "again", 0.1, CompareJob{{math, flash}}},
    };
    return plan;
}

} // namespace headroom
