// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/axis_ticks.h"

#include <limits>
#include <vector>

#include <QtTest>

using namespace headroom::ui;

namespace
{

using Values = std::vector<double>;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

void compare(const Values& actual, const Values& expected)
{
    QCOMPARE(actual.size(), expected.size());
    for (std::size_t i = 0; i < actual.size(); ++i)
    {
        QVERIFY2(std::abs(actual[i] - expected[i]) <= 1e-9 * std::max(1.0, std::abs(expected[i])),
                 qPrintable(QString::number(actual[i])));
    }
}

} // namespace

class TestAxisTicks : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void linearTicksAreOneTwoFive_data();
    void linearTicksAreOneTwoFive();
    void logTicksThinToDecades_data();
    void logTicksThinToDecades();
    void ticksNeverExceedTheirNumber();
    void labelsAreShort_data();
    void labelsAreShort();
    void sizesCountInKibi_data();
    void sizesCountInKibi();
    void rangesHaveRoom_data();
    void rangesHaveRoom();
    void placesAreLogarithms();
};

void TestAxisTicks::linearTicksAreOneTwoFive_data()
{
    QTest::addColumn<double>("low");
    QTest::addColumn<double>("high");
    QTest::addColumn<int>("most");
    QTest::addColumn<Values>("expected");
    QTest::newRow("hundreds") << 0.0 << 600.0 << 7 << Values{0, 100, 200, 300, 400, 500, 600};
    QTest::newRow("fives") << 0.0 << 23.0 << 6 << Values{0, 5, 10, 15, 20};
    QTest::newRow("fractions") << 0.0 << 1.1 << 6 << Values{0, 0.2, 0.4, 0.6, 0.8, 1.0};
    QTest::newRow("across zero") << -1.0 << 1.0 << 5 << Values{-1, -0.5, 0, 0.5, 1};
    QTest::newRow("one alone would tell no distance") << 4.5625 << 4.5685 << 2 << Values{4.564, 4.566, 4.568};
    QTest::newRow("one value") << 3.0 << 3.0 << 5 << Values{3};
    QTest::newRow("upside down") << 3.0 << 1.0 << 5 << Values{};
    QTest::newRow("not a number") << kNan << 1.0 << 5 << Values{};
    QTest::newRow("infinite") << 0.0 << kInfinity << 5 << Values{};
    QTest::newRow("none wanted") << 0.0 << 1.0 << 0 << Values{};
}

void TestAxisTicks::linearTicksAreOneTwoFive()
{
    QFETCH(double, low);
    QFETCH(double, high);
    QFETCH(int, most);
    QFETCH(Values, expected);
    compare(linearTicks(low, high, most), expected);
}

void TestAxisTicks::logTicksThinToDecades_data()
{
    QTest::addColumn<double>("low");
    QTest::addColumn<double>("high");
    QTest::addColumn<int>("most");
    QTest::addColumn<Values>("expected");
    QTest::newRow("1-2-5") << 0.4 << 25.0 << 8 << Values{0.5, 1, 2, 5, 10, 20};
    QTest::newRow("decades") << 0.5 << 2000.0 << 5 << Values{1, 10, 100, 1000};
    QTest::newRow("each second decade") << 1.0 << 1e6 << 4 << Values{1, 100, 1e4, 1e6};
    QTest::newRow("within a decade it is linear") << 3.0 << 4.0 << 6 << Values{3, 3.2, 3.4, 3.6, 3.8, 4};
    QTest::newRow("zero has no place") << 0.0 << 4.0 << 6 << Values{};
    QTest::newRow("negative has none") << -1.0 << 4.0 << 6 << Values{};
    QTest::newRow("not a number") << kNan << 4.0 << 6 << Values{};
}

void TestAxisTicks::logTicksThinToDecades()
{
    QFETCH(double, low);
    QFETCH(double, high);
    QFETCH(int, most);
    QFETCH(Values, expected);
    compare(logTicks(low, high, most), expected);
}

