// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop_fixture.h"

#include "app/desktop/page_stack.h"
#include "app/desktop/window_actions.h"
#include "core/advice/trial.h"
#include "tests/core/run/fake_plan.h"
#include "ui/config/configuration_panel.h"
#include "ui/pages/model_page.h"
#include "ui/widgets/sentence_header.h"

#include <QDir>
#include <QDropEvent>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QSignalSpy>
#include <QUndoStack>
#include <QtTest>

#include <algorithm>

using namespace headroom;
using ui::Field;

/// Models from files in the window, over the fake worker, whose model has two calls: the second hands over a causal
/// triangle as a mask.
class TestModelFiles : public QObject
{
    Q_OBJECT

    std::unique_ptr<DesktopFixture> m_fixture;

    desktop::Workbench& bench() { return m_fixture->desktop().bench(); }
    ui::ConfigurationPanel& form() { return *m_fixture->window().findChild<ui::ConfigurationPanel*>(); }
    std::string text(Field field) { return form().configuration().text(field); }
    QLabel* label(const char* name) { return form().findChild<QLabel*>(QLatin1String(name)); }

    QString writeModel(const char* folder = "bert-tiny")
    {
        const QString path = m_fixture->path(folder);
        QDir().mkpath(path);
        QFile file(path + QStringLiteral("/config.json"));
        return file.open(QIODevice::WriteOnly) && file.write("{}") == 2 ? path : QString();
    }

    QString writeFile(const char* name)
    {
        const QString path = m_fixture->path(name);
        QFile file(path);
        return file.open(QIODevice::WriteOnly) && file.write("x") == 1 ? path : QString();
    }

    void drop(const QString& path)
    {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(path)});
        QDragEnterEvent enter(QPoint(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&m_fixture->window(), &enter);
        QDropEvent event(QPointF(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&m_fixture->window(), &event);
    }

    void startWithMachine(const FakeScript& script = {})
    {
        m_fixture->start(script);
        QTRY_VERIFY_WITH_TIMEOUT(bench().machine().has_value(), 20000);
    }

    void load(const QString& path)
    {
        QSignalSpy loaded(&form(), &ui::ConfigurationPanel::modelLoaded);
        drop(path);
        QTRY_COMPARE_WITH_TIMEOUT(loaded.size(), 1, 20000);
    }

    void runToEnd(const char* buttonName)
    {
        QSignalSpy ended(&bench(), &desktop::Workbench::runEnded);
        auto* button = m_fixture->button(buttonName);
        QVERIFY2(button != nullptr && button->isEnabled(), qPrintable(form().whyNotRun()));
        button->click();
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 60000);
    }

    const Report& front() { return *bench().entries().front().shown.report; }

