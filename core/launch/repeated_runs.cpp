// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/repeated_runs.h"

#include "core/launch/advised_run.h"
#include "core/launch/set_up_error.h"
#include "core/report/fold.h"

namespace headroom
{

Plan planAgain(const Report& report)
{
    Plan plan = report.plan;
    if (report.peaks)
    {
        plan.peaks = report.peaks;
        std::erase_if(plan.jobs,
                      [](const Job& job)
                      {
                          const auto* probe = std::get_if<ProbeJob>(&job.work);
                          return probe != nullptr && probe->probe == ProbeKind::Peaks;
                      });
    }
    return plan;
}

/// While one lives, cancel() reaches a supervisor.
class RepeatedRuns::InFlight
{
public:
    InFlight(RepeatedRuns& runs, Supervisor& supervisor) : m_runs(runs)
    {
        const std::lock_guard lock(m_runs.m_mutex);
        m_runs.m_running = &supervisor;
        if (m_runs.m_cancelled)
        {
            supervisor.cancel();
        }
    }
    InFlight(const InFlight&) = delete;
    InFlight& operator=(const InFlight&) = delete;
    ~InFlight()
    {
        const std::lock_guard lock(m_runs.m_mutex);
        m_runs.m_running = nullptr;
    }

private:
    RepeatedRuns& m_runs;
};

RepeatedRun RepeatedRuns::runOnce(const Plan& plan, const std::string& title, const RepeatedRunsView& view)
{
    RepeatedRun result;
    result.journal = m_folder.makeJournal(title);
    Supervisor supervisor(m_worker); // its worker is a new process, and ends with it
    ReportFold fold;
    {
        const InFlight inFlight(*this, supervisor);
        Journal journal = Journal::open(result.journal);
        runWithAdvice(supervisor, plan, journal,
                      [&](const Event& event)
                      {
                          fold.apply(event);
                          if (view.event)
                          {
                              view.event(event);
                          }
                      });
    }
    result.report = fold.report();
    if (result.report.conclusion == Conclusion::SetUpError)
    {
        std::error_code error;
        std::filesystem::remove(result.journal, error); // nothing of the plan was run
        throw SetUpError(result.report.conclusionReasons.empty() ? "The run could not start; see `headroom-cli doctor`."
                                                                 : result.report.conclusionReasons.front());
    }
    return result;
}

std::vector<RepeatedRun> RepeatedRuns::run(const Plan& plan, std::int64_t count, const std::string& title,
                                           const RepeatedRunsView& view)
{
    std::vector<RepeatedRun> runs;
    Plan next = plan;
    for (std::int64_t at = 0; at < count && !isCancelled(); ++at)
    {
        if (view.started)
        {
            view.started(at);
        }
        RepeatedRun one = runOnce(next, title, view);
        if (one.report.finished && one.report.finished->outcome == Outcome::Cancelled)
        {
            break;
        }
        if (view.finished)
        {
            view.finished(one);
        }
        next = planAgain(one.report);
        runs.push_back(std::move(one));
    }
    return runs;
}

void RepeatedRuns::cancel()
{
    const std::lock_guard lock(m_mutex);
    m_cancelled = true;
    if (m_running != nullptr)
    {
        m_running->cancel();
    }
}

bool RepeatedRuns::isCancelled() const
{
    const std::lock_guard lock(m_mutex);
    return m_cancelled;
}

} // namespace headroom
