// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/supervisor.h"

#include "core/run/utc_time.h"
#include "core/run/worker_process.h"
#include "core/version/build_info.h"

#include <fmt/format.h>

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <optional>
#include <random>
#include <set>
#include <utility>

namespace headroom
{
namespace
{

using SteadyClock = WorkerProcess::Clock;

constexpr auto kCancelPatience = std::chrono::milliseconds(1500);
constexpr auto kAnswerPatience = std::chrono::seconds(120);    ///< a cold LibTorch may take many seconds to load
constexpr auto kInspectionPatience = std::chrono::minutes(20); ///< the weights of a large model come from a disk
constexpr int kMostDeathsWithoutProgress = 2;

std::string newRunId()
{
    std::random_device device;
    std::string stamp = utcNow().substr(0, 19);
    std::erase(stamp, '-');
    std::erase(stamp, ':');
    return fmt::format("{}-{:08x}", stamp, device());
}

/// Gives each event its run, attempt, number and time, writes it to the journal, and only then announces it.
class Recorder
{
public:
    Recorder(Journal& journal, const EventSink& sink)
        : m_journal(journal), m_sink(sink), m_events(journal.earlierEvents())
    {
        m_run = m_events.empty() ? newRunId() : m_events.front().run;
        m_attempt = m_events.empty() ? 1 : m_events.back().attempt + 1;
        m_earlierNs = m_events.empty() ? 0 : m_events.back().tNs;
    }

    void record(const std::string& job, EventData data)
    {
        Event event;
        event.run = m_run;
        event.attempt = m_attempt;
        event.seq = static_cast<std::int64_t>(m_events.size());
        event.tNs =
            m_earlierNs + std::chrono::duration_cast<std::chrono::nanoseconds>(SteadyClock::now() - m_start).count();
        event.utc = utcNow();
        event.job = job;
        event.data = std::move(data);
        m_journal.append(event);
        m_events.push_back(event);
        m_sink(m_events.back());
    }

    void nextAttempt() { ++m_attempt; }
    bool empty() const { return m_events.empty(); }
    const std::vector<Event>& events() const { return m_events; }
    const std::string& run() const { return m_run; }
    int attempt() const { return m_attempt; }
    double secondsSpent() const { return std::chrono::duration<double>(SteadyClock::now() - m_start).count(); }

private:
    Journal& m_journal;
    const EventSink& m_sink;
    std::vector<Event> m_events;
    std::string m_run;
    int m_attempt = 1;
    std::int64_t m_earlierNs = 0;
    SteadyClock::time_point m_start = SteadyClock::now();
};

} // namespace

struct Supervisor::Private
{
    WorkerCommand command;
    std::unique_ptr<WorkerProcess> worker;
    int wakeFd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    std::atomic<bool> cancelled{false};
    std::atomic<bool> paused{false};

    WorkerProcess& liveWorker()
    {
        if (!worker)
        {
            worker = std::make_unique<WorkerProcess>(command, wakeFd);
        }
        return *worker;
    }

    void wake() const
    {
        const std::uint64_t one = 1;
        static_cast<void>(::write(wakeFd, &one, sizeof one));
    }

