// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/workbench.h"

#include "app/desktop/demonstration.h"
#include "core/history/run_folder.h"
#include "core/launch/device_choice.h"
#include "core/launch/device_match.h"
#include "core/launch/journal_lookup.h"
#include "core/launch/peak_store.h"
#include "core/report/export.h"
#include "core/report/original_claims.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QLocale>
#include <QPointer>
#include <QRegularExpression>
#include <QThreadPool>

#include <algorithm>

namespace headroom::desktop
{
namespace
{

/// "Finished in 17.9 s · 12 of 12 jobs · 4 cases not eligible", of the run as it ended.
QString summaryOf(const Report& report)
{
    std::size_t finished = 0;
    std::size_t failed = 0;
    double seconds = 0;
    for (const JobReport& job : report.jobs)
    {
        finished += job.finished && job.result.outcome != Outcome::Cancelled ? 1 : 0;
        failed += job.finished && job.result.outcome == Outcome::Failed ? 1 : 0;
        seconds += job.finished ? job.result.seconds : 0;
    }
    const auto refused = std::count_if(report.cases.begin(), report.cases.end(),
                                       [](const CaseReport& row) { return row.cause == Cause::NotEligible; });
    const bool cancelled = report.finished && report.finished->outcome == Outcome::Cancelled;
    const Format format;
    QString text = cancelled ? Workbench::tr("Cancelled") : Workbench::tr("Finished");
    text += Workbench::tr(" after %1 of work · %2 of %3 jobs done")
                .arg(QString::fromStdString(format.duration(seconds * 1e9)))
                .arg(finished)
                .arg(report.jobs.size());
    text += failed > 0 ? Workbench::tr(" · %1 failed").arg(failed) : QString();
    text += refused > 0 ? Workbench::tr(" · %1 not eligible").arg(refused) : QString();
    return text + Workbench::tr(" · journal kept");
}

/// "demonstration, 25 Nov 17:20" of a journal that newJournal() named; of any other file its name.
QString nameOfFile(const QString& path)
{
    QString name = QFileInfo(path).completeBaseName();
    if (name.endsWith(QLatin1String(".journal")))
    {
        name.chop(8);
    }
    static const QRegularExpression stamped(QStringLiteral("^(\\d{8}-\\d{6})-\\d{3}-(.+)$"));
    const QRegularExpressionMatch match = stamped.match(name);
    if (!match.hasMatch())
    {
        return name;
    }
    const auto when = QDateTime::fromString(match.captured(1), QStringLiteral("yyyyMMdd-HHmmss"));
    QString title = match.captured(2);
    return QStringLiteral("%1, %2").arg(title.replace(QLatin1Char('-'), QLatin1Char(' ')).simplified(),
                                        QLocale::c().toString(when, QStringLiteral("d MMM HH:mm")));
}

/// \a name, or "name (2)" where one of \a entries is called so already: menus, legends and tables tell them apart by
/// it.
QString distinct(const QString& name, const std::vector<OpenEntry>& entries)
{
    QString found = name;
    const auto isTaken = [&](const OpenEntry& entry) { return entry.shown.name == found; };
    for (int number = 2; std::ranges::any_of(entries, isTaken); ++number)
    {
        found = QStringLiteral("%1 (%2)").arg(name).arg(number);
    }
    return found;
}

QString absolute(const QString& path)
{
    return path.startsWith(QLatin1Char(':')) ? path : QFileInfo(path).absoluteFilePath();
}

} // namespace

Workbench::Workbench(std::function<WorkerCommand()> workerFinder, QObject* parent)
    : QObject(parent), m_runs(std::move(workerFinder))
{
    connect(&m_opener, &ui::ReportOpener::opened, this, &Workbench::takeOpened);
    connect(&m_opener, &ui::ReportOpener::progressed, this, &Workbench::opening);
    connect(&m_opener, &ui::ReportOpener::originalOpened, this, &Workbench::originalOpened);
    connect(&m_opener, &ui::ReportOpener::refused, this,
            [this](const QString&, const QString& sentence) { Q_EMIT noticed(sentence); });
    connect(&m_opener, &ui::ReportOpener::idle, this, &Workbench::openingDone);
    connect(&m_runs, &ui::RunController::reportChanged, this, &Workbench::takeLive);
    connect(&m_runs, &ui::RunController::runFinished, this, &Workbench::takeFinished);
    connect(&m_runs, &ui::RunController::machineDescribed, this, &Workbench::takeMachine);
    connect(&m_runs, &ui::RunController::noted, this, &Workbench::noticed);
    connect(&m_runs, &ui::RunController::setUpFailed, this,
            [this](const QString& sentence)
            {
                m_demonstrationWanted = false;
                if (!m_machine)
                {
                    Q_EMIT machineMissing(sentence);
                }
                Q_EMIT noticed(sentence);
            });
    connect(&m_runs, &ui::RunController::runRefused, this,
            [this](const QString& title, const QString& journal, const QString& sentence)
            {
                m_session.setUnfinishedRun({});
                takeRepetition(journal, nullptr);
                Q_EMIT noticed(tr("%1 could not be run to its end: %2").arg(title, sentence));
            });
    connect(&m_runs, &ui::RunController::stateChanged, this,
            [this](const ui::RunState& state)
            {
                m_runState = state;
                Q_EMIT runStateChanged(state);
            });
}

Workbench::~Workbench() = default;

ui::ReportSet Workbench::reportSet() const
{
    ui::ReportSet set;
    for (const OpenEntry& entry : m_entries)
    {
        set.reports.push_back(entry.shown);
    }
    return set;
}

void Workbench::openFiles(const QStringList& paths)
{
    for (const QString& path : paths)
    {
        const QString file = absolute(path);
        if (isRunOpen(file)) // it is here already, and more of it than a file has
        {
            bringToFront(file);
            continue;
        }
        m_opener.open(file);
    }
}

bool Workbench::isRunOpen(const QString& path) const
{
    return path == m_runs.journal() ||
           std::any_of(m_entries.begin(), m_entries.end(),
                       [&](const OpenEntry& entry) { return entry.isRun && entry.path == path; });
}

void Workbench::restore()
{
    for (const QString& path : m_session.openFiles())
    {
        const bool there = path.startsWith(QLatin1Char(':')) || QFileInfo::exists(path);
        if (there && !isRunOpen(path)) // a run may have begun before the window was there
        {
            m_restoring.append(path);
        }
    }
    const QString journal = m_session.unfinishedRun();
    openFiles(m_restoring);
    if (!journal.isEmpty() && journal != m_runs.journal() &&
        stateOfJournal(journal.toStdString()) == JournalState::Unfinished)
    {
        Q_EMIT resumeOffered(journal, tr("A run was cut off when Headroom ended. What it had measured is kept."));
    }
}

void Workbench::takeOpened(const QString& path, const std::shared_ptr<const Report>& report)
{
    const bool restored = m_restoring.removeAll(path) > 0;
    if (isRunOpen(path)) // begun while the file was read
    {
        return;
    }
    OpenEntry entry;
    entry.shown = {isOriginal(*report) ? tr("%1 (claims)").arg(nameOfFile(path)) : nameOfFile(path), report, false};
    entry.path = path;
    entry.isRun = path.endsWith(QLatin1String(".jsonl"));
    const bool beside = restored || isOriginal(*report); // the claims of another tool are laid over what is there
    put(std::move(entry), !beside || m_entries.empty());
    if (!restored && !path.startsWith(QLatin1Char(':')))
    {
        m_session.addRecent(path);
    }
}

/// In place of one of the same path; else in front, or behind all others.
void Workbench::put(OpenEntry entry, bool front)
{
    const auto same = std::find_if(m_entries.begin(), m_entries.end(),
                                   [&](const OpenEntry& other) { return other.path == entry.path; });
    if (same != m_entries.end())
    {
        m_entries.erase(same);
    }
    entry.shown.name = distinct(entry.shown.name, m_entries);
    m_entries.insert(front ? m_entries.begin() : m_entries.end(), std::move(entry));
    rememberFiles();
    Q_EMIT reportsChanged();
}

void Workbench::rememberFiles()
{
    QStringList paths;
    for (const OpenEntry& entry : m_entries)
    {
        paths.append(entry.path);
    }
    m_session.setOpenFiles(paths + m_restoring);
}

void Workbench::bringToFront(const QString& path)
{
    const auto found =
        std::find_if(m_entries.begin(), m_entries.end(), [&](const OpenEntry& entry) { return entry.path == path; });
    if (found != m_entries.end() && found != m_entries.begin())
    {
        std::rotate(m_entries.begin(), found, found + 1);
        rememberFiles();
        Q_EMIT reportsChanged();
    }
}

void Workbench::closeEntry(const QString& path)
{
    const auto gone = std::remove_if(m_entries.begin(), m_entries.end(),
                                     [&](const OpenEntry& entry) { return entry.path == path && !entry.shown.live; });
    if (gone != m_entries.end())
    {
        m_entries.erase(gone, m_entries.end());
        rememberFiles();
        Q_EMIT reportsChanged();
    }
}

bool Workbench::hasUnsaved() const
{
    return std::any_of(m_entries.begin(), m_entries.end(), [](const OpenEntry& entry) { return entry.unsaved; });
}

QString Workbench::newJournal(const QString& title) const
{
    const RunFolder folder(Session::runsFolder().toStdString());
    return QString::fromStdString(folder.newJournal(title.toStdString()).string());
}

void Workbench::startRun(const Plan& plan, const QString& title)
{
    const QString journal = newJournal(title);
    m_runs.enqueue({plan, title, journal.toStdString()});
}

PlanHere Workbench::planHere(const Plan& plan) const
{
    const Report* report = m_entries.empty() ? nullptr : m_entries.front().shown.report.get();
    const DeviceFacts* measured =
        report != nullptr && report->circumstances ? report->circumstances->selectedDevice() : nullptr;
    if (!m_machine || measured == nullptr)
    {
        return {std::nullopt,
                !m_machine ? tr("The devices of this machine are not known yet, so nothing can be measured.")
                           : tr("The report does not say what device it is of, so it cannot be measured again.")};
    }
    const DeviceMatch match = matchDevice(*measured, *m_machine);
    if (!match.device)
    {
        return {std::nullopt, QString::fromStdString(match.sentence)};
    }
    Plan here = plan;
    here.device = *match.device;
    if (match.same)
    {
        return {here, {}};
    }
    here.peaks.reset(); // they are the other device's
    addPeaks(here, chooseDevice(*m_machine, here.device), *m_machine, PeakStore(PeakStore::defaultFile()));
    return {here, QString::fromStdString(match.sentence)};
}

void Workbench::startTrial(const Plan& plan, const QString& title)
{
    const PlanHere here = planHere(plan);
    if (!here.plan)
    {
        Q_EMIT noticed(here.sentence);
    }
    else if (here.sentence.isEmpty())
    {
        startRun(*here.plan, title);
    }
    else
    {
        Q_EMIT trialDoubted(*here.plan, title, here.sentence);
    }
}

void Workbench::startRepetition(const Plan& plan, const QString& title)
{
    const QString journal = newJournal(title);
    m_repetitions.insert(journal);
    m_runs.enqueue({plan, title, journal.toStdString()});
}

/// Whether \a journal is a repetition's, which is over.
bool Workbench::takeRepetition(const QString& journal, const std::shared_ptr<const Report>& report)
{
    const bool was = m_repetitions.erase(journal) > 0;
    if (was)
    {
        Q_EMIT repetitionEnded(report);
    }
    return was;
}

void Workbench::resumeRun(const QString& journal)
{
    QString title = QFileInfo(journal).completeBaseName();
    title.remove(QStringLiteral(".journal"));
    m_runs.enqueue({Plan{}, nameOfFile(journal), journal.toStdString()});
}

void Workbench::startDemonstration()
{
    if (!m_machine)
    {
        m_demonstrationWanted = true;
        m_runs.describeMachine();
        return;
    }
    m_demonstrationWanted = false;
    startRun(demonstrationPlan(*m_machine), tr("Demonstration"));
}

void Workbench::takeMachine(const Circumstances& machine)
{
    m_machine = machine;
    Q_EMIT machineDescribed(machine);
    if (m_demonstrationWanted)
    {
        startDemonstration();
    }
}

void Workbench::takeLive(const std::shared_ptr<const Report>& report)
{
    const QString journal = m_runs.journal();
    if (m_repetitions.contains(journal))
    {
        return;
    }
    for (OpenEntry& entry : m_entries)
    {
        if (entry.path == journal && entry.shown.live)
        {
            entry.shown.report = report;
            Q_EMIT liveReportChanged();
            return;
        }
    }
    m_session.setUnfinishedRun(journal);
    OpenEntry entry;
    entry.shown = {m_runState.title.isEmpty() ? tr("This run") : m_runState.title, report, true};
    entry.path = journal;
    entry.isRun = true;
    put(std::move(entry), true);
}

void Workbench::takeFinished(const std::shared_ptr<const Report>& report, const QString& journal)
{
    const bool cancelled = report->finished && report->finished->outcome == Outcome::Cancelled;
    if (takeRepetition(journal, report))
    {
        Q_EMIT runEnded(journal, summaryOf(*report));
        return;
    }
    m_session.setUnfinishedRun({});
    takeLiveEnd(report, journal);
    Q_EMIT runEnded(journal, summaryOf(*report));
    if (report->conclusion == Conclusion::SetUpError)
    {
        Q_EMIT noticed(report->conclusionReasons.empty() ? tr("The run could not start; see `headroom-cli doctor`.")
                                                         : QString::fromStdString(report->conclusionReasons.front()));
    }
    else if (cancelled)
    {
        Q_EMIT resumeOffered(journal, tr("The run was cancelled. What it had finished is kept."));
    }
}

/// The run's entry stays where it is, with the whole report.
void Workbench::takeLiveEnd(const std::shared_ptr<const Report>& report, const QString& journal)
{
    OpenEntry entry;
    entry.shown = {tr("This run"), report, false};
    entry.path = journal;
    entry.isRun = true;
    bool front = true;
    for (const OpenEntry& before : m_entries)
    {
        if (before.path == journal)
        {
            entry.shown.name = before.shown.name;
            front = &before == &m_entries.front();
        }
    }
    entry.unsaved = !report->cases.empty() || !report->judgements.empty() || !report->checks.empty();
    put(std::move(entry), front);
}

void Workbench::save(const QString& entryPath, const QString& file)
{
    const auto found = std::find_if(m_entries.begin(), m_entries.end(),
                                    [&](const OpenEntry& entry) { return entry.path == entryPath; });
    if (found == m_entries.end())
    {
        return;
    }
    const QPointer<Workbench> self(this);
    QThreadPool::globalInstance()->start(
        [self, report = found->shown.report, entryPath, file]
        {
            QString problem;
            try
            {
                const std::filesystem::path path(file.toStdString());
                writeFileAtomically(path, writeReport(*report, formatOfFile(path).value_or(ReportFormat::Json)));
            }
            catch (const std::exception& error)
            {
                problem = QString::fromStdString(error.what());
            }
            QMetaObject::invokeMethod(qApp,
                                      [self, entryPath, file, problem]
                                      {
                                          if (self)
                                          {
                                              self->takeSaved(entryPath, file, problem);
                                          }
                                      });
        });
}

void Workbench::takeSaved(const QString& entryPath, const QString& file, const QString& problem)
{
    if (!problem.isEmpty())
    {
        Q_EMIT noticed(tr("The report was not saved: %1").arg(problem));
        return;
    }
    for (OpenEntry& entry : m_entries)
    {
        if (entry.path == entryPath)
        {
            entry.unsaved = false;
        }
    }
    m_session.addRecent(file);
    Q_EMIT saved(file);
}

} // namespace headroom::desktop
