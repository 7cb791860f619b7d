// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/statistics.h"

#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <vector>

#include <QtTest>

using namespace headroom;

namespace
{

using Values = std::vector<double>;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// 1, 2, ..., n: each value is its own rank.
Values ranks(std::size_t n)
{
    Values values(n);
    std::iota(values.begin(), values.end(), 1.0);
    return values;
}

} // namespace

class TestStatistics : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void figuresMatchReferences_data();
    void figuresMatchReferences();
    void figuresThatCannotBeComputedAreAbsent_data();
    void figuresThatCannotBeComputedAreAbsent();
    void equalValuesHaveExactlyNoSpread();
    void largeOffsetDoesNotDrownTheSpread();
    void hugeValuesDoNotOverflowTheMean();
    void orderStatisticsTakeInfinityInItsPlace();
    void momentsRefuseInfinity();
    void quantileIsOfTypeSeven_data();
    void quantileIsOfTypeSeven();
    void medianAbsoluteDeviationIgnoresOneOutlier();
    void inputKeepsItsOrder();
    void meanIntervalMatchesR();
    void quantileIntervalHasTheTabulatedRanks_data();
    void quantileIntervalHasTheTabulatedRanks();
    void quantileIntervalNeedsEnoughSamples_data();
    void quantileIntervalNeedsEnoughSamples();
    void neededSamplesStayFiniteAtTheEdges();
    void wrongArgumentsThrow();
    void honestQuantileSaysHowManyAreMissing();
    void honestQuantileLiesInItsInterval();
    void honestQuantileOfNanHasNoValue();
    void summaryHoldsEachFigure();
    void summaryOfFewSamplesLeavesOutWhatTheyCannotSay();
    void summaryOfNoMeasurementIsAbsent();
    void summarySurvivesJson();
};

void TestStatistics::figuresMatchReferences_data()
{
    QTest::addColumn<Values>("values");
    QTest::addColumn<double>("expectedMean");
    QTest::addColumn<double>("expectedMedian");
    QTest::addColumn<double>("expectedDeviation"); // NaN: none

    QTest::newRow("one") << Values{4.0} << 4.0 << 4.0 << kNan;
    QTest::newRow("two") << Values{4.0, 2.0} << 3.0 << 3.0 << std::sqrt(2.0);
    QTest::newRow("odd, unsorted") << Values{9.0, 1.0, 5.0} << 5.0 << 5.0 << 4.0;
    QTest::newRow("even with ties") << Values{2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0} << 5.0 << 4.5
                                    << std::sqrt(32.0 / 7.0);
    QTest::newRow("negative") << Values{-3.0, -1.0} << -2.0 << -2.0 << std::sqrt(2.0);
}

void TestStatistics::figuresMatchReferences()
{
    QFETCH(Values, values);
    QFETCH(double, expectedMean);
    QFETCH(double, expectedMedian);
    QFETCH(double, expectedDeviation);

    QCOMPARE(mean(values).value(), expectedMean);
    QCOMPARE(median(values).value(), expectedMedian);
    QCOMPARE(sampleStandardDeviation(values).has_value(), !std::isnan(expectedDeviation));
    QCOMPARE(sampleStandardDeviation(values).value_or(kNan), expectedDeviation);
    QCOMPARE(minimum(values).value(), *std::min_element(values.begin(), values.end()));
    QCOMPARE(maximum(values).value(), *std::max_element(values.begin(), values.end()));
}

void TestStatistics::figuresThatCannotBeComputedAreAbsent_data()
{
    QTest::addColumn<Values>("values");
    QTest::newRow("none") << Values{};
    QTest::newRow("NaN alone") << Values{kNan};
    QTest::newRow("NaN first") << Values{kNan, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0};
    QTest::newRow("NaN last") << Values{1.0, 2.0, 3.0, 4.0, 5.0, 6.0, kNan};
}

void TestStatistics::figuresThatCannotBeComputedAreAbsent()
{
    QFETCH(Values, values);
    QVERIFY(!mean(values));
    QVERIFY(!sampleStandardDeviation(values));
    QVERIFY(!relativeStandardError(values));
    QVERIFY(!minimum(values));
    QVERIFY(!maximum(values));
    QVERIFY(!median(values));
    QVERIFY(!quantile(values, 0.0));
    QVERIFY(!medianAbsoluteDeviation(values));
    QVERIFY(!meanInterval(values));
    QVERIFY(!medianInterval(values));
    QVERIFY(!honestQuantile(values, 0.5).value);
    QVERIFY(!summarizeLatency(values));
}

