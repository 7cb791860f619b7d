// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop_fixture.h"

#include "app/desktop/file_dialogs.h"
#include "app/desktop/reference_reports.h"
#include "core/report/json_report.h"
#include "core/report/fold.h"
#include "core/run/journal.h"
#include "tests/core/run/fake_plan.h"
#include "ui/config/configuration_panel.h"

#include <QDropEvent>
#include <QFileDialog>
#include <QLabel>
#include <QMenu>
#include <QMimeData>
#include <QSignalSpy>
#include <QtTest>

using namespace headroom;

/// The window over the fake worker: files, runs, the session, and what it says when something does not work.
class TestMainWindow : public QObject
{
    Q_OBJECT

    std::unique_ptr<DesktopFixture> m_fixture;

    desktop::Workbench& bench() { return m_fixture->desktop().bench(); }

    static FakeScript slow(double ms)
    {
        FakeScript script;
        script.sampleSleepMs = ms;
        return script;
    }

    QString writeFile(const char* name, const QByteArray& bytes)
    {
        const QString path = m_fixture->path(name);
        QFile file(path);
        return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() ? path : QString();
    }

    void drop(const QStringList& paths)
    {
        QMimeData data;
        QList<QUrl> urls;
        for (const QString& path : paths)
        {
            urls.append(QUrl::fromLocalFile(path));
        }
        data.setUrls(urls);
        QDragEnterEvent enter(QPoint(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&m_fixture->window(), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent event(QPointF(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&m_fixture->window(), &event);
    }

    void runToEnd()
    {
        QSignalSpy ended(&bench(), &desktop::Workbench::runEnded);
        bench().startRun(fakePlan(), QStringLiteral("fake"));
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 20000);
    }

private Q_SLOTS:
    void init() { m_fixture = std::make_unique<DesktopFixture>(); }
    void cleanup() { m_fixture.reset(); }

    void aFirstStartOffersADemonstrationAndReports()
    {
        m_fixture->start();
        QVERIFY(m_fixture->button("demonstrationButton") != nullptr);
        QVERIFY(m_fixture->button("reference_nvidia_h200_fa3_paper") != nullptr);
        QVERIFY(m_fixture->notice().isEmpty());
    }

    void everyReferenceReportOpens()
    {
        m_fixture->start();
        for (const auto& report : desktop::referenceReports())
        {
            bench().openFiles({report.path});
            QTRY_VERIFY_WITH_TIMEOUT(!bench().entries().empty() && bench().entries().front().path == report.path,
                                     20000);
        }
        QCOMPARE(bench().entries().size(), desktop::referenceReports().size());
        QVERIFY(m_fixture->notice().isEmpty());
    }

    void theDemonstrationRunsToItsEnd()
    {
        m_fixture->start();
        QSignalSpy ended(&bench(), &desktop::Workbench::runEnded);
        QTest::mouseClick(m_fixture->button("demonstrationButton"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 60000);
        QCOMPARE(bench().entries().size(), std::size_t{1});
        QCOMPARE(bench().entries().front().shown.report->finished->outcome, Outcome::Passed);
        QVERIFY(!bench().entries().front().shown.live);
    }

    void badFilesDroppedInAreSentencesThatStopNobody()
    {
        m_fixture->start();
        drop({writeFile("cut.json", R"({"schema_version": 1, "cases": [)")});
        QTRY_VERIFY_WITH_TIMEOUT(m_fixture->notice().contains(QLatin1String("cut.json")), 10000);
        QVERIFY(QApplication::activeModalWidget() == nullptr);
        drop({writeFile("foreign.json", R"({"colour": "blue"})")});
        QTRY_VERIFY_WITH_TIMEOUT(m_fixture->notice().contains(QLatin1String("foreign.json")), 10000);
        QTest::keyClick(&m_fixture->window(), Qt::Key_Escape);
        QTRY_VERIFY(m_fixture->notice().contains(QLatin1String("cut.json"))); // each until it is answered
        QTest::keyClick(&m_fixture->window(), Qt::Key_Escape);
        QVERIFY(m_fixture->notice().isEmpty());
        QVERIFY(bench().entries().empty());
    }

    void aReportOfTheOriginalToolCanBeRead()
    {
        m_fixture->start();
        drop({QStringLiteral(HEADROOM_TEST_DATA "/original_report.json")});
        QTRY_VERIFY_WITH_TIMEOUT(!m_fixture->notice().isEmpty(), 10000);
        QTest::mouseClick(m_fixture->button("noticeAction0"), Qt::LeftButton);
        auto* overlay = m_fixture->window().findChild<QWidget*>(QStringLiteral("overlay"));
        QVERIFY(overlay->isVisible());
        QTest::keyClick(overlay, Qt::Key_Escape);
        QVERIFY(!overlay->isVisible());
    }

    void noWorkerIsASentenceAndTheRestWorks()
    {
        m_fixture->startWithoutWorker();
        QTRY_VERIFY_WITH_TIMEOUT(m_fixture->notice().contains(QLatin1String("doctor")), 10000);
        bench().openFiles({desktop::referenceReports().front().path});
        QTRY_COMPARE_WITH_TIMEOUT(bench().entries().size(), std::size_t{1}, 10000);
    }

    void theFormSaysThatTheWorkerIsMissing()
    {
        m_fixture->startWithoutWorker();
        const auto* note = m_fixture->window().findChild<QLabel*>(QStringLiteral("machineNote"));
        QTRY_VERIFY_WITH_TIMEOUT(note->text().contains(QLatin1String("doctor")), 10000);
        QTRY_VERIFY(m_fixture->button("lookForMachine") != nullptr);
        QSignalSpy missing(&bench(), &desktop::Workbench::machineMissing);
        m_fixture->button("lookForMachine")->click(); // it is looked for in earnest
        QTRY_COMPARE_WITH_TIMEOUT(missing.size(), 1, 10000);
        QTRY_VERIFY(m_fixture->button("lookForMachine") != nullptr);
    }

    void aTrialIsOfTheReportsOwnDevice()
    {
        m_fixture->start();
        QTRY_VERIFY_WITH_TIMEOUT(bench().machine().has_value(), 10000);
        runToEnd(); // of this machine
        QSignalSpy ended(&bench(), &desktop::Workbench::runEnded);
        bench().startTrial(fakePlan(), QStringLiteral("again"));
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 20000);

        const auto& references = desktop::referenceReports();
        const auto found =
            std::find_if(references.begin(), references.end(),
                         [](const auto& reference) { return reference.path.contains(QLatin1String("validate")); });
        QVERIFY(found != references.end());
        bench().openFiles({found->path});
        QTRY_COMPARE_WITH_TIMEOUT(bench().entries().front().path, found->path, 20000);
        bench().startTrial(fakePlan(), QStringLiteral("elsewhere"));
        QVERIFY2(m_fixture->notice().contains(QLatin1String("H200")), qPrintable(m_fixture->notice()));
        QVERIFY(!bench().runs().isRunning());
    }

    void modelsOfBeforeAreOffered()
    {
        m_fixture->start();
        const QString model = writeFile("tiny.safetensors", QByteArray("no weights"));
        drop({model});
        QCOMPARE(bench().session().recentModels(), QStringList{model});
        QVERIFY(bench().session().recentFiles().isEmpty());
        m_fixture->start();
        QVERIFY(m_fixture->button("recentModel_0") != nullptr);
        auto* form = m_fixture->window().findChild<ui::ConfigurationPanel*>();
        form->setConfiguration(ui::Configuration());
        m_fixture->button("recentModel_0")->click();
        QCOMPARE(form->configuration().text(ui::Field::Weights), model.toStdString());
        QMenu menu;
        desktop::FileDialogs dialogs(m_fixture->window(), bench());
        QSignalSpy given(&dialogs, &desktop::FileDialogs::modelGiven);
        dialogs.fillRecent(menu);
        menu.actions().last()->trigger();
        QCOMPARE(given.front().front().toString(), model);
    }

    void theSessionIsThereAgain()
    {
        m_fixture->start();
        const QString first = desktop::referenceReports().at(0).path;
        const QString second = desktop::referenceReports().at(2).path;
        bench().openFiles({first});
        QTRY_COMPARE_WITH_TIMEOUT(bench().entries().size(), std::size_t{1}, 10000);
        bench().openFiles({second});
        QTRY_COMPARE_WITH_TIMEOUT(bench().entries().size(), std::size_t{2}, 10000);
        m_fixture->start(); // without a goodbye
        QTRY_COMPARE_WITH_TIMEOUT(bench().entries().size(), std::size_t{2}, 10000);
        QCOMPARE(bench().entries().front().path, second);
    }

    void reportsOfOneNameAreToldApart()
    {
        m_fixture->start();
        QStringList files;
        for (const char* folder : {"before", "after"})
        {
            files << m_fixture->path(folder) + QStringLiteral("/run.json");
            QVERIFY(QDir().mkpath(m_fixture->path(folder)));
            QVERIFY(QFile::copy(desktop::referenceReports().at(2).path, files.back()));
        }
        bench().openFiles({files[0]});
        QTRY_COMPARE_WITH_TIMEOUT(bench().entries().size(), std::size_t{1}, 10000);
        bench().openFiles({files[1]});
        QTRY_COMPARE_WITH_TIMEOUT(bench().entries().size(), std::size_t{2}, 10000);
        QCOMPARE(bench().entries()[0].shown.name, QStringLiteral("run (2)"));
        QCOMPARE(bench().entries()[1].shown.name, QStringLiteral("run"));
        bench().openFiles({files[0]}); // once more, and it keeps its name
        QTRY_COMPARE_WITH_TIMEOUT(bench().entries().front().path, files[0], 10000);
        QCOMPARE(bench().entries().front().shown.name, QStringLiteral("run"));
    }

    void aRunIsOpenAgainFromItsJournal()
    {
        m_fixture->start();
        runToEnd();
        const std::string json = writeJsonReport(*bench().entries().front().shown.report);
        m_fixture->start();
        QTRY_COMPARE_WITH_TIMEOUT(bench().entries().size(), std::size_t{1}, 10000);
        QCOMPARE(writeJsonReport(*bench().entries().front().shown.report), json);
    }

    void aRunThatWasCutOffIsOfferedAndGoneOnWith()
    {
        m_fixture->start(slow(20));
        bench().startRun(fakePlan(), QStringLiteral("cut"));
        QTRY_VERIFY_WITH_TIMEOUT(bench().runState().done >= 2, 20000);
        // What a crash leaves: the journal up to here, and the session that says that it goes on.
        const QString journal = bench().session().unfinishedRun();
        const QString crashed = m_fixture->path("crashed.journal.jsonl");
        QVERIFY(QFile::copy(journal, crashed));
        m_fixture->end();
        desktop::Session().setUnfinishedRun(crashed);
        m_fixture->start();
        QTRY_VERIFY_WITH_TIMEOUT(m_fixture->notice().contains(QLatin1String("cut off")), 10000);
        QSignalSpy ended(&bench(), &desktop::Workbench::runEnded);
        QTest::mouseClick(m_fixture->button("noticeAction0"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 20000);
        const auto events = readJournal(crashed.toStdString()).events;
        QVERIFY(foldEvents(events).attempts > 1);
        QCOMPARE(foldEvents(events).finished->outcome, Outcome::Passed);
        QVERIFY(desktop::Session().unfinishedRun().isEmpty());
    }

    void cancelIsShownAndTheRunCanGoOn()
    {
        m_fixture->start(slow(20));
        QSignalSpy ended(&bench(), &desktop::Workbench::runEnded);
        bench().startRun(fakePlan(), QStringLiteral("fake"));
        QTRY_VERIFY_WITH_TIMEOUT(bench().runState().done >= 2, 20000);
        QTest::mouseClick(m_fixture->button("cancelButton"), Qt::LeftButton);
        const auto* text = m_fixture->window().findChild<QLabel*>(QStringLiteral("statusText"));
        QVERIFY2(text->text().contains(QLatin1String("cancelling")), qPrintable(text->text()));
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 20000);
        QVERIFY(m_fixture->notice().contains(QLatin1String("cancelled")));
        QTest::mouseClick(m_fixture->button("noticeAction0"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 2, 20000);
        QCOMPARE(bench().entries().front().shown.report->finished->outcome, Outcome::Passed);
    }

    void pauseIsSaidAndTakenBack()
    {
        m_fixture->start(slow(20));
        QSignalSpy ended(&bench(), &desktop::Workbench::runEnded);
        bench().startRun(fakePlan(), QStringLiteral("fake"));
        QTRY_VERIFY_WITH_TIMEOUT(bench().runState().phase == ui::RunPhase::Running, 20000);
        m_fixture->trigger("actionPause");
        QCOMPARE(m_fixture->button("pauseButton")->text(), QStringLiteral("Go on"));
        m_fixture->trigger("actionPause");
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 30000);
    }

    void theQueueIsShownAndARunTakenOut()
    {
        m_fixture->start(slow(20));
        QSignalSpy ended(&bench(), &desktop::Workbench::runEnded);
        bench().startRun(fakePlan(), QStringLiteral("first"));
        bench().startRun(fakePlan(), QStringLiteral("second"));
        QVERIFY(m_fixture->button("queueButton") != nullptr);
        QTest::mouseClick(m_fixture->button("queueButton"), Qt::LeftButton);
        QTest::mouseClick(m_fixture->button("removeQueued_2"), Qt::LeftButton);
        QTRY_VERIFY(bench().runs().queued().empty());
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 30000);
        QVERIFY(!bench().runs().isRunning());
    }

    void anUnsavedReportIsAskedAbout()
    {
        m_fixture->start();
        runToEnd();
        QVERIFY(bench().hasUnsaved());
        QVERIFY(!m_fixture->window().close());
        QVERIFY(m_fixture->notice().contains(QLatin1String("not saved")));
        QTest::mouseClick(m_fixture->button("noticeAction2"), Qt::LeftButton); // stay
        QVERIFY(m_fixture->window().isVisible());
        QVERIFY(!m_fixture->window().close());
        QVERIFY(m_fixture->window().close()); // who asks twice means it
    }

    void aRunThatIsOnIsAskedAbout()
    {
        m_fixture->start(slow(20));
        bench().startRun(fakePlan(), QStringLiteral("fake"));
        QVERIFY(!m_fixture->window().close());
        QVERIFY(m_fixture->notice().contains(QLatin1String("A run is on")));
        QTest::mouseClick(m_fixture->button("noticeAction0"), Qt::LeftButton);
        QVERIFY(!m_fixture->window().isVisible());
    }

    void aSavedReportIsTheReport()
    {
        m_fixture->start();
        runToEnd();
        const QString file = m_fixture->path("saved.json");
        QSignalSpy saved(&bench(), &desktop::Workbench::saved);
        bench().save(bench().entries().front().path, file);
        QTRY_COMPARE_WITH_TIMEOUT(saved.size(), 1, 10000);
        QFile written(file);
        QVERIFY(written.open(QIODevice::ReadOnly));
        QCOMPARE(written.readAll().toStdString(), writeJsonReport(*bench().entries().front().shown.report));
        QVERIFY(!bench().hasUnsaved());
        QVERIFY(m_fixture->window().close());
    }

    void aFileThatCannotBeWrittenIsASentence()
    {
        m_fixture->start();
        runToEnd();
        const QString inTheWay = writeFile("file", "x");
        bench().save(bench().entries().front().path, inTheWay + QStringLiteral("/report.json"));
        QTRY_VERIFY_WITH_TIMEOUT(m_fixture->notice().contains(QLatin1String("was not saved")), 10000);
        QVERIFY(bench().hasUnsaved());
    }

    void presentingShowsThePageAlone()
    {
        m_fixture->start();
        auto* rail = m_fixture->window().findChild<QWidget*>(QStringLiteral("pageRail"));
        m_fixture->trigger("actionPresent");
        QVERIFY(!rail->isVisible());
        QVERIFY(m_fixture->desktop().theme().scale() > 1);
        m_fixture->trigger("actionPresent");
        QVERIFY(rail->isVisible());
        QCOMPARE(m_fixture->desktop().theme().scale(), 1.0);
    }

    void theSchemeIsKept()
    {
        m_fixture->start();
        m_fixture->trigger("actionScheme");
        m_fixture->trigger("actionScheme");
        QCOMPARE(m_fixture->desktop().theme().scheme(), ui::Scheme::Dark);
        m_fixture->start();
        QCOMPARE(m_fixture->desktop().theme().scheme(), ui::Scheme::Dark);
    }

    void everythingThatIsClickedCanBeReachedByKey()
    {
        m_fixture->start();
        for (const auto* button : m_fixture->window().findChildren<QAbstractButton*>())
        {
            const bool ours = !button->objectName().startsWith(QLatin1String("qt_"));
            QVERIFY2(!ours || !button->isVisible() || button->focusPolicy() != Qt::NoFocus,
                     qPrintable(button->objectName()));
        }
    }
};

QTEST_MAIN(TestMainWindow)
#include "tst_main_window.moc"
