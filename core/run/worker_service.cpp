// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/worker_service.h"

#include "core/encoding/whole_file.h"
#include "core/run/journal.h"
#include "core/run/line_io.h"
#include "core/run/runner.h"
#include "core/run/utc_time.h"
#include "core/run/worker_protocol.h"
#include "core/version/build_info.h"

#include <fmt/format.h>

#include <unistd.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace headroom
{
namespace
{

constexpr auto kLastWait = std::chrono::milliseconds(1500);

/// What the reading thread hands to the one that owns the device.
class RequestQueue
{
public:
    void push(Request request)
    {
        const std::lock_guard lock(m_mutex);
        if (std::holds_alternative<CancelRequest>(request))
        {
            m_run.request_stop();
            m_gate.resume(); // a paused run must see the stop
        }
        else if (std::holds_alternative<PauseRequest>(request))
        {
            m_gate.pause();
        }
        else if (std::holds_alternative<ResumeRequest>(request))
        {
            m_gate.resume();
        }
        else
        {
            if (std::holds_alternative<RunRequest>(request) || std::holds_alternative<WorkRequest>(request))
            {
                m_run = std::stop_source(); // here, so that a cancel right behind it is not lost
            }
            m_waiting.push_back(std::move(request));
            m_changed.notify_all();
        }
    }

    /// The next request, or nothing when the input has closed.
    std::optional<Request> next()
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_closed || !m_waiting.empty(); });
        if (m_closed)
        {
            m_served = true;
            m_changed.notify_all();
            return std::nullopt;
        }
        auto request = std::move(m_waiting.front());
        m_waiting.pop_front();
        return request;
    }

    /// Stops the run in flight; ends the process when it has not stopped in time: a kernel cannot be interrupted.
    void close()
    {
        std::unique_lock lock(m_mutex);
        m_closed = true;
        m_run.request_stop();
        m_gate.resume();
        m_changed.notify_all();
        if (!m_changed.wait_for(lock, kLastWait, [this] { return m_served; }))
        {
            _exit(0);
        }
    }

    std::stop_token runToken()
    {
        const std::lock_guard lock(m_mutex);
        return m_run.get_token();
    }
    PauseGate& gate() { return m_gate; }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<Request> m_waiting;
    std::stop_source m_run;
    PauseGate m_gate;
    bool m_closed = false;
    bool m_served = false;
};

void readRequests(int fd, RequestQueue& queue, const std::function<void(const Reply&)>& reply)
{
    LineBuffer lines;
    std::array<char, 65536> bytes{};
    for (;;)
    {
        const auto count = ::read(fd, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR)
        {
            continue;
        }
        if (count <= 0)
        {
            break;
        }
        lines.append({bytes.data(), static_cast<std::size_t>(count)});
        while (const auto line = lines.take())
        {
            try
            {
                queue.push(requestFromLine(*line));
            }
            catch (const std::invalid_argument& error)
            {
                reply(ErrorReply{Cause::Error, error.what()});
            }
        }
    }
    queue.close();
}

/// Looks at the devices when they are asked for, and before the first question about another one.
class Devices
{
public:
    explicit Devices(Engine& engine) : m_engine(engine) {}
    Circumstances lookAt(const DeviceSelection& device)
    {
        m_known = false;
        auto seen = m_engine.circumstances(device);
        m_selected = device;
        m_known = true;
        return seen;
    }
    void select(const DeviceSelection& device)
    {
        if (!m_known || m_selected != device)
        {
            lookAt(device);
        }
    }
    void forget() { m_known = false; }

private:
    Engine& m_engine;
    DeviceSelection m_selected;
    bool m_known = false; ///< m_selected was looked at; an optional makes GCC 12 warn of a value that is not there
};

using Replying = std::function<void(const Reply&)>;

