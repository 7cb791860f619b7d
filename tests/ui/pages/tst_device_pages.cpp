// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_legend.h"
#include "ui/charts/chart_view.h"
#include "ui/pages/accuracy_page.h"
#include "core/report/format.h"
#include "core/report/summary.h"
#include "ui/pages/monitor_page.h"
#include "ui/pages/roofline_charts.h"
#include "ui/pages/roofline_page.h"
#include "ui/theme/theme.h"
#include "ui/widgets/hint.h"
#include "ui/widgets/sentence_header.h"

#include "chart_page_fixture.h"

#include <QAbstractButton>
#include <QComboBox>
#include <QSet>
#include <QtTest>

#include <algorithm>

using namespace headroom;
using namespace headroom::ui;

/// Accuracy, roofline and monitor.
class TestDevicePages : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void withoutReportThereAreHints();
    void accuracyNamesTheTensorNearestToItsLimit();
    void accuracyShowsFailures();
    void theShareOfWhatIsAllowedTakesTheWorse();
    void accuracyFiguresAreTheReports();
    void rooflineSaysWhatIsLeft();
    void rooflineRanksWhatIsVerified();
    void rooflineFiguresAreTheReports();
    void everyReportHasItsRoofAndItsMarks();
    void monitorMarksWhatLimitedTheDevice();
    void monitorFiguresAreTheReports();
    void aProcessorsReadingsAreTheMachines();
    void aReportWithoutReadingsSaysWhy();
    void aWorkerThatWasReplacedDoesNotTurnTimeBack();
    void monitorShowsTheRunInFlight();
};

void TestDevicePages::withoutReportThereAreHints()
{
    const Theme theme;
    AccuracyPage accuracy(theme);
    RooflinePage roofline(theme);
    MonitorPage monitor(theme);
    for (Page* page : {static_cast<Page*>(&accuracy), static_cast<Page*>(&roofline), static_cast<Page*>(&monitor)})
    {
        page->show();
        QVERIFY(page->findChild<Hint*>()->isVisible());
    }
}

void TestDevicePages::accuracyNamesTheTensorNearestToItsLimit()
{
    const Theme theme;
    AccuracyPage page(theme);
    showReport(page, referenceReport("nvidia_h200_validate_bfloat16"));
    const QString sentence = page.findChild<SentenceHeader*>()->sentence();
    QVERIFY2(sentence.startsWith(QStringLiteral("All 4 backends are as exact as bfloat16 allows; dQ of ")),
             qPrintable(sentence));
    const auto& rows = page.findChild<ChartView*>(QStringLiteral("accuracyHeadroom"))->data().y.ticks;
    QCOMPARE(rows.size(), std::size_t{5});
    QCOMPARE(rows[1].label, QStringLiteral("LSE"));
}

void TestDevicePages::accuracyShowsFailures()
{
    const Theme theme;
    AccuracyPage page(theme);
    auto report = std::make_shared<Report>(*referenceReport("nvidia_h200_validate_bfloat16"));
    auto& judgement = report->judgements.at(1);
    judgement.tensors.at(0).verdict = AccuracyVerdict::NotFinite;
    judgement.tensors.at(0).errors.notFinite = 7;
    judgement.verdict = AccuracyVerdict::NotFinite;
    judgement.reason = "O has 7 elements that are not finite";
    showReport(page, report);
    QVERIFY(page.findChild<SentenceHeader*>()->sentence().contains(QStringLiteral("not as exact")));
    QVERIFY(page.findChild<QLabel*>(QStringLiteral("accuracyNote"))->text().contains(QStringLiteral("not finite")));
}

void TestDevicePages::theShareOfWhatIsAllowedTakesTheWorse()
{
    Judgement judgement;
    TensorJudgement tensor;
    tensor.verdict = AccuracyVerdict::Passed;
    tensor.errors.maxError = 1;
    tensor.allowedMax = 4;
    tensor.errors.meanError = 1;
    tensor.allowedMean = 2;
    const JudgedTensor judged{&judgement, &tensor};
    QCOMPARE(judged.shareOfAllowed().value_or(-1), 0.5);
    tensor.absoluteLimit = 1.25;
    QCOMPARE(judged.shareOfAllowed().value_or(-1), 0.8);
    tensor.verdict = AccuracyVerdict::Unverified;
    QVERIFY(!judged.shareOfAllowed());
    tensor.verdict = AccuracyVerdict::NotFinite;
    QVERIFY(std::isinf(judged.shareOfAllowed().value_or(0)));
}

