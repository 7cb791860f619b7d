// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/event.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace headroom
{

/// How far a run is: a fold of its events with the time at which each arrived, in seconds from any start.
class RunProgress
{
public:
    /// \a earlier are the events of a journal that is gone on with.
    RunProgress(const Plan& plan, std::span<const Event> earlier);

    RunProgress(const RunProgress&) = delete;
    RunProgress& operator=(const RunProgress&) = delete;

    void take(const Event& event, double now);

    const Plan& plan() const { return m_plan; }
    std::size_t done() const { return m_done.size(); }
    std::size_t total() const { return m_plan.jobs.size(); }

    /// The job in flight, or nullptr.
    const Job* current() const { return m_current; }

    /// How far the sampling of the job in flight is: "round 7" where several cases take turns, else "flash, 24
    /// samples"; empty before the first samples.
    std::string sampling() const;

    /// Seconds since the job in flight began.
    double age(double now) const { return m_current == nullptr ? 0 : now - m_startedAt; }

    /// Seconds that the rest will take, by the estimates of its jobs and how true they were so far; at most what is
    /// left of the plan's budget.
    double remainingSeconds(double now) const;

    /// Whether the job in flight has taken longer than its estimate, corrected by how true the others were.
    bool isOverdue(double now) const;

private:
    void finish(const std::string& id, const JobFinished& finished);
    void takeSamples(const SamplesTaken& samples);
    double correction() const;

    Plan m_plan;
    std::set<std::string> m_done;
    std::map<std::string, double> m_seconds; ///< of those that were done in full
    const Job* m_current = nullptr;
    double m_startedAt = 0;
    double m_beganAt = 0;
    bool m_began = false;
    std::map<std::string, std::string> m_caseBackends; ///< by id, of the job in flight: an id is dear to compute
    std::string m_backend;                             ///< of the last samples of the job in flight; empty before them
    std::size_t m_samples = 0;                         ///< of the job in flight
    std::int64_t m_round = -1; ///< the last one of a comparison; -1 when cases do not take turns
};

/// "8 s", "1 min 20 s", "2 h 05 min": no finer than an estimate deserves.
std::string roughDuration(double seconds);

} // namespace headroom