    template <typename Answer> Answer ask(const Request& request, SteadyClock::duration patience = kAnswerPatience);
};

/// One request with one answer. A worker that dies over it is named as the cause.
template <typename Answer> Answer Supervisor::Private::ask(const Request& request, SteadyClock::duration patience)
{
    auto& asked = liveWorker();
    asked.send(toLine(request));
    const auto until = SteadyClock::now() + patience;
    std::optional<Answer> answer;
    std::optional<ErrorReply> error;
    for (;;)
    {
        const auto happening = asked.wait(until);
        if (const auto* line = std::get_if<WorkerProcess::Line>(&happening))
        {
            const auto reply = replyFromLine(line->text);
            if (const auto* found = std::get_if<Answer>(&reply))
            {
                answer = *found;
            }
            else if (const auto* failed = std::get_if<ErrorReply>(&reply))
            {
                error = *failed;
            }
            else if (std::holds_alternative<IdleReply>(reply))
            {
                break;
            }
        }
        else if (!std::holds_alternative<WorkerProcess::Woken>(happening) || cancelled)
        {
            const bool ended = std::holds_alternative<WorkerProcess::Ended>(happening);
            asked.kill();
            const auto how = ended ? "the worker " + asked.describeEnd() : std::string("the worker did not answer");
            worker.reset();
            throw EngineError(Cause::WorkerDied, how);
        }
    }
    if (!answer)
    {
        throw EngineError(error ? error->cause : Cause::Error, error ? error->reason : "the worker gave no answer");
    }
    return *answer;
}

namespace
{

/// One Supervisor::run: the jobs that remain, a worker after another.
class SupervisedRun
{
public:
    SupervisedRun(const Plan& plan, Journal& journal, const EventSink& sink, const std::atomic<bool>& cancelled,
                  const std::atomic<bool>& paused)
        : m_plan(plan), m_recorder(journal, sink), m_cancelled(cancelled), m_paused(paused)
    {
    }

    Recorder& recorder() { return m_recorder; }
    /// Jobs, or of a plan without any the machine, which the findings of an audit are made with.
    bool hasWork() const
    {
        const bool wantsMachine = m_plan.jobs.empty() && m_plan.inspection && !m_workerUsed;
        return !m_cancelled && !m_ended && (wantsMachine || !remainingJobs(m_plan, m_recorder.events()).empty());
    }
    /// Whether the next job wants a worker that nothing ran in before.
    bool nextIsIsolated() const
    {
        const auto rest = remainingJobs(m_plan, m_recorder.events());
        return !rest.empty() && m_plan.jobs[rest.front()].isolated;
    }
    const std::string& fault() const { return m_fault; }

    void begin()
    {
        if (m_recorder.empty())
        {
            m_recorder.record({}, RunStarted{m_plan, buildInfo().version, buildInfo().gitHash});
        }
        for (const auto& event : m_recorder.events())
        {
            if (const auto* stage = std::get_if<StageStarted>(&event.data))
            {
                m_stages.insert(stage->stage);
            }
        }
    }

    /// Runs what remains on \a worker until it is idle or gone. \returns false when the worker must be replaced.
    bool useWorker(WorkerProcess& worker)
    {
        m_workerUsed = true;
        m_job.clear();
        m_deadline.reset();
        m_progress = false;
        m_deviceLost = false;
        m_cancelSent = false;
        m_pauseSent = false;
        worker.send(toLine(Request(requestForTheRest())));
        for (;;)
        {
            tell(worker);
            const auto happening = worker.wait(m_deadline);
            if (const auto* line = std::get_if<WorkerProcess::Line>(&happening))
            {
                if (takeLine(line->text))
                {
                    return becameIdle();
                }
            }
            else if (std::holds_alternative<WorkerProcess::Ended>(happening))
            {
                endJob(Cause::WorkerDied, "the worker " + worker.describeEnd() + jobText());
                return false;
            }
            else if (std::holds_alternative<WorkerProcess::TimedOut>(happening))
            {
                worker.kill();
                worker.describeEnd();
                endJob(Cause::Deadline,
                       fmt::format("it had not ended after {:.0f} s and the worker was ended", m_deadlineSeconds));
                return false;
            }
        }
    }

    /// A run that cannot go on: no worker can be started.
    void giveUp(const std::string& reason)
    {
        m_recorder.record({}, LogLine{LogLevel::Error, reason});
        m_fault = reason;
        m_ended = true;
    }

