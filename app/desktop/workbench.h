// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/desktop/session.h"
#include "ui/pages/page.h"
#include "ui/run/report_opener.h"
#include "ui/run/run_controller.h"

#include <QObject>
#include <QString>
#include <QStringList>

#include <memory>
#include <optional>
#include <set>

namespace headroom::desktop
{

/// A report that is open, and where it comes from.
struct OpenEntry
{
    ui::OpenReport shown;
    QString path;         ///< the report's file, or the run's journal
    bool isRun = false;   ///< of a run: its journal is at path
    bool unsaved = false; ///< of a run: no report file was written of it yet
};

/// A plan as it can be run on this machine.
struct PlanHere
{
    std::optional<Plan> plan; ///< nothing: it cannot
    QString sentence;         ///< then why; else, on another device than its own, what is to be thought of first
};

/// What the window is about, without a window: the reports that are open, the run in flight, what the machine is, and
/// the session that keeps all of this. The GUI thread's.
class Workbench : public QObject
{
    Q_OBJECT

public:
    explicit Workbench(std::function<WorkerCommand()> workerFinder, QObject* parent = nullptr);
    ~Workbench() override;

    Session& session() { return m_session; }
    ui::RunController& runs() { return m_runs; }
    const ui::RunState& runState() const { return m_runState; }
    const std::optional<Circumstances>& machine() const { return m_machine; }

    const std::vector<OpenEntry>& entries() const { return m_entries; } ///< the one in front first
    ui::ReportSet reportSet() const;

    void openFiles(const QStringList& paths);
    void restore(); ///< what was open before; offers an unfinished run
    void bringToFront(const QString& path);
    void closeEntry(const QString& path);
    bool hasUnsaved() const;

    /// Runs \a plan after those that wait already. A run that is on stays in front until its turn.
    void startRun(const Plan& plan, const QString& title);
    /// Runs \a plan, which the report in front has proposed, where this machine has the report's device; else says why
    /// not, or asks by trialDoubted().
    void startTrial(const Plan& plan, const QString& title);
    /// \a plan, which the report in front holds or has proposed, for the device of that report or one of its kind.
    PlanHere planHere(const Plan& plan) const;
    /// Runs \a plan as startRun() does, but its report is nobody's to open: it ends in repetitionEnded().
    void startRepetition(const Plan& plan, const QString& title);
    /// Goes on with the run of \a journal.
    void resumeRun(const QString& journal);
    /// A validation of a small model on the CPU that takes about 20 seconds.
    void startDemonstration();

    /// Writes the report at \a entryPath as \a file, whose name says the format, on another thread. Ends in saved() or
    /// noticed().
    void save(const QString& entryPath, const QString& file);

Q_SIGNALS:
    void reportsChanged();    ///< which, in which order, or one of them for good
    void liveReportChanged(); ///< the run in flight has come further
    void runStateChanged(const headroom::ui::RunState& state);
    void runEnded(const QString& journal, const QString& summary);               ///< in a sentence
    void repetitionEnded(const std::shared_ptr<const headroom::Report>& report); ///< null: it could not be run
    void machineDescribed(const headroom::Circumstances& machine);
    void machineMissing(const QString& sentence); ///< no worker told what this machine is: why, and what to do
    void trialDoubted(const headroom::Plan& plan, const QString& title, const QString& sentence); ///< another device
    void opening(const QString& path, double share);
    void openingDone();
    void originalOpened(const QString& path, const QString& text, const QString& problem);
    void saved(const QString& file);
    void noticed(const QString& sentence); ///< something did not work
    void resumeOffered(const QString& journal, const QString& sentence);

private:
    void takeOpened(const QString& path, const std::shared_ptr<const Report>& report);
    void takeLive(const std::shared_ptr<const Report>& report);
    void takeFinished(const std::shared_ptr<const Report>& report, const QString& journal);
    void takeLiveEnd(const std::shared_ptr<const Report>& report, const QString& journal);
    void takeMachine(const Circumstances& machine);
    void takeSaved(const QString& entryPath, const QString& file, const QString& problem);
    bool takeRepetition(const QString& journal, const std::shared_ptr<const Report>& report);
    bool isRunOpen(const QString& path) const;
    void put(OpenEntry entry, bool front);
    void rememberFiles();
    QString newJournal(const QString& title) const;

    Session m_session;
    ui::RunController m_runs;
    ui::ReportOpener m_opener;
    ui::RunState m_runState;
    std::optional<Circumstances> m_machine;
    std::vector<OpenEntry> m_entries;
    std::set<QString> m_repetitions; ///< journals of those that are on or wait
    QStringList m_restoring;         ///< files of the session before, in their order
    bool m_demonstrationWanted = false;
};

} // namespace headroom::desktop
