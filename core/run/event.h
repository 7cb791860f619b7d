// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/job_events.h"
#include "core/run/readings.h"
#include "core/run/run_events.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace headroom
{

/// The closed list of what can happen; the JSON name of each is in typeName().
using EventData = std::variant<RunStarted, CircumstancesSeen, StageStarted, JobStarted, SamplesTaken, Telemetry,
                               EvidenceSeen, Judged, JobFinished, RecommendationMade, LogLine, RunFinished>;

/// One line of a run: {v, run, attempt, seq, tNs, utc, job, type, data}.
struct Event
{
    static constexpr int kVersion = 1;

    int v = kVersion;
    std::string run;      ///< id of the run
    int attempt = 1;      ///< 1 for the first worker, one more for each that replaced it and for each resume
    std::int64_t seq = 0; ///< from 0, without gaps, over the whole journal
    std::int64_t tNs = 0; ///< since the run's start, by the steady clock of the program that wrote it
    std::string utc;      ///< "2026-11-23T05:23:11.123Z"
    std::string job;      ///< id of the job; empty for events of the run
    EventData data;

    bool operator==(const Event&) const = default;
};

/// "runStarted", "circumstances", "stageStarted", "jobStarted", "samples", "telemetry", "evidence", "judged",
/// "jobFinished", "recommendation", "log" or "runFinished".
std::string_view typeName(const EventData& data);

void to_json(Json& json, const Event& event);
/// \throws std::invalid_argument for an unknown version or type, Json::exception for anything else that does not fit.
void from_json(const Json& json, Event& event);

/// One line, without the newline.
std::string toLine(const Event& event);

/// \throws std::invalid_argument with a sentence for a line that is no event of a version up to kVersion.
Event eventFromLine(std::string_view line);

} // namespace headroom
