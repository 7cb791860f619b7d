// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/circumstances.h"
#include "core/plan/plan.h"
#include "core/report/report.h"
#include "core/run/supervisor.h"
#include "ui/run/model_question.h"
#include "ui/run/run_state.h"

#include <QObject>
#include <QString>

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

namespace headroom::ui
{

/// What is to be run, and where its journal goes.
struct RunRequest
{
    Plan plan;
    QString title;                 ///< for the queue and the status line
    std::filesystem::path journal; ///< a journal that is there already is gone on with
};

/// One that waits.
struct QueuedRun
{
    int number = 0;
    QString title;
    double estimateSeconds = 0;
};

/// The background thread with its Supervisor, and the queue of runs. Lives in the GUI thread, which it never makes
/// wait: requests go to the thread, and what it finds comes back as values through queued signals, at most ten updates
/// a second. The fold of a run's events is made on that thread.
class RunController : public QObject
{
    Q_OBJECT

public:
    explicit RunController(WorkerCommand command, QObject* parent = nullptr);
    /// \a finder is asked on the background thread, when the worker is first wanted.
    explicit RunController(std::function<WorkerCommand()> finder, QObject* parent = nullptr);
    ~RunController() override; ///< cancels, and waits for the worker's end

    RunState state() const; ///< as of now
    bool isRunning() const;
    QString journal() const; ///< of the run in flight; empty when there is none

    /// Ends in machineDescribed() or setUpFailed(). While a run is on it waits for the run's end.
    void describeMachine();

    /// Ends in explained(). There is one worker, so that nothing of ours disturbs what is measured: while a run is on
    /// the rules answer at once, and LibTorch is asked when the run is over. Of several questions that wait the last is
    /// asked.
    void explain(const DeviceSelection& device, const AttentionProblem& problem);

    /// Has the worker load a model from a file and watch it; ends in modelInspected() or inspectionFailed(). While a
    /// run is on it waits for the run's end, as it does for the model before it. Of several that wait the last is
    /// asked.
    void inspect(const ModelQuestion& question);
    bool inspectionWaits() const; ///< for the run's end

    /// Runs \a request when those before it are done. Returns its number in this session.
    int enqueue(RunRequest request);
    void removeQueued(int number);
    std::vector<QueuedRun> queued() const; ///< in their order, without the one in flight

    void cancel(); ///< the run in flight; what is finished is kept
    void pause();  ///< between two cases
    void resume();

Q_SIGNALS:
    void machineDescribed(const headroom::Circumstances& machine);
    void setUpFailed(const QString& sentence); ///< no worker, or none that answers
    void explained(const headroom::AttentionProblem& problem, const headroom::LayerEvidence& evidence);

    void modelInspected(const headroom::ui::ModelQuestion& question, const headroom::ui::SeenModel& model);
    void inspectionFailed(const headroom::ui::ModelQuestion& question, const QString& sentence);

    void stateChanged(const headroom::ui::RunState& state);
    void queueChanged();

    /// The report of the run in flight so far.
    void reportChanged(const std::shared_ptr<const headroom::Report>& report);

    /// It is over: finished, cancelled or failed. The journal at \a journal holds all of it.
    void runFinished(const std::shared_ptr<const headroom::Report>& report, const QString& journal);

    /// It could not begin, or its journal could not be written any further: \a sentence says why. Where something was
    /// measured before that, runFinished() comes first with what it was.
    void runRefused(const QString& title, const QString& journal, const QString& sentence);

    /// Something beside the run did not work, and the run is not worth less for it.
    void noted(const QString& sentence);

private:
    void startNext();
    void setPhase(RunPhase phase);
    void takeUpdate();
    void takeMachine(const Circumstances& machine);
    void takeRunEnd(int number, const QString& sentence);
    void takeEnd(const std::shared_ptr<const Report>& report, const QString& note);
    void askWhatWaited();
    void askInspection();
    void takeInspected(const ModelQuestion& question, const SeenModel& model);
    void takeInspectionFailure(const ModelQuestion& question, const QString& sentence);

    struct Private;
    std::unique_ptr<Private> m_private;
};

} // namespace headroom::ui
