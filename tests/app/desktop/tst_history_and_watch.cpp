// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop_fixture.h"

#include "app/desktop/page_stack.h"
#include "tests/core/run/fake_plan.h"
#include "tests/ui/run/kept_history.h"
#include "ui/pages/dashboard_page.h"
#include "ui/pages/history_page.h"

#include <QComboBox>
#include <QDir>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTableView>
#include <QtTest>

using namespace headroom;
using testing::kPatienceMs;

/// The pages History and Dashboard in the whole program, over the fake worker and a run folder of their own.
class TestHistoryAndWatch : public QObject
{
    Q_OBJECT

    std::unique_ptr<DesktopFixture> m_fixture;

    desktop::Workbench& bench() { return m_fixture->desktop().bench(); }
    template <typename T> T* part(const char* name) { return testing::partOf<T>(m_fixture->window(), name); }
    QTableView& table() { return *part<QTableView>("historyTable"); }

    void runToEnd(const char* title)
    {
        QSignalSpy ended(&bench(), &desktop::Workbench::runEnded);
        bench().startRun(fakePlan(), QLatin1String(title));
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, kPatienceMs);
    }

    void showHistory(int runs)
    {
        QTest::mouseClick(m_fixture->button("rail_history"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(table().model()->rowCount(), runs, kPatienceMs);
    }

private Q_SLOTS:
    void init()
    {
        m_fixture = std::make_unique<DesktopFixture>();
        m_fixture->start();
    }
    void cleanup() { m_fixture.reset(); }

    void aRunThatEndsIsInTheHistory()
    {
        runToEnd("first");
        showHistory(1);
        runToEnd("second"); // while the page is shown
        QTRY_COMPARE_WITH_TIMEOUT(table().model()->rowCount(), 2, kPatienceMs);
    }

    void chosenRunsAreComparedOnTheirPage()
    {
        runToEnd("first");
        runToEnd("second");
        while (!bench().entries().empty())
        {
            bench().closeEntry(QString(bench().entries().front().path));
        }
        showHistory(2);
        table().selectAll();
        QTest::mouseClick(m_fixture->button("historyCompare"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(bench().entries().size(), std::size_t{2}, kPatienceMs);
        QCOMPARE(m_fixture->window().pages().currentId(), QStringLiteral("compare"));
        QVERIFY(bench().entries().front().path < bench().entries().back().path); // the earlier one is in front
    }

    /// In the notice bar, and nothing is gone before it is answered.
    void removingIsAskedAbout()
    {
        runToEnd("first");
        showHistory(1);
        table().selectAll();
        QTest::mouseClick(m_fixture->button("historyRemove"), Qt::LeftButton);
        QVERIFY(m_fixture->notice().startsWith(QStringLiteral("Remove 1 run?")));
        QVERIFY(QApplication::activeModalWidget() == nullptr);
        QCOMPARE(table().model()->rowCount(), 1);
        QTest::mouseClick(m_fixture->button("noticeAction0"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(table().model()->rowCount(), 0, kPatienceMs);
        QVERIFY(QDir(desktop::Session::runsFolder()).entryList({QStringLiteral("*.jsonl")}).isEmpty());
    }

    void theFilterIsThereAfterARestart()
    {
        runToEnd("first");
        showHistory(1);
        part<QLineEdit>("historySearch")->setText(QStringLiteral("cpu"));
        m_fixture->end();
        m_fixture->start();
        QTest::mouseClick(m_fixture->button("rail_history"), Qt::LeftButton);
        QCOMPARE(part<QLineEdit>("historySearch")->text(), QStringLiteral("cpu"));
    }

    /// Its runs are kept in the history, and none is an open report: memory would grow with each.
    void aRepetitionIsNoOpenReport()
    {
        runToEnd("first");
        QTest::mouseClick(m_fixture->button("rail_dashboard"), Qt::LeftButton);
        QSignalSpy ended(&bench(), &desktop::Workbench::repetitionEnded);
        QTRY_VERIFY_WITH_TIMEOUT(bench().machine().has_value(), kPatienceMs);
        QVERIFY(m_fixture->button("watchToggle")->isEnabled());
        QTest::mouseClick(m_fixture->button("watchToggle"), Qt::LeftButton);
        QVERIFY2(m_fixture->notice().isEmpty(), qPrintable(m_fixture->notice()));
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, kPatienceMs);
        QCOMPARE(bench().entries().size(), std::size_t{1});
        QVERIFY(bench().session().unfinishedRun().isEmpty());
        auto* page = m_fixture->window().findChild<ui::DashboardPage*>();
        QTRY_VERIFY(part<QLabel>("watchCountdown")->text().startsWith(QStringLiteral("next in ")));
        QVERIFY(page->isVisible());
        QTest::mouseClick(m_fixture->button("watchToggle"), Qt::LeftButton);
        showHistory(2);
    }

    void aCancelledRepetitionEndsNoWatch()
    {
        runToEnd("first");
        QTest::mouseClick(m_fixture->button("rail_dashboard"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(bench().machine().has_value(), kPatienceMs);
        QVERIFY(m_fixture->button("watchToggle")->isEnabled());
        QSignalSpy ended(&bench(), &desktop::Workbench::repetitionEnded);
        QTest::mouseClick(m_fixture->button("watchToggle"), Qt::LeftButton);
        bench().runs().cancel();
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, kPatienceMs);
        QTRY_VERIFY(part<QLabel>("watchCountdown")->text().startsWith(QStringLiteral("next in ")));
    }
};

QTEST_MAIN(TestHistoryAndWatch)
#include "tst_history_and_watch.moc"