void TestDevicePages::accuracyFiguresAreTheReports()
{
    const Theme theme;
    AccuracyPage page(theme);
    const auto report = referenceReport("nvidia_h200_fa3_paper");
    showReport(page, report);
    QVERIFY(compareFigures(page, *report) > 20);
}

void TestDevicePages::rooflineSaysWhatIsLeft()
{
    const Theme theme;
    RooflinePage page(theme);
    showReport(page, referenceReport("nvidia_h200_fa3_paper"));
    QVERIFY(page.findChild<SentenceHeader*>()->sentence().contains(QStringLiteral("is left")));
    Roofline half;
    half.shareOfAttainable = 0.5;
    half.boundBy = Roof::Memory;
    QCOMPARE(headroomWords(half), QStringLiteral("50 % of what is attainable here, bound by memory: 2.00× is left"));
    QCOMPARE(headroomWords({}), QStringLiteral("no measured roof to hold it against"));
}

void TestDevicePages::rooflineRanksWhatIsVerified()
{
    auto report = std::make_shared<Report>(*referenceReport("nvidia_h200_fa3_paper"));
    RooflineSource source{QStringLiteral("sweep"), report.get(), rooflineDtypes(*report).front(), std::nullopt};
    const auto best = bestUnderRoof(source);
    QVERIFY(best.size() > 1);
    const Backend first = best.front()->measured.backend;
    for (auto& row : report->cases)
    {
        row.accuracy = row.measured.backend == first ? AccuracyVerdict::Unverified : row.accuracy;
    }
    const auto ranked = bestUnderRoof(source);
    QCOMPARE(ranked.size(), best.size() - 1);
    for (const auto* row : ranked)
    {
        QVERIFY(row->measured.backend != first);
        QVERIFY(whyUnranked(*row).empty());
    }
}

void TestDevicePages::rooflineFiguresAreTheReports()
{
    const Theme theme;
    RooflinePage page(theme);
    const auto report = referenceReport("nvidia_h200_fa3_paper");
    showReport(page, report);
    QVERIFY(compareFigures(page, *report) > 150);
    auto* pass = page.findChild<QComboBox*>(QStringLiteral("rooflinePass"));
    QCOMPARE(pass->count(), 3);
    pass->setCurrentIndex(1);
    QVERIFY(compareFigures(page, *report) > 80);
}

/// The points of a faster device stand under its own roof, which goes with them.
void TestDevicePages::everyReportHasItsRoofAndItsMarks()
{
    const Theme theme;
    RooflinePage page(theme);
    const auto processor = referenceReport("cpu_validate_bfloat16");
    const auto device = referenceReport("nvidia_h200_validate_bfloat16");
    showReports(page, {processor, device, device});
    auto* chart = page.findChild<ChartView*>(QStringLiteral("rooflineChart"));
    std::vector<ChartSeries> roofs;
    QSet<double> sizes;
    double highest = 0;
    for (const auto& series : chart->data().series)
    {
        if (series.kind == SeriesKind::Line)
        {
            roofs.push_back(series);
            continue;
        }
        sizes << (series.muted ? series.size : 0);
        for (const auto& point : series.points)
        {
            highest = std::max(highest, point.y);
        }
    }
    QCOMPARE(roofs.size(), std::size_t{3});
    QCOMPARE(roofs[0].style, LineStyle::Solid);
    QVERIFY(roofs[1].style != LineStyle::Solid && roofs[1].style != roofs[2].style);
    QVERIFY(roofs[1].points.back().y > highest);
    QCOMPARE(sizes.size(), 3); // that of the front, and one for each other
    QStringList entries;
    for (const auto* button : page.findChildren<QAbstractButton*>())
    {
        if (button->objectName().startsWith(QStringLiteral("legend_")))
        {
            entries << button->text();
        }
    }
    for (const char* wanted :
         {"roof, measured, report 2", "roof, measured, report 3", "report 2 (hollow)", "report 3 (hollow, larger)"})
    {
        QVERIFY2(entries.contains(QLatin1String(wanted)), qPrintable(entries.join(QLatin1Char('\n'))));
    }
    page.findChild<ChartLegend*>()->setShown(QStringLiteral("report1"), false);
    for (const auto& line : chart->data().lines)
    {
        QCOMPARE(isHidden(line, page.findChild<ChartLegend*>()->hidden()),
                 line.text.contains(QStringLiteral("report 2")));
    }
}

