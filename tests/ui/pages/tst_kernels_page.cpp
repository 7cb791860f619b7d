// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart_page_fixture.h"

#include "ui/models/case_table_model.h"
#include "ui/pages/kernels_page.h"
#include "ui/theme/theme.h"
#include "ui/widgets/case_delegate.h"
#include "ui/widgets/heat_map.h"

#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMap>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>

using namespace headroom;
using namespace headroom::ui;

/// The page of all cases, driven by keys and clicks.
class TestKernelsPage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_page = std::make_unique<KernelsPage>(m_theme);
        m_sweep = referenceReport("nvidia_h200_fa3_paper");
        showReport(*m_page, m_sweep);
    }

    void typingAFilterKeepsTheRowsThatItNames()
    {
        const int all = table().model()->rowCount();
        QCOMPARE(all, static_cast<int>(m_sweep->cases.size()));
        QTest::keyClicks(&filter(), QStringLiteral("backend=flash"));
        const int flash = table().model()->rowCount();
        QVERIFY(flash > 0 && flash < all);
        for (int row = 0; row < flash; ++row)
        {
            QCOMPARE(cell(row, CaseTableModel::BackendName), QStringLiteral("Flash"));
        }
        QTest::keyClick(&filter(), Qt::Key_A, Qt::ControlModifier);
        QTest::keyClicks(&filter(), QStringLiteral("colour=red"));
        auto* problem = m_page->findChild<QLabel*>(QStringLiteral("caseFilterProblem"));
        QVERIFY(problem->isVisible() && problem->text().contains(QStringLiteral("colour")));
        filter().clear();
        QVERIFY(!problem->isVisible());
        QCOMPARE(table().model()->rowCount(), all);
    }

    void clickingAHeaderSortsByItsNumbers()
    {
        auto* header = table().horizontalHeader();
        const QPoint place(header->sectionViewportPosition(CaseTableModel::Median) + 20, header->height() / 2);
        QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, place);
        const auto first = number(0, CaseTableModel::Median);
        QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, place);
        const auto other = number(0, CaseTableModel::Median);
        QVERIFY(first != other);
        for (int row = 1; row < table().model()->rowCount() && number(row, CaseTableModel::Median) > 0; ++row)
        {
            const double before = number(row - 1, CaseTableModel::Median);
            const double here = number(row, CaseTableModel::Median);
            QVERIFY(other > first ? before >= here : before <= here);
        }
    }

    void theUnitOfARateStandsInItsHeader()
    {
        const QString unit =
            table().model()->headerData(CaseTableModel::Rate, Qt::Horizontal, Qt::DisplayRole).toString();
        QCOMPARE(unit, QStringLiteral("TFLOP/s"));
        QVERIFY(!cell(0, CaseTableModel::Rate).contains(unit));
        QVERIFY(number(0, CaseTableModel::Rate) > 0);
    }

    void theChosenCaseIsToldAndItsCommandCopied()
    {
        auto* details = m_page->findChild<QLabel*>(QStringLiteral("caseDetails"));
        const QString before = details->text();
        table().setFocus();
        QTest::keyClick(&table(), Qt::Key_Down);
        QVERIFY(details->text() != before);
        QTest::mouseClick(m_page->findChild<QPushButton*>(QStringLiteral("copyRepro")), Qt::LeftButton);
        QVERIFY(QGuiApplication::clipboard()->text().contains(QStringLiteral("headroom-cli")));
    }

    void measuringAgainProposesThatComparisonAlone()
    {
        QSignalSpy proposed(m_page.get(), &Page::planProposed);
        QTest::mouseClick(m_page->findChild<QPushButton*>(QStringLiteral("measureAgain")), Qt::LeftButton);
        QCOMPARE(proposed.size(), 1);
        const Plan plan = proposed.first().first().value<Plan>();
        const auto compared =
            std::count_if(plan.jobs.begin(), plan.jobs.end(),
                          [](const Job& job) { return std::holds_alternative<CompareJob>(job.work); });
        QCOMPARE(compared, 1);
        QVERIFY(plan.jobs.size() < m_sweep->plan.jobs.size());
    }

    void returnOnTheMapGoesToTheWinnersRow()
    {
        auto* map = m_page->findChild<HeatMap*>(QStringLiteral("heatMap"));
        map->setFocus();
        for (std::size_t at = 0; at + 1 < map->grid().lengths.size(); ++at)
        {
            QTest::keyClick(map, Qt::Key_Right); // the longest stands at batch 1
        }
        QVERIFY(map->accessibleDescription().contains(QStringLiteral("fastest")));
        QTest::keyClick(map, Qt::Key_Return);
        QVERIFY(cell(table().currentIndex().row(), CaseTableModel::Subject).startsWith(QStringLiteral("B1 ")));
        QCOMPARE(cell(table().currentIndex().row(), CaseTableModel::BackendName), QStringLiteral("cuDNN"));
    }

    void aSecondReportHasItsRowsAndItsCircumstancesAreNamed()
    {
        auto other = std::make_shared<Report>(*m_sweep);
        other->circumstances->driverVersion = "1.2.3";
        auto* line = m_page->findChild<QLabel*>(QStringLiteral("circumstanceLine"));
        QVERIFY(!line->isVisible());
        showReports(*m_page, {m_sweep, other});
        QCOMPARE(table().model()->rowCount(), static_cast<int>(2 * m_sweep->cases.size()));
        QVERIFY(!table().isColumnHidden(CaseTableModel::ReportName));
        QVERIFY(line->isVisible());
        QVERIFY2(line->text().contains(QStringLiteral("driver (1.2.3, here ")), qPrintable(line->text()));

        // One that was measured as ours was needs no word among those that were not.
        showReports(*m_page, {m_sweep, other, std::make_shared<Report>(*m_sweep)});
        QVERIFY2(line->text().contains(QStringLiteral("driver (1.2.3, here ")), qPrintable(line->text()));
        QVERIFY2(!line->text().contains(QStringLiteral("same circumstances")), qPrintable(line->text()));
    }

    /// A live run has dashes first; what takes their place is read in full.
    void columnsGrowWithWhatComesIn()
    {
        const auto whole = referenceReport("nvidia_h200_validate_bfloat16");
        auto begun = std::make_shared<Report>(*whole);
        for (auto& row : begun->cases)
        {
            row.device.reset();
        }
        begun->comparisons.clear();
        KernelsPage page(m_theme);
        showReport(page, begun, true);
        auto* table = page.findChild<QTableView*>(QStringLiteral("caseTable"));
        const int before = table->columnWidth(CaseTableModel::Median);
        showReport(page, whole, true);
        QVERIFY(table->columnWidth(CaseTableModel::Median) > before);
        const QAbstractItemView* view = table;
        QVERIFY(table->columnWidth(CaseTableModel::VsBaseline) >= view->sizeHintForColumn(CaseTableModel::VsBaseline));
        QVERIFY(table->isColumnHidden(CaseTableModel::Subject)); // one subject, which the title names
    }

    /// "425 MiB math" were one thing.
    void aWordBehindANumberKeepsItsDistance()
    {
        const CaseDelegate delegate(m_theme, nullptr);
        QStyleOptionViewItem option;
        option.font = table().font();
        option.fontMetrics = QFontMetrics(option.font);
        const auto widthOf = [&](int column)
        { return delegate.sizeHint(option, table().model()->index(0, column)).width(); };
        const auto wordWidth = [&](int column) { return option.fontMetrics.horizontalAdvance(cell(0, column)); };
        const int room = widthOf(CaseTableModel::Accuracy) - wordWidth(CaseTableModel::Accuracy);
        const int behind = widthOf(CaseTableModel::Ran) - wordWidth(CaseTableModel::Ran);
        QVERIFY2(behind >= room + option.fontMetrics.height() / 2, qPrintable(QString::number(behind - room)));
    }

    /// Inter draws the x of "64x128" as a sign of multiplication.
    void namesOfKernelsAreCode()
    {
        const auto* details = m_page->findChild<QLabel*>(QStringLiteral("caseDetails"));
        QVERIFY2(details->text().contains(QStringLiteral("DejaVu Sans Mono")), qPrintable(details->text()));
    }

    void aModelsSizesMakeAMapToo()
    {
        auto report = std::make_shared<Report>(*referenceReport("nvidia_h200_validate_bfloat16"));
        const auto cases = report->cases;
        for (const auto& row : cases)
        {
            if (row.jobId == "forward")
            {
                CaseReport longer = row;
                longer.jobId = "sequence-256";
                std::get<ModelInput>(longer.measured.subject).sequence = 256;
                report->cases.push_back(longer);
            }
        }
        showReport(*m_page, report);
        auto* map = m_page->findChild<HeatMap*>(QStringLiteral("heatMap"));
        QVERIFY(map->isVisible());
        QCOMPARE(map->grid().lengths.size(), std::size_t{2});
        QVERIFY(map->readOutOf(0, 1).contains(QStringLiteral("sequence 256")));
        QVERIFY(!map->figures().isEmpty());
        QVERIFY(compareFigures(*m_page, *report) > 0);
    }

    /// What there was no time for has not failed.
    void whatWasLeftOutIsNotRun()
    {
        auto report = std::make_shared<Report>(*m_sweep);
        const std::string late = report->cases.front().jobId;
        const std::string broken = report->fastest.back().jobId;
        std::erase_if(report->fastest,
                      [&](const FastestReport& entry) { return entry.jobId == late || entry.jobId == broken; });
        for (auto& row : report->cases)
        {
            if (row.jobId == late || row.jobId == broken)
            {
                row.outcome = row.jobId == late ? Outcome::Skipped : Outcome::Failed;
                row.cause = row.jobId == late ? Cause::Budget : Cause::WorkerDied;
                row.device.reset();
            }
        }
        showReport(*m_page, report);
        auto* choice = m_page->findChild<QComboBox*>(QStringLiteral("gridChoice"));
        auto* map = m_page->findChild<HeatMap*>(QStringLiteral("heatMap"));
        QMap<QString, GridState> states;
        QMap<QString, QString> words;
        for (int at = 0; at < choice->count(); ++at)
        {
            choice->setCurrentIndex(at);
            const auto& grid = map->grid();
            for (std::size_t place = 0; place < grid.cells.size(); ++place)
            {
                const auto& cell = grid.cells[place];
                if (cell.jobId == late || cell.jobId == broken)
                {
                    const QString job = QString::fromStdString(cell.jobId);
                    states[job] = cell.state;
                    words[job] = map->readOutOf(place / grid.lengths.size(), place % grid.lengths.size()) +
                                 m_page->findChild<QLabel*>(QStringLiteral("heatMapReadOut"))->text();
                }
            }
        }
        QCOMPARE(states.value(QString::fromStdString(late)), GridState::NotRun);
        QCOMPARE(states.value(QString::fromStdString(broken)), GridState::Failed);
        const QString said = words.value(QString::fromStdString(late));
        QVERIFY2(said.contains(QStringLiteral("not run, the time of the run was spent")), qPrintable(said));
        QVERIFY2(said.contains(QStringLiteral("–: not run")), qPrintable(said));
    }

    /// Cases of a run that goes on are not measured yet: nothing is said to be left out.
    void whatIsUnderWayIsWaitedFor()
    {
        auto report = std::make_shared<Report>(*m_sweep);
        const std::string begun = report->cases.front().jobId;
        report->finished.reset();
        std::erase_if(report->fastest, [&](const FastestReport& entry) { return entry.jobId == begun; });
        for (auto& row : report->cases)
        {
            if (row.jobId == begun)
            {
                row.outcome = Outcome::Cancelled;
                row.device.reset();
            }
        }
        const auto stateOf = [&](const Report& of)
        {
            for (const auto& grid : fastestGridsOf(of))
            {
                for (const auto& cell : grid.cells)
                {
                    if (cell.jobId == begun)
                    {
                        return cell.state;
                    }
                }
            }
            return GridState::Absent;
        };
        QCOMPARE(stateOf(*report), GridState::NotRun); // the run was cancelled behind it
        for (auto& job : report->jobs)
        {
            job.finished = job.finished && job.id != begun;
        }
        QCOMPARE(stateOf(*report), GridState::Waiting);
    }

private:
    QTableView& table() { return *m_page->findChild<QTableView*>(QStringLiteral("caseTable")); }
    QLineEdit& filter() { return *m_page->findChild<QLineEdit*>(QStringLiteral("caseFilter")); }
    QString cell(int row, int column) { return table().model()->index(row, column).data().toString(); }
    double number(int row, int column) { return table().model()->index(row, column).data(kSortRole).toDouble(); }

    Theme m_theme;
    std::shared_ptr<const Report> m_sweep;
    std::unique_ptr<KernelsPage> m_page;
};

QTEST_MAIN(TestKernelsPage)
#include "tst_kernels_page.moc"
