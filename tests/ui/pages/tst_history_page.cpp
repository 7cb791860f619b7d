// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/run/kept_history.h"

#include "core/report/json_report.h"
#include "ui/charts/chart_view.h"
#include "ui/pages/history_page.h"
#include "ui/theme/theme.h"

#include <QComboBox>
#include <QDropEvent>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabBar>
#include <QTableView>
#include <QtTest>

using namespace headroom;
using namespace headroom::ui;
using namespace headroom::testing;

/// The page over a real run folder: typed, clicked, chosen.
class TestHistoryPage : public QObject
{
    Q_OBJECT

    Theme m_theme;
    std::unique_ptr<KeptHistory> m_kept;
    std::unique_ptr<HistoryPage> m_page;

    template <typename T> T* part(const char* name) { return partOf<T>(*m_page, name); }
    QTableView& table() { return *part<QTableView>("historyTable"); }

    void open()
    {
        m_kept->open();
        m_page = std::make_unique<HistoryPage>(m_theme);
        m_page->resize(900, 712);
        m_page->setHistory(m_kept->history());
        m_page->show();
    }

    void openWithRuns(int days)
    {
        m_kept->keepDays(days, true);
        open();
        QTRY_COMPARE_WITH_TIMEOUT(table().model()->rowCount(), days, kPatienceMs);
    }

    void choose(std::initializer_list<int> rows)
    {
        table().clearSelection();
        for (const int row : rows)
        {
            table().selectionModel()->select(table().model()->index(row, 0),
                                             QItemSelectionModel::Select | QItemSelectionModel::Rows);
        }
    }

private Q_SLOTS:
    void initTestCase() { Theme::loadFonts(); }
    void init() { m_kept = std::make_unique<KeptHistory>(); }
    void cleanup()
    {
        m_page.reset();
        m_kept.reset();
    }

    void anEmptyHistorySaysWhatWillBeThere()
    {
        open();
        QSignalSpy listed(&m_kept->history(), &RunHistory::listed);
        m_kept->history().refresh(); // the first list may be there already
        QTRY_VERIFY_WITH_TIMEOUT(!listed.isEmpty(), kPatienceMs);
        QVERIFY(!table().isVisible());
    }

    void searchesAsOneTypes()
    {
        openWithRuns(4);
        auto* search = part<QLineEdit>("historySearch");
        QTest::keyClicks(search, QStringLiteral("00000003"));
        QCOMPARE(table().model()->rowCount(), 1);
        QVERIFY(table().isVisible());
        QTest::keyClicks(search, QStringLiteral("x"));
        QCOMPARE(table().model()->rowCount(), 0);
        QVERIFY(!table().isVisible());
        QVERIFY(part<QLabel>("historyNothing")->isVisible());
        search->clear();
        QCOMPARE(table().model()->rowCount(), 4);
    }

    void devicesAndStatesAreChosenFrom()
    {
        openWithRuns(4);
        auto* device = part<QComboBox>("historyDevice");
        device->setCurrentIndex(device->findData(QStringLiteral("Test GPU")));
        QCOMPARE(table().model()->rowCount(), 2);
        auto* state = part<QComboBox>("historyState");
        QCOMPARE(state->count(), 2); // any, and the one that there is
    }

    void whatIsChosenIsOpenedAndComparedEarliestFirst()
    {
        openWithRuns(3);
        QVERIFY(!part<QPushButton>("historyOpen")->isEnabled());
        choose({0, 2});
        QSignalSpy opened(m_page.get(), &HistoryPage::openRequested);
        QSignalSpy compared(m_page.get(), &HistoryPage::compareRequested);
        QTest::mouseClick(part<QPushButton>("historyOpen"), Qt::LeftButton);
        QCOMPARE(opened.size(), 1);
        QCOMPARE(opened.front().front().toStringList().size(), 2);
        QTest::mouseClick(part<QPushButton>("historyCompare"), Qt::LeftButton);
        const QStringList paths = compared.front().front().toStringList();
        QCOMPARE(paths.size(), 2);
        QVERIFY(paths.front().contains(QString::fromStdString(runOfDay(1).id)));
    }

    void oneAloneIsNotCompared()
    {
        openWithRuns(2);
        choose({0});
        QVERIFY(part<QPushButton>("historyOpen")->isEnabled());
        QVERIFY(!part<QPushButton>("historyCompare")->isEnabled());
    }

