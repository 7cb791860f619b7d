// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/run/run_controller.h"

#include "core/run/run_progress.h"
#include "core/run/explanation.h"
#include "ui/run/live_report.h"
#include "ui/run/run_lane.h"

#include <QThread>
#include <QTimer>

#include <algorithm>
#include <chrono>
#include <deque>
#include <optional>

namespace headroom::ui
{
namespace
{

using Clock = std::chrono::steady_clock;

constexpr int kTickMs = 200; ///< in which the age of the job in flight is told anew

double secondsOf(const Plan& plan)
{
    double seconds = 0;
    for (const Job& job : plan.jobs)
    {
        seconds += job.estimateSeconds;
    }
    return seconds;
}

} // namespace

struct RunController::Private
{
    struct Waiting
    {
        int number = 0;
        RunRequest request;
    };
    struct Question
    {
        DeviceSelection device;
        AttentionProblem problem;
    };

    LiveReport* live = nullptr; ///< lives in foldThread
    RunLane* lane = nullptr;    ///< lives in runThread
    QThread runThread;
    QThread foldThread;
    QTimer tick;

    RunState state;
    Clock::time_point stateAt = Clock::now();
    std::deque<Waiting> queue;
    std::optional<Waiting> current;
    QString endSentence; ///< of the current run, from the lane
    int lastNumber = 0;
    std::optional<Circumstances> machine;
    bool describeWanted = false;
    std::optional<Question> question;        ///< that waits for the run's end
    std::optional<ModelQuestion> inspection; ///< that waits for the run's end, or for the model before it
    bool inspecting = false;

