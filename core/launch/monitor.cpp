// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/monitor.h"

#include "core/history/run_marks.h"
#include "core/launch/set_up_error.h"
#include "core/report/original_claims.h"
#include "core/run/steady_seconds.h"
#include "core/run/utc_time.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <utility>

namespace headroom
{
namespace
{

constexpr const char* kTitle = "monitor";

bool wasCancelled(const Report& report)
{
    return report.finished && report.finished->outcome == Outcome::Cancelled;
}

/// A cancelled run has none.
std::optional<MonitorRepetition> repeatOnce(MonitorClock& clock, const PlanRepeater& repeat, std::int64_t number,
                                            std::int64_t missed)
{
    MonitorRepetition repetition{number, missed, clock.utc(), std::nullopt, {}};
    try
    {
        repetition.report = repeat();
        return wasCancelled(*repetition.report) ? std::nullopt : std::optional(std::move(repetition));
    }
    catch (const std::exception& error) // a full disk, a worker that does not start: the next one may go well
    {
        repetition.problem = error.what();
        return repetition;
    }
}

} // namespace

SteadyMonitorClock::SteadyMonitorClock() : m_startSeconds(steadySeconds()) {}

double SteadyMonitorClock::elapsedSeconds()
{
    return steadySeconds() - m_startSeconds;
}

std::string SteadyMonitorClock::utc()
{
    return utcNow();
}

bool SteadyMonitorClock::waitUntil(double seconds)
{
    std::unique_lock lock(m_mutex);
    const auto left = std::chrono::duration<double>(std::max(0.0, seconds - elapsedSeconds()));
    m_stopping.wait_for(lock, std::chrono::duration_cast<std::chrono::nanoseconds>(left), [this] { return m_stopped; });
    return !m_stopped;
}

void SteadyMonitorClock::stop()
{
    const std::lock_guard lock(m_mutex);
    m_stopped = true;
    m_stopping.notify_all();
}

void runMonitor(MonitorFold& fold, MonitorClock& clock, const PlanRepeater& repeat, const MonitorObserver& seen)
{
    const MonitorSchedule& schedule = fold.state().schedule;
    MonitorTick tick;
    for (std::int64_t number = 1; !isDone(schedule, number - 1) && clock.waitUntil(tick.atSeconds); ++number)
    {
        const auto repetition = repeatOnce(clock, repeat, number, tick.missed);
        if (!repetition)
        {
            return;
        }
        fold.take(*repetition);
        tick = nextTick(schedule, tick.number, clock.elapsedSeconds());
        seen(fold.state(), *repetition, isDone(schedule, number) ? std::nullopt : std::optional(tick.atSeconds));
    }
}

Plan repeatablePlan(const Report& report)
{
    if (report.plan.jobs.empty() || isOriginal(report))
    {
        throw SetUpError("This report holds no plan that can be repeated; name a run of Headroom's own.");
    }
    return planAgain(report);
}

PlanRepeater repeaterOf(RepeatedRuns& runs, Plan plan, RunFolder folder, std::string tag)
{
    return [&runs, plan = std::move(plan), folder = std::move(folder), tag = std::move(tag)]
    {
        auto made = runs.run(plan, 1, kTitle);
        if (made.empty())
        {
            Report cancelled;
            cancelled.finished = RunFinished{Outcome::Cancelled, "cancelled"};
            return cancelled;
        }
        if (!tag.empty())
        {
            changeMarks(folder, made.front().report.run, [&](RunMarks& marks) { marks.tags.push_back(tag); });
        }
        return std::move(made.front().report);
    };
}

} // namespace headroom
