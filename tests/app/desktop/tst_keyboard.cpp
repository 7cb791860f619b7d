// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop_fixture.h"

#include "app/desktop/page_stack.h"
#include "app/desktop/reference_reports.h"

#include <QAction>
#include <QFileDialog>
#include <QLineEdit>
#include <QProcess>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QtTest>

using namespace headroom;

/// The window under a real X server, with nothing but keys. Without a display the test starts one for itself.
class TestKeyboard : public QObject
{
    Q_OBJECT

    std::unique_ptr<DesktopFixture> m_fixture;

    void key(int key, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        // By way of the window system's queue, as a real key comes.
        QTest::keyClick(m_fixture->window().windowHandle(), static_cast<Qt::Key>(key), modifiers);
    }

    desktop::Workbench& bench() { return m_fixture->desktop().bench(); }

private Q_SLOTS:
    void init()
    {
        m_fixture = std::make_unique<DesktopFixture>();
        m_fixture->start();
        QVERIFY(QTest::qWaitForWindowExposed(&m_fixture->window()));
        m_fixture->window().activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&m_fixture->window()));
    }
    void cleanup() { m_fixture.reset(); }

    void runsOnARealWindowSystem() { QCOMPARE(QGuiApplication::platformName(), QStringLiteral("xcb")); }

    void aQuestionMarkListsTheShortcuts()
    {
        auto* overlay = m_fixture->window().findChild<QWidget*>(QStringLiteral("overlay"));
        key(Qt::Key_Question, Qt::ShiftModifier);
        QTRY_VERIFY(overlay->isVisible());
        key(Qt::Key_Escape);
        QTRY_VERIFY(!overlay->isVisible());
    }

    void theDemonstrationIsBegunAndCancelled()
    {
        QSignalSpy ended(&bench(), &desktop::Workbench::runEnded);
        auto* button = m_fixture->button("demonstrationButton");
        for (int at = 0; at < 60 && !button->hasFocus(); ++at)
        {
            key(Qt::Key_Tab);
        }
        QVERIFY(button->hasFocus());
        key(Qt::Key_Space);
        QTRY_VERIFY_WITH_TIMEOUT(bench().runs().isRunning(), 20000);
        key(Qt::Key_Period, Qt::ControlModifier);
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 20000);
    }

    void aReportIsOpenedByItsPath()
    {
        const QString file = m_fixture->path("reference.json");
        QVERIFY(QFile::copy(desktop::referenceReports().front().path, file));
        QApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
        key(Qt::Key_O, Qt::ControlModifier);
        QTRY_VERIFY(m_fixture->window().findChild<QFileDialog*>(QStringLiteral("openDialog")) != nullptr);
        auto* dialog = m_fixture->window().findChild<QFileDialog*>(QStringLiteral("openDialog"));
        QVERIFY(QTest::qWaitForWindowExposed(dialog));
        auto* name = dialog->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"));
        QVERIFY(name != nullptr);
        name->setFocus();
        QTest::keyClicks(name, file);
        QTest::keyClick(name, Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(bench().entries().size(), std::size_t{1}, 20000);
    }

    void pagesAreReachedByNumberAndInOrder()
    {
        auto& pages = m_fixture->window().pages();
        if (pages.factories().size() < 2)
        {
            QSKIP("there are no pages yet");
        }
        key(Qt::Key_2, Qt::ControlModifier);
        QTRY_COMPARE(pages.currentId(), pages.factories().at(1).id);
        key(Qt::Key_PageUp, Qt::ControlModifier);
        QTRY_COMPARE(pages.currentId(), pages.factories().at(0).id);
    }

    /// The pages below the rail's line have numbers of their own, and what the rail and the menu say is what works.
    void pagesBelowTheLineAreReachedByAlt()
    {
        auto& pages = m_fixture->window().pages();
        const auto& factories = pages.factories();
        const auto second = std::find_if(factories.begin(), factories.end(),
                                         [](const ui::PageFactory& page) { return page.beginsGroup; });
        QVERIFY(second != factories.end());
        key(Qt::Key_1, Qt::AltModifier);
        QTRY_COMPARE(pages.currentId(), second->id);
        key(Qt::Key_2, Qt::AltModifier);
        QTRY_COMPARE(pages.currentId(), (second + 1)->id);
        QCOMPARE(m_fixture->button(qPrintable(QStringLiteral("rail_") + second->id))->toolTip(),
                 QStringLiteral("Alt+1"));
        for (const auto& factory : factories)
        {
            const auto* action = m_fixture->window().findChild<QAction*>(QStringLiteral("actionPage_") + factory.id);
            QVERIFY(action != nullptr);
            QVERIFY2(!action->shortcut().isEmpty(), qPrintable(factory.id));
        }
    }

    void presentingGoesThroughThePagesAndEnds()
    {
        auto& pages = m_fixture->window().pages();
        if (pages.factories().size() < 2)
        {
            QSKIP("there are no pages yet");
        }
        key(Qt::Key_1, Qt::ControlModifier);
        key(Qt::Key_F5);
        QTRY_VERIFY(m_fixture->desktop().theme().scale() > 1);
        key(Qt::Key_Right);
        QTRY_COMPARE(pages.currentId(), pages.factories().at(1).id);
        key(Qt::Key_Left);
        QTRY_COMPARE(pages.currentId(), pages.factories().at(0).id);
        key(Qt::Key_Escape);
        QTRY_COMPARE(m_fixture->desktop().theme().scale(), 1.0);
    }

    /// A page's filter must not take the keys that step, as soon as it is shown.
    void presentingStepsOverPagesWithFields()
    {
        bench().openFiles({desktop::referenceReports().front().path});
        QTRY_COMPARE_WITH_TIMEOUT(bench().entries().size(), std::size_t{1}, 20000);
        const auto& factories = m_fixture->window().pages().factories();
        key(Qt::Key_1, Qt::ControlModifier);
        key(Qt::Key_F5);
        QTRY_VERIFY(m_fixture->desktop().theme().scale() > 1);
        for (std::size_t at = 1; at < factories.size(); ++at)
        {
            key(Qt::Key_Right);
            QTRY_COMPARE(m_fixture->window().pages().currentId(), factories.at(at).id);
        }
        key(Qt::Key_Escape);
        QTRY_COMPARE(m_fixture->desktop().theme().scale(), 1.0);
    }

    void quitsByKey()
    {
        key(Qt::Key_Q, Qt::ControlModifier);
        QTRY_VERIFY(!m_fixture->window().isVisible());
    }
};