    Outcome finish(const Adviser& adviser)
    {
        if (!m_cancelled && m_fault.empty())
        {
            m_recorder.record({}, StageStarted{Stage::Recommendations});
            for (auto& recommendation : adviser(m_recorder.events()))
            {
                m_recorder.record({}, RecommendationMade{std::move(recommendation)});
            }
        }
        const RunFinished finished{outcome(), m_cancelled ? "cancelled" : m_fault};
        m_recorder.record({}, finished);
        return finished.outcome;
    }

private:
    RunRequest requestForTheRest()
    {
        RunRequest request;
        request.run = m_recorder.run();
        request.attempt = m_recorder.attempt();
        request.total = static_cast<std::int64_t>(m_plan.jobs.size());
        request.plan = m_plan;
        request.plan.jobs.clear();
        for (const auto index : remainingJobs(m_plan, m_recorder.events()))
        {
            // An isolated job goes alone; the others go together, up to the next isolated one.
            if (!request.indices.empty() && (m_plan.jobs[index].isolated || request.plan.jobs.front().isolated))
            {
                break;
            }
            request.plan.jobs.push_back(m_plan.jobs[index]);
            request.indices.push_back(static_cast<std::int64_t>(index));
        }
        if (m_plan.maxSeconds)
        {
            request.plan.maxSeconds = std::max(*m_plan.maxSeconds - m_recorder.secondsSpent(), 0.0);
        }
        return request;
    }

    /// Passes on what the user asked for in the meantime.
    void tell(WorkerProcess& worker)
    {
        if (m_cancelled && !m_cancelSent)
        {
            m_cancelSent = true;
            worker.send(toLine(Request(CancelRequest{})));
            m_deadline = SteadyClock::now() + kCancelPatience;
        }
        if (m_paused != m_pauseSent)
        {
            m_pauseSent = m_paused;
            worker.send(m_pauseSent ? toLine(Request(PauseRequest{})) : toLine(Request(ResumeRequest{})));
            if (!m_cancelSent)
            {
                restartDeadline();
            }
        }
    }

    /// The worker has done what it would. \returns whether it can go on.
    bool becameIdle()
    {
        if (m_deviceLost)
        {
            m_recorder.nextAttempt();
        }
        else if (!m_progress && hasWork())
        {
            giveUp("the worker answered, but began no job");
        }
        return !m_deviceLost;
    }

    void restartDeadline()
    {
        m_deadline.reset();
        if (!m_job.empty() && !m_pauseSent) // time does not run against a paused job
        {
            m_deadline = SteadyClock::now() + std::chrono::duration_cast<SteadyClock::duration>(
                                                  std::chrono::duration<double>(m_deadlineSeconds));
        }
    }

    /// \returns true when the worker is idle again.
    bool takeLine(const std::string& text)
    {
        Reply reply;
        try
        {
            reply = replyFromLine(text);
        }
        catch (const std::invalid_argument&)
        {
            m_recorder.record(
                {}, LogLine{LogLevel::Warning, "the worker wrote a line that is no reply: " + text.substr(0, 200)});
            return false;
        }
        if (const auto* event = std::get_if<EventReply>(&reply))
        {
            takeEvent(event->event);
        }
        else if (const auto* error = std::get_if<ErrorReply>(&reply))
        {
            m_deviceLost = m_deviceLost || error->cause == Cause::DeviceLost;
            giveUp(error->reason);
        }
        return std::holds_alternative<IdleReply>(reply);
    }

    void takeEvent(const Event& event)
    {
        if (const auto* stage = std::get_if<StageStarted>(&event.data); stage && !m_stages.insert(stage->stage).second)
        {
            return; // a replaced worker begins its stage again
        }
        m_recorder.record(event.job, event.data);
        if (const auto* started = std::get_if<JobStarted>(&event.data))
        {
            m_job = event.job;
            m_title = started->title;
            m_deadlineSeconds = started->deadlineSeconds;
            m_progress = true;
            if (!m_cancelSent)
            {
                restartDeadline();
            }
        }
        else if (const auto* finished = std::get_if<JobFinished>(&event.data))
        {
            m_job.clear();
            m_deviceLost = finished->cause == Cause::DeviceLost;
            if (!m_cancelSent)
            {
                m_deadline.reset();
            }
        }
    }

