// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/encoding/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace headroom
{

/// When a plan is to be repeated: at the start, and then at every multiple of a time from there, so that repetitions do
/// not drift by how long each takes.
struct MonitorSchedule
{
    double everySeconds = 600;           ///< above 0
    std::optional<std::int64_t> count{}; ///< repetitions; for ever without

    bool operator==(const MonitorSchedule&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(MonitorSchedule, everySeconds, count)

/// One time of a schedule.
struct MonitorTick
{
    std::int64_t number = 0; ///< from 0, missed ones included
    double atSeconds = 0;    ///< after the start
    std::int64_t missed = 0; ///< ticks before this one that passed while a run was on

    bool operator==(const MonitorTick&) const = default;
};

/// The tick after number \a last, \a elapsedSeconds after the start: the next one that has not passed yet. Those that
/// have are missed, and not made up for: a run that takes longer than the time between two must not make runs pile up.
MonitorTick nextTick(const MonitorSchedule& schedule, std::int64_t last, double elapsedSeconds);

/// Whether \a repetitions are all that was asked for.
bool isDone(const MonitorSchedule& schedule, std::int64_t repetitions);

/// Seconds of "10m", "30s", "1h30m", "250ms" or "90" (seconds). \throws std::invalid_argument with a sentence's
/// beginning for another text, and for nothing at all.
double secondsFromText(std::string_view text);

/// "10 min", "1 h 30 min", "30 s", "250 ms".
std::string textOfSeconds(double seconds);

} // namespace headroom
