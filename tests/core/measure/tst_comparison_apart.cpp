// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/comparison_apart.h"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include <QtTest>

#include "noise.h"

using namespace headroom;

namespace
{

using Values = std::vector<double>;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// \a n times around \a ns with 3 % of noise.
Values times(std::size_t n, double ns, Noise& noise)
{
    Values values;
    for (std::size_t at = 0; at < n; ++at)
    {
        values.push_back(ns * std::exp(0.03 * noise.normal()));
    }
    return values;
}

} // namespace

class TestComparisonApart : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void twiceAsFastIsFaster()
    {
        Noise noise(1);
        const Comparison result = compareApart(times(60, 2e6, noise), times(40, 1e6, noise));
        QCOMPARE(result.verdict, ComparisonVerdict::Faster);
        QVERIFY(std::abs(*result.ratio - 2.0) < 0.06);
        QVERIFY(result.interval->low < *result.ratio && *result.ratio < result.interval->high);
        QCOMPARE(result.pairs, std::int64_t{40}); // the smaller number of samples
    }

    void theOtherWayRoundIsSlowerByTheInverse()
    {
        Noise noise(2);
        const Values one = times(40, 2e6, noise);
        const Values other = times(40, 1e6, noise);
        const Comparison there = compareApart(one, other);
        const Comparison back = compareApart(other, one);
        QCOMPARE(back.verdict, ComparisonVerdict::Slower);
        QVERIFY(std::abs(*there.ratio * *back.ratio - 1.0) < 1e-12);
        QVERIFY(std::abs(there.interval->low * back.interval->high - 1.0) < 1e-9);
        QVERIFY(std::abs(there.interval->high * back.interval->low - 1.0) < 1e-9);
    }

    /// The order of samples says nothing across two runs, so it changes nothing.
    void samplesAreNoPairs()
    {
        Noise noise(3);
        const Values baseline = times(30, 1e6, noise);
        const Values candidate = times(30, 1e6, noise);
        const Values turned(candidate.rbegin(), candidate.rend());
        QCOMPARE(compareApart(baseline, turned).ratio, compareApart(baseline, candidate).ratio);
        QCOMPARE(compareApart(baseline, turned).verdict, compareApart(baseline, candidate).verdict);
    }

    /// Of runs that are equally fast, as many intervals hold 1 as the confidence promises.
    void theIntervalKeepsItsPromise_data()
    {
        QTest::addColumn<int>("n");
        QTest::newRow("8 samples, by order statistics") << 8;
        QTest::newRow("40 samples, by the bootstrap") << 40;
    }

    void theIntervalKeepsItsPromise()
    {
        QFETCH(int, n);
        constexpr int kExperiments = 300;
        Noise noise(static_cast<std::uint64_t>(n));
        int covered = 0;
        int different = 0;
        for (int at = 0; at < kExperiments; ++at)
        {
            const Values baseline = times(static_cast<std::size_t>(n), 1e6, noise);
            const Comparison result = compareApart(baseline, times(static_cast<std::size_t>(n), 1e6, noise));
            covered += result.interval->low <= 1.0 && result.interval->high >= 1.0 ? 1 : 0;
            different +=
                result.verdict == ComparisonVerdict::Faster || result.verdict == ComparisonVerdict::Slower ? 1 : 0;
        }
        QVERIFY2(covered >= kExperiments * 93 / 100, qPrintable(QString::number(covered)));
        QVERIFY2(different <= kExperiments * 5 / 100, qPrintable(QString::number(different)));
    }

    /// Noise in one side alone is noise of the comparison.
    void theNoisierSideWidensTheInterval()
    {
        Noise noise(5);
        const Values calm(40, 1e6);
        const auto width = [](const Comparison& result) { return result.interval->high / result.interval->low; };
        const Comparison still = compareApart(calm, calm);
        QCOMPARE(width(still), 1.0);
        QCOMPARE(still.verdict, ComparisonVerdict::Same);
        const Values noisy = times(40, 1e6, noise);
        QVERIFY(width(compareApart(calm, noisy)) > 1.0);
        QVERIFY(width(compareApart(noisy, noisy)) > width(compareApart(calm, noisy)));
    }

    void aDifferenceBelowTheLeastEffectIsNone()
    {
        const Comparison result = compareApart(Values(40, 1.004e6), Values(40, 1e6));
        QCOMPARE(result.verdict, ComparisonVerdict::Same);
        QCOMPARE(result.ratio, std::optional(1.004));
    }

    void tooFewSamplesGiveARatioAndSayWhatIsMissing()
    {
        const Comparison result = compareApart(Values(5, 2e6), Values(5, 1e6));
        QCOMPARE(result.verdict, ComparisonVerdict::CannotTell);
        QCOMPARE(result.ratio, std::optional(2.0));
        QVERIFY(!result.interval);
        QCOMPARE(result.reason, std::string("needs 1 more sample"));
    }

    void whatCannotBeComparedIsSaid_data()
    {
        QTest::addColumn<Values>("baseline");
        QTest::addColumn<Values>("candidate");
        QTest::addColumn<QString>("side");
        const Values good(20, 1e6);
        QTest::newRow("no baseline") << Values() << good << "baseline";
        QTest::newRow("no candidate") << good << Values() << "candidate";
        QTest::newRow("not a number") << good << Values{1e6, kNan, 1e6} << "candidate";
        QTest::newRow("no time at all") << Values{1e6, 0.0, 1e6} << good << "baseline";
    }

    void whatCannotBeComparedIsSaid()
    {
        QFETCH(Values, baseline);
        QFETCH(Values, candidate);
        QFETCH(QString, side);
        const Comparison result = compareApart(baseline, candidate);
        QCOMPARE(result.verdict, ComparisonVerdict::CannotTell);
        QVERIFY(!result.ratio && !result.interval);
        QVERIFY2(QString::fromStdString(result.reason).contains(side), result.reason.c_str());
    }

    void aRuleOutOfItsRangeIsRefused()
    {
        ComparisonRule rule;
        rule.confidence = 1.0;
        QVERIFY_EXCEPTION_THROWN(compareApart(Values(20, 1.0), Values(20, 1.0), rule), std::invalid_argument);
    }
};

QTEST_APPLESS_MAIN(TestComparisonApart)
#include "tst_comparison_apart.moc"
