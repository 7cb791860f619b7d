// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/run_folder.h"
#include "core/report/report.h"
#include "core/run/supervisor.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace headroom
{

/// The plan of \a report, to be run again: without the measuring of the device's peaks, which are known from it.
Plan planAgain(const Report& report);

/// One of several runs of a plan, as the history has it.
struct RepeatedRun
{
    std::filesystem::path journal;
    Report report;
};

/// What a front end shows while a plan is repeated. Each may be empty.
struct RepeatedRunsView
{
    std::function<void(std::int64_t run)> started; ///< from 0
    EventSink event;
    std::function<void(const RepeatedRun&)> finished;
};

/// Runs a plan several times, each time in a worker process that did nothing before, and keeps each run in the history:
/// what differs from process to process (addresses, the state of the device, the clock that it starts with) is then
/// part of what the runs differ by. Used by one thread; cancel() may be called from any.
class RepeatedRuns
{
public:
    RepeatedRuns(WorkerCommand worker, RunFolder folder) : m_worker(std::move(worker)), m_folder(std::move(folder)) {}

    /// Runs \a plan \a count times, \a title being part of the journals' names; peaks that the first run measures are
    /// known to the others. Returns the runs that came to their
    /// end; fewer than \a count after cancel(), whose run in flight stays in the history as cancelled and is not among
    /// them. \throws SetUpError when a run could not start, and std::runtime_error when its journal cannot be written;
    /// the runs before it are in the history.
    std::vector<RepeatedRun> run(const Plan& plan, std::int64_t count, const std::string& title,
                                 const RepeatedRunsView& view = {});

    void cancel();
    bool isCancelled() const;

private:
    class InFlight;
    RepeatedRun runOnce(const Plan& plan, const std::string& title, const RepeatedRunsView& view);

    WorkerCommand m_worker;
    RunFolder m_folder;
    mutable std::mutex m_mutex;
    Supervisor* m_running = nullptr; ///< of the run in flight
    bool m_cancelled = false;
};

} // namespace headroom
