// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_legend.h"
#include "ui/charts/chart_view.h"
#include "ui/pages/scaling_page.h"
#include "ui/theme/theme.h"
#include "ui/widgets/hint.h"
#include "ui/widgets/sentence_header.h"

#include "chart_page_fixture.h"

#include <QComboBox>
#include <QtTest>

using namespace headroom;
using namespace headroom::ui;

class TestScalingPage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void withoutReportThereIsAHint();
    void aReportOfOneSizeSaysWhatIsMissing();
    void aSweepBecomesLines();
    void theSentenceNamesTheFastest();
    void whatWasNotTimedIsAMark();
    void choosingAPassDrawsIt();
    void figuresAreTheReports();
    void twoReportsAreDrawnOverEachOther();
    void aReportWithoutThatSweepIsNamed();
    void aSweepWithoutATimeSaysSoOnce();
    void crossoversAreFound_data();
    void crossoversAreFound();
};

void TestScalingPage::withoutReportThereIsAHint()
{
    const Theme theme;
    ScalingPage page(theme);
    page.show();
    auto* hint = page.findChild<Hint*>();
    QVERIFY(hint != nullptr && hint->isVisible());
    QSignalSpy spy(&page, &Page::actionRequested);
    QTest::keyClick(hint->findChildren<QAbstractButton*>().first(), Qt::Key_Space);
    QCOMPARE(spy.count(), 1);
}

void TestScalingPage::aReportOfOneSizeSaysWhatIsMissing()
{
    const Theme theme;
    ScalingPage page(theme);
    showReport(page, referenceReport("nvidia_h200_validate_bfloat16"));
    QVERIFY(page.findChild<Hint*>()->isVisible());
}

void TestScalingPage::aSweepBecomesLines()
{
    const Theme theme;
    ScalingPage page(theme);
    showReport(page, referenceReport("nvidia_h200_fa3_paper"));
    const auto* chart = page.findChild<ChartView*>(QStringLiteral("scalingLatency"));
    QCOMPARE(chart->data().series.size(), std::size_t{4});
    QCOMPARE(chart->data().series[0].name, QStringLiteral("cuDNN"));
    QCOMPARE(chart->data().series[0].points.size(), std::size_t{6});
    QCOMPARE(chart->data().x.ticks.front().label, QStringLiteral("512"));
    QCOMPARE(chart->data().x.ticks.back().label, QStringLiteral("16k"));
}

void TestScalingPage::theSentenceNamesTheFastest()
{
    const Theme theme;
    ScalingPage page(theme);
    showReport(page, referenceReport("nvidia_h200_fa3_paper"));
    const QString sentence = page.findChild<SentenceHeader*>()->sentence();
    QVERIFY2(sentence.startsWith(QStringLiteral("Forward: cuDNN is fastest at every size from 512 to 16k")),
             qPrintable(sentence));
}

void TestScalingPage::whatWasNotTimedIsAMark()
{
    const Theme theme;
    ScalingPage page(theme);
    showReport(page, referenceReport("nvidia_h200_fa3_paper"));
    const auto& marks = page.findChild<ChartView*>(QStringLiteral("scalingLatency"))->data().marks;
    QCOMPARE(marks.size(), std::size_t{1});
    QCOMPARE(marks[0].x, 8192.0);
    QVERIFY(marks[0].text.contains(QStringLiteral("8k")));
    QVERIFY(!marks[0].detail.isEmpty());
    // Speed-ups end there too, all of them: the mark is on the baseline's line.
    const auto& speedup = page.findChild<ChartView*>(QStringLiteral("scalingSpeedup"))->data();
    QCOMPARE(speedup.marks.size(), std::size_t{1});
    QCOMPARE(speedup.marks[0].x, 8192.0);
    QCOMPARE(speedup.marks[0].y, 1.0);
    QCOMPARE(speedup.marks[0].text, marks[0].text);
}

void TestScalingPage::choosingAPassDrawsIt()
{
    const Theme theme;
    ScalingPage page(theme);
    showReport(page, referenceReport("nvidia_h200_fa3_paper"));
    auto* pass = page.findChild<QComboBox*>(QStringLiteral("scalingPass"));
    QCOMPARE(pass->count(), 2);
    pass->setCurrentIndex(1);
    QCOMPARE(page.findChild<ChartView*>(QStringLiteral("scalingLatency"))->data().title,
             QStringLiteral("Backward latency"));
}

void TestScalingPage::figuresAreTheReports()
{
    const Theme theme;
    ScalingPage page(theme);
    const auto report = referenceReport("nvidia_h200_fa3_paper");
    showReport(page, report);
    QVERIFY(compareFigures(page, *report) > 60);
}

