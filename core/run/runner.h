// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/engine.h"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>

namespace headroom
{

using EventSink = std::function<void(const Event&)>;

/// Holds a run between two jobs or two rounds of samples. Set from any thread.
class PauseGate
{
public:
    void pause();
    void resume();
    /// Returns at once when not paused; else when resumed or when \a stop is requested.
    void wait(std::stop_token stop);
    /// All the time that wait() has held so far, which no limit of time counts.
    double secondsHeld();

private:
    std::mutex m_mutex;
    double m_secondsHeld = 0;
    std::condition_variable_any m_changed;
    bool m_paused = false;
};

/// Where the jobs of a run stand in the whole plan, when only a part of it is left.
struct RunPlace
{
    std::string run;
    int attempt = 1;
    std::int64_t total = 0;
    std::vector<std::int64_t> indices;
};

/// Runs the jobs of a plan on an engine and announces events: circumstances, then for each job stageStarted (when the
/// stage changes), jobStarted, its events, jobFinished. It writes neither runStarted nor runFinished: those, the
/// recommendations, `seq` and the journal are the Supervisor's.
///
/// Measuring is done here, by the plan's policy and the rules of core/measure: warm up, sample until precise enough,
/// interleave the cases of a comparison in a random order that the seed fixes, and end before the job's deadline even
/// with fewer samples than the policy wants. An exception of one job, or of one case
/// of a comparison, becomes its outcome and the next one goes on; after Cause::DeviceLost the run stops, for a new
/// worker to go on.
class Runner
{
public:
    Runner(Engine& engine, EventSink sink, PauseGate* pause = nullptr);

    /// Returns when all is done, when \a stop was requested (the job in flight ends as Cancelled), or after a lost
    /// device. \returns false after a lost device.
    bool run(const Plan& plan, const RunPlace& place, std::stop_token stop);

private:
    Engine& m_engine;
    EventSink m_sink;
    PauseGate* m_pause;
};

} // namespace headroom
