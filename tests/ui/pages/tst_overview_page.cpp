// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart_page_fixture.h"
#include "ui/charts/chart_geometry.h"
#include "ui/models/report_words.h"
#include "ui/pages/accuracy_charts.h"
#include "ui/charts/mark_shape.h"
#include "ui/models/rival_names.h"
#include "ui/pages/kernels_page.h"
#include "ui/pages/overview_charts.h"
#include "ui/pages/overview_figures.h"
#include "ui/pages/overview_page.h"
#include "ui/pages/recommendation_card.h"
#include "ui/pages/recommendations_page.h"
#include "ui/pages/scaling_page.h"
#include "ui/theme/theme.h"
#include "ui/widgets/big_figure.h"

#include <QLabel>
#include <QPushButton>
#include <QSet>

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <iterator>

using namespace headroom;
using namespace headroom::ui;

namespace
{

ReportSet setOf(const std::vector<const char*>& names)
{
    ReportSet set;
    for (const char* name : names)
    {
        set.reports.push_back({QString::fromLatin1(name), referenceReport(name), false});
    }
    return set;
}

/// The bars, or the rings, of \a chart.
std::vector<ChartSeries> seriesOf(const ChartData& chart, SeriesKind kind)
{
    std::vector<ChartSeries> found;
    std::copy_if(chart.series.begin(), chart.series.end(), std::back_inserter(found),
                 [kind](const ChartSeries& series) { return series.kind == kind; });
    return found;
}

} // namespace

