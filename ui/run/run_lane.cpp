// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/run/run_lane.h"

#include "core/launch/advised_run.h"
#include "core/launch/set_up_error.h"

#include <exception>

namespace headroom::ui
{

RunLane::RunLane(WorkerFinder finder, LiveReport& live) : m_finder(std::move(finder)), m_live(live) {}

RunLane::~RunLane() = default;

void RunLane::cancel(int number)
{
    const std::lock_guard lock(m_mutex);
    m_cancelled = number;
    if (m_supervisor && m_active == number)
    {
        m_supervisor->cancel();
    }
}

void RunLane::pause(int number)
{
    const std::lock_guard lock(m_mutex);
    m_paused = number;
    if (m_supervisor && m_active == number)
    {
        m_supervisor->pause();
    }
}

void RunLane::resume()
{
    const std::lock_guard lock(m_mutex);
    m_paused = 0;
    if (m_supervisor)
    {
        m_supervisor->resume();
    }
}

void RunLane::abandon()
{
    const std::lock_guard lock(m_mutex);
    m_abandoned = true;
    if (m_supervisor)
    {
        m_supervisor->cancel();
    }
}

Supervisor& RunLane::supervisor()
{
    if (!m_supervisor)
    {
        auto made = std::make_unique<Supervisor>(m_finder());
        const std::lock_guard lock(m_mutex);
        m_supervisor = std::move(made);
        if (m_abandoned)
        {
            m_supervisor->cancel();
        }
    }
    return *m_supervisor;
}

void RunLane::describe()
{
    try
    {
        Q_EMIT described(describeMachine(supervisor()));
    }
    catch (const std::exception& error)
    {
        Q_EMIT questionFailed(QString::fromStdString(error.what()));
    }
}

void RunLane::explain(const DeviceSelection& device, const AttentionProblem& problem)
{
    try
    {
        Q_EMIT explained(problem, supervisor().explain(device, problem));
    }
    catch (const std::exception& error)
    {
        Q_EMIT questionFailed(QString::fromStdString(error.what()));
    }
}

void RunLane::inspect(const ModelQuestion& question)
{
    try
    {
        const InspectionRequest checked = checkedModelFile(question.request);
        auto model = std::make_shared<const InspectedModel>(inspectModel(supervisor(), checked, question.device));
        Q_EMIT inspected(question, model);
    }
    catch (const std::exception& error)
    {
        Q_EMIT inspectionFailed(question, QString::fromStdString(error.what()));
    }
}

void RunLane::run(int number, const Plan& plan, const QString& title, const QString& journal)
{
    QString sentence;
    try
    {
        carryOut(number, plan, title, journal.toStdString());
    }
    catch (const std::exception& error)
    {
        sentence = QString::fromStdString(error.what());
        // The journal cannot be written, and a worker that is still at the run must not go on with it.
        dropSupervisor();
    }
    Q_EMIT runEnded(number, sentence);
}

void RunLane::carryOut(int number, const Plan& plan, const QString& title, const std::filesystem::path& path)
{
    Supervisor& used = supervisor();
    std::filesystem::create_directories(path.parent_path());
    Journal journal = Journal::open(path);
    const Plan whole = journal.earlierEvents().empty() ? plan : planOf(journal.earlierEvents(), path);
    QMetaObject::invokeMethod(&m_live, [this, whole, earlier = journal.earlierEvents(), title]
                              { m_live.begin(whole, earlier, title); });
    beginActive(number);
    runWithAdvice(used, whole, journal, [this](const Event& event) { m_live.take(event); });
    endActive();
}

/// Its end takes a moment, for which no lock is held.
void RunLane::dropSupervisor()
{
    std::unique_ptr<Supervisor> gone;
    const std::lock_guard lock(m_mutex);
    m_active = 0;
    gone.swap(m_supervisor);
}

void RunLane::beginActive(int number)
{
    const std::lock_guard lock(m_mutex);
    m_active = number;
    if (m_cancelled == number || m_abandoned)
    {
        m_supervisor->cancel();
    }
    if (m_paused == number)
    {
        m_supervisor->pause();
    }
}

void RunLane::endActive()
{
    const std::lock_guard lock(m_mutex);
    m_active = 0;
    m_supervisor->forgetRequests();
}

} // namespace headroom::ui