    void aTagIsTypedAndFound()
    {
        openWithRuns(3);
        choose({1});
        auto* tags = part<QLineEdit>("historyTags");
        tags->setFocus();
        QTest::keyClicks(tags, QStringLiteral("nightly before-update"));
        QTest::keyClick(tags, Qt::Key_Return);
        auto* choice = part<QComboBox>("historyTag");
        QTRY_COMPARE_WITH_TIMEOUT(choice->count(), 3, kPatienceMs);
        QCOMPARE(m_page->chosen().size(), std::size_t{1}); // still
        choice->setCurrentIndex(choice->findData(QStringLiteral("nightly")));
        QCOMPARE(table().model()->rowCount(), 1);
    }

    void aNoteIsTypedAndKept()
    {
        openWithRuns(2);
        choose({0});
        auto* note = part<QLineEdit>("historyNote");
        note->setFocus();
        QTest::keyClicks(note, QStringLiteral("after the new driver"));
        QTest::keyClick(note, Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(m_page->chosen().front().note, std::string("after the new driver"), kPatienceMs);
    }

    /// It asks, and does nothing by itself.
    void removingIsAskedAbout()
    {
        openWithRuns(2);
        choose({0, 1});
        QSignalSpy asked(m_page.get(), &HistoryPage::removalRequested);
        QTest::mouseClick(part<QPushButton>("historyRemove"), Qt::LeftButton);
        QCOMPARE(asked.size(), 1);
        QCOMPARE(asked.front().front().value<std::vector<RunRow>>().size(), std::size_t{2});
        QCOMPARE(table().model()->rowCount(), 2);
    }

    void aReportThatIsDroppedIsTakenIn()
    {
        openWithRuns(1);
        const auto file = m_kept->kept().outside("elsewhere.json");
        writeText(file, writeJsonReport(foldEvents(eventsOf(runOfDay(9)))));
        QMimeData dropped;
        dropped.setUrls({QUrl::fromLocalFile(QString::fromStdString(file.string()))});
        QDragEnterEvent enter(QPoint(100, 100), Qt::CopyAction, &dropped, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(m_page.get(), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent event(QPointF(100, 100), Qt::CopyAction, &dropped, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(m_page.get(), &event);
        QTRY_COMPARE_WITH_TIMEOUT(table().model()->rowCount(), 2, kPatienceMs);
    }

    void aNewRunIsThereWhenThePageIsShownAgain()
    {
        openWithRuns(1);
        m_page->hide();
        keep(m_kept->kept().folder(), runOfDay(5));
        m_page->show();
        QTRY_COMPARE_WITH_TIMEOUT(table().model()->rowCount(), 2, kPatienceMs);
    }

    void aFilterIsKeptAndRestored()
    {
        openWithRuns(2);
        HistoryFilter filter;
        filter.text = QStringLiteral("0000");
        filter.device = QStringLiteral("Test GPU");
        m_page->setFilter(filter);
        QCOMPARE(m_page->filter(), filter);
        QCOMPARE(table().model()->rowCount(), 1);
    }

    /// A run of twenty that takes half as long again from the eleventh day on.
    void aTrendSaysWhereItChanged()
    {
        for (int day = 1; day <= 20; ++day)
        {
            KeptRun run = runOfDay(day);
            run.mathNs = (day <= 10 ? 4e6 : 6e6) * (1 + 0.001 * (day % 3));
            run.facts.libtorchVersion = day <= 10 ? "2.10.0" : "2.11.0";
            keep(m_kept->kept().folder(), run);
        }
        open();
        QTRY_COMPARE_WITH_TIMEOUT(table().model()->rowCount(), 20, kPatienceMs);
        part<QTabBar>("historyTabs")->setCurrentIndex(1);
        auto* chart = part<ChartView>("trendChart");
        QTRY_VERIFY_WITH_TIMEOUT(chart->data().hasPoints(), kPatienceMs);
        QCOMPARE(chart->data().series.front().points.size(), std::size_t{20});
        QCOMPARE(chart->data().lines.size(), std::size_t{1});
        QCOMPARE(chart->data().lines.front().at, 9.5);
        QVERIFY(part<QLabel>("trendSentence")->text().contains(QStringLiteral("once")));
        QStringList words;
        for (const auto* label : part<QWidget>("trendChanges")->findChildren<QLabel*>())
        {
            words << label->text();
        }
        QVERIFY2(words.join(QLatin1Char(' ')).contains(QStringLiteral("2.10.0 → 2.11.0")),
                 qPrintable(words.join(QLatin1Char(' '))));
    }
};

QTEST_MAIN(TestHistoryPage)
#include "tst_history_page.moc"