/// What the overview keeps from one refresh to the next.
class TestOverviewPage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { Theme::loadFonts(); }

    void adviceIsThereAfterAChangeOfLook()
    {
        Theme theme;
        OverviewPage page(theme);
        const auto report = referenceReport("nvidia_h200_validate_bfloat16");
        showReport(page, report);
        const auto cards = page.findChildren<RecommendationCard*>().size();
        QVERIFY(cards > 0);
        theme.setChoice(theme.scheme() == Scheme::Dark ? SchemeChoice::Light : SchemeChoice::Dark);
        QCOMPARE(page.findChildren<RecommendationCard*>().size(), cards);
        theme.setScale(1.5);
        QCOMPARE(page.findChildren<RecommendationCard*>().size(), cards);
    }

    /// Where there is no recommendation, the words that say so outlive a change of look, and the end of the run.
    void whyThereIsNoAdviceIsAlwaysSaid()
    {
        Theme theme;
        OverviewPage page(theme);
        auto report = std::make_shared<Report>(*referenceReport("cpu_validate_bfloat16"));
        report->recommendations.clear();
        const auto whole = std::make_shared<Report>(*report);
        report->finished.reset();
        showReport(page, report, true);
        const auto said = [&]
        {
            const auto* label = page.findChild<QLabel*>(QStringLiteral("noAdvice"));
            return label != nullptr && label->isVisible() && label->height() > 0 ? label->text() : QString();
        };
        QTRY_COMPARE(said(), QStringLiteral("They come when the figures are there."));
        theme.setChoice(theme.scheme() == Scheme::Dark ? SchemeChoice::Light : SchemeChoice::Dark);
        QTRY_COMPARE(said(), QStringLiteral("They come when the figures are there."));
        report = std::make_shared<Report>(*whole);
        report->finished = RunFinished{Outcome::Cancelled, "cancelled"};
        showReport(page, report);
        QTRY_COMPARE(said(), QStringLiteral("None: the run ended before its figures were there."));
        showReport(page, whole);
        QTRY_COMPARE(said(), QStringLiteral("Nothing to change: what was measured gives no reason to."));
        theme.setScale(1.5);
        QTRY_COMPARE(said(), QStringLiteral("Nothing to change: what was measured gives no reason to."));
    }

    /// While a comparison is timed, a backend that is still to come has not failed; one that is left out has.
    void aBackendThatWaitsHasNotFailed()
    {
        auto report = std::make_shared<Report>(*referenceReport("cpu_validate_bfloat16"));
        const std::string job = mainCase(*report)->jobId;
        for (auto& one : report->jobs)
        {
            one.finished = one.finished && one.id != job;
        }
        report->finished.reset();
        const auto row = std::find_if(report->cases.begin(), report->cases.end(),
                                      [&](const CaseReport& one)
                                      { return one.jobId == job && one.measured.backend == Backend::Flash; });
        QVERIFY(row != report->cases.end());
        row->outcome = Outcome::Cancelled;
        row->cause = Cause::None;
        row->deviceNs.clear();
        row->device.reset();
        ReportSet set;
        set.reports.push_back({QStringLiteral("live"), report, true});
        const auto markOfFlash = [&]
        {
            const ChartData chart = timeByBackend(set);
            const auto mark = std::find_if(chart.marks.begin(), chart.marks.end(),
                                           [](const ChartMark& one) { return one.key == QStringLiteral("flash"); });
            return mark != chart.marks.end() ? *mark : ChartMark();
        };
        QCOMPARE(markOfFlash().text, QStringLiteral("its turn comes"));
        QVERIFY(markOfFlash().ink == Ink(InkRole::Secondary));
        QCOMPARE(markerOf(markOfFlash()), Marker::None);
        row->outcome = Outcome::Skipped;
        row->cause = Cause::NotEligible;
        QVERIFY2(markOfFlash().text != QStringLiteral("its turn comes"), qPrintable(markOfFlash().text));
        QVERIFY(markOfFlash().ink == Ink(InkRole::Bad));
        QCOMPARE(markerOf(markOfFlash()), Marker::Cross);
    }

    /// Of a model from a file the attention calls are known, and not the layers.
    void aModelFromAFileHasAttentionCalls()
    {
        Theme theme;
        OverviewPage page(theme);
        showReport(page, referenceReport("nvidia_h200_audit_t5"));
        const QString note = page.findChild<QLabel*>(QStringLiteral("sentenceNote"))->text();
        QVERIFY2(note.contains(QStringLiteral("36 attention calls")), qPrintable(note));
        QVERIFY2(!note.contains(QStringLiteral("layers")), qPrintable(note));
    }

    /// A battery's defects are all there, those that are present first, and no advice is made up for them.
    void aBatteryListsItsDefects()
    {
        Theme theme;
        OverviewPage page(theme);
        page.resize(1000, 800);
        const auto report = referenceReport("nvidia_h200_battery");
        showReport(page, report);
        const auto* list = page.findChild<QWidget*>(QStringLiteral("knownDefects"));
        QVERIFY(list != nullptr);
        QStringList items;
        for (const auto* label : list->findChildren<QLabel*>())
        {
            if (label->property("figureSource").toString().endsWith(QLatin1String("/item")))
            {
                items << label->property("figureValue").toString();
            }
        }
        QCOMPARE(static_cast<std::size_t>(items.size()), report->checks.size());
        const auto present =
            std::count_if(report->checks.begin(), report->checks.end(),
                          [](const CheckResult& check) { return check.status == CheckStatus::Failed; });
        for (const auto& check : report->checks)
        {
            const auto place = items.indexOf(QString::fromStdString(check.item));
            QCOMPARE(place < present, check.status == CheckStatus::Failed);
        }
        QVERIFY(!page.findChild<QWidget*>(QStringLiteral("adviceOfOverview"))->isVisibleTo(&page));
        theme.setChoice(theme.scheme() == Scheme::Dark ? SchemeChoice::Light : SchemeChoice::Dark);
        const auto* link = page.findChild<QLabel*>(QStringLiteral("defect_B1"));
        QVERIFY2(link->text().contains(theme.colours().accent.name()), qPrintable(link->text()));
        QVERIFY(link->text().contains(QStringLiteral("pytorch/issues/103963")));
    }

    /// A fix is held against the call as it is: not LibTorch's choice against itself.
    void aFixIsNamedAgainstTheCallAsItIs()
    {
        const auto report = std::make_shared<Report>(*referenceReport("nvidia_h200_audit_t5"));
        const std::string job = "try-mask-hides-nothing-13"; // as a run has it that applies this fix alone
        std::erase_if(report->cases, [&](const CaseReport& row) { return row.jobId != job; });
        std::erase_if(report->comparisons, [&](const ComparisonReport& one) { return one.jobId != job; });
        report->headlines.clear();
        const auto figures = overviewFigures(*report);
        QVERIFY2(figures.front().label.endsWith(QStringLiteral("against the call as it is")),
                 qPrintable(figures.front().label));
        for (const auto& figure : figures)
        {
            QVERIFY2(!figure.note.contains(QStringLiteral("choice"), Qt::CaseInsensitive), qPrintable(figure.note));
        }
        QVERIFY2(figures.front().note.contains(QStringLiteral("changed")), qPrintable(figures.front().note));
        ReportSet set;
        set.reports.push_back({QStringLiteral("applied"), report, false});
        const ChartData chart = timeByBackend(set);
        QStringList rows;
        for (const auto& tick : chart.y.ticks)
        {
            rows << tick.label;
        }
        QCOMPARE(rows, QStringList({QStringLiteral("as it is"), QStringLiteral("changed")}));
        QCOMPARE(seriesOf(chart, SeriesKind::Bars).size(), std::size_t{2});
        Theme theme;
        const RecommendationCard card(*report, 0, RecommendationCard::Size::Full, theme);
        QStringList evidence;
        for (const auto* line : card.findChildren<QLabel*>(QStringLiteral("evidence")))
        {
            evidence << line->text().section(QLatin1Char(','), 0, 0);
        }
        evidence.sort();
        QVERIFY2(evidence.contains(QStringLiteral("as it is")) && evidence.contains(QStringLiteral("changed")),
                 qPrintable(evidence.join(QLatin1Char('\n'))));
    }

    void properNamesKeepTheirCapitals()
    {
        Report report = *referenceReport("nvidia_h200_validate_bfloat16");
        CaseReport row = report.cases.front();
        for (const auto& [backend, name] :
             {std::pair{Backend::Math, QStringLiteral("math")}, std::pair{Backend::Cudnn, QStringLiteral("cuDNN")},
              std::pair{Backend::Default, QStringLiteral("LibTorch's choice")}})
        {
            row.measured.backend = backend;
            QCOMPARE(rivalInSentence(report, row), name);
        }
    }

    /// A chart that has nothing yet has no unit either; while a run is on, nobody is asked to start one.
    void nothingYetHasNoUnit()
    {
        ReportSet set;
        set.reports.push_back({QStringLiteral("new"), std::make_shared<Report>(), true});
        QCOMPARE(timeByBackend(set).unit, QString());
    }

    /// What a button of an empty page would start is on already, or would leave the page empty again.
    void noPageAsksForARunThatWouldNotFillIt()
    {
        Theme theme;
        const auto buttonsOf = [](const Page& page)
        {
            const auto all = page.findChildren<QPushButton*>();
            return std::count_if(all.begin(), all.end(),
                                 [](const QPushButton* one)
                                 { return one->isVisible() && one->text() == QStringLiteral("Run validation"); });
        };
        const auto begun = std::make_shared<Report>();
        KernelsPage kernels(theme);
        RecommendationsPage advice(theme);
        for (Page* page : {static_cast<Page*>(&kernels), static_cast<Page*>(&advice)})
        {
            page->show();
            QCOMPARE(buttonsOf(*page), 1);
            showReport(*page, begun, true);
            QCOMPARE(buttonsOf(*page), 0);
            showReport(*page, begun);
            QCOMPARE(buttonsOf(*page), 1);
        }
        ScalingPage scaling(theme);
        scaling.show();
        QCOMPARE(buttonsOf(scaling), 1);
        auto one = std::make_shared<Report>(*referenceReport("cpu_validate_bfloat16"));
        const std::string job = one->cases.front().jobId;
        std::erase_if(one->cases, [&](const CaseReport& row) { return row.jobId != job; });
        showReport(scaling, one);
        QCOMPARE(buttonsOf(scaling), 0);
    }

    /// An audit judges the calls that it changes.
    void anAuditSaysWhatItsTrialsJudged()
    {
        Theme theme;
        OverviewPage page(theme);
        const auto report = referenceReport("nvidia_h200_audit_t5");
        showReport(page, report);
        const auto figures = page.findChildren<BigFigure*>();
        const auto accuracy = std::find_if(figures.begin(), figures.end(),
                                           [](const BigFigure* figure)
                                           { return figure->accessibleName().startsWith(QStringLiteral("Accuracy")); });
        QVERIFY(accuracy != figures.end());
        QVERIFY2((*accuracy)->text().endsWith(QStringLiteral("%")), qPrintable((*accuracy)->text()));
        const QString description = (*accuracy)->accessibleDescription();
        QVERIFY2(description.contains(QString::fromStdString(report->judgements.front().path)),
                 qPrintable(description));
        QVERIFY(compareFigures(page, *report) > 0);
    }

    /// A sweep's lead is the largest of many, of a call that is named in full.
    void theLeadOfASweepSaysThatItIsTheLargest()
    {
        const ReportSet set = setOf({"nvidia_h200_fa3_paper"});
        const auto figure = overviewFigures(*set.reports.front().report).front();
        QVERIFY2(figure.note.contains(QStringLiteral("the largest of 160, their median is 5.17")),
                 qPrintable(figure.note));
        QVERIFY2(figure.note.contains(QStringLiteral("head_dim ")), qPrintable(figure.note));
        QVERIFY2(figure.note.contains(QStringLiteral("no mask")) || figure.note.contains(QStringLiteral("causal")),
                 qPrintable(figure.note));
        const QString title = timeByBackend(set).title;
        QVERIFY2(title.contains(QStringLiteral("head_dim ")), qPrintable(title));
        const auto model = overviewFigures(*referenceReport("nvidia_h200_validate_bfloat16")).front();
        QVERIFY2(!model.note.contains(QStringLiteral("largest")), qPrintable(model.note));
    }

    /// Both pages speak of the same tensor, of all backends that were judged, and of the same share.
    void accuracyIsThatOfThePageAccuracy()
    {
        for (const char* name : {"nvidia_h200_validate_bfloat16", "cpu_validate_bfloat16", "nvidia_h200_fa3_paper"})
        {
            const ReportSet set = setOf({name});
            const Report& report = *set.reports.front().report;
            const auto scope = accuracyScopesOf(report).front();
            const auto worst = worstOfAll(scope);
            const auto room = accuracyRoomOf(report, std::nullopt);
            QVERIFY(worst && room);
            QCOMPARE(room->judgement, worst->judgement);
            QCOMPARE(room->tensor, worst->tensor);
            QCOMPARE(room->used, *worst->shareOfAllowed());
            const QString note = overviewFigures(report)[1].note;
            QVERIFY2(note.contains(backendName(worst->judgement->backend)), qPrintable(note));
            const auto judged = worstOf(scope);
            std::size_t points = 0;
            for (const auto& series : errorByTensor(set).series)
            {
                for (const auto& point : series.points)
                {
                    ++points;
                    QVERIFY(std::any_of(judged.begin(), judged.end(),
                                        [&](const JudgedTensor& one) {
                                            return textOf(toString(one.judgement->backend)) == series.key &&
                                                   one.shareOfAllowed() == point.x;
                                        }));
                }
            }
            QCOMPARE(points, judged.size());
        }
    }

    /// A mean can be nearer to its limit than the largest error is; so can an absolute limit.
    void theNearestOfAllLimitsIsNamed()
    {
        auto report = std::make_shared<Report>(*referenceReport("nvidia_h200_validate_bfloat16"));
        auto& tensor = report->judgements.front().tensors.front();
        tensor.errors.meanError = 0.75 * tensor.allowedMean;
        auto figure = overviewFigures(*report)[1];
        QCOMPARE(figure.text, QStringLiteral("25 %"));
        QVERIFY2(figure.note.contains(QStringLiteral("mean error")), qPrintable(figure.note));
        tensor.absoluteLimit = tensor.errors.maxError / 0.8;
        figure = overviewFigures(*report)[1];
        QCOMPARE(figure.text, QStringLiteral("20 %"));
        QVERIFY(figure.noteFigures.last().source.endsWith(QStringLiteral("/absoluteLimit")));
    }

    /// A whisker is not cut off, and its ends are what the label says: no time below 0 is among them.
    void aWideIntervalIsReadInFull()
    {
        auto report = std::make_shared<Report>(*referenceReport("cpu_validate_bfloat16"));
        for (auto& row : report->cases)
        {
            if (row.device)
            {
                row.device->medianNs = 1.4e9;
                row.device->medianIntervalNs = Interval{1.3e9, 2.4e9};
            }
        }
        ReportSet set;
        set.reports.push_back({QStringLiteral("wide"), report, false});
        const ChartData chart = timeByBackend(set);
        const ChartRange range = fullRange(chart, {});
        QCOMPARE(range.left, 0.0);
        QStringList labels;
        for (const auto& series : chart.series)
        {
            const ChartPoint& point = series.points.front();
            QVERIFY(std::isfinite(point.high));
            QVERIFY(point.high < range.left + 0.75 * (range.right - range.left)); // words have room behind it
            labels << chart.valueText(point);
        }
        QVERIFY2(labels.contains(QStringLiteral("1.4 s (1.3 – 2.4)")), qPrintable(labels.join(QLatin1Char('\n'))));
    }

    /// A device that is two hundred times as fast has rings that are told apart, and figures beside them.
    void aReportFarAwayIsReadOnALogarithmicAxis()
    {
        const ChartData chart = timeByBackend(setOf({"cpu_validate_bfloat16", "nvidia_h200_validate_bfloat16"}));
        QCOMPARE(chart.x.scale, AxisScale::Log);
        QVERIFY2(chart.unit.contains(QStringLiteral(", log,")), qPrintable(chart.unit));
        QVERIFY(chart.x.labels);
        const auto rings = seriesOf(chart, SeriesKind::Points);
        QCOMPARE(rings.size(), seriesOf(chart, SeriesKind::Bars).size());
        QVERIFY(chart.valueLabels);
        const ChartRange range = fullRange(chart, {});
        for (const auto& series : chart.series)
        {
            QVERIFY(placeOf(chart.x.scale, series.points.front().low) > range.left);
            QVERIFY(placeOf(chart.x.scale, series.points.front().high) < range.right);
        }
        for (const auto& ring : rings)
        {
            QVERIFY(ring.points.front().figureSource.isEmpty());
            QVERIFY2(chart.valueText(ring.points.front()).contains(QStringLiteral(" ms")),
                     qPrintable(chart.valueText(ring.points.front())));
        }
    }

    /// The same report once more is near: bars begin at 0, where their lengths can be compared.
    void aReportThatIsNearKeepsTheAxisFromZero()
    {
        const ChartData chart = timeByBackend(setOf({"cpu_validate_bfloat16", "cpu_validate_bfloat16"}));
        QCOMPARE(chart.x.scale, AxisScale::Linear);
        QCOMPARE(fullRange(chart, {}).left, 0.0);
        const auto bars = seriesOf(chart, SeriesKind::Bars);
        const auto rings = seriesOf(chart, SeriesKind::Points);
        QCOMPARE(bars.size(), rings.size());
        QVERIFY(rings.front().points.front().y > bars.front().points.front().y);
    }

    /// Several other reports are told apart by the size of their rings.
    void furtherReportsHaveLargerRings()
    {
        const ChartData chart = timeByBackend(
            setOf({"nvidia_h200_validate_bfloat16", "cpu_validate_bfloat16", "nvidia_h200_validate_bfloat16"}));
        QSet<double> sizes;
        for (const auto& ring : seriesOf(chart, SeriesKind::Points))
        {
            sizes << ring.size;
        }
        QCOMPARE(sizes.size(), 2);
        QVERIFY2(chart.unit.contains(QStringLiteral("from small to large: cpu_")), qPrintable(chart.unit));
    }
};

QTEST_MAIN(TestOverviewPage)
#include "tst_overview_page.moc"
