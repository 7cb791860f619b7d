// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/export.h"
#include "ui/models/case_filter_model.h"
#include "ui/models/case_table_model.h"
#include "ui/models/comparison_model.h"
#include "ui/models/fastest_grid.h"
#include "ui/models/rule_model.h"
#include "ui/models/sample_ledger_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QtTest>

using namespace headroom;
using namespace headroom::ui;

/// The item models over reports that Headroom ships.
class TestCaseTableModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const std::string folder = HEADROOM_REPORTS;
        m_sweep = std::make_shared<const Report>(std::get<Report>(openReport(folder + "/nvidia_h200_fa3_paper.json")));
        m_model = std::make_shared<const Report>(
            std::get<Report>(openReport(folder + "/nvidia_h200_validate_bfloat16.json")));
    }

    void everyCaseIsARow()
    {
        CaseTableModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setReports({{QStringLiteral("sweep"), m_sweep}});
        QCOMPARE(model.rowCount(), static_cast<int>(m_sweep->cases.size()));
        const auto median = model.index(0, CaseTableModel::Median);
        QCOMPARE(median.data(kSortRole).toDouble(), m_sweep->cases[0].device->medianNs);
        QCOMPARE(median.data(kFigureSourceRole).toString(), QStringLiteral("/cases/0/device/medianNs"));
        model.setReports({{QStringLiteral("sweep"), m_sweep}, {QStringLiteral("model"), m_model}});
        QCOMPARE(model.rowCount(), static_cast<int>(m_sweep->cases.size() + m_model->cases.size()));
    }

    void aLiveReportGrowsInPlace()
    {
        auto part = std::make_shared<Report>(*m_sweep);
        part->cases.resize(3);
        CaseTableModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setReports({{QStringLiteral("run"), part}});
        const QPersistentModelIndex kept = model.index(2, 0);
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        auto more = std::make_shared<Report>(*m_sweep);
        more->cases.resize(8);
        model.setReports({{QStringLiteral("run"), more}});
        QCOMPARE(resets.count(), 0);
        QCOMPARE(model.rowCount(), 8);
        QVERIFY(kept.isValid());
        model.setReports({{QStringLiteral("another"), m_model}});
        QCOMPARE(resets.count(), 1);
    }

    void theFilterSpeaksTheCommandLinesLanguage()
    {
        CaseTableModel model;
        model.setReports({{QStringLiteral("sweep"), m_sweep}});
        CaseFilterModel filtered(&model);
        const QAbstractItemModelTester tester(&filtered, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QVERIFY(filtered.setFilter(QStringLiteral("backend=flash, seq>=4k")).isEmpty());
        const auto expected =
            std::count_if(m_sweep->cases.begin(), m_sweep->cases.end(),
                          [](const CaseReport& row)
                          {
                              return row.measured.backend == Backend::Flash &&
                                     std::get<AttentionProblem>(row.measured.subject).queryLength >= 4096;
                          });
        QVERIFY(expected > 0);
        QCOMPARE(filtered.rowCount(), static_cast<int>(expected));
        QVERIFY(!filtered.setFilter(QStringLiteral("colour=red")).isEmpty());
        QCOMPARE(filtered.rowCount(), static_cast<int>(expected)); // as it was
        QVERIFY(filtered.setFilter(QStringLiteral("cudnn backward")).isEmpty());
        QVERIFY(filtered.rowCount() > 0 && filtered.rowCount() < model.rowCount());
    }

    void rowsWithoutANumberAreLastWhicheverWay()
    {
        CaseTableModel model;
        model.setReports({{QStringLiteral("sweep"), m_sweep}});
        CaseFilterModel filtered(&model);
        for (const auto order : {Qt::AscendingOrder, Qt::DescendingOrder})
        {
            filtered.sort(CaseTableModel::Median, order);
            bool missing = false;
            double before = order == Qt::AscendingOrder ? 0 : 1e18;
            for (int row = 0; row < filtered.rowCount(); ++row)
            {
                const QVariant value = filtered.index(row, CaseTableModel::Median).data(kSortRole);
                QVERIFY(!missing || !value.isValid());
                missing = !value.isValid();
                if (value.isValid())
                {
                    QVERIFY(order == Qt::AscendingOrder ? value.toDouble() >= before : value.toDouble() <= before);
                    before = value.toDouble();
                }
            }
        }
    }

    void theGridHasTheWinnersOfTheReport()
    {
        const auto grids = fastestGridsOf(*m_sweep);
        std::size_t cells = 0;
        for (const auto& grid : grids)
        {
            for (const auto& cell : grid.cells)
            {
                if (cell.state != GridState::Absent)
                {
                    ++cells;
                    QVERIFY(cell.fastest != nullptr);
                    QCOMPARE(cell.backends.front(), *cell.fastest->fastest);
                }
            }
        }
        QCOMPARE(cells, m_sweep->fastest.size());
        QVERIFY(fastestGridsOf(*m_model).empty());
    }

    /// Medians of a clock that drifts overlap where pairs of samples tell the cases apart, and the headline says so.
    void theGridOfAModelSaysWhatPairsSay()
    {
        auto report = std::make_shared<Report>(*m_model);
        std::erase_if(report->cases,
                      [](const CaseReport& row)
                      {
                          return row.jobId != "forward" ||
                                 (row.measured.backend != Backend::Cudnn && row.measured.backend != Backend::Math);
                      });
        QCOMPARE(report->cases.size(), std::size_t{2});
        for (auto& row : report->cases)
        {
            row.device->medianIntervalNs = Interval{1, 1e12};
        }
        auto longer = report->cases; // a second size, so that there is a grid; nothing was compared there
        for (auto& row : longer)
        {
            row.jobId = "forward-longer";
            std::get<ModelInput>(row.measured.subject).sequence *= 2;
        }
        report->cases.insert(report->cases.end(), longer.begin(), longer.end());
        const auto grids = fastestGridsOf(*report);
        QCOMPARE(grids.size(), std::size_t{1});
        QCOMPARE(grids[0].cells.size(), std::size_t{2});
        QCOMPARE(grids[0].cells[0].state, GridState::Winner);
        QCOMPARE(grids[0].cells[0].backends, std::vector{Backend::Cudnn});
        QCOMPARE(grids[0].cells[0].ratio, report->headlines.front().comparison.comparison.ratio);
        QCOMPARE(grids[0].cells[1].state, GridState::Tie);

        // The other way round: pairs that cannot tell are no win, however far the medians are apart.
        for (auto& row : report->cases)
        {
            row.device->medianIntervalNs = Interval{row.device->medianNs, row.device->medianNs};
        }
        for (auto& comparison : report->comparisons)
        {
            comparison.comparison.verdict = ComparisonVerdict::CannotTell;
        }
        QCOMPARE(fastestGridsOf(*report)[0].cells[0].state, GridState::Tie);
        QCOMPARE(fastestGridsOf(*report)[0].cells[1].state, GridState::Winner);
    }

    void everyRuleIsARowAndThoseThatFailAreFirst()
    {
        RuleModel rules;
        const QAbstractItemModelTester tester(&rules, QAbstractItemModelTester::FailureReportingMode::QtTest);
        rules.setEvidence(m_model->layers.front(), QStringLiteral("/headroom/layers/0"));
        std::size_t all = 0;
        for (const auto& answer : m_model->layers.front().answers)
        {
            all += answer.rules.rules.size();
        }
        QCOMPARE(rules.rowCount(), static_cast<int>(all));
        QVERIFY(rules.index(0, RuleModel::Value)
                    .data(kFigureSourceRole)
                    .toString()
                    .startsWith(QStringLiteral("/headroom/layers/0/answers/0/rules/rules/")));
    }

    void everySampleIsARowOfTheLedger()
    {
        SampleLedgerModel ledger;
        const QAbstractItemModelTester tester(&ledger, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(ledger.rowCount(), 0);
        ledger.show(m_model, 0, headroom::Clock::Device);
        QCOMPARE(ledger.rowCount(), static_cast<int>(m_model->cases[0].deviceNs.size()));
        QCOMPARE(ledger.index(1, SampleLedgerModel::Time).data(kFigureSourceRole).toString(),
                 QStringLiteral("/cases/0/deviceNs/1"));
        ledger.show(m_model, m_model->cases.size(), headroom::Clock::Device);
        QCOMPARE(ledger.rowCount(), 0);
    }

    void aThirdReportAddsColumnsAndAFirstTakesThemAway()
    {
        ComparisonModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const NamedReport one{QStringLiteral("a"), m_sweep};
        model.setReports({one, one, one}, false);
        QCOMPARE(model.columnCount(), ComparisonModel::FixedColumns + 2 * ComparisonModel::kColumnsOfOther);
        model.setReports({one}, false);
        QCOMPARE(model.rowCount(), 0);
    }

    void aReportIsTheSameAsItself()
    {
        ComparisonModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setReports({{QStringLiteral("a"), m_sweep}, {QStringLiteral("b"), m_sweep}}, false);
        QVERIFY(model.comparison(1).alike);
        QCOMPARE(model.comparison(1).counts.faster + model.comparison(1).counts.slower, 0);
        QVERIFY(model.comparison(1).counts.same > 0);
    }

    void unlikeCircumstancesGiveNoVerdictUnlessWanted()
    {
        auto other = std::make_shared<Report>(*m_sweep);
        other->circumstances->driverVersion = "1.2.3";
        for (auto& row : other->cases)
        {
            for (auto& time : row.deviceNs)
            {
                time *= 2;
            }
        }
        ComparisonModel model;
        const auto texts = [&]
        {
            QStringList all;
            for (int row = 0; row < model.rowCount(); ++row)
            {
                all.append(model.index(row, ComparisonModel::FixedColumns + 1).data().toString());
            }
            return all.join(QLatin1Char('\n'));
        };
        model.setReports({{QStringLiteral("a"), m_sweep}, {QStringLiteral("b"), other}}, false);
        QVERIFY(!model.comparison(1).alike);
        QVERIFY(!texts().contains(QStringLiteral("slower")));
        model.setReports({{QStringLiteral("a"), m_sweep}, {QStringLiteral("b"), other}}, true);
        QVERIFY(texts().contains(QStringLiteral("slower")));
    }

private:
    std::shared_ptr<const Report> m_sweep;
    std::shared_ptr<const Report> m_model;
};

QTEST_GUILESS_MAIN(TestCaseTableModel)
#include "tst_case_table_model.moc"