void TestDevicePages::monitorMarksWhatLimitedTheDevice()
{
    const auto report = referenceReport("nvidia_h200_fa3_paper");
    const auto spans = throttleSpans(*report);
    QVERIFY(!spans.empty());
    for (const auto& span : spans)
    {
        QCOMPARE(span.text, QStringLiteral("power cap"));
        QVERIFY(span.from <= span.to);
    }
    const auto limited = std::count_if(report->telemetry.begin(), report->telemetry.end(),
                                       [](const Telemetry& reading) { return !reading.throttleReasons.empty(); });
    QVERIFY(limited > 0);
    QVERIFY(monitorSentence(*report).contains(
        QStringLiteral("%1 of %2 readings (power cap)").arg(limited).arg(report->telemetry.size())));
}

void TestDevicePages::monitorFiguresAreTheReports()
{
    const Theme theme;
    MonitorPage page(theme);
    const auto report = referenceReport("nvidia_h200_fa3_paper");
    showReport(page, report);
    QVERIFY(compareFigures(page, *report) > static_cast<int>(report->telemetry.size()) * 4);
}

void TestDevicePages::aProcessorsReadingsAreTheMachines()
{
    const Theme theme;
    MonitorPage page(theme);
    auto report = std::make_shared<Report>();
    Circumstances circumstances;
    circumstances.devices.push_back({});
    circumstances.devices.front().name = "a processor";
    report->circumstances = circumstances;
    for (const double share : {0.5, 0.75})
    {
        Telemetry reading;
        reading.atSeconds = share;
        reading.utilisation = share;
        reading.processorClockMhz = 2500;
        reading.throttleReasons = share > 0.6 ? std::vector<std::string>{"hypervisor"} : std::vector<std::string>{};
        report->telemetry.push_back(reading);
    }
    showReport(page, report);
    const auto* hint = page.findChild<Hint*>();
    QVERIFY(hint == nullptr || !hint->isVisible());
    QCOMPARE(monitorSentence(*report), QStringLiteral("a processor was held back in 1 of 2 readings (hypervisor)."));
    QVERIFY(compareFigures(page, *report) >= 4);
    QStringList texts;
    for (const auto* label : page.findChildren<QLabel*>())
    {
        texts << label->text();
    }
    QVERIFY(texts.contains(QString::fromStdString(Format().count(2500)) + QStringLiteral(" MHz")));
    QVERIFY(texts.contains(QStringLiteral("75 %")));
    QVERIFY2(!texts.contains(QStringLiteral("SM clock")), "a processor has none");
}

void TestDevicePages::aReportWithoutReadingsSaysWhy()
{
    const Theme theme;
    MonitorPage page(theme);
    auto report = std::make_shared<Report>();
    Circumstances circumstances;
    circumstances.devices.push_back({});
    report->circumstances = circumstances;
    showReport(page, report);
    QVERIFY(page.findChild<Hint*>()->isVisible());
    bool said = false;
    for (const auto* label : page.findChildren<QLabel*>())
    {
        said = said || label->text().contains(QStringLiteral("told nothing of its processors"));
    }
    QVERIFY(said);
}

void TestDevicePages::aWorkerThatWasReplacedDoesNotTurnTimeBack()
{
    Report report;
    for (const double at : {10.0, 11.0, 2.0, 3.0})
    {
        Telemetry reading;
        reading.atSeconds = at;
        report.telemetry.push_back(reading);
    }
    QCOMPARE(timesOf(report), (std::vector<double>{0, 1, 1, 2}));
    QVERIFY(timesOf({}).empty());
}

void TestDevicePages::monitorShowsTheRunInFlight()
{
    const Theme theme;
    MonitorPage page(theme);
    showReport(page, referenceReport("nvidia_h200_fa3_paper"), true);
    RunState state;
    state.phase = RunPhase::Running;
    state.telemetry = Telemetry{};
    state.telemetry->powerW = 123;
    page.showRun(state);
    bool said = false;
    for (const auto* label : page.findChildren<QLabel*>())
    {
        said = said || label->text() == QStringLiteral("123 W");
    }
    QVERIFY(said);
}

QTEST_MAIN(TestDevicePages)
#include "tst_device_pages.moc"
