// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/read_out.h"

#include "example_chart.h"

#include <QtTest>

using namespace headroom::ui;

namespace
{

/// A hundred pixels an octave.
QPointF toScreen(double x, double y)
{
    return {100 * std::log2(x / 512), 100 - 50 * y};
}

} // namespace

class TestReadOut : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void allSeriesAtThePlaceAreRead();
    void aFailedPointIsReadAsWell();
    void hiddenSeriesAreNot();
    void oneByOneThereIsAReach();
    void nothingIsReadOfNothing();
    void stopsAscendAndDoNotRepeat();
    void theTextHasEverything();
};

void TestReadOut::allSeriesAtThePlaceAreRead()
{
    const auto readOut = readOutAt(exampleChart(), {}, {90, 10}, toScreen);
    QVERIFY(readOut.has_value());
    QCOMPARE(readOut->x, 1024.0);
    QCOMPARE(readOut->heading, QStringLiteral("S 1024"));
    QCOMPARE(readOut->rows.size(), std::size_t{2});
    QCOMPARE(readOut->rows[0].name, QStringLiteral("cuDNN"));
    QCOMPARE(readOut->rows[0].value, QStringLiteral("1 ms"));
    QCOMPARE(readOut->rows[0].detail, QStringLiteral("n 61 · 1\u202F755 MHz"));
    QCOMPARE(readOut->rows[1].note, QStringLiteral("odd"));
}

void TestReadOut::aFailedPointIsReadAsWell()
{
    const auto readOut = readOutAt(exampleChart(), {}, {199, 10}, toScreen);
    QVERIFY(readOut.has_value());
    QCOMPARE(readOut->rows.size(), std::size_t{2});
    QCOMPARE(readOut->rows[1].name, QStringLiteral("out of memory at 2k"));
}

void TestReadOut::hiddenSeriesAreNot()
{
    const auto readOut = readOutAt(exampleChart(), {QStringLiteral("cudnn")}, {90, 10}, toScreen);
    QVERIFY(readOut.has_value());
    QCOMPARE(readOut->rows.size(), std::size_t{1});
    QCOMPARE(readOut->rows[0].name, QStringLiteral("Flash"));
    QVERIFY(!readOutAt(exampleChart(), {QStringLiteral("cudnn"), QStringLiteral("flash")}, {90, 10}, toScreen));
}

void TestReadOut::oneByOneThereIsAReach()
{
    ChartData data = exampleChart();
    data.hover = HoverMode::Nearest;
    const auto near = readOutAt(data, {}, {103, 52}, toScreen, 10);
    QVERIFY(near.has_value());
    QCOMPARE(near->rows.size(), std::size_t{1});
    QCOMPARE(near->rows[0].name, QStringLiteral("cuDNN"));
    QVERIFY(!readOutAt(data, {}, {103, 75}, toScreen, 10));
}

void TestReadOut::nothingIsReadOfNothing()
{
    QVERIFY(!readOutAt({}, {}, {0, 0}, toScreen));
    ChartData data;
    data.series.resize(1);
    QVERIFY(!readOutAt(data, {}, {0, 0}, toScreen));
    QVERIFY(stopsOf(data, {}).empty());
}

void TestReadOut::stopsAscendAndDoNotRepeat()
{
    ChartData data = exampleChart();
    QCOMPARE(stopsOf(data, {}).size(), std::size_t{3});
    QCOMPARE(stopsOf(data, {}).front().x(), 512.0);
    data.hover = HoverMode::Nearest;
    QCOMPARE(stopsOf(data, {}).size(), std::size_t{5});
}

void TestReadOut::theTextHasEverything()
{
    const auto readOut = readOutAt(exampleChart(), {}, {100, 10}, toScreen);
    QVERIFY(readOut.has_value());
    QCOMPARE(toText(*readOut), QStringLiteral("S 1024\ncuDNN · 1 ms · n 61 · 1\u202F755 MHz\n"
                                              "Flash · 2 ms · n 61 · 1\u202F755 MHz · odd"));
}

QTEST_APPLESS_MAIN(TestReadOut)
#include "tst_read_out.moc"
