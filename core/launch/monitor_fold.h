// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/launch/monitor_state.h"
#include "core/report/stalls.h"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace headroom
{

/// One repetition of a monitor's plan.
struct MonitorRepetition
{
    std::int64_t number = 0; ///< from 1
    std::int64_t missed = 0; ///< ticks before it that passed
    std::string utc;         ///< when it began
    std::optional<Report> report;
    std::string problem; ///< why there is no report, a sentence

    bool operator==(const MonitorRepetition&) const = default;
};

/// Folds repetitions into a MonitorState. The first of them (or runs that were there before) are the reference; after
/// that the last few are held against it by compareRuns(), which knows how much a case varies from run to run and
/// corrects for the number of cases, and beside time by what is seen: accuracy, the backend that ran, cases without a
/// time, circumstances, the outcome of the run itself.
///
/// A repetition that failed, or that ran under other circumstances than the first of the reference, does not become
/// part of it; after as many of these on end as make a reference that is an alarm, until one is fit. The reference
/// knows the worst accuracy of a case and all backends that were seen to run.
///
/// A verdict stays until another one is told: CannotTell changes nothing. Only an alarm that was raised is taken back:
/// a case that is faster has a verdict and no alarm. A case that is slower only by waiting for its cores has neither.
/// Repetitions under circumstances that may not differ (GateThresholds::mayDiffer(): the machine, its limits and
/// switches, not the versions of software and not the clock while sampling) do not count for time; all that differs is
/// an alarm. For one thread.
class MonitorFold
{
public:
    /// \throws std::invalid_argument with a sentence's beginning for a rule out of its range.
    explicit MonitorFold(MonitorRule rule, MonitorSchedule schedule = {}, std::string startedUtc = {});

    /// Takes \a reports as the reference, in place of the first repetitions. \throws std::invalid_argument for fewer
    /// than two.
    void setReference(std::span<const Report> reports);

    void take(const MonitorRepetition& repetition);

    const MonitorState& state() const { return m_state; }

private:
    /// Medians of a case, one for each run.
    struct Times
    {
        std::vector<RunMedian> reference;
        std::vector<RunMedian> window;
        std::optional<AccuracyVerdict> accuracy; ///< the worst in the reference
        std::set<Backend> ran;                   ///< in the reference
        bool inReference = false;
    };

    void addToReference(const Report& report);
    void takeReport(const MonitorRepetition& repetition, const Report& report);
    bool takeRunOutcome(const MonitorRepetition& repetition, const Report& report);
    bool takeCircumstances(const MonitorRepetition& repetition, const Report& report);
    void takeCases(const MonitorRepetition& repetition, const Report& report, bool countsForTime);
    void takeBesideTime(const MonitorRepetition& repetition, const CaseReport& row, std::size_t place);
    void takeDevice(const MonitorRepetition& repetition, const Report& report);
    void judgeTimes(const MonitorRepetition& repetition);
    void missReference(const MonitorRepetition& repetition, const std::string& why);
    std::size_t placeOf(const CaseReport& row);
    void raise(const MonitorRepetition& repetition, AlarmKind kind, const std::string& caseId, std::string text);
    void settle(const MonitorRepetition& repetition, AlarmKind kind, const std::string& caseId, std::string text);
    void note(MonitorAlarm alarm);

    MonitorState m_state;
    std::vector<Times> m_times; ///< of the state's cases
    std::map<std::string, std::size_t> m_places;
    std::optional<Report> m_first; ///< of the reference, without samples: what circumstances are compared with
    std::size_t m_windowRuns = 0;
    std::int64_t m_unfit = 0; ///< repetitions since the last that became part of the reference
};

} // namespace headroom