/// Starts itself anew under a virtual X server where none is given.
int main(int argc, char** argv)
{
    if (!qEnvironmentVariableIsSet("HEADROOM_UNDER_X"))
    {
        const QString xvfb = QStandardPaths::findExecutable(QStringLiteral("xvfb-run"));
        if (xvfb.isEmpty())
        {
            std::puts("SKIP   : TestKeyboard() xvfb-run is not installed\n"
                      "Totals: 0 passed, 0 failed, 1 skipped, 0 blacklisted, 0ms");
            return 0;
        }
        QProcess child;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("HEADROOM_UNDER_X"), QStringLiteral("1"));
        environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("xcb"));
        child.setProcessEnvironment(environment);
        child.setProcessChannelMode(QProcess::ForwardedChannels);
        QStringList command{QStringLiteral("-a"), QStringLiteral("-s"), QStringLiteral("-screen 0 1440x900x24"),
                            QString::fromLocal8Bit(argv[0])};
        for (int at = 1; at < argc; ++at)
        {
            command.append(QString::fromLocal8Bit(argv[at]));
        }
        child.start(xvfb, command);
        child.waitForFinished(-1);
        return child.exitStatus() == QProcess::NormalExit ? child.exitCode() : 1;
    }
    QApplication application(argc, argv);
    TestKeyboard test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_keyboard.moc"
