// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/bootstrap.h"

#include <algorithm>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

#include <QtTest>

#include "noise.h"

using namespace headroom;

namespace
{

using Values = std::vector<double>;

Values normalValues(std::size_t n, std::uint64_t seed)
{
    Noise noise(seed);
    Values values(n);
    std::ranges::generate(values, [&] { return noise.normal(); });
    return values;
}

} // namespace

class TestBootstrap : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void intervalIsThatOfAllDraws_data();
    void intervalIsThatOfAllDraws();
    void intervalIsNearThatOfManyDraws();
    void negatedValuesGiveTheNegatedInterval();
    void equalValuesGiveAPoint();
    void intervalIsNearTheExactOne();
    void moreConfidenceIsWider();
    void unusableValuesGiveNothing();
    void wrongArgumentsThrow();
};

void TestBootstrap::intervalIsThatOfAllDraws_data()
{
    // From sums of multinomial probabilities in exact fractions (Python). With tails that are not expanded the first
    // row would end at 246.5.
    QTest::addColumn<int>("n");
    QTest::addColumn<double>("low");
    QTest::addColumn<double>("high");
    QTest::newRow("two") << 2 << 0.0 << 11.0;
    QTest::newRow("three") << 3 << 0.0 << 42.0;
    QTest::newRow("even n") << 18 << 75.0 << 255.0;
    QTest::newRow("odd n") << 41 << 128.0 << 286.0;
}

void TestBootstrap::intervalIsThatOfAllDraws()
{
    QFETCH(int, n);
    Values values; // of integers, so that no library's logarithm has a part in it
    for (int i = 0; i < n; ++i)
    {
        values.push_back(i * i % 41 * 10 + i);
    }
    const Interval interval = bootstrapMedianInterval(values, 0.95).value();
    QTEST(interval.low, "low");
    QTEST(interval.high, "high");
}

void TestBootstrap::intervalIsNearThatOfManyDraws()
{
    for (const std::size_t n : {20U, 21U, 400U})
    {
        const Values values = normalValues(n, n);
        std::mt19937_64 generator(n);
        Values medians;
        for (int draw = 0; draw < 20000; ++draw)
        {
            Values drawn(n);
            std::ranges::generate(drawn, [&] { return values[generator() % n]; });
            std::ranges::sort(drawn);
            medians.push_back((drawn[(n - 1) / 2] + drawn[n / 2]) / 2);
        }
        std::ranges::sort(medians);
        // At a confidence of 1/2 the expansion of the tails is small, and many draws lie beyond them.
        const Interval exact = bootstrapMedianInterval(values, 0.5).value();
        const double below = double(std::ranges::lower_bound(medians, exact.low) - medians.begin()) / 20000;
        const double upTo = double(std::ranges::upper_bound(medians, exact.low) - medians.begin()) / 20000;
        QVERIFY2(below < 0.26 && upTo > 0.22, qPrintable(QStringLiteral("%1: %2 to %3").arg(n).arg(below).arg(upTo)));
    }
}

void TestBootstrap::negatedValuesGiveTheNegatedInterval()
{
    for (const std::size_t n : {15U, 16U, 40U})
    {
        const Values values = normalValues(n, n);
        Values negated = values;
        std::ranges::transform(negated, negated.begin(), [](double value) { return -value; });
        const Interval there = bootstrapMedianInterval(values, 0.95).value();
        QVERIFY((bootstrapMedianInterval(negated, 0.95) == Interval{-there.high, -there.low}));
    }
}

void TestBootstrap::equalValuesGiveAPoint()
{
    QVERIFY((bootstrapMedianInterval(Values(20, 0.1), 0.95) == Interval{0.1, 0.1}));
    QVERIFY((bootstrapMedianInterval(Values(2, 0.1), 0.95) == Interval{0.1, 0.1}));
}

void TestBootstrap::intervalIsNearTheExactOne()
{
    const Values values = normalValues(400, 9);
    const Interval drawn = bootstrapMedianInterval(values, 0.95).value();
    const Interval exact = medianInterval(values).value();
    const double width = exact.high - exact.low;
    QVERIFY(std::abs(drawn.low - exact.low) < 0.25 * width);
    QVERIFY(std::abs(drawn.high - exact.high) < 0.25 * width);
}

void TestBootstrap::moreConfidenceIsWider()
{
    const Values values = normalValues(60, 4);
    const Interval narrow = bootstrapMedianInterval(values, 0.5).value();
    const Interval usual = bootstrapMedianInterval(values, 0.95).value();
    const Interval wide = bootstrapMedianInterval(values, 0.999).value();
    QVERIFY(wide.low < usual.low && usual.low < narrow.low);
    QVERIFY(narrow.high < usual.high && usual.high < wide.high);
}

void TestBootstrap::unusableValuesGiveNothing()
{
    QVERIFY(!bootstrapMedianInterval({}, 0.95));
    QVERIFY(!bootstrapMedianInterval(Values{1.0}, 0.95));
    QVERIFY(!bootstrapMedianInterval(Values{1.0, std::numeric_limits<double>::quiet_NaN()}, 0.95));
    QVERIFY(!bootstrapMedianInterval(Values{1.0, std::numeric_limits<double>::infinity()}, 0.95));
}

void TestBootstrap::wrongArgumentsThrow()
{
    const Values values(20, 1.0);
    for (const double confidence : {0.0, 1.0, -1.0, std::numeric_limits<double>::quiet_NaN()})
    {
        QVERIFY_EXCEPTION_THROWN(bootstrapMedianInterval(values, confidence), std::invalid_argument);
    }
}

QTEST_APPLESS_MAIN(TestBootstrap)

#include "tst_bootstrap.moc"
