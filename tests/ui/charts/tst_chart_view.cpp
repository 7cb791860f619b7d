// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_file.h"
#include "ui/charts/chart_legend.h"
#include "ui/charts/chart_view.h"
#include "ui/theme/theme.h"

#include "example_chart.h"

#include <QAbstractButton>
#include <QVBoxLayout>
#include <QtTest>

#include <algorithm>

using namespace headroom::ui;

namespace
{

std::vector<LegendEntry> exampleLegend()
{
    LegendEntry cudnn;
    cudnn.key = QStringLiteral("cudnn");
    cudnn.name = QStringLiteral("cuDNN");
    cudnn.ink = headroom::Backend::Cudnn;
    LegendEntry flash = cudnn;
    flash.key = QStringLiteral("flash");
    flash.name = QStringLiteral("Flash");
    flash.ink = headroom::Backend::Flash;
    flash.marker = Marker::Square;
    return {cudnn, flash};
}

} // namespace

class TestChartView : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void hoverReadsAndLeavingEndsIt();
    void keysReadFromPointToPoint();
    void draggingZoomsAndADoubleClickShowsAll();
    void theWheelZooms();
    void zoomingOutEndsWhereAllIsShown();
    void zoomStaysWhenNewDataArrives();
    void theLegendHidesInAllCharts();
    void manyEntriesHaveRowsOfTheirOwn();
    void aFocusedEntryCanBeRead();
    void shiftShowsASeriesAlone();
    void figuresAreThoseOfThePoints();
    void aClickChoosesAPoint();
    void picturesAreSaved();
    void aPlaceThatCannotBeAFolderIsSaid();
    void itIsDescribedInWords();
    void anEmptyChartSaysWhatIsMissing();
    void aBarWithoutRoomIsLabelledInFewerWords();

private:
    QPoint at(double x, double y) const { return m_chart->geometryOfChart().toScreen(x, y).toPoint(); }

    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<ChartView> m_chart;
};

void TestChartView::init()
{
    m_theme = std::make_unique<Theme>();
    m_chart = std::make_unique<ChartView>(*m_theme);
    m_chart->resize(480, 300);
    m_chart->setData(exampleChart());
    m_chart->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_chart.get()));
}

void TestChartView::cleanup()
{
    m_chart.reset();
    m_theme.reset();
}

void TestChartView::hoverReadsAndLeavingEndsIt()
{
    QSignalSpy spy(m_chart.get(), &ChartView::readOutChanged);
    QTest::mouseMove(m_chart->viewport(), at(1024, 1));
    QTRY_VERIFY(m_chart->readOut().has_value());
    QCOMPARE(m_chart->readOut()->rows.size(), std::size_t{2});
    QVERIFY(m_chart->accessibleDescription().contains(QStringLiteral("1 ms")));
    QEvent leave(QEvent::Leave);
    QCoreApplication::sendEvent(m_chart.get(), &leave);
    QVERIFY(!m_chart->readOut());
    QVERIFY(spy.count() >= 2);
}

void TestChartView::keysReadFromPointToPoint()
{
    QTest::keyClick(m_chart.get(), Qt::Key_Right);
    QCOMPARE(m_chart->readOut()->x, 512.0);
    QTest::keyClick(m_chart.get(), Qt::Key_Right);
    QCOMPARE(m_chart->readOut()->x, 1024.0);
    QTest::keyClick(m_chart.get(), Qt::Key_Left);
    QCOMPARE(m_chart->readOut()->x, 512.0);
}

void TestChartView::draggingZoomsAndADoubleClickShowsAll()
{
    const auto whole = m_chart->range();
    const QPoint from = at(700, 0.7);
    const QPoint to = at(1500, 2.5);
    QTest::mousePress(m_chart->viewport(), Qt::LeftButton, {}, from);
    QTest::mouseMove(m_chart->viewport(), to);
    QTest::mouseRelease(m_chart->viewport(), Qt::LeftButton, {}, to);
    QVERIFY(m_chart->isZoomed());
    QVERIFY(m_chart->range().left > whole.left && m_chart->range().right < whole.right);
    QTest::mouseDClick(m_chart->viewport(), Qt::LeftButton, {}, to);
    QVERIFY(!m_chart->isZoomed());
    QCOMPARE(m_chart->range(), whole);
}

