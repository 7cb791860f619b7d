// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/remote_engine.h"

#include "core/run/worker_process.h"
#include "core/run/worker_protocol.h"

#include <fmt/format.h>

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <optional>
#include <utility>

namespace headroom
{

/// The worker with all that a new one in its place must be told.
class RemoteEngine::Connection
{
public:
    Connection(WorkerCommand command, std::string name, Patience patience)
        : m_command(std::move(command)), m_name(std::move(name)), m_patience(patience)
    {
    }
    ~Connection()
    {
        m_worker.reset();
        ::close(m_wakeFd);
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    bool lives() const { return m_worker != nullptr; }
    /// Counts workers: a case belongs to the one that prepared it.
    std::int64_t generation() const { return m_generation; }
    const std::string& name() const { return m_name; }

    void begin(const Plan& plan)
    {
        m_plan = plan;
        if (lives())
        {
            tell(BeginRequest{plan});
        }
        else
        {
            start();
        }
    }

    /// Asks for an answer, of a new worker where there is none.
    template <typename Answer> Answer ask(const Request& request)
    {
        if (!lives())
        {
            start();
        }
        std::optional<Answer> answer;
        converse(request, m_patience, {},
                 [&](Reply& reply)
                 {
                     if (auto* found = std::get_if<Answer>(&reply))
                     {
                         answer = std::move(*found);
                     }
                 });
        if (!answer)
        {
            throw EngineError(Cause::Error, fmt::format("{} gave no answer", m_name));
        }
        return *std::move(answer);
    }

    /// Has a job done. How long that may take is for the job's deadline to say.
    void work(const JobWork& what, const EventDataSink& sink, const std::stop_token& stop)
    {
        if (!lives())
        {
            start();
        }
        Job job;
        job.work = what;
        const std::stop_callback wake(stop, [this] { this->wake(); });
        converse(WorkRequest{job}, std::nullopt, stop,
                 [&](Reply& reply)
                 {
                     if (auto* event = std::get_if<EventReply>(&reply))
                     {
                         sink(std::move(event->event.data));
                     }
                 });
    }

    void tell(const Request& request)
    {
        converse(request, m_patience, {}, [](Reply&) {});
    }

private:
    void start()
    {
        m_worker = std::make_unique<WorkerProcess>(m_command, m_wakeFd);
        ++m_generation;
        if (m_plan)
        {
            tell(BeginRequest{*m_plan});
        }
    }

    void wake() const
    {
        const std::uint64_t one = 1;
        static_cast<void>(::write(m_wakeFd, &one, sizeof one));
    }

    /// Sends a request and takes its replies until the worker is idle again. \throws EngineError with what it refused.
    template <typename Take>
    void converse(const Request& request, std::optional<Patience> patience, const std::stop_token& stop,
                  const Take& take)
    {
        m_worker->send(toLine(request)); // where it is gone, its end is what comes back
        const auto until = patience ? std::optional(WorkerProcess::Clock::now() + *patience) : std::nullopt;
        std::optional<ErrorReply> refused;
        bool cancelled = false;
        for (;;)
        {
            const auto happening = m_worker->wait(until);
            if (const auto* line = std::get_if<WorkerProcess::Line>(&happening))
            {
                Reply reply = replyFrom(line->text);
                if (std::holds_alternative<IdleReply>(reply))
                {
                    break;
                }
                if (auto* error = std::get_if<ErrorReply>(&reply))
                {
                    refused = std::move(*error);
                }
                take(reply);
            }
            else if (std::holds_alternative<WorkerProcess::Ended>(happening))
            {
                lose(Cause::WorkerDied, m_worker->describeEnd());
            }
            else if (std::holds_alternative<WorkerProcess::TimedOut>(happening))
            {
                m_worker->kill();
                m_worker->describeEnd();
                lose(Cause::Deadline, fmt::format("had not answered after {:g} s and was ended",
                                                  std::chrono::duration<double>(*patience).count()));
            }
            else if (stop.stop_requested() && !std::exchange(cancelled, true))
            {
                m_worker->send(toLine(Request(CancelRequest{})));
            }
        }
        if (refused)
        {
            throw EngineError(refused->cause, refused->reason);
        }
    }

    Reply replyFrom(const std::string& line)
    {
        try
        {
            return replyFromLine(line);
        }
        catch (const std::invalid_argument& error)
        {
            m_worker->kill();
            m_worker->describeEnd();
            lose(Cause::Error,
                 fmt::format("wrote a line that is no reply ({}): {}", error.what(), line.substr(0, 200)));
        }
    }

    [[noreturn]] void lose(Cause cause, const std::string& how)
    {
        m_worker.reset();
        throw EngineError(cause, fmt::format("{} {}", m_name, how));
    }

    WorkerCommand m_command;
    std::string m_name;
    Patience m_patience;
    std::optional<Plan> m_plan;
    std::int64_t m_generation = 0;
    int m_wakeFd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    std::unique_ptr<WorkerProcess> m_worker;
};

class RemoteEngine::RemoteCase : public PreparedCase
{
public:
    RemoteCase(std::shared_ptr<Connection> connection, CaseReply prepared)
        : m_connection(std::move(connection)), m_generation(m_connection->generation()), m_last(std::move(prepared))
    {
    }
    ~RemoteCase() override
    {
        try
        {
            if (isThere())
            {
                step(CaseStep::Drop);
            }
        }
        catch (const EngineError&) // with its worker the case is gone as well
        {
        }
    }
    RemoteCase(const RemoteCase&) = delete;
    RemoteCase& operator=(const RemoteCase&) = delete;

