// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/repeated_runs.h"
#include "core/launch/set_up_error.h"
#include "core/run/fake_engine.h"
#include "tests/core/run/fake_plan.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <set>

using namespace headroom;

/// Repeated runs over the worker that pretends, in processes of their own.
class TestRepeatedRuns : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    RunFolder newFolder() const
    {
        static int next = 0;
        return RunFolder(m_folder.filePath(QString::number(next++)).toStdString());
    }

    /// A worker that notes its process id before it begins.
    WorkerCommand noting(const QString& file, const FakeScript& script = {}) const
    {
        const QString shell =
            QStringLiteral("echo $$ >> '%1'; exec '%2'").arg(file, QStringLiteral(HEADROOM_FAKE_WORKER));
        return {{"sh", "-c", shell.toStdString()}, {{"HEADROOM_FAKE", toJsonLine(Json(script))}}};
    }

    static QList<QByteArray> linesOf(const QString& path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll().trimmed().split('\n') : QList<QByteArray>{};
    }

private Q_SLOTS:
    void eachRunHasAWorkerOfItsOwnAndAJournal()
    {
        const QString pids = m_folder.filePath(QStringLiteral("pids"));
        const RunFolder folder = newFolder();
        RepeatedRuns runs(noting(pids), folder);
        std::vector<std::int64_t> started;
        int events = 0;
        std::size_t finished = 0;
        RepeatedRunsView view;
        view.started = [&started](std::int64_t run) { started.push_back(run); };
        view.event = [&events](const Event&) { ++events; };
        view.finished = [&finished](const RepeatedRun&) { ++finished; };
        const auto done = runs.run(fakePlan(), 3, "validate", view);
        QCOMPARE(done.size(), 3U);
        QCOMPARE(started, (std::vector<std::int64_t>{0, 1, 2}));
        QCOMPARE(finished, 3U);
        QVERIFY(events > 30);
        const auto processes = linesOf(pids);
        QCOMPARE(QSet<QByteArray>(processes.begin(), processes.end()).size(), 3);
        std::set<std::string> ids;
        for (const auto& one : done)
        {
            ids.insert(one.report.run);
            QCOMPARE(readRun(one.journal), one.report);
            QCOMPARE(one.report.cases.size(), 4U);
        }
        QCOMPARE(ids.size(), 3U);
        QCOMPARE(folder.runFiles().size(), 3U);
    }

    void peaksThatAreKnownAreNotMeasuredAgain()
    {
        Report report;
        report.plan = fakePlan();
        const auto jobs = report.plan.jobs.size();
        report.plan.jobs.insert(report.plan.jobs.begin(), Job{"peaks", Stage::Compatibility, "peaks", 1,
                                                              ProbeJob{ModelInput{}, ProbeKind::Peaks}});
        QCOMPARE(planAgain(report).jobs.size(), jobs + 1);
        report.peaks = PeakRates{};
        QCOMPARE(planAgain(report).jobs, fakePlan().jobs);
        QVERIFY(planAgain(report).peaks.has_value());
    }

    void cancelledRunsAreNotAmongThem()
    {
        const RunFolder folder = newFolder();
        RepeatedRuns runs(noting(m_folder.filePath(QStringLiteral("cancelled"))), folder);
        RepeatedRunsView view;
        view.event = [&runs](const Event& event)
        {
            // In the second run, once it is under way.
            static int starts = 0;
            starts += std::holds_alternative<RunStarted>(event.data) ? 1 : 0;
            if (starts == 2 && std::holds_alternative<JobStarted>(event.data))
            {
                runs.cancel();
            }
        };
        const auto done = runs.run(fakePlan(), 5, "validate", view);
        QCOMPARE(done.size(), 1U);
        QVERIFY(runs.isCancelled());
        QCOMPARE(folder.runFiles().size(), 2U);
        QVERIFY(runs.run(fakePlan(), 5, "validate").empty());
    }

    void aWorkerThatCannotStartLeavesNothing()
    {
        const RunFolder folder = newFolder();
        RepeatedRuns runs({{"no-such-worker-program"}, {}}, folder);
        QVERIFY_EXCEPTION_THROWN((void)runs.run(fakePlan(), 2, "validate"), SetUpError);
        QCOMPARE(folder.runFiles().size(), 0U);
    }
};

QTEST_GUILESS_MAIN(TestRepeatedRuns)
#include "tst_repeated_runs.moc"