void TestChartView::theWheelZooms()
{
    const auto whole = m_chart->range();
    const QPointF centre = m_chart->geometryOfChart().plot.center();
    QWheelEvent event(centre, m_chart->viewport()->mapToGlobal(centre), {}, {0, 120}, Qt::NoButton, {},
                      Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(m_chart->viewport(), &event);
    QVERIFY(m_chart->range().right - m_chart->range().left < whole.right - whole.left);
    QTest::keyClick(m_chart.get(), Qt::Key_Home);
    QCOMPARE(m_chart->range(), whole);
}

void TestChartView::zoomingOutEndsWhereAllIsShown()
{
    const auto whole = m_chart->range();
    const QPointF centre = m_chart->geometryOfChart().plot.center() + QPointF(40, 20);
    const auto isTaken = [&](int notch)
    {
        QWheelEvent event(centre, m_chart->viewport()->mapToGlobal(centre), {}, {0, notch}, Qt::NoButton, {},
                          Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(m_chart->viewport(), &event);
        return event.isAccepted();
    };
    QVERIFY(!isTaken(-120)); // the page's, which scrolls
    QCOMPARE(m_chart->range(), whole);
    QVERIFY(isTaken(120));
    QVERIFY(m_chart->isZoomed());
    QVERIFY(isTaken(-240));
    QVERIFY(!m_chart->isZoomed());
    QCOMPARE(m_chart->range(), whole);
    QVERIFY(!isTaken(-120));
    QTest::keyClick(m_chart.get(), Qt::Key_Minus);
    QVERIFY(!m_chart->isZoomed());
    const QImage plain = m_chart->viewport()->grab().toImage();
    m_chart->zoomTo(whole);
    QVERIFY(m_chart->viewport()->grab().toImage() != plain); // says how to see all again
    m_chart->zoomTo(panned(whole, 0.5, 0));                  // beside what there is
    QTest::keyClick(m_chart.get(), Qt::Key_Minus);
    QCOMPARE(m_chart->range(), whole);
}

void TestChartView::zoomStaysWhenNewDataArrives()
{
    QTest::keyClick(m_chart.get(), Qt::Key_Plus);
    const auto zoomed = m_chart->range();
    ChartData more = exampleChart();
    more.series[0].points[0].y *= 1.1;
    m_chart->setData(more);
    QCOMPARE(m_chart->range(), zoomed);
    more.unit = QStringLiteral("GiB");
    m_chart->setData(more);
    QVERIFY(!m_chart->isZoomed());
}

void TestChartView::theLegendHidesInAllCharts()
{
    ChartView second(*m_theme);
    ChartLegend legend(*m_theme);
    legend.control(m_chart.get());
    legend.control(&second);
    legend.setEntries(exampleLegend());
    legend.resize(400, 30);
    legend.show();
    auto* button = legend.findChild<QAbstractButton*>(QStringLiteral("legend_flash"));
    QVERIFY(button != nullptr);
    QTest::keyClick(button, Qt::Key_Space);
    QVERIFY(m_chart->hidden().contains(QStringLiteral("flash")));
    QVERIFY(second.hidden().contains(QStringLiteral("flash")));
    QTest::mouseClick(button, Qt::LeftButton);
    QVERIFY(m_chart->hidden().isEmpty());
}

/// What does not fit beside the others stands below them, and is not cut off by what follows.
void TestChartView::manyEntriesHaveRowsOfTheirOwn()
{
    QWidget page;
    auto* column = new QVBoxLayout(&page);
    auto* legend = new ChartLegend(*m_theme, &page);
    column->addWidget(legend);
    column->addStretch(1);
    std::vector<LegendEntry> entries;
    for (int i = 0; i < 6; ++i)
    {
        LegendEntry entry = exampleLegend().front();
        entry.key = QStringLiteral("entry%1").arg(i);
        entry.name = QStringLiteral("a report with a long name %1").arg(i);
        entries.push_back(entry);
    }
    legend->setEntries(entries);
    page.resize(480, 400);
    page.show();
    QVERIFY(QTest::qWaitForWindowExposed(&page));
    int rows = 0;
    int bottom = 0;
    for (const auto* button : legend->findChildren<QAbstractButton*>())
    {
        QVERIFY2(legend->rect().contains(button->geometry()), qPrintable(button->text()));
        rows += button->geometry().top() >= bottom ? 1 : 0;
        bottom = std::max(bottom, button->geometry().bottom());
    }
    QVERIFY(rows > 1);
    QVERIFY(legend->height() <= bottom + 2); // no more room than they need
}

/// The ring of the focus is a ring, whatever the marker was filled with.
void TestChartView::aFocusedEntryCanBeRead()
{
    ChartLegend legend(*m_theme);
    legend.setEntries(exampleLegend());
    legend.resize(400, 30);
    legend.show();
    auto* button = legend.findChild<QAbstractButton*>(QStringLiteral("legend_flash"));
    const QImage before = button->grab().toImage();
    button->setFocus(Qt::TabFocusReason);
    QTRY_VERIFY(button->hasFocus());
    const QImage after = button->grab().toImage();
    const QRect inside = before.rect().adjusted(4, 4, -4, -4);
    QCOMPARE(after.copy(inside), before.copy(inside));
    QVERIFY(after != before);
}

void TestChartView::shiftShowsASeriesAlone()
{
    ChartLegend legend(*m_theme);
    legend.control(m_chart.get());
    legend.setEntries(exampleLegend());
    auto* button = legend.findChild<QAbstractButton*>(QStringLiteral("legend_flash"));
    QTest::mouseClick(button, Qt::LeftButton, Qt::ShiftModifier);
    QCOMPARE(m_chart->hidden(), QSet<QString>{QStringLiteral("cudnn")});
    QTest::mouseClick(button, Qt::LeftButton, Qt::ShiftModifier);
    QVERIFY(m_chart->hidden().isEmpty());
}

void TestChartView::figuresAreThoseOfThePoints()
{
    const auto figures = m_chart->property("figures").toList();
    QCOMPARE(figures.size(), 5);
    QCOMPARE(figures[0].toMap().value(QStringLiteral("source")).toString(), QStringLiteral("/cases/0/device/medianNs"));
    QCOMPARE(figures[0].toMap().value(QStringLiteral("value")).toDouble(), 0.5e6);
}

void TestChartView::aClickChoosesAPoint()
{
    QSignalSpy spy(m_chart.get(), &ChartView::pointActivated);
    QTest::mouseClick(m_chart->viewport(), Qt::LeftButton, {}, at(1024, 2));
    QCOMPARE(spy.count(), 1);
    QCOMPARE(spy[0][0].value<std::size_t>(), std::size_t{1});
    QCOMPARE(spy[0][1].value<std::size_t>(), std::size_t{1});
}

void TestChartView::picturesAreSaved()
{
    QTemporaryDir folder;
    const QString png = folder.filePath(QStringLiteral("a.png"));
    const QString svg = folder.filePath(QStringLiteral("a.svg"));
    QCOMPARE(saveChart(*m_chart, png), QString());
    QCOMPARE(QImage(png).size(), QSize(960, 600));
    QCOMPARE(saveChart(*m_chart, svg), QString());
    QFile file(svg);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray text = file.readAll();
    QVERIFY(text.contains("<svg"));
    QVERIFY(text.contains("out of memory at 2k"));
    QVERIFY(chartText(m_chart->data()).startsWith(QStringLiteral("series\tx\tvalue")));
}

void TestChartView::aPlaceThatCannotBeAFolderIsSaid()
{
    const QString problem = saveChart(*m_chart, QStringLiteral("/dev/null/a.png"));
    QVERIFY(problem.contains(QStringLiteral("/dev/null/a.png")));
}

void TestChartView::itIsDescribedInWords()
{
    QCOMPARE(m_chart->accessibleName(), QStringLiteral("Forward latency"));
    QCOMPARE(m_chart->accessibleDescription(),
             QStringLiteral("Forward latency, in ms, log, lower is better. "
                            "cuDNN: 3 points, from 0.5 ms at S 512 to 2 ms at S 2048. "
                            "Flash: 2 points, from 1 ms at S 512 to 2 ms at S 1024. out of memory at 2k."));
}

void TestChartView::anEmptyChartSaysWhatIsMissing()
{
    ChartData data;
    data.title = QStringLiteral("Memory");
    data.empty = QStringLiteral("No peak was recorded.");
    m_chart->setData(data);
    QVERIFY(!m_chart->grab().isNull());
    QCOMPARE(m_chart->accessibleDescription(), QStringLiteral("Memory. No peak was recorded."));
    QTest::keyClick(m_chart.get(), Qt::Key_Right);
    QVERIFY(!m_chart->readOut());
}

void TestChartView::aBarWithoutRoomIsLabelledInFewerWords()
{
    int full = 0;
    int brief = 0;
    ChartData data;
    data.y.rows = true;
    data.y.ticks = {{0, QStringLiteral("cuDNN")}};
    data.valueLabels = true;
    data.x.from = 0;
    data.x.to = 1.5;
    data.valueText = [&full](const ChartPoint&)
    {
        ++full;
        return QStringLiteral("1.00 ms (0.98 – 1.02)");
    };
    data.valueBrief = [&brief](const ChartPoint&)
    {
        ++brief;
        return QStringLiteral("1.00 ms");
    };
    ChartSeries bar;
    bar.key = QStringLiteral("cudnn");
    bar.ink = headroom::Backend::Cudnn;
    bar.kind = SeriesKind::Bars;
    ChartPoint point;
    point.x = 1;
    point.low = 0.98;
    point.high = 1.02;
    bar.points = {point};
    data.series = {bar};
    const auto words = [&](int width)
    {
        m_chart->resize(width, 300);
        m_chart->setData(data);
        full = brief = 0;
        m_chart->grab();
        return std::pair(full > 0, brief > 0);
    };
    QCOMPARE(words(1200), std::pair(true, false));
    QCOMPARE(words(360), std::pair(true, true));
}

QTEST_MAIN(TestChartView)
#include "tst_chart_view.moc"