void TestStatistics::equalValuesHaveExactlyNoSpread()
{
    const Values values(7, 0.1); // 0.1 is not representable: a plain sum would not give it back
    QVERIFY(*mean(values) == 0.1);
    QVERIFY(*sampleStandardDeviation(values) == 0.0);
    QVERIFY(*relativeStandardError(values) == 0.0);
    QVERIFY(*medianAbsoluteDeviation(values) == 0.0);
    QVERIFY((*meanInterval(values) == Interval{0.1, 0.1}));
    QVERIFY((*medianInterval(values) == Interval{0.1, 0.1}));
}

void TestStatistics::largeOffsetDoesNotDrownTheSpread()
{
    const Values values{1e9 + 4.0, 1e9 + 7.0, 1e9 + 13.0, 1e9 + 16.0};
    QCOMPARE(*mean(values), 1e9 + 10.0);
    QCOMPARE(*sampleStandardDeviation(values), std::sqrt(30.0));
}

void TestStatistics::hugeValuesDoNotOverflowTheMean()
{
    const double huge = std::numeric_limits<double>::max();
    QCOMPARE(*mean(Values{huge, huge, huge}), huge);
    QVERIFY(!sampleStandardDeviation(Values{huge, huge / 2.0})); // its square has no double
}

void TestStatistics::orderStatisticsTakeInfinityInItsPlace()
{
    const Values values{1.0, kInfinity, 2.0, kInfinity, 3.0, 4.0};
    QCOMPARE(*median(values), 3.5);
    QCOMPARE(*maximum(values), kInfinity);
    QCOMPARE(*quantile(values, 1.0), kInfinity);
    QCOMPARE(*quantile(values, 0.6), 4.0);        // rank 4, with nothing of the infinite neighbour
    QCOMPARE(*quantile(values, 0.7), kInfinity);  // between 4 and infinity
    QCOMPARE(*quantile(values, 0.95), kInfinity); // between two infinities
    QVERIFY((*medianInterval(values) == Interval{1.0, kInfinity}));
    QVERIFY(!median(Values{-kInfinity, kInfinity}));
}

void TestStatistics::momentsRefuseInfinity()
{
    const Values values{1.0, 2.0, kInfinity};
    QVERIFY(!mean(values));
    QVERIFY(!sampleStandardDeviation(values));
    QVERIFY(!relativeStandardError(values));
    QVERIFY(!meanInterval(values));
    QVERIFY(!medianAbsoluteDeviation(values));
}

void TestStatistics::quantileIsOfTypeSeven_data()
{
    QTest::addColumn<Values>("values");
    QTest::addColumn<double>("p");
    QTest::addColumn<double>("expected"); // R: quantile(values, p, type = 7)
    QTest::newRow("lower quarter") << Values{4.0, 3.0, 2.0, 1.0} << 0.25 << 1.75;
    QTest::newRow("p95 of ten") << ranks(10) << 0.95 << 9.55;
    QTest::newRow("p = 0") << ranks(10) << 0.0 << 1.0;
    QTest::newRow("p = 1") << ranks(10) << 1.0 << 10.0;
    QTest::newRow("on a rank") << ranks(101) << 0.99 << 100.0;
    QTest::newRow("one value") << Values{3.0} << 0.99 << 3.0;
}

void TestStatistics::quantileIsOfTypeSeven()
{
    QFETCH(Values, values);
    QFETCH(double, p);
    QFETCH(double, expected);
    QCOMPARE(*quantile(values, p), expected);
}

void TestStatistics::medianAbsoluteDeviationIgnoresOneOutlier()
{
    QCOMPARE(*medianAbsoluteDeviation(Values{1.0, 1.0, 2.0, 2.0, 4.0, 6.0, 9.0}), 1.0);
    QCOMPARE(*medianAbsoluteDeviation(Values{1.0, 1.0, 2.0, 2.0, 4.0, 6.0, 9e9}), 1.0);
}

void TestStatistics::inputKeepsItsOrder()
{
    const Values before{3.0, 1.0, 2.0, 6.0, 5.0, 4.0};
    const Values values = before;
    QVERIFY(median(values) && medianInterval(values) && summarizeLatency(values));
    QCOMPARE(values, before);
}

void TestStatistics::meanIntervalMatchesR()
{
    const Interval interval = meanInterval(ranks(5)).value(); // t.test(1:5)$conf.int
    QVERIFY(std::abs(interval.low - 1.036757) < 1e-6);
    QVERIFY(std::abs(interval.high - 4.963243) < 1e-6);
    QVERIFY(!meanInterval(Values{1.0}));
}

