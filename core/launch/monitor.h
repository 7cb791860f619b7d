// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/run_folder.h"
#include "core/launch/monitor_fold.h"
#include "core/launch/repeated_runs.h"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

namespace headroom
{

/// The time that a monitor goes by.
class MonitorClock
{
public:
    virtual ~MonitorClock() = default;
    virtual double elapsedSeconds() = 0; ///< since the monitor began
    virtual std::string utc() = 0;       ///< now
    /// Waits until \a seconds after the start; false: the monitor is to end.
    virtual bool waitUntil(double seconds) = 0;
};

/// The steady clock. stop() may be called from any thread.
class SteadyMonitorClock : public MonitorClock
{
public:
    SteadyMonitorClock();
    double elapsedSeconds() override;
    std::string utc() override;
    bool waitUntil(double seconds) override;
    void stop();

private:
    std::mutex m_mutex;
    std::condition_variable m_stopping;
    bool m_stopped = false;
    double m_startSeconds = 0;
};

/// Makes a repetition's report. A run that was cancelled comes back as it is and ends the monitor; what is thrown as a
/// std::exception is a repetition that is broken, and not the end.
using PlanRepeater = std::function<Report()>;

/// Tells of a repetition that was folded, and of when the next one begins (seconds after the start; nothing after the
/// last).
using MonitorObserver =
    std::function<void(const MonitorState& state, const MonitorRepetition& repetition, std::optional<double> next)>;

/// Repeats until the schedule is done or \a clock says so. A tick that passes while a repetition goes on is missed and
/// counted. Whatever becomes of a repetition is a state, and the next one begins in its time.
void runMonitor(MonitorFold& fold, MonitorClock& clock, const PlanRepeater& repeat, const MonitorObserver& seen);

/// The plan of an earlier run, to be repeated as it is: without measuring the device's peaks again, which are those
/// that it measured or knew. \throws SetUpError for a run that holds no plan that can be repeated.
Plan repeatablePlan(const Report& report);

/// Repeats \a plan in a worker of its own (core/launch/repeated_runs.h) and tags each run in \a folder with \a tag,
/// unless that is empty.
PlanRepeater repeaterOf(RepeatedRuns& runs, Plan plan, RunFolder folder, std::string tag);

} // namespace headroom
