// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/runner.h"

#include "core/plan/ab_plan.h"
#include "core/plan/job_estimate.h"
#include "core/run/case_timing.h"
#include "core/run/utc_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace headroom
{
namespace
{

using SteadyClock = std::chrono::steady_clock;

double secondsSince(SteadyClock::time_point start)
{
    return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

/// FNV-1a, so that each job of a plan has an order of its own that its seed fixes.
std::uint64_t seedFor(std::uint64_t seed, const std::string& jobId)
{
    std::uint64_t hash = 14695981039346656037ULL ^ seed;
    for (const char character : jobId)
    {
        hash = (hash ^ static_cast<unsigned char>(character)) * 1099511628211ULL;
    }
    return hash;
}

/// The outcome of a job from those of its cases: passed when one of them was measured.
void concludeFromCases(JobFinished& finished)
{
    const auto has = [&](Outcome outcome)
    {
        return std::any_of(finished.cases.begin(), finished.cases.end(),
                           [&](const CaseResult& result) { return result.outcome == outcome; });
    };
    if (finished.cases.empty() || (has(Outcome::Passed) && !has(Outcome::Failed)))
    {
        return;
    }
    const auto wanted = has(Outcome::Failed) ? Outcome::Failed : Outcome::Skipped;
    const auto which = std::find_if(finished.cases.begin(), finished.cases.end(),
                                    [&](const CaseResult& result) { return result.outcome == wanted; });
    finished.outcome = wanted;
    finished.cause = which->cause;
    finished.reason = which->reason;
}

/// One run of Runner::run: what all its steps share.
class JobLoop
{
public:
    JobLoop(Engine& engine, const EventSink& sink, PauseGate* pause, const Plan& plan, const RunPlace& place,
            std::stop_token stop)
        : m_engine(engine), m_sink(sink), m_pause(pause), m_plan(plan), m_place(place), m_stop(std::move(stop))
    {
    }

    bool run()
    {
        m_engine.begin(m_plan);
        auto circumstances = m_engine.circumstances(m_plan.device);
        if (needsOwnWorkers(m_plan.sides) && circumstances.others.empty())
        {
            throw EngineError(Cause::Unsupported, "the sides of this comparison need a worker each, and one was "
                                                  "started for both; `headroom-cli resume` goes on with it");
        }
        m_threads = circumstances.threads;
        emit({}, CircumstancesSeen{std::move(circumstances)});
        for (std::size_t at = 0; at < m_plan.jobs.size(); ++at)
        {
            if (m_pause)
            {
                m_pause->wait(m_stop);
            }
            if (m_stop.stop_requested())
            {
                return true;
            }
            const auto finished = runJob(m_plan.jobs[at], at);
            emit(m_plan.jobs[at].id, finished);
            if (finished.cause == Cause::DeviceLost)
            {
                return false;
            }
        }
        return true;
    }

private:
    void emit(const std::string& job, EventData data)
    {
        Event event;
        event.run = m_place.run;
        event.attempt = m_place.attempt;
        event.seq = m_next++;
        event.tNs = std::chrono::duration_cast<std::chrono::nanoseconds>(SteadyClock::now() - m_start).count();
        event.utc = utcNow();
        event.job = job;
        event.data = std::move(data);
        m_sink(event);
    }

    JobFinished runJob(const Job& job, std::size_t at)
    {
        const auto start = SteadyClock::now();
        announce(job, at);
        JobFinished finished;
        try
        {
            const double left = m_plan.maxSeconds ? *m_plan.maxSeconds - secondsRun() : 1e9;
            if (left <= 0)
            {
                finished.outcome = Outcome::Skipped;
                finished.cause = Cause::Budget;
                finished.reason = "the time that the run was given was spent before it (--max-seconds)";
            }
            else
            {
                work(job, left, finished);
                concludeFromCases(finished);
            }
        }
        catch (const EngineError& error)
        {
            fail(finished, error.cause(), error.what());
        }
        catch (const std::exception& error)
        {
            fail(finished, Cause::Error, error.what());
        }
        if (m_stop.stop_requested() && finished.cause != Cause::DeviceLost)
        {
            finished.outcome = Outcome::Cancelled;
            finished.cause = Cause::None;
            finished.reason = "cancelled";
            cancelUnfinished(finished.cases);
        }
        m_engine.releaseMemory();
        finished.seconds = secondsSince(start);
        return finished;
    }

    /// A case that was stopped while it was sampled has not passed.
    static void cancelUnfinished(std::vector<CaseResult>& cases)
    {
        for (auto& result : cases)
        {
            if (result.outcome == Outcome::Passed && result.stop == StopReason::Interrupted)
            {
                result.outcome = Outcome::Cancelled;
                result.reason = "cancelled";
            }
        }
    }

    /// Of this run so far, pauses left out.
    double secondsRun() const
    {
        return secondsSince(m_start) - (m_pause ? m_pause->secondsHeld() - m_heldBefore : 0.0);
    }

    void announce(const Job& job, std::size_t at)
    {
        if (!m_stage || *m_stage != job.stage)
        {
            m_stage = job.stage;
            emit({}, StageStarted{job.stage});
        }
        JobStarted started;
        started.index = at < m_place.indices.size() ? m_place.indices[at] : static_cast<std::int64_t>(at);
        started.total = m_place.total > 0 ? m_place.total : static_cast<std::int64_t>(m_plan.jobs.size());
        started.title = job.title;
        started.estimateSeconds = job.estimateSeconds;
        started.deadlineSeconds = deadlineSeconds(job, m_plan.measurement);
        emit(job.id, started);
    }

    static void fail(JobFinished& finished, Cause cause, const std::string& reason)
    {
        const bool skipped = cause == Cause::NotEligible || cause == Cause::OutOfMemory || cause == Cause::Unsupported;
        finished.outcome = skipped ? Outcome::Skipped : Outcome::Failed;
        finished.cause = cause;
        finished.reason = reason;
    }

    void work(const Job& job, double secondsLeft, JobFinished& finished)
    {
        const EventDataSink sink = [this, &job](EventData data) { emit(job.id, std::move(data)); };
        if (const auto* probe = std::get_if<ProbeJob>(&job.work))
        {
            m_engine.probe(*probe, sink, m_stop);
            return;
        }
        if (const auto* judge = std::get_if<JudgeJob>(&job.work))
        {
            m_engine.judge(*judge, sink, m_stop);
            return;
        }
        if (const auto* check = std::get_if<CheckJob>(&job.work))
        {
            m_engine.check(*check, sink, m_stop);
            return;
        }
        const auto cases = casesOf(job);
        const double cap = m_plan.measurement.maxSecondsPerCase * static_cast<double>(cases.size());
        // What the deadline leaves for wall times and for reporting, a fifth, is plenty.
        const TimingBudget budget{std::min(cap, secondsLeft), 0.8 * deadlineSeconds(job, m_plan.measurement)};
        CaseTiming timing(m_engine, m_plan.measurement, budget, seedFor(m_plan.seed, job.id), sink, m_pause, m_stop,
                          m_threads);
        finished.cases = timing.run(cases);
        finished.busyShare = timing.busyShare();
    }

    Engine& m_engine;
    const EventSink& m_sink;
    PauseGate* m_pause;
    const Plan& m_plan;
    const RunPlace& m_place;
    std::stop_token m_stop;
    SteadyClock::time_point m_start = SteadyClock::now();
    double m_heldBefore = m_pause ? m_pause->secondsHeld() : 0;
    std::int64_t m_next = 0;
    int m_threads = 1; ///< LibTorch's, for predictions of memory
    std::optional<Stage> m_stage;
};

} // namespace

void PauseGate::pause()
{
    const std::lock_guard lock(m_mutex);
    m_paused = true;
}

void PauseGate::resume()
{
    {
        const std::lock_guard lock(m_mutex);
        m_paused = false;
    }
    m_changed.notify_all();
}

void PauseGate::wait(std::stop_token stop)
{
    std::unique_lock lock(m_mutex);
    const auto start = SteadyClock::now();
    m_changed.wait(lock, stop, [this] { return !m_paused; });
    m_secondsHeld += secondsSince(start);
}

double PauseGate::secondsHeld()
{
    const std::lock_guard lock(m_mutex);
    return m_secondsHeld;
}

Runner::Runner(Engine& engine, EventSink sink, PauseGate* pause)
    : m_engine(engine), m_sink(std::move(sink)), m_pause(pause)
{
}

bool Runner::run(const Plan& plan, const RunPlace& place, std::stop_token stop)
{
    return JobLoop(m_engine, m_sink, m_pause, plan, place, std::move(stop)).run();
}

} // namespace headroom