    std::string jobText() const { return m_job.empty() ? std::string() : " while it ran '" + m_title + "'"; }

    /// The job in flight ends with its worker.
    void endJob(Cause cause, const std::string& reason)
    {
        if (!m_job.empty())
        {
            JobFinished finished;
            finished.outcome = m_cancelled ? Outcome::Cancelled : Outcome::Failed;
            finished.cause = m_cancelled ? Cause::None : cause;
            finished.reason = m_cancelled ? "cancelled" : reason;
            m_recorder.record(std::exchange(m_job, {}), finished);
        }
        m_deathsWithoutProgress = m_progress ? 0 : m_deathsWithoutProgress + 1;
        if (m_deathsWithoutProgress >= kMostDeathsWithoutProgress && !m_cancelled)
        {
            giveUp(reason);
        }
        m_recorder.nextAttempt();
    }

    Outcome outcome() const
    {
        if (m_cancelled)
        {
            return Outcome::Cancelled;
        }
        for (const auto& event : m_recorder.events())
        {
            const auto* finished = std::get_if<JobFinished>(&event.data);
            if (finished && finished->outcome == Outcome::Failed)
            {
                return Outcome::Failed;
            }
        }
        return m_fault.empty() ? Outcome::Passed : Outcome::Failed;
    }

    const Plan& m_plan;
    Recorder m_recorder;
    const std::atomic<bool>& m_cancelled;
    const std::atomic<bool>& m_paused;
    std::set<Stage> m_stages;
    std::string m_job;
    std::string m_title;
    std::string m_fault;
    double m_deadlineSeconds = 0;
    std::optional<SteadyClock::time_point> m_deadline;
    int m_deathsWithoutProgress = 0;
    bool m_workerUsed = false;
    bool m_progress = false;
    bool m_deviceLost = false;
    bool m_cancelSent = false;
    bool m_pauseSent = false;
    bool m_ended = false;
};

} // namespace

Supervisor::Supervisor(WorkerCommand command) : m_private(std::make_unique<Private>())
{
    std::signal(SIGPIPE, SIG_IGN); // a worker that dies while it is written to is an event, not our end
    m_private->command = std::move(command);
}

Supervisor::~Supervisor()
{
    m_private->worker.reset();
    ::close(m_private->wakeFd);
}

Circumstances Supervisor::describe(const DeviceSelection& device)
{
    return m_private->ask<CircumstancesReply>(DescribeRequest{device}).circumstances;
}

LayerEvidence Supervisor::explain(const DeviceSelection& device, const AttentionProblem& problem)
{
    return m_private->ask<ExplanationReply>(ExplainRequest{device, problem}).explanation;
}

ModelInspection Supervisor::inspect(const DeviceSelection& device, const InspectionRequest& what)
{
    return m_private->ask<InspectionReply>(InspectRequest{device, what}, kInspectionPatience).inspection;
}

Outcome Supervisor::run(const Plan& plan, Journal& journal, const EventSink& sink, const Adviser& adviser)
{
    SupervisedRun run(plan, journal, sink, m_private->cancelled, m_private->paused);
    run.begin();
    while (run.hasWork())
    {
        try
        {
            const bool isolated = run.nextIsIsolated();
            if (isolated)
            {
                m_private->worker.reset();
            }
            if (!run.useWorker(m_private->liveWorker()) || isolated)
            {
                m_private->worker.reset();
            }
        }
        catch (const EngineError& error)
        {
            m_private->worker.reset();
            run.giveUp(error.what());
        }
    }
    const auto outcome = run.finish(adviser);
    m_private->cancelled = false;
    return outcome;
}

void Supervisor::cancel()
{
    m_private->cancelled = true;
    m_private->wake();
}

void Supervisor::pause()
{
    m_private->paused = true;
    m_private->wake();
}

void Supervisor::resume()
{
    m_private->paused = false;
    m_private->wake();
}

void Supervisor::forgetRequests()
{
    m_private->cancelled = false;
    m_private->paused = false;
}

} // namespace headroom