/// The cases that a RemoteEngine has prepared here, by number.
class PreparedCases
{
public:
    CaseReply prepare(Engine& engine, const Case& wanted)
    {
        auto prepared = engine.prepare(wanted);
        m_cases[++m_last] = std::move(prepared);
        return about(m_last);
    }

    CaseReply step(const CaseRequest& request)
    {
        const auto found = m_cases.find(request.number);
        if (found == m_cases.end())
        {
            throw EngineError(Cause::Error, fmt::format("there is no prepared case {}", request.number));
        }
        auto& prepared = *found->second;
        std::optional<Sample> sample;
        std::optional<RunEvidence> evidence;
        std::optional<double> peakBytes;
        switch (request.step)
        {
        case CaseStep::Sample:
            sample = prepared.sample();
            break;
        case CaseStep::WallSample:
            sample = prepared.wallSample();
            break;
        case CaseStep::Observe:
            evidence = prepared.observe();
            break;
        case CaseStep::Peak:
            peakBytes = prepared.peakBytes();
            break;
        case CaseStep::Drop:
            m_cases.erase(found);
            return CaseReply{.number = request.number};
        }
        auto answer = about(request.number);
        answer.ns = sample ? std::optional(sample->ns) : std::nullopt;
        answer.smMhz = sample ? sample->smMhz : std::nullopt;
        answer.waitNs = sample ? sample->waitNs : std::nullopt;
        answer.evidence = std::move(evidence);
        answer.peakBytes = peakBytes;
        return answer;
    }

    void clear() { m_cases.clear(); }

private:
    CaseReply about(std::int64_t number) const
    {
        const auto& prepared = *m_cases.at(number);
        CaseReply answer{.number = number};
        answer.firstCallNs = prepared.firstCallNs();
        answer.warmRunNs = prepared.warmRunNs();
        answer.eventOverheadNs = prepared.eventOverheadNs();
        return answer;
    }

    std::map<std::int64_t, std::unique_ptr<PreparedCase>> m_cases;
    std::int64_t m_last = 0;
};

/// One job that is no timing, for a RemoteEngine: its events carry what the engine announced and nothing else.
void work(Engine& engine, const Job& job, std::stop_token stop, const Replying& reply)
{
    const EventDataSink sink = [&](EventData data)
    {
        Event event;
        event.job = job.id;
        event.utc = utcNow();
        event.data = std::move(data);
        reply(EventReply{std::move(event)});
    };
    if (const auto* probe = std::get_if<ProbeJob>(&job.work))
    {
        engine.probe(*probe, sink, stop);
    }
    else if (const auto* judge = std::get_if<JudgeJob>(&job.work))
    {
        engine.judge(*judge, sink, stop);
    }
    else if (const auto* check = std::get_if<CheckJob>(&job.work))
    {
        engine.check(*check, sink, stop);
    }
    else
    {
        throw EngineError(Cause::Unsupported, "cases are prepared and sampled one by one");
    }
}

/// What a RemoteEngine asks. \returns false for a request of another kind.
bool serveStep(Engine& engine, Devices& devices, PreparedCases& cases, const Request& request, RequestQueue& queue,
               const Replying& reply)
{
    if (const auto* begin = std::get_if<BeginRequest>(&request))
    {
        cases.clear();
        devices.select(begin->plan.device);
        engine.begin(begin->plan);
    }
    else if (const auto* job = std::get_if<WorkRequest>(&request))
    {
        work(engine, job->job, queue.runToken(), reply);
    }
    else if (const auto* prepare = std::get_if<PrepareRequest>(&request))
    {
        reply(cases.prepare(engine, prepare->wanted));
    }
    else if (const auto* step = std::get_if<CaseRequest>(&request))
    {
        reply(cases.step(*step));
    }
    else if (std::holds_alternative<TelemetryRequest>(request))
    {
        reply(TelemetryReply{engine.telemetry()});
    }
    else if (std::holds_alternative<ReleaseRequest>(request))
    {
        engine.releaseMemory();
    }
    else
    {
        return false;
    }
    return true;
}

