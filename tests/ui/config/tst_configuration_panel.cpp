// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/config/backend_chip.h"
#include "ui/config/configuration_panel.h"
#include "ui/theme/theme.h"

#include "example_machine.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QUndoStack>
#include <QtTest>

using namespace headroom;
using namespace headroom::ui;

Q_DECLARE_METATYPE(headroom::Plan)

class TestConfigurationPanel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_panel = std::make_unique<ConfigurationPanel>(m_theme);
        m_panel->setMachine(exampleMachine(true));
        m_panel->resize(248, 728);
        m_panel->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_panel.get()));
    }

    void runIsOffUntilTheMachineIsKnown()
    {
        ConfigurationPanel fresh(m_theme);
        QVERIFY(!fresh.canRun());
        fresh.setMachine(exampleMachine(false));
        QVERIFY(fresh.canRun());
    }

    void aMissingWorkerIsSaidWithWhatToDo()
    {
        ConfigurationPanel fresh(m_theme);
        fresh.show();
        const auto* note = fresh.findChild<QLabel*>(QStringLiteral("machineNote"));
        auto* again = fresh.findChild<QPushButton*>(QStringLiteral("lookForMachine"));
        QVERIFY(note->text().contains(QLatin1String("Looking")));
        QVERIFY(!again->isVisible());
        const QString sentence = QStringLiteral("The program headroom-worker is missing. Build it.");
        fresh.setMachineMissing(sentence);
        QCOMPARE(note->text(), sentence);
        QVERIFY(!fresh.canRun());
        QSignalSpy wanted(&fresh, &ConfigurationPanel::machineWanted);
        QTest::mouseClick(again, Qt::LeftButton);
        QCOMPARE(wanted.size(), 1);
        QVERIFY(note->text().contains(QLatin1String("Looking")));
        fresh.setMachineMissing(sentence);
        fresh.setMachine(exampleMachine(false));
        QVERIFY(!note->isVisible() && !again->isVisible());
        QVERIFY(fresh.canRun());
    }

    void aWrongNumberTurnsRunOffAndAClickMakesItRight()
    {
        type("field-heads", "7");
        QVERIFY(!button("run")->isEnabled());
        QVERIFY(!label("problem-heads")->isHidden());
        QTest::mouseClick(button("suggestion-heads-8"), Qt::LeftButton);
        QCOMPARE(line("field-heads")->text(), QStringLiteral("8"));
        QVERIFY(button("run")->isEnabled());
        QVERIFY(label("problem-heads")->isHidden());
    }

    void aWordTypedIsOneStepBack()
    {
        const auto before = m_panel->configuration();
        type("field-sequence", "2048");
        QCOMPARE(m_panel->history()->count(), 1);
        QTest::keyClick(line("field-sequence"), Qt::Key_Return);
        type("field-sequence", "512");
        QCOMPARE(m_panel->history()->count(), 2);
        QTest::keySequence(line("field-sequence"), QKeySequence::Undo);
        QCOMPARE(line("field-sequence")->text(), QStringLiteral("2048"));
        QTest::keySequence(line("field-sequence"), QKeySequence::Undo);
        QCOMPARE(m_panel->configuration(), before);
        QTest::keySequence(line("field-sequence"), QKeySequence::Redo);
        QCOMPARE(line("field-sequence")->text(), QStringLiteral("2048"));
    }

    void arrowsStepNumbers()
    {
        line("field-layers")->setFocus();
        QTest::keyClick(line("field-layers"), Qt::Key_Up);
        QCOMPARE(line("field-layers")->text(), QStringLiteral("13"));
        QTest::keyClick(line("field-layers"), Qt::Key_PageUp);
        QCOMPARE(line("field-layers")->text(), QStringLiteral("26"));
        QTest::keyClick(line("field-d-model"), Qt::Key_Up);
        QCOMPARE(line("field-d-model")->text(), QStringLiteral("832"));
        QTest::keyClick(line("field-d-model"), Qt::Key_Down);
        QCOMPARE(line("field-d-model")->text(), QStringLiteral("768"));
    }

    void runYieldsThePlanAndATitle()
    {
        QSignalSpy spy(m_panel.get(), &ConfigurationPanel::runRequested);
        QTest::mouseClick(button("run"), Qt::LeftButton);
        QCOMPARE(spy.count(), 1);
        const auto plan = spy.front().at(0).value<Plan>();
        QCOMPARE(plan.command, std::string("validate"));
        QCOMPARE(plan.device.kind, DeviceKind::Cuda);
        QVERIFY(spy.front().at(1).toString().contains(QStringLiteral("S128")));
    }

    void whileARunIsOnTheButtonCancels()
    {
        QSignalSpy runs(m_panel.get(), &ConfigurationPanel::runRequested);
        QSignalSpy cancels(m_panel.get(), &ConfigurationPanel::cancelRequested);
        m_panel->setRunning(true);
        QCOMPARE(button("run")->text(), QStringLiteral("Cancel run"));
        QTest::mouseClick(button("run"), Qt::LeftButton);
        QCOMPARE(cancels.count(), 1);
        QCOMPARE(runs.count(), 0);
    }

    void theFormAnswersWhileARunIsOn()
    {
        m_panel->setRunning(true);
        type("field-heads", "6");
        QCOMPARE(*m_panel->consequences().headDim, 128);
    }

    void aChipSaysWhyNotAndItsRemedyIsOneStep()
    {
        auto* chip = m_panel->findChild<QAbstractButton*>(QStringLiteral("chip-flash"));
        QVERIFY(chip->toolTip().contains(QStringLiteral("float32")));
        QTest::mouseClick(chip, Qt::LeftButton);
        auto* popup = m_panel->findChild<QWidget*>(QStringLiteral("reasonPopup"));
        QVERIFY(popup != nullptr);
        QTest::mouseClick(popup->findChild<QPushButton*>(QStringLiteral("takeRemedy")), Qt::LeftButton);
        QCOMPARE(m_panel->configuration().text(Field::ModelDtype), std::string("bfloat16"));
        QVERIFY(chip->toolTip().contains(QStringLiteral("will run")));
        m_panel->history()->undo();
        QCOMPARE(m_panel->configuration().text(Field::ModelDtype), std::string("float32"));
    }

    void longListsAreWorkedOutElsewhere()
    {
        m_panel->setConfiguration(withSweepPreset(Configuration(), sweepPreset("pytorch-sdpa")));
        QVERIFY(!m_panel->consequences().backends.empty()); // at once
        QTRY_VERIFY_WITH_TIMEOUT(m_panel->canRun(), 20000);
        QCOMPARE(m_panel->consequences().backends.front().calls, std::size_t{30});
    }

    void aModelFileThatIsNoneIsSaidAtItsField()
    {
        QVERIFY(!m_panel->loadModelFile(QStringLiteral("/nowhere/model.gguf")));
        QVERIFY(m_panel->loadModelFile(QStringLiteral("/nowhere/model.safetensors")));
        QVERIFY(!m_panel->canRun());
        QTRY_VERIFY_WITH_TIMEOUT(label("problem-weights")->text().contains(QStringLiteral("/nowhere")), 20000);
        QVERIFY(!m_panel->canRun());
    }

    void theSessionsFormIsRestoredWithoutHistory()
    {
        type("field-layers", "3");
        const auto kept = m_panel->configuration();
        ConfigurationPanel again(m_theme);
        again.setConfiguration(kept);
        QCOMPARE(again.configuration(), kept);
        QVERIFY(!again.history()->canUndo());
    }

    void everyFieldCanBeReachedByKeyboardAndHasAName()
    {
        for (auto* editor : m_panel->findChildren<QWidget*>(QRegularExpression(QStringLiteral("^field-"))))
        {
            QVERIFY2(!editor->accessibleName().isEmpty(), qPrintable(editor->objectName()));
            QVERIFY2(!editor->toolTip().isEmpty(), qPrintable(editor->objectName()));
            QVERIFY2((editor->focusPolicy() & Qt::TabFocus) != 0, qPrintable(editor->objectName()));
        }
    }

private:
    QLineEdit* line(const char* name) { return m_panel->findChild<QLineEdit*>(QString::fromLatin1(name)); }
    QLabel* label(const char* name) { return m_panel->findChild<QLabel*>(QString::fromLatin1(name)); }
    QPushButton* button(const char* name) { return m_panel->findChild<QPushButton*>(QString::fromLatin1(name)); }
    void type(const char* name, const char* text)
    {
        line(name)->setFocus();
        line(name)->selectAll();
        QTest::keyClicks(line(name), QString::fromLatin1(text));
    }

    Theme m_theme;
    std::unique_ptr<ConfigurationPanel> m_panel;
};

QTEST_MAIN(TestConfigurationPanel)
#include "tst_configuration_panel.moc"
