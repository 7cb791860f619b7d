// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/fold.h"
#include "core/report/json_report.h"
#include "core/run/fake_engine.h"
#include "core/run/journal.h"
#include "tests/core/run/fake_plan.h"
#include "ui/run/run_controller.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

#include <signal.h>
#include <unistd.h>

using namespace headroom;

using ReportPointer = std::shared_ptr<const Report>;

/// The controller over the real supervisor and the real worker service, which pretends to measure.
class TestRunController : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_next = 0;

    std::filesystem::path newJournal()
    {
        return std::filesystem::path(m_folder.path().toStdString()) / (std::to_string(m_next++) + ".journal.jsonl");
    }

    static WorkerCommand commandFor(const FakeScript& script)
    {
        return {{HEADROOM_FAKE_WORKER}, {{"HEADROOM_FAKE", toJsonLine(Json(script))}}};
    }

    /// Each sample takes a while, so that a test can step in.
    static FakeScript slow(double ms = 20)
    {
        FakeScript script;
        script.sampleSleepMs = ms;
        return script;
    }

    static ReportPointer reportOf(const QSignalSpy& finished)
    {
        return finished.value(0).value(0).value<ReportPointer>();
    }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(qputenv("XDG_CACHE_HOME", m_folder.filePath(QStringLiteral("cache")).toLocal8Bit()));
    }

    void aRunEndsInTheReportOfItsJournal()
    {
        ui::RunController runs(commandFor({}));
        QSignalSpy finished(&runs, &ui::RunController::runFinished);
        const auto journal = newJournal();
        runs.enqueue({fakePlan(), QStringLiteral("fake"), journal});
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 20000);
        const auto report = reportOf(finished);
        QCOMPARE(report->finished->outcome, Outcome::Passed);
        QCOMPARE(writeJsonReport(*report), writeJsonReport(foldEvents(readJournal(journal).events)));
        QCOMPARE(finished.value(0).value(1).toString(), QString::fromStdString(journal.string()));
        QVERIFY(!runs.isRunning());
    }

    void showsTheRunWhileItGoesOn()
    {
        ui::RunController runs(commandFor(slow()));
        QSignalSpy finished(&runs, &ui::RunController::runFinished);
        std::vector<ui::RunState> states;
        connect(&runs, &ui::RunController::stateChanged, this,
                [&](const ui::RunState& state) { states.push_back(state); });
        QSignalSpy changed(&runs, &ui::RunController::reportChanged);
        runs.enqueue({fakePlan(), QStringLiteral("fake"), newJournal()});
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 30000);
        QVERIFY(changed.size() > 1);
        const auto inFlight =
            std::find_if(states.begin(), states.end(),
                         [](const ui::RunState& state) { return state.inFlight.contains(QLatin1String("forward")); });
        QVERIFY(inFlight != states.end());
        QCOMPARE(inFlight->total, std::size_t{4});
        QVERIFY(inFlight->stage.has_value());
        QCOMPARE(states.back().phase, ui::RunPhase::Idle);
    }

    void cancelShowsAtOnceAndKeepsWhatIsFinished()
    {
        ui::RunController runs(commandFor(slow()));
        QSignalSpy finished(&runs, &ui::RunController::runFinished);
        runs.enqueue({fakePlan(), QStringLiteral("fake"), newJournal()});
        QTRY_VERIFY_WITH_TIMEOUT(runs.state().done >= 2, 20000);
        runs.cancel();
        QCOMPARE(runs.state().phase, ui::RunPhase::Cancelling); // before any event is handled
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 20000);
        QCOMPARE(reportOf(finished)->finished->outcome, Outcome::Cancelled);
        QVERIFY(reportOf(finished)->jobs.at(1).finished);
    }

    void aHangingWorkerIsEndedByCancel()
    {
        FakeScript script;
        script.fault = Fault::Hang;
        script.faultAtSample = 3;
        ui::RunController runs(commandFor(script));
        QSignalSpy finished(&runs, &ui::RunController::runFinished);
        runs.enqueue({fakePlan(), QStringLiteral("fake"), newJournal()});
        QTRY_VERIFY_WITH_TIMEOUT(runs.state().done >= 2, 20000);
        runs.cancel();
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 20000);
        QCOMPARE(reportOf(finished)->finished->outcome, Outcome::Cancelled);
    }

    void aCancelledRunDoesNotCancelTheNext()
    {
        ui::RunController runs(commandFor(slow(2)));
        QSignalSpy finished(&runs, &ui::RunController::runFinished);
        runs.enqueue({fakePlan(), QStringLiteral("first"), newJournal()});
        runs.enqueue({fakePlan(), QStringLiteral("second"), newJournal()});
        runs.cancel(); // before its worker is there
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 2, 30000);
        QCOMPARE(finished.value(0).value(0).value<ReportPointer>()->finished->outcome, Outcome::Cancelled);
        QCOMPARE(finished.value(1).value(0).value<ReportPointer>()->finished->outcome, Outcome::Passed);
    }

    void pauseHoldsTheRunUntilItGoesOn()
    {
        ui::RunController runs(commandFor(slow(10)));
        QSignalSpy finished(&runs, &ui::RunController::runFinished);
        runs.enqueue({fakePlan(), QStringLiteral("fake"), newJournal()});
        QTRY_VERIFY_WITH_TIMEOUT(runs.state().phase == ui::RunPhase::Running, 20000);
        runs.pause();
        QCOMPARE(runs.state().phase, ui::RunPhase::Paused);
        QVERIFY(!finished.wait(1500)); // the whole run takes half of that
        runs.resume();
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 20000);
        QCOMPARE(reportOf(finished)->finished->outcome, Outcome::Passed);
    }

    void runsWaitInTheirOrder()
    {
        ui::RunController runs(commandFor(slow(2)));
        QSignalSpy finished(&runs, &ui::RunController::runFinished);
        const auto first = newJournal();
        const auto third = newJournal();
        runs.enqueue({fakePlan(), QStringLiteral("first"), first});
        const int second = runs.enqueue({fakePlan(), QStringLiteral("second"), newJournal()});
        runs.enqueue({fakePlan(), QStringLiteral("third"), third});
        QCOMPARE(runs.queued().size(), std::size_t{2});
        QCOMPARE(runs.queued().front().title, QStringLiteral("second"));
        runs.removeQueued(second);
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 2, 30000);
        QCOMPARE(finished.value(0).value(1).toString(), QString::fromStdString(first.string()));
        QCOMPARE(finished.value(1).value(1).toString(), QString::fromStdString(third.string()));
    }

    void aKilledWorkerIsARowAndTheRestGoesOn()
    {
        FakeScript script;
        script.fault = Fault::Kill;
        script.faultAtSample = 5;
        script.faultOnceFile = m_folder.filePath(QStringLiteral("killed")).toStdString();
        ui::RunController runs(commandFor(script));
        QSignalSpy finished(&runs, &ui::RunController::runFinished);
        runs.enqueue({fakePlan(), QStringLiteral("fake"), newJournal()});
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 20000);
        const auto report = reportOf(finished);
        QCOMPARE(report->jobs.at(2).result.cause, Cause::WorkerDied);
        QCOMPARE(report->jobs.at(3).result.outcome, Outcome::Passed);
    }

    void aCancelledRunIsGoneOnWith()
    {
        ui::RunController runs(commandFor(slow(5)));
        QSignalSpy finished(&runs, &ui::RunController::runFinished);
        const auto journal = newJournal();
        runs.enqueue({fakePlan(), QStringLiteral("fake"), journal});
        QTRY_VERIFY_WITH_TIMEOUT(runs.state().done >= 2, 20000);
        runs.cancel();
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 20000);
        runs.enqueue({Plan{}, QStringLiteral("rest"), journal}); // the plan is the journal's
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 2, 20000);
        const auto report = finished.value(1).value(0).value<ReportPointer>();
        QCOMPARE(report->finished->outcome, Outcome::Passed);
        QVERIFY(report->attempts > 1);
    }

    void describesAndExplains()
    {
        ui::RunController runs(commandFor({}));
        QSignalSpy described(&runs, &ui::RunController::machineDescribed);
        QSignalSpy explained(&runs, &ui::RunController::explained);
        runs.describeMachine();
        runs.explain({}, {});
        QTRY_COMPARE_WITH_TIMEOUT(described.size(), 1, 20000);
        QTRY_COMPARE_WITH_TIMEOUT(explained.size(), 1, 20000);
        QCOMPARE(described.value(0).value(0).value<Circumstances>().libtorchVersion, std::string("fake"));
    }

    void theRulesAnswerWhileARunIsOn()
    {
        ui::RunController runs(commandFor(slow()));
        QSignalSpy described(&runs, &ui::RunController::machineDescribed);
        QSignalSpy explained(&runs, &ui::RunController::explained);
        QSignalSpy finished(&runs, &ui::RunController::runFinished);
        runs.describeMachine();
        QTRY_COMPARE_WITH_TIMEOUT(described.size(), 1, 20000);
        runs.enqueue({fakePlan(), QStringLiteral("fake"), newJournal()});
        runs.explain({}, {});
        QCOMPARE(explained.size(), 1); // at once
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 30000);
        QTRY_COMPARE_WITH_TIMEOUT(explained.size(), 2, 20000); // and LibTorch's own word after it
    }

    void noWorkerIsASentence()
    {
        ui::RunController runs(WorkerCommand{{"/nowhere/headroom-worker"}, {}});
        QSignalSpy failed(&runs, &ui::RunController::setUpFailed);
        runs.describeMachine();
        QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, 20000);
        QVERIFY(failed.value(0).value(0).toString().contains(QLatin1String("doctor")));
    }

    void aRunWithoutAWorkerEndsWithItsReason()
    {
        ui::RunController runs(WorkerCommand{{"/nowhere/headroom-worker"}, {}});
        QSignalSpy finished(&runs, &ui::RunController::runFinished);
        runs.enqueue({fakePlan(), QStringLiteral("fake"), newJournal()});
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 20000);
        QCOMPARE(reportOf(finished)->conclusion, Conclusion::SetUpError);
    }

    void aReadOnlyFolderIsASentence()
    {
        if (::geteuid() == 0)
        {
            QSKIP("root may write everywhere");
        }
        const QString folder = m_folder.filePath(QStringLiteral("sealed"));
        QVERIFY(QDir().mkpath(folder));
        QVERIFY(QFile::setPermissions(folder, QFile::ReadOwner | QFile::ExeOwner));
        refusesJournal(folder.toStdString() + "/x.journal.jsonl");
    }

    void aFolderThatIsAFileIsASentence()
    {
        const auto file = newJournal();
        QVERIFY(QFile(QString::fromStdString(file.string())).open(QIODevice::WriteOnly));
        refusesJournal(file / "x.journal.jsonl");
    }

    void aFullDiskIsASentenceAndTheNextRunWorks()
    {
        if (!std::filesystem::exists("/dev/full"))
        {
            QSKIP("there is no /dev/full here");
        }
        refusesJournal("/dev/full");
    }

    void itsEndDoesNotWaitForAHangingWorkerForLong()
    {
        FakeScript script;
        script.fault = Fault::Hang;
        script.faultAtStep = "probe";
        auto runs = std::make_unique<ui::RunController>(commandFor(script));
        runs->enqueue({fakePlan(), QStringLiteral("fake"), newJournal()});
        QTRY_VERIFY_WITH_TIMEOUT(runs->state().phase == ui::RunPhase::Running, 20000);
        runs.reset(); // would hang with it
    }

private:
    void refusesJournal(const std::filesystem::path& journal)
    {
        ui::RunController runs(commandFor({}));
        QSignalSpy refused(&runs, &ui::RunController::runRefused);
        QSignalSpy finished(&runs, &ui::RunController::runFinished);
        runs.enqueue({fakePlan(), QStringLiteral("fake"), journal});
        QTRY_COMPARE_WITH_TIMEOUT(refused.size(), 1, 20000);
        const QString sentence = refused.value(0).value(2).toString();
        QVERIFY2(sentence.contains(QString::fromStdString(journal.parent_path().string())), qPrintable(sentence));
        QVERIFY(!runs.isRunning());
        const qsizetype before = finished.size();
        runs.enqueue({fakePlan(), QStringLiteral("fake"), newJournal()});
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), before + 1, 20000);
        QCOMPARE(finished.back().value(0).value<ReportPointer>()->finished->outcome, Outcome::Passed);
    }
};

QTEST_GUILESS_MAIN(TestRunController)
#include "tst_run_controller.moc"