void serve(Engine& engine, Devices& devices, PreparedCases& cases, const Request& request, RequestQueue& queue,
           const Replying& reply)
{
    if (serveStep(engine, devices, cases, request, queue, reply))
    {
        return;
    }
    if (const auto* describe = std::get_if<DescribeRequest>(&request))
    {
        reply(CircumstancesReply{devices.lookAt(describe->device)});
    }
    else if (const auto* explain = std::get_if<ExplainRequest>(&request))
    {
        devices.select(explain->device);
        reply(ExplanationReply{engine.explain(explain->problem)});
    }
    else if (const auto* inspect = std::get_if<InspectRequest>(&request))
    {
        devices.select(inspect->device);
        reply(InspectionReply{engine.inspect(inspect->what)});
    }
    else if (const auto* run = std::get_if<RunRequest>(&request))
    {
        devices.forget(); // the plan has a device of its own
        cases.clear();
        Runner runner(
            engine, [&](const Event& event) { reply(EventReply{event}); }, &queue.gate());
        runner.run(run->plan, {run->run, run->attempt, run->total, run->indices}, queue.runToken());
    }
}

Plan planFromFile(const std::filesystem::path& path)
{
    const std::string text = wholeFile(path);
    try
    {
        const auto firstLine = parseJson(text.substr(0, text.find('\n')));
        if (firstLine.contains("type"))
        {
            return std::get<RunStarted>(firstLine.get<Event>().data).plan;
        }
    }
    catch (const std::exception&)
    {
        // not a journal: a plan may be spread over lines
    }
    const auto plan = parseJson(text).get<Plan>();
    if (plan.jobs.empty())
    {
        throw std::runtime_error(path.string() + " is no plan: it has no jobs");
    }
    return plan;
}

} // namespace

int moveProtocolOffStdout()
{
    std::signal(SIGINT, SIG_IGN);
    std::signal(SIGPIPE, SIG_IGN);
    const int protocol = dup(STDOUT_FILENO);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    return protocol;
}

int serveWorker(Engine& engine, int inputFd, int outputFd)
{
    std::mutex writing;
    const auto reply = [&](const Reply& message)
    {
        const std::lock_guard lock(writing);
        writeAll(outputFd, toLine(message) + "\n");
    };
    Devices devices(engine);
    PreparedCases cases;
    RequestQueue queue;
    const std::jthread reader([&] { readRequests(inputFd, queue, reply); });
    while (const auto request = queue.next())
    {
        try
        {
            serve(engine, devices, cases, *request, queue, reply);
        }
        catch (const EngineError& error)
        {
            reply(ErrorReply{error.cause(), error.what()});
        }
        catch (const std::exception& error)
        {
            reply(ErrorReply{Cause::Error, error.what()});
        }
        reply(IdleReply{});
    }
    return 0;
}

int runPlanFile(Engine& engine, const std::filesystem::path& path, int outputFd)
{
    try
    {
        const auto plan = planFromFile(path);
        std::int64_t seq = 0;
        bool failed = false;
        const EventSink sink = [&](Event event)
        {
            event.seq = seq++;
            const auto* finished = std::get_if<JobFinished>(&event.data);
            failed = failed || (finished && finished->outcome == Outcome::Failed);
            writeAll(outputFd, toLine(event) + "\n");
        };
        Event event;
        event.run = "plan-file";
        event.utc = utcNow();
        event.data = RunStarted{plan, buildInfo().version, buildInfo().gitHash};
        sink(event);
        Runner(engine, sink).run(plan, {event.run, 1, 0, {}}, {});
        event.utc = utcNow();
        event.data = RunFinished{failed ? Outcome::Failed : Outcome::Passed, {}};
        sink(event);
        return 0;
    }
    catch (const std::exception& error)
    {
        std::cerr << "headroom-worker: " << error.what() << '\n';
        return 3;
    }
}

} // namespace headroom
