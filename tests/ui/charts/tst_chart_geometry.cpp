// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_geometry.h"

#include "example_chart.h"

#include <QtTest>

using namespace headroom::ui;

namespace
{

const QRectF kPanel(0, 0, 480, 300);

ChartGeometry laidOut(const ChartData& data)
{
    return layOut(data, fullRange(data, {}), kPanel, {QFont(), QFont(), 1});
}

} // namespace

class TestChartGeometry : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyPointIsInsideThePlot();
    void placesAndPixelsAreInverse();
    void hiddenSeriesTakeNoRoom();
    void rowsGrowDownwards();
    void aLongTitlePutsTheUnitBelow();
    void aTinyPanelHasNoPlot();
    void zoomKeepsItsPlace();
    void zoomHasAnEnd();
    void anEmptyChartHasARange();
};

void TestChartGeometry::everyPointIsInsideThePlot()
{
    const ChartData data = exampleChart();
    const auto geometry = laidOut(data);
    QVERIFY(kPanel.contains(geometry.plot));
    for (const auto& series : data.series)
    {
        for (const auto& point : series.points)
        {
            QVERIFY(geometry.plot.contains(geometry.toScreen(point.x, point.y)));
            QVERIFY(geometry.plot.contains(geometry.toScreen(point.x, point.high)));
        }
    }
    QCOMPARE(geometry.xTicks.size(), std::size_t{3});
}

void TestChartGeometry::placesAndPixelsAreInverse()
{
    const auto geometry = laidOut(exampleChart());
    const QPointF place = geometry.screenToPlace(geometry.toScreen(1024, 2));
    QCOMPARE(place.x(), std::log10(1024.0));
    QCOMPARE(place.y(), std::log10(2.0));
}

void TestChartGeometry::hiddenSeriesTakeNoRoom()
{
    const ChartData data = exampleChart();
    const ChartRange all = fullRange(data, {});
    const ChartRange one = fullRange(data, {QStringLiteral("flash")});
    QVERIFY(all.top >= one.top);
    QVERIFY(one.isValid());
}

void TestChartGeometry::rowsGrowDownwards()
{
    ChartData data;
    data.y.rows = true;
    data.y.ticks = {{0, QStringLiteral("O")}, {1, QStringLiteral("dQ")}};
    ChartSeries series;
    series.kind = SeriesKind::Bars;
    series.points.resize(2);
    series.points[0].x = 1;
    series.points[1].x = 2;
    series.points[1].y = 1;
    data.series = {series};
    const auto geometry = laidOut(data);
    QVERIFY(geometry.toScreen(1, 0).y() < geometry.toScreen(1, 1).y());
    QCOMPARE(geometry.yTicks.size(), std::size_t{2});
}

void TestChartGeometry::aLongTitlePutsTheUnitBelow()
{
    ChartData data = exampleChart();
    data.title = QString(60, QLatin1Char('m'));
    const auto geometry = laidOut(data);
    QVERIFY(geometry.unit.top() >= geometry.title.bottom());
}

void TestChartGeometry::aTinyPanelHasNoPlot()
{
    const ChartData data = exampleChart();
    const auto geometry = layOut(data, fullRange(data, {}), QRectF(0, 0, 20, 20), {QFont(), QFont(), 1});
    QVERIFY(geometry.plot.isEmpty());
}

void TestChartGeometry::zoomKeepsItsPlace()
{
    const ChartRange range{0, 10, 0, 10};
    QCOMPARE(zoomed(range, {5, 5}, 0.5, 1), (ChartRange{2.5, 7.5, 0, 10}));
    QCOMPARE(panned(range, 0.1, -0.1), (ChartRange{1, 11, -1, 9}));
}

void TestChartGeometry::zoomHasAnEnd()
{
    ChartRange range{0, 10, 0, 10};
    for (int i = 0; i < 500; ++i)
    {
        range = zoomed(range, {5, 5}, 0.5, 0.5);
    }
    QVERIFY(range.isValid());
    QVERIFY(range.right - range.left > 0);
}

void TestChartGeometry::anEmptyChartHasARange()
{
    QVERIFY(fullRange({}, {}).isValid());
    QVERIFY(!ChartData().hasPoints());
}

QTEST_MAIN(TestChartGeometry)
#include "tst_chart_geometry.moc"