void TestAxisTicks::ticksNeverExceedTheirNumber()
{
    for (int most = 1; most < 12; ++most)
    {
        for (const double high : {1e-7, 0.013, 1.0, 3.7, 99.0, 12345.0, 8e11})
        {
            const int ticks = static_cast<int>(linearTicks(0, high, most).size());
            QVERIFY(ticks <= most || (most > 1 && ticks == most + 1)); // rather that than one alone
            QVERIFY(static_cast<int>(logTicks(high / 1e9, high, most).size()) <= most);
        }
    }
}

void TestAxisTicks::labelsAreShort_data()
{
    QTest::addColumn<double>("value");
    QTest::addColumn<QString>("expected");
    QTest::newRow("zero") << 0.0 << QStringLiteral("0");
    QTest::newRow("fraction") << 0.25 << QStringLiteral("0.25");
    QTest::newRow("whole") << 500.0 << QStringLiteral("500");
    QTest::newRow("thousands") << 2000.0 << QStringLiteral("2\u202F000");
    QTest::newRow("many thousands") << 20000.0 << QStringLiteral("20k");
    QTest::newRow("millions") << 1.5e6 << QStringLiteral("1.5M");
    QTest::newRow("billions") << 2e9 << QStringLiteral("2G");
    QTest::newRow("tiny") << 5e-7 << QStringLiteral("5e-07");
    QTest::newRow("negative") << -0.5 << QStringLiteral("-0.5");
    QTest::newRow("not a number") << kNan << QString();
}

void TestAxisTicks::labelsAreShort()
{
    QFETCH(double, value);
    QFETCH(QString, expected);
    QCOMPARE(tickLabel(value), expected);
}

void TestAxisTicks::sizesCountInKibi_data()
{
    QTest::addColumn<qint64>("value");
    QTest::addColumn<QString>("expected");
    QTest::newRow("512") << qint64{512} << QStringLiteral("512");
    QTest::newRow("1k") << qint64{1024} << QStringLiteral("1k");
    QTest::newRow("16k") << qint64{16384} << QStringLiteral("16k");
    QTest::newRow("odd") << qint64{1500} << QStringLiteral("1\u202F500");
    QTest::newRow("zero") << qint64{0} << QStringLiteral("0");
}

void TestAxisTicks::sizesCountInKibi()
{
    QFETCH(qint64, value);
    QFETCH(QString, expected);
    QCOMPARE(sizeLabel(value), expected);
}

void TestAxisTicks::rangesHaveRoom_data()
{
    QTest::addColumn<bool>("log");
    QTest::addColumn<Values>("values");
    QTest::addColumn<double>("low");
    QTest::addColumn<double>("high");
    QTest::newRow("linear") << false << Values{0, 100} << -10.0 << 110.0;
    QTest::newRow("what is no number does not count") << false << Values{kNan, 0, kInfinity, 100} << -10.0 << 110.0;
    QTest::newRow("nothing") << false << Values{} << 0.0 << 1.0;
    QTest::newRow("one value") << false << Values{50} << 45.0 << 55.0;
    QTest::newRow("logarithmic") << true << Values{1, 100} << 0.6309573445 << 158.4893192461;
    QTest::newRow("zero is nowhere on it") << true << Values{0, 1, 100} << 0.6309573445 << 158.4893192461;
    QTest::newRow("nothing, logarithmic") << true << Values{-1, 0} << 1.0 << 10.0;
}

void TestAxisTicks::rangesHaveRoom()
{
    QFETCH(bool, log);
    QFETCH(Values, values);
    QFETCH(double, low);
    QFETCH(double, high);
    const auto range = paddedRange(log ? AxisScale::Log : AxisScale::Linear, values, 0.1);
    compare({range.first, range.second}, {low, high});
}

void TestAxisTicks::placesAreLogarithms()
{
    QCOMPARE(placeOf(AxisScale::Linear, -3.0), -3.0);
    QCOMPARE(placeOf(AxisScale::Log, 1000.0), 3.0);
    QVERIFY(std::isnan(placeOf(AxisScale::Log, 0)));
    QVERIFY(std::isnan(placeOf(AxisScale::Log, kNan)));
    QCOMPARE(valueAt(AxisScale::Log, 2.0), 100.0);
}

QTEST_APPLESS_MAIN(TestAxisTicks)
#include "tst_axis_ticks.moc"
