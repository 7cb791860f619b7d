// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/launch/monitor.h"
#include "core/report/fold.h"
#include "tests/core/report/event_builder.h"

#include <cmath>
#include <cstdint>
#include <string>

/// Repetitions of known times, for the tests of the monitor.
namespace headroom::testing
{

inline MonitorRule rule()
{
    MonitorRule rule;
    rule.reference = 3;
    return rule;
}

/// Runs differ by themselves, by half a percent.
inline double wobble(std::int64_t number)
{
    return 1 + 0.005 * std::sin(1.7 * static_cast<double>(number));
}

/// Math near 4 ms times \a factor, and flash.
inline Report run(double factor)
{
    auto plan = validationPlan();
    plan.jobs = {judgeJob(smallModel()), compareJob("forward", smallModel(), Pass::Forward)};
    EventBuilder builder(plan);
    builder.begin().judge().compare("forward", 4e6 * factor, 1.25);
    return foldEvents(builder.end().events());
}

inline MonitorRepetition repetition(std::int64_t number, double factor)
{
    return {number, 0, "2026-11-30T20:00:0" + std::to_string(number % 10) + ".000Z", run(factor), {}};
}

inline std::int64_t raised(const MonitorFold& fold, AlarmKind kind)
{
    return fold.state().raised.at(static_cast<std::size_t>(kind));
}

inline std::string alarmText(const MonitorState& state)
{
    std::string text;
    for (const auto& alarm : state.alarms)
    {
        text += std::to_string(alarm.repetition) + " " + alarm.text + "\n";
    }
    return text;
}

} // namespace headroom::testing