private Q_SLOTS:
    void init() { m_fixture = std::make_unique<DesktopFixture>(); }
    void cleanup() { m_fixture.reset(); }

    void aFolderThatIsDroppedFillsTheForm()
    {
        startWithMachine();
        const QString path = writeModel();
        load(path);
        QCOMPARE(text(Field::ModelFile), path.toStdString());
        QCOMPARE(text(Field::Batch), std::string("1"));
        QCOMPARE(text(Field::Sequence), std::string("128"));
        QVERIFY2(label("modelFileFacts")->text().contains(QLatin1String("2 attention calls")),
                 qPrintable(label("modelFileFacts")->text()));
        QVERIFY(!form().findChild<QWidget*>(QStringLiteral("row-d-model"))->isVisible());
        QVERIFY(form().canRun());
        QCOMPARE(form().consequences().backends.front().calls, std::size_t{2});
        QVERIFY(form().consequences().peakBytes.has_value());
        QCOMPARE(m_fixture->window().pages().currentId(), QStringLiteral("model"));
        QVERIFY(m_fixture->notice().isEmpty());
        QCOMPARE(bench().session().recentModels(), QStringList{path});
    }

    void aModelOnTheCommandLineIsLoaded()
    {
        const QString path = writeModel();
        m_fixture->start({}, {path});
        QTRY_COMPARE_WITH_TIMEOUT(text(Field::ModelFile), path.toStdString(), 20000);
        QTRY_VERIFY_WITH_TIMEOUT(form().canRun(), 20000);
    }

    void aFileIsChosenInADialog()
    {
        startWithMachine();
        const QString path = writeFile("traced.pt");
        QApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
        m_fixture->trigger("actionLoadModel");
        auto* dialog = m_fixture->window().findChild<QFileDialog*>(QStringLiteral("modelDialog"));
        QVERIFY(dialog != nullptr);
        QSignalSpy loaded(&form(), &ui::ConfigurationPanel::modelLoaded);
        Q_EMIT dialog->fileSelected(path);
        dialog->close();
        QTRY_COMPARE_WITH_TIMEOUT(loaded.size(), 1, 20000);
        QCOMPARE(label("modelFileName")->text(), QStringLiteral("traced.pt"));
    }

    void loadingIsAStepThatIsTakenBack()
    {
        startWithMachine();
        const auto before = form().configuration();
        load(writeModel());
        form().history()->undo();
        QCOMPARE(form().configuration(), before);
        QVERIFY(form().findChild<QWidget*>(QStringLiteral("row-d-model"))->isVisible());
        QVERIFY(form().canRun());
        form().history()->redo();
        QVERIFY(form().canRun()); // what was seen is kept
        m_fixture->button("builtInModel")->click();
        QVERIFY(form().interpretation().validation && !form().interpretation().validation->modelFile);
    }

    void whatCannotBeLoadedLeavesTheFormAsItIs()
    {
        FakeScript script;
        script.fault = Fault::Throw;
        script.faultAtStep = "inspect";
        startWithMachine(script);
        const auto before = form().configuration();
        drop(writeModel());
        QTRY_VERIFY_WITH_TIMEOUT(m_fixture->notice().contains(QLatin1String("bert-tiny was not loaded")), 20000);
        QCOMPARE(form().configuration(), before);
        QVERIFY(form().canRun());
        QVERIFY(bench().session().recentModels().isEmpty());
    }

    void aModelThatIsNotThereIsASentence()
    {
        startWithMachine();
        drop(m_fixture->path("gone.pt"));
        QTRY_VERIFY_WITH_TIMEOUT(m_fixture->notice().contains(QLatin1String("is not there")), 20000);
    }

    void nativeCodeIsAskedAbout()
    {
        FakeScript script;
        script.nativeCode = true;
        startWithMachine(script);
        drop(writeFile("package.pt2"));
        QTRY_VERIFY_WITH_TIMEOUT(m_fixture->notice().contains(QLatin1String("holds native code")), 20000);
        QVERIFY(QApplication::activeModalWidget() == nullptr);
        QVERIFY(text(Field::ModelFile).empty());
        m_fixture->button("noticeAction0")->click();
        QTRY_VERIFY_WITH_TIMEOUT(!text(Field::ModelFile).empty(), 20000);
        QVERIFY(m_fixture->notice().isEmpty());
        QVERIFY(form().interpretation().validation->modelFile->allowNativeCode);
        auto* dtype = form().findChild<QWidget*>(QStringLiteral("field-model-dtype"));
        QVERIFY(!dtype->isEnabled());
        QVERIFY(dtype->toolTip().contains(QLatin1String("exported")));
        runToEnd("run"); // what such a model cannot is left out
        QVERIFY(!front().cases.empty());
        QVERIFY(std::ranges::none_of(front().cases,
                                     [](const CaseReport& row) { return row.measured.pass == Pass::TrainingStep; }));
    }

    void anotherBatchIsLookedAt()
    {
        startWithMachine();
        load(writeModel());
        auto* batch = form().findChild<QLineEdit*>(QStringLiteral("field-batch"));
        batch->setFocus();
        batch->selectAll();
        QTest::keyClicks(batch, QStringLiteral("4"));
        QVERIFY(!form().canRun());
        QTRY_VERIFY_WITH_TIMEOUT(form().canRun(), 20000);
        QCOMPARE(form().interpretation().validation->input.batch, 4);
        QCOMPARE(form().interpretation().validation->modelFile->batch, 4);
    }

    void runIsAValidationOfTheModel()
    {
        startWithMachine();
        load(writeModel());
        runToEnd("run");
        QCOMPARE(front().plan.command, std::string("validate"));
        QVERIFY(front().plan.modelFile && front().plan.inspection);
        QCOMPARE(front().finished->outcome, Outcome::Passed);
        QVERIFY(bench().entries().front().shown.name.startsWith(QLatin1String("bert-tiny")));
    }

    void anAuditTriesTheFixesAndAgain()
    {
        FakeScript script;
        script.changedFactor = 0.5;
        startWithMachine(script);
        load(writeModel());
        runToEnd("audit");
        QCOMPARE(front().plan.command, std::string("audit"));
        m_fixture->button("rail_recommendations")->click();
        auto* card = m_fixture->window().findChild<QWidget*>(QStringLiteral("recommendation_mask-is-causal"));
        QVERIFY(card != nullptr);
        const auto* gain = card->findChild<QLabel*>(QStringLiteral("gain"));
        QVERIFY2(gain->text().contains(QLatin1String("2.0")), qPrintable(gain->text()));
        auto* again = card->findChild<QPushButton*>(QStringLiteral("tryIt"));
        QCOMPARE(again->text(), QStringLiteral("Apply and measure again"));
        QSignalSpy ended(&bench(), &desktop::Workbench::runEnded);
        again->click();
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 60000);
        QCOMPARE(front().plan.jobs.front().id, std::string("judge-mask-is-causal-1"));
        QCOMPARE(front().finished->outcome, Outcome::Passed);
    }

    void aQuestionWaitsForTheRunThatIsOn()
    {
        FakeScript script;
        script.sampleSleepMs = 20;
        startWithMachine(script);
        QSignalSpy ended(&bench(), &desktop::Workbench::runEnded);
        bench().startRun(fakePlan(), QStringLiteral("fake"));
        QTRY_VERIFY_WITH_TIMEOUT(bench().runs().isRunning(), 20000);
        drop(writeModel());
        QTRY_VERIFY2(label("modelFileProgress")->text().contains(QLatin1String("when the run is over")),
                     qPrintable(label("modelFileProgress")->text()));
        QVERIFY(text(Field::ModelFile).empty());
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 60000);
        QTRY_VERIFY_WITH_TIMEOUT(!text(Field::ModelFile).empty(), 20000);
        QVERIFY(!label("modelFileProgress")->isVisible());
    }

    void theModelOfTheSessionIsThereAgain()
    {
        startWithMachine();
        const QString path = writeModel();
        load(path);
        QTest::qWait(700); // the form is kept a moment after it changed
        startWithMachine();
        QCOMPARE(text(Field::ModelFile), path.toStdString());
        QTRY_VERIFY_WITH_TIMEOUT(form().canRun(), 20000);
        QVERIFY(!form().history()->canUndo());
        QVERIFY(m_fixture->button("recentModel_0") != nullptr);
    }

    void aModelOfTheSessionThatIsGoneIsSaidInTheForm()
    {
        startWithMachine();
        const QString path = writeModel();
        load(path);
        QTest::qWait(700);
        m_fixture->end();
        QDir(path).removeRecursively();
        startWithMachine();
        QTRY_VERIFY_WITH_TIMEOUT(label("modelFileProblem")->text().contains(QLatin1String("is not there")), 20000);
        QVERIFY(!form().canRun());
        writeModel();
        m_fixture->button("lookAtModelAgain")->click();
        QTRY_VERIFY_WITH_TIMEOUT(form().canRun(), 20000);
    }

    void weightsAreStillOfTheBuiltInModel()
    {
        startWithMachine();
        load(writeModel());
        drop(writeFile("tiny.safetensors"));
        QVERIFY(text(Field::ModelFile).empty());
        QVERIFY(!text(Field::Weights).empty());
    }
};

QTEST_MAIN(TestModelFiles)
#include "tst_model_files.moc"
