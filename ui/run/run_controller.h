// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/circumstances.h"
#include "core/plan/plan.h"
#include "core/report/report.h"
#include "core/run/supervisor.h"
#include "ui/run/run_state.h"

#include <QObject>
#include <QString>

#include <filesystem>
#include <memory>

namespace headroom::ui
{

/// What is to be run, and where its journal goes.
struct RunRequest
{
    Plan plan;
    QString title;                 ///< for the queue and the status line
    std::filesystem::path journal; ///< a journal that is there already is gone on with
};

/// The background thread with its Supervisor, and the queue of runs. Lives in the GUI thread, which it never makes
/// wait: requests go to the thread, and what it finds comes back as values through queued signals, at most ten updates
/// a second. The fold of a run's events is made on that thread.
class RunController : public QObject
{
    Q_OBJECT

public:
    explicit RunController(WorkerCommand command, QObject* parent = nullptr);
    ~RunController() override; ///< cancels, and waits for the worker's end

    const RunState& state() const;

    void describeMachine(); ///< ends in machineDescribed() or setUpFailed()
    void explain(const DeviceSelection& device, const AttentionProblem& problem); ///< ends in explained()

    /// Runs \a request when those before it are done. Returns its number in this session.
    int enqueue(RunRequest request);
    void removeQueued(int number);

    void cancel(); ///< the run in flight; what is finished is kept
    void pause();  ///< between two cases
    void resume();

Q_SIGNALS:
    void machineDescribed(const headroom::Circumstances& machine);
    void setUpFailed(const QString& sentence); ///< no worker, or none that answers
    void explained(const headroom::AttentionProblem& problem, const headroom::LayerEvidence& evidence);

    void stateChanged(const headroom::ui::RunState& state);
    void queueChanged();

    /// The report of the run in flight so far.
    void reportChanged(const std::shared_ptr<const headroom::Report>& report);

    /// It is over: finished, cancelled or failed. The journal at \a journal holds all of it.
    void runFinished(const std::shared_ptr<const headroom::Report>& report, const QString& journal);

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

} // namespace headroom::ui