    /// As of now: the age goes on between two updates.
    RunState stateNow() const
    {
        RunState now = state;
        const double since = std::chrono::duration<double>(Clock::now() - stateAt).count();
        if (!now.inFlight.isEmpty())
        {
            now.ageSeconds += since;
        }
        if (now.remainingSeconds && now.phase == RunPhase::Running)
        {
            now.overdue = now.overdue || since > *now.remainingSeconds; // or no word of progress came in all that time
            now.remainingSeconds = std::max(0.0, *now.remainingSeconds - since);
        }
        now.queued = queue.size();
        return now;
    }
};

QString remainingText(const RunState& state)
{
    if (!state.remainingSeconds || state.phase == RunPhase::Paused)
    {
        return {};
    }
    if (*state.remainingSeconds < 1)
    {
        return state.overdue ? RunController::tr("longer than estimated")
                             : RunController::tr("less than a second left");
    }
    return (state.overdue ? RunController::tr("longer than estimated, about %1 left")
                          : RunController::tr("about %1 left"))
        .arg(QString::fromStdString(roughDuration(*state.remainingSeconds)));
}

RunController::RunController(WorkerCommand command, QObject* parent)
    : RunController([command = std::move(command)] { return command; }, parent)
{
}

RunController::RunController(std::function<WorkerCommand()> finder, QObject* parent)
    : QObject(parent), m_private(std::make_unique<Private>())
{
    Private& p = *m_private;
    p.live = new LiveReport;
    p.lane = new RunLane(std::move(finder), *p.live);
    p.live->moveToThread(&p.foldThread);
    p.lane->moveToThread(&p.runThread);
    connect(p.live, &LiveReport::updatePosted, this, &RunController::takeUpdate);
    connect(p.live, &LiveReport::ended, this, &RunController::takeEnd);
    connect(p.lane, &RunLane::runEnded, this, &RunController::takeRunEnd);
    connect(p.lane, &RunLane::described, this, &RunController::takeMachine);
    connect(p.lane, &RunLane::explained, this, &RunController::explained);
    connect(p.lane, &RunLane::questionFailed, this, &RunController::setUpFailed);
    connect(p.lane, &RunLane::inspected, this, &RunController::takeInspected);
    connect(p.lane, &RunLane::inspectionFailed, this, &RunController::takeInspectionFailure);
    connect(&p.tick, &QTimer::timeout, this, [this] { Q_EMIT stateChanged(state()); });
    p.tick.setInterval(kTickMs);
    // Each is deleted in its own thread, with the timers that it has there.
    connect(&p.foldThread, &QThread::finished, p.live, &QObject::deleteLater);
    connect(&p.runThread, &QThread::finished, p.lane, &QObject::deleteLater);
    p.foldThread.setObjectName(QStringLiteral("fold"));
    p.runThread.setObjectName(QStringLiteral("run"));
    p.foldThread.start();
    p.runThread.start();
}

RunController::~RunController()
{
    Private& p = *m_private;
    p.lane->abandon();
    p.runThread.quit();
    p.runThread.wait();
    p.foldThread.quit();
    p.foldThread.wait();
}

RunState RunController::state() const
{
    return m_private->stateNow();
}

bool RunController::isRunning() const
{
    return m_private->current.has_value();
}

QString RunController::journal() const
{
    const auto& current = m_private->current;
    return current ? QString::fromStdString(current->request.journal.string()) : QString();
}

void RunController::describeMachine()
{
    Private& p = *m_private;
    if (p.current)
    {
        p.describeWanted = true;
        return;
    }
    QMetaObject::invokeMethod(p.lane, &RunLane::describe);
}

void RunController::explain(const DeviceSelection& device, const AttentionProblem& problem)
{
    Private& p = *m_private;
    if (!p.current)
    {
        QMetaObject::invokeMethod(p.lane, [lane = p.lane, device, problem] { lane->explain(device, problem); });
        return;
    }
    p.question = {device, problem};
    if (!p.machine)
    {
        return;
    }
    const auto& devices = p.machine->devices;
    const auto found = std::find_if(devices.begin(), devices.end(),
                                    [&](const DeviceFacts& facts)
                                    { return facts.kind == device.kind && facts.ordinal == device.ordinal; });
    if (found != devices.end())
    {
        Q_EMIT explained(problem, evidenceByRules(problem, *found));
    }
}

void RunController::inspect(const ModelQuestion& question)
{
    m_private->inspection = question;
    askInspection();
}

bool RunController::inspectionWaits() const
{
    return m_private->current && m_private->inspection;
}

void RunController::askInspection()
{
    Private& p = *m_private;
    if (p.current || p.inspecting || !p.inspection)
    {
        return;
    }
    p.inspecting = true;
    const ModelQuestion question = *std::exchange(p.inspection, std::nullopt);
    QMetaObject::invokeMethod(p.lane, [lane = p.lane, question] { lane->inspect(question); });
}

void RunController::takeInspected(const ModelQuestion& question, const SeenModel& model)
{
    m_private->inspecting = false;
    Q_EMIT modelInspected(question, model);
    askInspection();
}

void RunController::takeInspectionFailure(const ModelQuestion& question, const QString& sentence)
{
    m_private->inspecting = false;
    Q_EMIT inspectionFailed(question, sentence);
    askInspection();
}

int RunController::enqueue(RunRequest request)
{
    Private& p = *m_private;
    p.queue.push_back({++p.lastNumber, std::move(request)});
    const int number = p.lastNumber;
    Q_EMIT queueChanged();
    p.current ? Q_EMIT stateChanged(state()) : startNext();
    return number;
}

void RunController::removeQueued(int number)
{
    Private& p = *m_private;
    std::erase_if(p.queue, [&](const Private::Waiting& waiting) { return waiting.number == number; });
    Q_EMIT queueChanged();
    Q_EMIT stateChanged(state());
}

std::vector<QueuedRun> RunController::queued() const
{
    std::vector<QueuedRun> runs;
    for (const auto& waiting : m_private->queue)
    {
        runs.push_back({waiting.number, waiting.request.title, secondsOf(waiting.request.plan)});
    }
    return runs;
}

void RunController::startNext()
{
    Private& p = *m_private;
    if (p.current || p.queue.empty())
    {
        return;
    }
    p.current = std::move(p.queue.front());
    p.queue.pop_front();
    p.state = {};
    p.state.phase = RunPhase::Starting;
    p.state.title = p.current->request.title;
    p.state.total = p.current->request.plan.jobs.size();
    p.state.remainingSeconds = secondsOf(p.current->request.plan);
    p.stateAt = Clock::now();
    p.endSentence.clear();
    const auto& request = p.current->request;
    const QString journal = QString::fromStdString(request.journal.string());
    QMetaObject::invokeMethod(p.lane, [lane = p.lane, number = p.current->number, plan = request.plan,
                                       title = request.title, journal] { lane->run(number, plan, title, journal); });
    p.tick.start();
    Q_EMIT queueChanged();
    Q_EMIT stateChanged(state());
}

void RunController::setPhase(RunPhase phase)
{
    Private& p = *m_private;
    p.state = p.stateNow();
    p.stateAt = Clock::now();
    p.state.phase = phase;
    Q_EMIT stateChanged(state());
}

void RunController::cancel()
{
    Private& p = *m_private;
    if (!p.current || p.state.phase == RunPhase::Cancelling)
    {
        return;
    }
    p.lane->cancel(p.current->number);
    setPhase(RunPhase::Cancelling);
}

void RunController::pause()
{
    Private& p = *m_private;
    if (p.current && (p.state.phase == RunPhase::Running || p.state.phase == RunPhase::Starting))
    {
        p.lane->pause(p.current->number);
        setPhase(RunPhase::Paused);
    }
}

void RunController::resume()
{
    Private& p = *m_private;
    if (p.current && p.state.phase == RunPhase::Paused)
    {
        p.lane->resume();
        setPhase(RunPhase::Running);
    }
}

void RunController::takeUpdate()
{
    Private& p = *m_private;
    auto update = p.live->updates().take();
    if (!update || !p.current)
    {
        return;
    }
    const RunPhase phase = p.state.phase;
    p.state = std::move(update->state);
    p.stateAt = update->at;
    if (phase == RunPhase::Cancelling || phase == RunPhase::Paused) // what the user asked for stands
    {
        p.state.phase = phase;
    }
    if (update->report->circumstances)
    {
        p.machine = update->report->circumstances;
    }
    Q_EMIT stateChanged(state());
    Q_EMIT reportChanged(update->report);
}

void RunController::takeMachine(const Circumstances& machine)
{
    m_private->machine = machine;
    Q_EMIT machineDescribed(machine);
}

/// The lane is done with it; what it told is still being folded.
void RunController::takeRunEnd(int /*number*/, const QString& sentence)
{
    m_private->endSentence = sentence;
    QMetaObject::invokeMethod(m_private->live, &LiveReport::finish);
}

void RunController::takeEnd(const std::shared_ptr<const Report>& report, const QString& note)
{
    Private& p = *m_private;
    const Private::Waiting ended = std::move(*p.current);
    p.current.reset();
    p.tick.stop();
    p.state = {};
    p.stateAt = Clock::now();
    const QString journal = QString::fromStdString(ended.request.journal.string());
    if (report)
    {
        Q_EMIT runFinished(report, journal);
    }
    if (!p.endSentence.isEmpty())
    {
        Q_EMIT runRefused(ended.request.title, journal, p.endSentence);
    }
    if (!note.isEmpty())
    {
        Q_EMIT noted(note);
    }
    Q_EMIT stateChanged(state());
    startNext();
    if (!p.current)
    {
        askWhatWaited();
    }
}

void RunController::askWhatWaited()
{
    Private& p = *m_private;
    if (std::exchange(p.describeWanted, false))
    {
        describeMachine();
    }
    if (const auto waited = std::exchange(p.question, std::nullopt))
    {
        explain(waited->device, waited->problem);
    }
    askInspection();
}

} // namespace headroom::ui