void TestStatistics::quantileIntervalHasTheTabulatedRanks_data()
{
    QTest::addColumn<int>("n");
    QTest::addColumn<double>("p");
    QTest::addColumn<double>("low");
    QTest::addColumn<double>("high");
    // The median's rows are those of the table of the sign test (Conover, table A3).
    QTest::newRow("median of 6") << 6 << 0.5 << 1.0 << 6.0;
    QTest::newRow("median of 8") << 8 << 0.5 << 1.0 << 8.0;
    QTest::newRow("median of 9") << 9 << 0.5 << 2.0 << 8.0;
    QTest::newRow("median of 10") << 10 << 0.5 << 2.0 << 9.0;
    QTest::newRow("median of 20") << 20 << 0.5 << 6.0 << 15.0;
    QTest::newRow("median of 30") << 30 << 0.5 << 10.0 << 21.0;
    QTest::newRow("median of 100") << 100 << 0.5 << 40.0 << 61.0;
    // P(B <= 89) = 0.0115, P(B <= 90) = 0.0282; P(B >= 99) = 0.0371, P(B >= 100) = 0.0059 for B ~ Bin(100, 0.95).
    QTest::newRow("p95 of 100") << 100 << 0.95 << 90.0 << 100.0;
    QTest::newRow("p5 of 100, the mirror image") << 100 << 0.05 << 1.0 << 11.0;
}

void TestStatistics::quantileIntervalHasTheTabulatedRanks()
{
    QFETCH(int, n);
    QFETCH(double, p);
    QFETCH(double, low);
    QFETCH(double, high);
    const Interval interval = quantileInterval(ranks(static_cast<std::size_t>(n)), p).value();
    QCOMPARE(interval.low, low);
    QCOMPARE(interval.high, high);
}

void TestStatistics::quantileIntervalNeedsEnoughSamples_data()
{
    QTest::addColumn<double>("p");
    QTest::addColumn<double>("confidence");
    QTest::addColumn<qint64>("needed");
    QTest::newRow("median") << 0.5 << 0.95 << qint64{6};
    QTest::newRow("p90") << 0.9 << 0.95 << qint64{36};
    QTest::newRow("p95") << 0.95 << 0.95 << qint64{72};
    QTest::newRow("p5") << 0.05 << 0.95 << qint64{72};
    QTest::newRow("p99") << 0.99 << 0.95 << qint64{368};
    QTest::newRow("median at 99 %") << 0.5 << 0.99 << qint64{8};
    QTest::newRow("exact tie, 0.5^6 = 1/64") << 0.5 << 1.0 - 1.0 / 32.0 << qint64{6};
    QTest::newRow("hardly sure") << 0.5 << 0.001 << qint64{2};
}

void TestStatistics::quantileIntervalNeedsEnoughSamples()
{
    QFETCH(double, p);
    QFETCH(double, confidence);
    QFETCH(qint64, needed);
    QCOMPARE(samplesNeededForQuantileInterval(p, confidence), needed);
    QVERIFY(quantileInterval(ranks(static_cast<std::size_t>(needed)), p, confidence).has_value());
    QVERIFY(!quantileInterval(ranks(static_cast<std::size_t>(needed - 1)), p, confidence));
}

void TestStatistics::neededSamplesStayFiniteAtTheEdges()
{
    QVERIFY(samplesNeededForQuantileInterval(std::numeric_limits<double>::denorm_min()) > 1'000'000);
    QVERIFY(samplesNeededForQuantileInterval(std::nextafter(1.0, 0.0)) > 1'000'000);
    QVERIFY(samplesNeededForQuantileInterval(0.5, std::nextafter(1.0, 0.0)) > 50);
    QVERIFY(!quantileInterval(ranks(1000), std::nextafter(1.0, 0.0)));
}

void TestStatistics::wrongArgumentsThrow()
{
    const Values values = ranks(10);
    for (const double p : {-0.1, 1.1, kNan})
    {
        QVERIFY_EXCEPTION_THROWN(quantile(values, p), std::invalid_argument);
    }
    for (const double p : {0.0, 1.0, kNan})
    {
        QVERIFY_EXCEPTION_THROWN(quantileInterval(values, p), std::invalid_argument);
        QVERIFY_EXCEPTION_THROWN(honestQuantile({}, p), std::invalid_argument);
        QVERIFY_EXCEPTION_THROWN(samplesNeededForQuantileInterval(p), std::invalid_argument);
    }
    for (const double confidence : {0.0, 1.0, 95.0, kNan})
    {
        QVERIFY_EXCEPTION_THROWN(meanInterval({}, confidence), std::invalid_argument);
        QVERIFY_EXCEPTION_THROWN(medianInterval(values, confidence), std::invalid_argument);
        QVERIFY_EXCEPTION_THROWN(samplesNeededForQuantileInterval(0.5, confidence), std::invalid_argument);
    }
}

