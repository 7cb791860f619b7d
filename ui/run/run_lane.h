// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/circumstances.h"
#include "core/run/supervisor.h"
#include "ui/run/live_report.h"
#include "ui/run/model_question.h"

#include <QObject>
#include <QString>

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>

namespace headroom::ui
{

/// Finds the worker. May take its time: it is asked on the lane's thread. \throws std::exception with a sentence.
using WorkerFinder = std::function<WorkerCommand()>;

/// The thread that has the Supervisor, and with it the one worker: what is asked of it is done one after the other, so
/// that no question disturbs a measurement. Its slots block for as long as the worker needs.
class RunLane : public QObject
{
    Q_OBJECT

public:
    RunLane(WorkerFinder finder, LiveReport& live);
    ~RunLane() override;

    /// From any thread. Of run \a number, whether it goes on or has yet to begin.
    void cancel(int number);
    void pause(int number);
    void resume();
    void abandon(); ///< whatever it does, for the program's end

public Q_SLOTS:
    void describe();
    void explain(const headroom::DeviceSelection& device, const headroom::AttentionProblem& problem);
    /// Loads a model and watches it; ends in inspected() or inspectionFailed().
    void inspect(const headroom::ui::ModelQuestion& question);
    void run(int number, const headroom::Plan& plan, const QString& title, const QString& journal);

Q_SIGNALS:
    void described(const headroom::Circumstances& machine);
    void explained(const headroom::AttentionProblem& problem, const headroom::LayerEvidence& evidence);
    void questionFailed(const QString& sentence);
    void inspected(const headroom::ui::ModelQuestion& question, const headroom::ui::SeenModel& model);
    void inspectionFailed(const headroom::ui::ModelQuestion& question, const QString& sentence);

    /// \a sentence is empty, or says why it could not begin or could not go on.
    void runEnded(int number, const QString& sentence);

private:
    Supervisor& supervisor();
    void carryOut(int number, const Plan& plan, const QString& title, const std::filesystem::path& path);
    void beginActive(int number);
    void endActive();
    void dropSupervisor();

    WorkerFinder m_finder;
    LiveReport& m_live;
    std::mutex m_mutex; ///< of what follows
    std::unique_ptr<Supervisor> m_supervisor;
    int m_active = 0;    ///< the run in flight; 0: none
    int m_cancelled = 0; ///< the last one that was cancelled
    int m_paused = 0;    ///< the one that is paused
    bool m_abandoned = false;
};

} // namespace headroom::ui
