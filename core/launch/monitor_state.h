// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/launch/monitor_schedule.h"
#include "core/measure/run_to_run.h"
#include "core/report/report.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headroom
{

/// What a monitor holds its repetitions against, and how sure to be of a change.
struct MonitorRule
{
    std::int64_t reference = 5; ///< first repetitions that make the reference; at least 2
    std::int64_t window = 3;    ///< last repetitions that are compared with it; at least 2
    std::int64_t keep = 500;    ///< points of each series and alarms that are kept; the oldest go
    RunToRunRule time;

    bool operator==(const MonitorRule&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(MonitorRule, reference, window, keep, time)

/// What an alarm is about.
enum class AlarmKind
{
    Time,          ///< a case is slower than the reference, or no longer is
    Accuracy,      ///< its numbers are wrong, or right again
    Backend,       ///< another backend ran
    Lost,          ///< it has no time any more
    Run,           ///< a repetition failed as a whole, or could not be made
    Circumstances, ///< the machine is not what it was: clock, power limit, driver, ...
    Reference      ///< no repetition is fit to be part of it, so that nothing is compared
};

template <> struct EnumNames<AlarmKind>
{
    static constexpr std::string_view kind = "kind of alarm";
    static constexpr std::array names{std::pair{AlarmKind::Time, std::string_view{"time"}},
                                      std::pair{AlarmKind::Accuracy, std::string_view{"accuracy"}},
                                      std::pair{AlarmKind::Backend, std::string_view{"backend"}},
                                      std::pair{AlarmKind::Lost, std::string_view{"lost"}},
                                      std::pair{AlarmKind::Run, std::string_view{"run"}},
                                      std::pair{AlarmKind::Circumstances, std::string_view{"circumstances"}},
                                      std::pair{AlarmKind::Reference, std::string_view{"reference"}}};
};

/// A verdict that changed.
struct MonitorAlarm
{
    AlarmKind kind = AlarmKind::Run;
    bool raised = true; ///< false: it was raised, and is as in the reference again, or better
    std::int64_t repetition = 0;
    std::string run; ///< its id
    std::string utc;
    std::string caseId; ///< meetingId(); empty for a run as a whole
    std::string text;   ///< a sentence

    bool operator==(const MonitorAlarm&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(MonitorAlarm, kind, raised, repetition, run, utc, caseId, text)

/// A case in one repetition.
struct MonitorPoint
{
    std::int64_t repetition = 0;
    std::string utc;                ///< when the repetition began
    std::optional<double> medianNs; ///< of the device times; nothing where it was not measured
    std::optional<Interval> intervalNs;
    std::optional<double> tokensPerSecond;
    std::optional<double> flopsPerSecond;
    std::optional<double> smMhz;
    ComparisonVerdict verdict = ComparisonVerdict::CannotTell; ///< of the window that ends here

    bool operator==(const MonitorPoint&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(MonitorPoint, repetition, utc, medianNs, intervalNs, tokensPerSecond,
                                                flopsPerSecond, smMhz, verdict)

/// A case over the repetitions.
struct MonitorCase
{
    std::string id; ///< meetingId()
    Case measured;
    std::string title;                 ///< describeWithSide() of it
    std::optional<double> referenceNs; ///< geometric mean over the reference; none while it is made
    ComparisonVerdict verdict = ComparisonVerdict::CannotTell; ///< the last that could be told
    RunToRunChange change;                                     ///< of the last window
    AccuracyVerdict accuracy = AccuracyVerdict::Unverified;    ///< of the last repetition
    std::optional<Backend> ran;
    bool hasTime = false;
    std::vector<MonitorPoint> points; ///< oldest first

    bool operator==(const MonitorCase&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(MonitorCase, id, measured, title, referenceNs, verdict, change,
                                                accuracy, ran, hasTime, points)

/// The device in one repetition: medians of what it said of itself.
struct MonitorDevicePoint
{
    std::int64_t repetition = 0;
    std::string utc;
    std::optional<double> smClockMhz;
    std::optional<double> powerW;
    std::optional<double> temperatureC;

    bool operator==(const MonitorDevicePoint&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(MonitorDevicePoint, repetition, utc, smClockMhz, powerW, temperatureC)

/// Repetitions by how they ended.
struct MonitorRunCounts
{
    std::int64_t passed = 0;
    std::int64_t failed = 0;
    std::int64_t cannotTell = 0;
    std::int64_t broken = 0; ///< no report came of it

    std::int64_t all() const { return passed + failed + cannotTell + broken; }
    bool operator==(const MonitorRunCounts&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(MonitorRunCounts, passed, failed, cannotTell, broken)

/// Everything that a monitor knows: what an endpoint serves and a dashboard draws. It holds summaries and no reports,
/// and of those the last \ref MonitorRule::keep, so that it stays as large however long the monitor runs.
struct MonitorState
{
    MonitorRule rule;
    MonitorSchedule schedule;
    std::string startedUtc;
    std::string device;
    MonitorRunCounts runs;
    std::int64_t missedTicks = 0;
    std::int64_t referenceRuns = 0; ///< of the reference so far
    std::string lastRun;            ///< id of the last repetition
    std::string lastUtc;            ///< when it began
    std::string lastSuccessUtc;     ///< of the last that neither failed nor was broken
    std::vector<MonitorCase> cases;
    std::vector<MonitorDevicePoint> devicePoints;
    std::vector<MonitorAlarm> active;                                      ///< raised, and not taken back
    std::vector<MonitorAlarm> alarms;                                      ///< all that changed, oldest first
    std::array<std::int64_t, EnumNames<AlarmKind>::names.size()> raised{}; ///< since the start, by kind

    bool operator==(const MonitorState&) const = default;

    bool isLearning() const { return referenceRuns < rule.reference; }
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(MonitorState, rule, schedule, startedUtc, device, runs, missedTicks,
                                                referenceRuns, lastRun, lastUtc, lastSuccessUtc, cases, devicePoints,
                                                active, alarms, raised)

} // namespace headroom