void TestScalingPage::twoReportsAreDrawnOverEachOther()
{
    const Theme theme;
    ScalingPage page(theme);
    const auto report = referenceReport("nvidia_h200_fa3_paper");
    showReports(page, {report, report});
    const auto& series = page.findChild<ChartView*>(QStringLiteral("scalingLatency"))->data().series;
    QCOMPARE(series.size(), std::size_t{8});
    QVERIFY(series[0].style != series[4].style);
    QVERIFY(series[4].points.front().figureSource.isEmpty());
    auto* legend = page.findChild<ChartLegend*>();
    legend->setShown(QStringLiteral("report1"), false);
    QVERIFY(isHidden(series[4], legend->hidden()));
    QVERIFY(!isHidden(series[0], legend->hidden()));
}

void TestScalingPage::aReportWithoutThatSweepIsNamed()
{
    const Theme theme;
    ScalingPage page(theme);
    showReports(page, {referenceReport("nvidia_h200_fa3_paper"), referenceReport("nvidia_h200_validate_bfloat16")});
    const auto* note = page.findChild<QLabel*>(QStringLiteral("scalingNote"));
    QVERIFY(note->text().contains(QStringLiteral("report 2")));
}

/// No unit of nothing, a sentence in each chart, and the reason once below them.
void TestScalingPage::aSweepWithoutATimeSaysSoOnce()
{
    const Theme theme;
    ScalingPage page(theme);
    auto report = std::make_shared<Report>(*referenceReport("nvidia_h200_fa3_paper"));
    const std::string reason = "the 5 s of the run were spent";
    for (auto& row : report->cases)
    {
        row.outcome = Outcome::Skipped;
        row.cause = Cause::Budget;
        row.reason = reason;
        row.device.reset();
    }
    showReport(page, report);
    const auto charts = page.findChildren<ChartView*>();
    QCOMPARE(charts.size(), 4);
    for (const auto* chart : charts)
    {
        QVERIFY(!chart->data().hasPoints());
        QVERIFY2(chart->data().unit.isEmpty(), qPrintable(chart->data().unit));
        QCOMPARE(chart->data().empty, QStringLiteral("No case was timed here."));
    }
    const QString note = page.findChild<QLabel*>(QStringLiteral("scalingNote"))->text();
    QVERIFY2(note.count(QString::fromStdString(reason)) == 1, qPrintable(note));
    QVERIFY2(note.contains(QStringLiteral("cuDNN, Flash")), qPrintable(note));
}

void TestScalingPage::crossoversAreFound_data()
{
    QTest::addColumn<QList<double>>("flash");
    QTest::addColumn<QList<double>>("math");
    QTest::addColumn<QString>("sentence");
    QTest::newRow("always") << QList<double>{100, 100} << QList<double>{200, 300}
                            << QStringLiteral(
                                   "Flash is fastest at every size from 512 to 1k, 3.00× ahead of Math at 1k.");
    QTest::newRow("changes") << QList<double>{300, 100} << QList<double>{200, 300}
                             << QStringLiteral("Math is fastest up to 512, Flash is fastest from 1k on.");
    QTest::newRow("tie") << QList<double>{200, 200} << QList<double>{200, 200}
                         << QStringLiteral("Flash and Math are too close to call from 512 to 1k.");
}

void TestScalingPage::crossoversAreFound()
{
    QFETCH(QList<double>, flash);
    QFETCH(QList<double>, math);
    QFETCH(QString, sentence);
    Report report;
    report.cases.reserve(8);
    ScalingGroup group;
    for (const auto& [backend, medians] : {std::pair{Backend::Flash, flash}, std::pair{Backend::Math, math}})
    {
        ScalingLine line{backend, {}};
        for (qsizetype i = 0; i < medians.size(); ++i)
        {
            CaseReport row;
            row.measured.backend = backend;
            row.accuracy = AccuracyVerdict::Passed;
            LatencySummary summary;
            summary.n = 20;
            summary.medianNs = summary.meanNs = medians[i];
            summary.medianIntervalNs = Interval{medians[i] * 0.99, medians[i] * 1.01};
            row.device = summary;
            report.cases.push_back(row);
            line.points.push_back({512 << i, &report.cases.back()});
        }
        group.lines.push_back(line);
    }
    QCOMPARE(crossoverSentence(report, group), sentence);
}

QTEST_MAIN(TestScalingPage)
#include "tst_scaling_page.moc"