    void launchSample() override {}
    Sample takeSample() override
    {
        step(CaseStep::Sample);
        if (!m_last.ns)
        {
            throw EngineError(Cause::Error, fmt::format("{} gave no time for a sample", m_connection->name()));
        }
        return {*m_last.ns, m_last.smMhz, m_last.waitNs};
    }
    std::optional<Sample> wallSample() override
    {
        step(CaseStep::WallSample);
        return m_last.ns ? std::optional(Sample{*m_last.ns, m_last.smMhz, m_last.waitNs}) : std::nullopt;
    }
    RunEvidence observe() override
    {
        step(CaseStep::Observe);
        return m_last.evidence.value_or(RunEvidence{});
    }
    std::optional<double> peakBytes() override
    {
        step(CaseStep::Peak);
        return m_last.peakBytes;
    }
    std::optional<double> firstCallNs() const override { return m_last.firstCallNs; }
    std::optional<double> warmRunNs() const override { return m_last.warmRunNs; }
    std::optional<double> eventOverheadNs() const override { return m_last.eventOverheadNs; }

private:
    bool isThere() const { return m_connection->lives() && m_connection->generation() == m_generation; }

    void step(CaseStep what)
    {
        if (!isThere())
        {
            throw EngineError(Cause::WorkerDied, fmt::format("{} has ended", m_connection->name()));
        }
        m_last = m_connection->ask<CaseReply>(CaseRequest{m_last.number, what});
    }

    std::shared_ptr<Connection> m_connection;
    std::int64_t m_generation;
    CaseReply m_last;
};

RemoteEngine::RemoteEngine(WorkerCommand command, std::string name, Patience patience)
    : m_connection(std::make_shared<Connection>(std::move(command), std::move(name), patience))
{
}

RemoteEngine::~RemoteEngine() = default;

Circumstances RemoteEngine::circumstances(const DeviceSelection& selection)
{
    m_device = selection;
    return m_connection->ask<CircumstancesReply>(DescribeRequest{selection}).circumstances;
}

LayerEvidence RemoteEngine::explain(const AttentionProblem& problem)
{
    return m_connection->ask<ExplanationReply>(ExplainRequest{m_device, problem}).explanation;
}

ModelInspection RemoteEngine::inspect(const InspectionRequest& request)
{
    return m_connection->ask<InspectionReply>(InspectRequest{m_device, request}).inspection;
}

void RemoteEngine::begin(const Plan& plan)
{
    m_connection->begin(plan);
}

void RemoteEngine::probe(const ProbeJob& job, const EventDataSink& sink, std::stop_token stop)
{
    m_connection->work(job, sink, stop);
}

void RemoteEngine::judge(const JudgeJob& job, const EventDataSink& sink, std::stop_token stop)
{
    m_connection->work(job, sink, stop);
}

void RemoteEngine::check(const CheckJob& job, const EventDataSink& sink, std::stop_token stop)
{
    m_connection->work(job, sink, stop);
}

std::unique_ptr<PreparedCase> RemoteEngine::prepare(const Case& wanted)
{
    return std::make_unique<RemoteCase>(m_connection, m_connection->ask<CaseReply>(PrepareRequest{wanted}));
}

Telemetry RemoteEngine::telemetry()
{
    return m_connection->lives() ? m_connection->ask<TelemetryReply>(TelemetryRequest{}).telemetry : Telemetry{};
}

void RemoteEngine::releaseMemory()
{
    if (!m_connection->lives())
    {
        return;
    }
    try
    {
        m_connection->tell(ReleaseRequest{});
    }
    catch (const EngineError&) // one that has died meanwhile holds nothing; the next step says so, or starts another
    {
    }
}

} // namespace headroom
