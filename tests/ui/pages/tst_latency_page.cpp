// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_view.h"
#include "ui/charts/histogram.h"
#include "ui/models/sample_ledger_model.h"
#include "ui/pages/latency_page.h"
#include "ui/theme/theme.h"
#include "ui/widgets/hint.h"
#include "ui/widgets/sentence_header.h"

#include "chart_page_fixture.h"

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QTableView>
#include <QtTest>

#include <limits>

using namespace headroom;
using namespace headroom::ui;

class TestLatencyPage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void withoutReportThereIsAHint();
    void aReportWithoutTimesSaysSo();
    void everySampleIsDrawn();
    void labelledSamplesAreSeriesOfTheirOwn();
    void percentilesSayWhatTheyNeed();
    void bracketsGoFromCaseToCase();
    void trialsSayWhichIsTheChange();
    void figuresAreTheReports();
    void aLiveRunShowsTheCaseInFlight();
    void theLedgerIsAModel();
    void histogramsLoseNothing();
};

void TestLatencyPage::withoutReportThereIsAHint()
{
    const Theme theme;
    LatencyPage page(theme);
    page.show();
    QVERIFY(page.findChild<Hint*>()->isVisible());
}

void TestLatencyPage::aReportWithoutTimesSaysSo()
{
    const Theme theme;
    LatencyPage page(theme);
    showReport(page, referenceReport("nvidia_h200_battery"));
    QVERIFY(page.findChild<Hint*>()->isVisible());
}

void TestLatencyPage::everySampleIsDrawn()
{
    const Theme theme;
    LatencyPage page(theme);
    const auto report = referenceReport("nvidia_h200_validate_bfloat16");
    showReport(page, report);
    std::size_t points = 0;
    for (const auto& series : page.findChild<ChartView*>(QStringLiteral("latencyStrip"))->data().series)
    {
        points += series.points.size();
    }
    QCOMPARE(points, report->cases.front().deviceNs.size());
    QCOMPARE(page.findChild<QTableView*>()->model()->rowCount(), static_cast<int>(points));
}

void TestLatencyPage::labelledSamplesAreSeriesOfTheirOwn()
{
    Report report;
    CaseReport row;
    row.deviceNs = {100, 101, 180, 102};
    row.labels = {SampleLabel::None, SampleLabel::None, SampleLabel::Outlier, SampleLabel::LowClock};
    report.cases = {row};
    const ChartData chart = sampleStrip({QStringLiteral("r"), &report, 0, headroom::Clock::Device});
    QCOMPARE(chart.series.size(), std::size_t{3});
    QCOMPARE(chart.series[0].points.size(), std::size_t{2});
    QVERIFY(chart.series[0].marker != chart.series[2].marker);
}

void TestLatencyPage::percentilesSayWhatTheyNeed()
{
    const Theme theme;
    LatencyPage page(theme);
    showReport(page, referenceReport("nvidia_h200_validate_bfloat16"));
    bool said = false;
    for (const auto* label : page.findChildren<QLabel*>())
    {
        said = said || label->text() == QStringLiteral("needs 62 more");
    }
    QVERIFY(said);
}

void TestLatencyPage::bracketsGoFromCaseToCase()
{
    const Theme theme;
    LatencyPage page(theme);
    showReport(page, referenceReport("nvidia_h200_validate_bfloat16"));
    QVERIFY(QTest::qWaitForWindowActive(&page));
    auto* choice = page.findChild<QComboBox*>(QStringLiteral("latencyCase"));
    const QString first = page.findChild<SentenceHeader*>()->sentence();
    QTest::keyClick(choice, Qt::Key_BracketRight);
    QCOMPARE(choice->currentIndex(), 1);
    QVERIFY(page.findChild<SentenceHeader*>()->sentence() != first);
    QTest::keyClick(choice, Qt::Key_BracketLeft);
    QTest::keyClick(choice, Qt::Key_BracketLeft);
    QCOMPARE(choice->currentIndex(), choice->count() - 1);
}

/// Both run what LibTorch chooses: the backend alone would not tell them apart.
void TestLatencyPage::trialsSayWhichIsTheChange()
{
    const Theme theme;
    LatencyPage page(theme);
    showReport(page, referenceReport("nvidia_h200_audit_t5"));
    QStringList rows;
    for (const auto& tick : page.findChild<ChartView*>(QStringLiteral("latencyRows"))->data().y.ticks)
    {
        rows << tick.label;
    }
    QCOMPARE(rows, (QStringList{QStringLiteral("as it is"), QStringLiteral("changed")}));
}

void TestLatencyPage::figuresAreTheReports()
{
    const Theme theme;
    LatencyPage page(theme);
    const auto report = referenceReport("nvidia_h200_validate_bfloat16");
    showReport(page, report);
    QVERIFY(compareFigures(page, *report) > 20);
}

void TestLatencyPage::aLiveRunShowsTheCaseInFlight()
{
    const Theme theme;
    LatencyPage page(theme);
    auto report = std::make_shared<Report>();
    CaseReport done;
    done.jobId = "done";
    done.deviceNs = {100, 101};
    CaseReport running = done;
    running.jobId = "running";
    running.measured.backend = Backend::Flash;
    running.deviceNs = {50, 51, 52};
    report->cases = {done, running};
    JobReport finished;
    finished.id = "done";
    finished.finished = true;
    JobReport open;
    open.id = "running";
    report->jobs = {finished, open};
    showReport(page, report, true);
    QVERIFY(page.findChild<SentenceHeader*>()->sentence().startsWith(QStringLiteral("Flash")));
    RunState state;
    state.phase = RunPhase::Running;
    state.inFlight = QStringLiteral("Forward · flash");
    page.showRun(state);
    QVERIFY(page.findChild<QLabel*>(QStringLiteral("latencyNote"))->text().contains(state.inFlight));
}

void TestLatencyPage::theLedgerIsAModel()
{
    SampleLedgerModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const auto report = referenceReport("nvidia_h200_validate_bfloat16");
    model.show(report, 0, headroom::Clock::Device);
    QCOMPARE(model.rowCount(), static_cast<int>(report->cases[0].deviceNs.size()));
    QCOMPARE(model.index(0, SampleLedgerModel::Time).data(kFigureSourceRole).toString(),
             QStringLiteral("/cases/0/deviceNs/0"));
    QCOMPARE(model.index(0, SampleLedgerModel::Number).data().toString(), QStringLiteral("1"));
    model.show(report, 0, headroom::Clock::Wall);
    QCOMPARE(model.rowCount(), static_cast<int>(report->cases[0].wallNs.size()));
    model.show(report, 9999, headroom::Clock::Device);
    QCOMPARE(model.rowCount(), 0);
}

void TestLatencyPage::histogramsLoseNothing()
{
    QVERIFY(histogramOf({}, 10).counts.empty());
    const std::vector<double> equal{3, 3, 3};
    QCOMPARE(histogramOf(equal, 10).counts, (std::vector<std::int64_t>{3}));
    std::vector<double> values{1, std::numeric_limits<double>::quiet_NaN(), 100};
    for (int i = 0; i < 1000; ++i)
    {
        values.push_back(10 + i % 17);
    }
    const auto histogram = histogramOf(values, 40);
    std::int64_t sum = 0;
    for (const auto count : histogram.counts)
    {
        sum += count;
    }
    QCOMPARE(sum, std::int64_t{1002});
    QVERIFY(histogram.counts.size() <= 40);
    QVERIFY(histogram.counts.back() >= 1);
}

QTEST_MAIN(TestLatencyPage)
#include "tst_latency_page.moc"