void TestStatistics::honestQuantileSaysHowManyAreMissing()
{
    const HonestQuantile none = honestQuantile({}, 0.99);
    QVERIFY(!none.value && !none.interval);
    QCOMPARE(none.samplesMissing, std::int64_t{368});

    const HonestQuantile oneShort = honestQuantile(ranks(367), 0.99);
    QVERIFY(!oneShort.value && !oneShort.interval);
    QCOMPARE(oneShort.samplesMissing, std::int64_t{1});

    const HonestQuantile enough = honestQuantile(ranks(368), 0.99);
    QCOMPARE(enough.samplesMissing, std::int64_t{0});
    QCOMPARE(enough.value.value(), 1.0 + 367.0 * 0.99);
    QCOMPARE(enough.interval.value().high, 368.0);
}

void TestStatistics::honestQuantileLiesInItsInterval()
{
    for (const double p : {0.01, 0.5, 0.95, 0.99})
    {
        for (const std::size_t n : {6U, 7U, 72U, 73U, 368U, 369U, 500U, 2000U})
        {
            const HonestQuantile result = honestQuantile(ranks(n), p);
            QCOMPARE(result.value.has_value(), result.interval.has_value());
            QVERIFY(!result.value || (result.interval->low <= *result.value && *result.value <= result.interval->high));
        }
    }
}

void TestStatistics::honestQuantileOfNanHasNoValue()
{
    Values values = ranks(400);
    values[17] = kNan;
    const HonestQuantile result = honestQuantile(values, 0.95);
    QVERIFY(!result.value && !result.interval);
    QCOMPARE(result.samplesMissing, std::int64_t{0});
}

void TestStatistics::summaryHoldsEachFigure()
{
    const LatencySummary summary = summarizeLatency(ranks(100)).value();
    QCOMPARE(summary.n, std::int64_t{100});
    QCOMPARE(summary.meanNs, 50.5);
    QCOMPARE(summary.medianNs, 50.5);
    QCOMPARE(summary.minimumNs, 1.0);
    QCOMPARE(summary.maximumNs, 100.0);
    QCOMPARE(summary.standardDeviationNs.value(), std::sqrt(100.0 * 101.0 / 12.0)); // of 1..n: n (n + 1) / 12
    QCOMPARE(summary.relativeStandardError.value(), std::sqrt(101.0 / 12.0) / 50.5);
    QVERIFY((summary.medianIntervalNs == Interval{40.0, 61.0}));
    QCOMPARE(summary.p95Ns.value.value(), 1.0 + 99.0 * 0.95);
    QVERIFY((summary.p95Ns.interval == Interval{90.0, 100.0}));
    QVERIFY(!summary.p99Ns.value);
    QCOMPARE(summary.p99Ns.samplesMissing, std::int64_t{268});
}

void TestStatistics::summaryOfFewSamplesLeavesOutWhatTheyCannotSay()
{
    const LatencySummary one = summarizeLatency(Values{5.0}).value();
    QCOMPARE(one.meanNs, 5.0);
    QVERIFY(!one.standardDeviationNs && !one.relativeStandardError && !one.medianIntervalNs);
    QCOMPARE(one.p95Ns.samplesMissing, std::int64_t{71});

    const LatencySummary two = summarizeLatency(Values{5.0, 7.0}).value();
    QVERIFY(two.standardDeviationNs && two.relativeStandardError && !two.medianIntervalNs);

    const LatencySummary zeroMean = summarizeLatency(Values{-1.0, 1.0}).value();
    QVERIFY(zeroMean.standardDeviationNs && !zeroMean.relativeStandardError);
}

void TestStatistics::summaryOfNoMeasurementIsAbsent()
{
    QVERIFY(!summarizeLatency({}));
    QVERIFY(!summarizeLatency(Values{1.0, kInfinity}));
    QVERIFY(!summarizeLatency(Values{1.0, kNan}));
}

void TestStatistics::summarySurvivesJson()
{
    for (const std::size_t n : {1U, 2U, 100U, 400U})
    {
        const LatencySummary summary = summarizeLatency(ranks(n)).value();
        QVERIFY(parseJson(toJsonLine(Json(summary))).get<LatencySummary>() == summary);
    }
    QVERIFY(Json(summarizeLatency(ranks(1)).value())["p99Ns"]["value"].is_null());
    QVERIFY(parseJson("{}").get<LatencySummary>() == LatencySummary{});
}

QTEST_APPLESS_MAIN(TestStatistics)

#include "tst_statistics.moc"
