// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_legend.h"
#include "ui/charts/chart_view.h"
#include "ui/charts/histogram.h"
#include "ui/models/sample_ledger_model.h"
#include "ui/pages/latency_page.h"
#include "ui/theme/theme.h"
#include "ui/widgets/hint.h"
#include "ui/widgets/sentence_header.h"

#include "chart_page_fixture.h"

#include <QAbstractItemModelTester>
#include <QAbstractButton>
#include <QComboBox>
#include <QTableView>
#include <QtTest>

#include <algorithm>
#include <cmath>
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
    void theLegendNamesTheLabels();
    void percentilesSayWhatTheyNeed();
    void bracketsGoFromCaseToCase();
    void trialsSayWhichIsTheChange();
    void figuresAreTheReports();
    void aLiveRunShowsTheCaseInFlight();
    void theLedgerIsAModel();
    void histogramsLoseNothing();
    void oneFarSampleDoesNotFlattenTheRest();
    void anotherReportFarAwayDoesNotFlattenTheRest();
    void aSampleOfNothingStaysOnALinearAxis();
};

namespace
{

Report reportOf(const std::vector<double>& deviceNs)
{
    Report report;
    CaseReport row;
    row.deviceNs = deviceNs;
    report.cases = {row};
    return report;
}

LatencySource sourceOf(const Report& report)
{
    return {QStringLiteral("r"), &report, 0, headroom::Clock::Device};
}

/// About \a ns, each one a little longer than the one before.
std::vector<double> samplesNear(double ns, int count)
{
    std::vector<double> samples;
    for (int i = 0; i < count; ++i)
    {
        samples.push_back(ns * (1 + 0.004 * i));
    }
    return samples;
}

/// How many steps of \a series have samples in them.
std::ptrdiff_t filledSteps(const ChartSeries& series)
{
    return std::count_if(series.points.begin(), series.points.end(),
                         [](const ChartPoint& point) { return point.y > 0; });
}

} // namespace

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

/// What waited for a core has neither the shape nor the colour of a backend, and the legend says what it is.
void TestLatencyPage::theLegendNamesTheLabels()
{
    const Theme theme;
    LatencyPage page(theme);
    auto report = std::make_shared<Report>(*referenceReport("cpu_validate_bfloat16"));
    auto& row = report->cases.front();
    row.labels.assign(row.deviceNs.size(), SampleLabel::None);
    showReport(page, report);
    const auto* legend = page.findChild<ChartLegend*>();
    QVERIFY(!legend->isVisible());
    row.labels.back() = SampleLabel::CoreWait;
    showReport(page, report);
    QVERIFY(legend->isVisible());
    QVERIFY(legend->findChild<QAbstractButton*>(QStringLiteral("legend_label_core-wait")) != nullptr);
    const auto& series = page.findChild<ChartView*>(QStringLiteral("latencyStrip"))->data().series;
    QCOMPARE(series.size(), std::size_t{2});
    QVERIFY(!series[1].ink.backend);
    for (const Backend backend : {Backend::Cudnn, Backend::Flash, Backend::MemoryEfficient, Backend::Math})
    {
        QVERIFY(series[1].marker != markerOf(backend));
    }
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

void TestLatencyPage::oneFarSampleDoesNotFlattenTheRest()
{
    auto samples = samplesNear(1e6, 73);
    const Report close = reportOf(samples);
    samples.push_back(20e9);
    const Report far = reportOf(samples);
    const ChartData plain = sampleStrip(sourceOf(close));
    QCOMPARE(plain.y.scale, AxisScale::Linear);
    QCOMPARE(plain.unit, QStringLiteral("ms, lower is better"));
    const ChartData strip = sampleStrip(sourceOf(far));
    QCOMPARE(strip.y.scale, AxisScale::Log);
    QCOMPARE(strip.unit, QStringLiteral("ms, log, lower is better"));

    const ChartData distribution = distributionChart({sourceOf(far)});
    QCOMPARE(distribution.x.scale, AxisScale::Log);
    QVERIFY(distribution.x.name.contains(QStringLiteral(", log,")));
    const auto& steps = distribution.series.front();
    double sum = 0;
    for (const auto& point : steps.points)
    {
        sum += point.y;
    }
    QCOMPARE(sum, 74.0);
    QVERIFY(filledSteps(steps) > 2); // those near 1 ms are more than one step
    QVERIFY(std::abs(steps.points.back().x - 20e3) < 1);
}

void TestLatencyPage::anotherReportFarAwayDoesNotFlattenTheRest()
{
    const Report slow = reportOf(samplesNear(400e6, 20));
    const Report fast = reportOf(samplesNear(1e6, 20));
    QCOMPARE(distributionChart({sourceOf(slow)}).x.scale, AxisScale::Linear);
    QCOMPARE(distributionChart({sourceOf(slow), sourceOf(slow)}).x.scale, AxisScale::Linear);
    const ChartData both = distributionChart({sourceOf(slow), sourceOf(fast)});
    QCOMPARE(both.x.scale, AxisScale::Log);
    QCOMPARE(both.series.size(), std::size_t{2});
    QVERIFY(filledSteps(both.series[0]) > 1);
    QVERIFY(filledSteps(both.series[1]) > 1);
}

/// A clock that reads 0 has no place on a logarithmic axis, and is not left out.
void TestLatencyPage::aSampleOfNothingStaysOnALinearAxis()
{
    const Report report = reportOf({0, 1, 1, 1, 1, 1, 900});
    QCOMPARE(sampleStrip(sourceOf(report)).y.scale, AxisScale::Linear);
    QCOMPARE(distributionChart({sourceOf(report)}).x.scale, AxisScale::Linear);
}

QTEST_MAIN(TestLatencyPage)
#include "tst_latency_page.moc"
