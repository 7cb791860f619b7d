// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart_page_fixture.h"
#include "tests/ui/run/kept_history.h"

#include "core/report/format.h"
#include "ui/charts/chart_view.h"
#include "ui/pages/dashboard_page.h"
#include "ui/theme/theme.h"
#include "ui/widgets/big_figure.h"

#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>

using namespace headroom;
using namespace headroom::ui;
using namespace headroom::testing;
using namespace std::chrono_literals;

/// The dashboard over a watch that is fed by hand.
class TestDashboardPage : public QObject
{
    Q_OBJECT

    Theme m_theme;
    std::unique_ptr<Watch> m_watch;
    std::unique_ptr<DashboardPage> m_page;

    template <typename T> T* part(const char* name) { return partOf<T>(*m_page, name); }
    QString sentence() { return m_page->findChild<QLabel*>(QStringLiteral("sentence"))->text(); }

private Q_SLOTS:
    void initTestCase() { Theme::loadFonts(); }
    void init()
    {
        m_watch = std::make_unique<Watch>();
        m_page = std::make_unique<DashboardPage>(m_theme);
        m_page->setWatch(*m_watch);
        m_page->resize(900, 712);
        m_page->show();
    }
    void cleanup()
    {
        m_page.reset();
        m_watch.reset();
    }

    void withoutAReportItSaysWhatItNeeds() { QVERIFY(!part<QPushButton>("watchToggle")->isVisible()); }

    void theReportInFrontIsRepeated()
    {
        showReport(*m_page, referenceReport("nvidia_h200_validate_bfloat16"));
        part<QSpinBox>("watchMinutes")->setValue(3);
        QSignalSpy wanted(m_page.get(), &DashboardPage::startRequested);
        QTest::mouseClick(part<QPushButton>("watchToggle"), Qt::LeftButton);
        QCOMPARE(wanted.size(), 1);
        QVERIFY(!wanted.front().at(0).value<Plan>().jobs.empty());
        QCOMPARE(wanted.front().at(2).toInt(), 3);
    }

    void aTitleIsToldFromTheSentence()
    {
        ReportSet set;
        set.reports.push_back(
            {QStringLiteral("Applied again: 1 of 4"), referenceReport("nvidia_h200_validate_bfloat16"), false});
        m_page->showReports(set);
        QCOMPARE(sentence(), QStringLiteral("“Applied again: 1 of 4” can be repeated and watched."));
    }

    /// A processor has no SM, and does not tell its clock sample by sample.
    void withoutAClockThereIsNoSm()
    {
        m_watch->start(validationPlan(), QStringLiteral("nightly"), 1h);
        m_watch->take(foldedRun(4e6));
        const bool told = m_watch->state().cases.front().points.front().smMhz.has_value();
        QCOMPARE(part<ChartView>("watchClocks")->data().title,
                 told ? QStringLiteral("SM clock while sampling") : QStringLiteral("Clock while sampling"));
        QCOMPARE(part<BigFigure>("watchFigure2")->accessibleName().contains(QStringLiteral("SM clock")), told);
    }

    void eachRepetitionIsAPointAndTheLatestABigFigure()
    {
        m_watch->start(validationPlan(), QStringLiteral("nightly"), 1h);
        QVERIFY(part<QLabel>("watchCountdown")->text().contains(QStringLiteral("measuring")));
        m_watch->take(foldedRun(4e6));
        m_watch->take(foldedRun(4.1e6));
        m_watch->take(foldedRun(4.2e6));
        const ChartData& chart = part<ChartView>("watchLatency")->data();
        QCOMPARE(chart.series.size(), std::size_t{2}); // math and flash
        QCOMPARE(chart.series.front().points.size(), std::size_t{3});
        QCOMPARE(chart.x.ticks.size(), std::size_t{3}); // of whole repetitions
        QCOMPARE(chart.x.ticks.front().label, QStringLiteral("1"));
        const auto flash = std::ranges::find_if(m_watch->state().cases, [](const MonitorCase& one)
                                                { return one.measured.backend == Backend::Flash; });
        QCOMPARE(part<BigFigure>("watchFigure0")->text(),
                 QString::fromStdString(Format().duration(*flash->points.back().medianNs)));
        QVERIFY(part<BigFigure>("watchFigure1")->text().contains(QStringLiteral("tok/s")));
        QVERIFY2(sentence().contains(QStringLiteral("3 of the 5 repetitions")), qPrintable(sentence()));
        const QString next = part<QLabel>("watchCountdown")->text();
        QVERIFY2(next.startsWith(QStringLiteral("next in ")) && !next.contains(QLatin1Char(':')), qPrintable(next));
    }

    void anAlarmIsSeen()
    {
        m_watch->start(validationPlan(), QStringLiteral("nightly"), 1h);
        m_watch->take(foldedRun(4e6));
        QVERIFY(!part<QWidget>("watchAlarms")->isVisible());
        m_watch->take(nullptr);
        QVERIFY2(sentence().startsWith(QStringLiteral("Alarm after 2 repetitions: ")), qPrintable(sentence()));
        QVERIFY(part<QWidget>("watchAlarms")->isVisible());
        QCOMPARE(part<BigFigure>("watchFigure3")->text(), QStringLiteral("1"));
        QCOMPARE(part<ChartView>("watchLatency")->data().lines.size(), std::size_t{1});
    }

    void aStopEndsIt()
    {
        m_watch->start(validationPlan(), QStringLiteral("nightly"), 1h);
        m_watch->take(foldedRun(4e6));
        QTest::mouseClick(part<QPushButton>("watchToggle"), Qt::LeftButton);
        QVERIFY(!m_watch->isOn());
        QVERIFY(part<QLabel>("watchCountdown")->text().isEmpty());
        QVERIFY(part<ChartView>("watchLatency")->data().hasPoints()); // what there is stays
    }
};

QTEST_MAIN(TestDashboardPage)
#include "tst_dashboard_page.moc"
