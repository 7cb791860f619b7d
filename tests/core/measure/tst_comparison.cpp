// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/bootstrap.h"
#include "core/measure/comparison.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <QtTest>

#include "noise.h"

using namespace headroom;

namespace
{

using Values = std::vector<double>;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// What the rounds of a simulated machine are troubled by.
enum class Trouble
{
    Normal,     ///< 3 % noise on each side
    HeavyTails, ///< Student's t with 3 degrees of freedom
    Spikes,     ///< one sample in ten takes up to several times as long
    Drift,      ///< a random walk of the clock, common to the round, beside 1 % noise
    OneSided    ///< exponential, on the candidate alone
};

constexpr std::array kTroubles{std::pair{Trouble::Normal, "normal"}, std::pair{Trouble::HeavyTails, "heavy tails"},
                               std::pair{Trouble::Spikes, "spikes"}, std::pair{Trouble::Drift, "drift"},
                               std::pair{Trouble::OneSided, "one-sided"}};
constexpr std::array kPairCounts{6, 10, 14, 15, 30};

struct Sides
{
    Values baselineNs;
    Values candidateNs;
};

double logNoise(Trouble trouble, Noise& noise)
{
    switch (trouble)
    {
    case Trouble::Normal:
    case Trouble::OneSided:
        return 0.03 * noise.normal();
    case Trouble::HeavyTails:
        return 0.03 * noise.student3();
    case Trouble::Spikes:
        return 0.02 * noise.normal() + (noise.uniform() < 0.1 ? -std::log(noise.uniform()) : 0.0);
    case Trouble::Drift:
        return 0.01 * noise.normal();
    }
    return 0.0;
}

/// \a speedUp is the median over the rounds of baseline / candidate of an endless run.
Sides simulate(Trouble trouble, std::size_t n, double speedUp, Noise& noise)
{
    Sides sides;
    double clock = 0.0;
    for (std::size_t i = 0; i < n; ++i)
    {
        clock += trouble == Trouble::Drift ? 0.02 * noise.normal() : 0.0;
        const double baseline = trouble == Trouble::OneSided ? 0.0 : logNoise(trouble, noise);
        // The exponential's median is ln 2.
        const double candidate = trouble == Trouble::OneSided ? 0.05 * (-std::log(noise.uniform()) - std::log(2.0))
                                                              : logNoise(trouble, noise);
        sides.baselineNs.push_back(1e6 * speedUp * std::exp(clock + baseline));
        sides.candidateNs.push_back(1e6 * std::exp(clock + candidate));
    }
    return sides;
}

/// What became of a number of simulated experiments in which the sides are equally fast.
struct Tally
{
    int experiments = 0;
    int covered = 0;   ///< the interval holds 1
    int different = 0; ///< the verdict was faster or slower
};

Tally simulateTally(Trouble trouble, int pairs)
{
    Tally tally;
    tally.experiments = pairs < 15 ? 2000 : 250; // the bootstrap takes its time
    Noise noise(static_cast<std::uint64_t>(static_cast<int>(trouble) * 1000 + pairs));
    for (int i = 0; i < tally.experiments; ++i)
    {
        const Sides sides = simulate(trouble, static_cast<std::size_t>(pairs), 1.0, noise);
        const Comparison result = comparePaired(sides.baselineNs, sides.candidateNs);
        const bool differs = result.verdict == ComparisonVerdict::Faster || result.verdict == ComparisonVerdict::Slower;
        tally.covered += result.interval->low <= 1.0 && result.interval->high >= 1.0 ? 1 : 0;
        tally.different += differs ? 1 : 0;
    }
    return tally;
}

/// Rounds of equal candidates and the given ratios.
Comparison compareRatios(const Values& ratios, const ComparisonRule& rule = {})
{
    return comparePaired(ratios, Values(ratios.size(), 1.0), rule);
}

QByteArray percent(double share)
{
    return QByteArray::number(share * 100.0) + " %";
}

} // namespace

class TestComparison : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void verdictFollowsTheRule_data();
    void verdictFollowsTheRule();
    void tooFewPairsNeedMore_data();
    void tooFewPairsNeedMore();
    void unusableSamplesCannotBeCompared_data();
    void unusableSamplesCannotBeCompared();
    void equalSidesAreTheSame_data();
    void equalSidesAreTheSame();
    void constantRatioIsExact();
    void exchangedSidesSwapTheVerdict_data();
    void exchangedSidesSwapTheVerdict();
    void unitDoesNotMatter();
    void sameInputGivesTheSameResult();
    void driftCommonToTheRoundCancels();
    void oneSpikeHardlyMovesTheRatio();
    void intervalIsByOrderBelowFifteenPairsAndBootstrappedFromThere();
    void intervalCoversAsPromised_data();
    void intervalCoversAsPromised();
    void oneAgainstItselfIsHardlyEverDifferent_data();
    void oneAgainstItselfIsHardlyEverDifferent();
    void detectableEffectIsDetected_data();
    void detectableEffectIsDetected();
    void reasonNamesWhatIsOpen();
    void wrongRulesThrow();
    void resultSurvivesJson();

private:
    /// Simulated once for the two tests that read it.
    const Tally& tallyOf(Trouble trouble, int pairs)
    {
        const auto [place, isNew] = m_tallies.try_emplace({trouble, pairs});
        if (isNew)
        {
            place->second = simulateTally(trouble, pairs);
        }
        return place->second;
    }

    std::map<std::pair<Trouble, int>, Tally> m_tallies;
};

void TestComparison::verdictFollowsTheRule_data()
{
    QTest::addColumn<Values>("ratios"); // six: the interval runs from the least to the greatest
    QTest::addColumn<QString>("verdict");
    QTest::newRow("within 1 %, around 1") << Values{0.995, 0.997, 1.0, 1.0, 1.003, 1.005} << "same";
    QTest::newRow("within 1 %, excluding 1") << Values{1.003, 1.004, 1.005, 1.005, 1.006, 1.009} << "same";
    QTest::newRow("at the edges") << Values{1.0 / 1.0099, 1.0, 1.0, 1.0, 1.0, 1.0099} << "same";
    QTest::newRow("past the upper edge") << Values{1.0, 1.0, 1.0, 1.0, 1.0, 1.0101} << "cannot-tell";
    QTest::newRow("past the lower edge") << Values{1.0 / 1.0101, 1.0, 1.0, 1.0, 1.0, 1.0} << "cannot-tell";
    QTest::newRow("faster") << Values{1.2, 1.25, 1.3, 1.3, 1.32, 1.4} << "faster";
    QTest::newRow("slower") << Values{0.7, 0.72, 0.75, 0.75, 0.8, 0.9} << "slower";
    QTest::newRow("faster, one round not") << Values{0.99, 1.25, 1.3, 1.3, 1.32, 1.4} << "cannot-tell";
    QTest::newRow("excludes 1, below 1 %") << Values{1.001, 1.004, 1.005, 1.005, 1.006, 1.02} << "cannot-tell";
    QTest::newRow("excludes 1, above 1 %") << Values{1.001, 1.004, 1.011, 1.011, 1.012, 1.02} << "faster";
}

void TestComparison::verdictFollowsTheRule()
{
    QFETCH(Values, ratios);
    QFETCH(QString, verdict);
    const Comparison result = compareRatios(ratios);
    QCOMPARE(QString::fromUtf8(toString(result.verdict).data()), verdict);
    QCOMPARE(result.pairs, std::int64_t{6});
    QCOMPARE(result.interval.value().low, ratios.front());
    QCOMPARE(result.interval.value().high, ratios.back());
    QVERIFY(!result.reason.empty());
}

void TestComparison::tooFewPairsNeedMore_data()
{
    QTest::addColumn<int>("pairs");
    QTest::addColumn<double>("confidence");
    QTest::addColumn<QByteArray>("reason");
    QTest::newRow("none") << 0 << 0.95 << QByteArray("needs 6 more pairs");
    QTest::newRow("one") << 1 << 0.95 << QByteArray("needs 5 more pairs");
    QTest::newRow("two") << 2 << 0.95 << QByteArray("needs 4 more pairs");
    QTest::newRow("five") << 5 << 0.95 << QByteArray("needs 1 more pair");
    QTest::newRow("six, at 99 %") << 6 << 0.99 << QByteArray("needs 2 more pairs");
}

void TestComparison::tooFewPairsNeedMore()
{
    QFETCH(int, pairs);
    QFETCH(double, confidence);
    QFETCH(QByteArray, reason);
    ComparisonRule rule;
    rule.confidence = confidence;
    const Comparison result = compareRatios(Values(static_cast<std::size_t>(pairs), 2.0), rule);
    QVERIFY(result.verdict == ComparisonVerdict::CannotTell);
    QCOMPARE(QByteArray::fromStdString(result.reason), reason);
    QCOMPARE(result.ratio.has_value(), pairs > 0);
    QVERIFY(!result.interval && !result.minimumDetectableEffect);
    QCOMPARE(result.pairs, std::int64_t{pairs});
    QCOMPARE(result.confidence, confidence);
}

void TestComparison::unusableSamplesCannotBeCompared_data()
{
    QTest::addColumn<double>("odd");
    QTest::newRow("NaN") << kNan;
    QTest::newRow("infinity") << kInfinity;
    QTest::newRow("zero") << 0.0;
    QTest::newRow("negative") << -1.0;
}

void TestComparison::unusableSamplesCannotBeCompared()
{
    QFETCH(double, odd);
    const Values good(20, 5.0);
    Values bad = good;
    bad[7] = odd;
    for (const Comparison& result : {comparePaired(bad, good), comparePaired(good, bad)})
    {
        QVERIFY(result.verdict == ComparisonVerdict::CannotTell);
        QVERIFY(!result.ratio && !result.interval && !result.minimumDetectableEffect);
        QVERIFY(result.reason.starts_with("sample 8 of the "));
    }
    const Comparison uneven = comparePaired(good, Values(19, 5.0));
    QVERIFY(uneven.verdict == ComparisonVerdict::CannotTell && !uneven.ratio);
    QVERIFY(uneven.reason.find("20 and 19") != std::string::npos);
}

void TestComparison::equalSidesAreTheSame_data()
{
    QTest::addColumn<int>("pairs");
    for (const int pairs : {6, 14, 15, 100})
    {
        QTest::addRow("%d", pairs) << pairs;
    }
}

void TestComparison::equalSidesAreTheSame()
{
    QFETCH(int, pairs);
    const Comparison result = compareRatios(Values(static_cast<std::size_t>(pairs), 1.0));
    QVERIFY(result.verdict == ComparisonVerdict::Same);
    QVERIFY((result.interval == Interval{1.0, 1.0}));
    QCOMPARE(result.ratio.value(), 1.0);
    QCOMPARE(result.minimumDetectableEffect.value(), 0.0);

    ComparisonRule strict;
    strict.minimumEffect = 0.0;
    QVERIFY(compareRatios(Values(static_cast<std::size_t>(pairs), 1.0), strict).verdict == ComparisonVerdict::Same);
}

void TestComparison::constantRatioIsExact()
{
    for (const std::size_t n : {6U, 30U})
    {
        const Comparison twice = compareRatios(Values(n, 2.0));
        QVERIFY(twice.verdict == ComparisonVerdict::Faster);
        QCOMPARE(twice.ratio.value(), 2.0);
        QVERIFY(compareRatios(Values(n, 0.5)).verdict == ComparisonVerdict::Slower);
        QVERIFY(compareRatios(Values(n, 1.005)).verdict == ComparisonVerdict::Same);
    }
}

void TestComparison::exchangedSidesSwapTheVerdict_data()
{
    QTest::addColumn<int>("pairs");
    QTest::addColumn<double>("speedUp");
    QTest::newRow("few, faster") << 9 << 1.2;
    QTest::newRow("many, faster") << 40 << 1.2;
    QTest::newRow("many and even, cannot tell") << 20 << 1.0;
    QTest::newRow("many and odd, cannot tell") << 21 << 1.005;
}

void TestComparison::exchangedSidesSwapTheVerdict()
{
    QFETCH(int, pairs);
    QFETCH(double, speedUp);
    Noise noise(5);
    const Sides sides = simulate(Trouble::Normal, static_cast<std::size_t>(pairs), speedUp, noise);
    const Comparison there = comparePaired(sides.baselineNs, sides.candidateNs);
    const Comparison back = comparePaired(sides.candidateNs, sides.baselineNs);
    QCOMPARE(back.ratio.value(), 1.0 / *there.ratio);
    QCOMPARE(back.interval.value().low, 1.0 / there.interval->high);
    QCOMPARE(back.interval.value().high, 1.0 / there.interval->low);
    QCOMPARE(*back.minimumDetectableEffect, *there.minimumDetectableEffect);
    const auto mirrored = there.verdict == ComparisonVerdict::Faster   ? ComparisonVerdict::Slower
                          : there.verdict == ComparisonVerdict::Slower ? ComparisonVerdict::Faster
                                                                       : there.verdict;
    QVERIFY(back.verdict == mirrored);
}

void TestComparison::unitDoesNotMatter()
{
    Noise noise(6);
    const Sides sides = simulate(Trouble::Spikes, 30, 1.1, noise);
    Sides scaled = sides;
    for (Values* side : {&scaled.baselineNs, &scaled.candidateNs})
    {
        std::ranges::for_each(*side, [](double& time) { time *= 1e-9; });
    }
    const Comparison ns = comparePaired(sides.baselineNs, sides.candidateNs);
    const Comparison seconds = comparePaired(scaled.baselineNs, scaled.candidateNs);
    QCOMPARE(*seconds.ratio, *ns.ratio);
    QCOMPARE(seconds.interval->low, ns.interval->low);
    QVERIFY(seconds.verdict == ns.verdict);
}

void TestComparison::sameInputGivesTheSameResult()
{
    Noise noise(8);
    const Sides sides = simulate(Trouble::HeavyTails, 31, 1.02, noise);
    QVERIFY(comparePaired(sides.baselineNs, sides.candidateNs) == comparePaired(sides.baselineNs, sides.candidateNs));
}

void TestComparison::driftCommonToTheRoundCancels()
{
    // The machine becomes three times slower on the way; the candidate is 5 % faster in each round.
    Values baselineNs;
    Values candidateNs;
    for (int i = 0; i < 40; ++i)
    {
        const double clock = 1.0 + 2.0 * i / 39.0;
        const double wobble = 1.0 + 0.002 * (i % 5 - 2);
        baselineNs.push_back(1.05e6 * clock * wobble);
        candidateNs.push_back(1e6 * clock);
    }
    const Comparison result = comparePaired(baselineNs, candidateNs);
    QVERIFY(result.verdict == ComparisonVerdict::Faster);
    QCOMPARE(*result.ratio, 1.05);
    QVERIFY(result.interval->high - result.interval->low < 0.005);
}

void TestComparison::oneSpikeHardlyMovesTheRatio()
{
    Noise noise(9);
    Sides sides = simulate(Trouble::Normal, 30, 1.2, noise);
    const Comparison quiet = comparePaired(sides.baselineNs, sides.candidateNs);
    sides.candidateNs[4] *= 1000.0;
    const Comparison spiked = comparePaired(sides.baselineNs, sides.candidateNs);
    QVERIFY(std::abs(*spiked.ratio / *quiet.ratio - 1.0) < 0.01);
    QVERIFY(spiked.verdict == ComparisonVerdict::Faster);
}

void TestComparison::intervalIsByOrderBelowFifteenPairsAndBootstrappedFromThere()
{
    Noise noise(10);
    const ComparisonRule rule;
    for (const std::size_t n : {6U, 14U, 15U, 16U})
    {
        Values logRatios(n);
        std::ranges::generate(logRatios, [&] { return 0.1 * noise.normal(); });
        Values ratios(n);
        std::ranges::transform(logRatios, ratios.begin(), [](double logRatio) { return std::exp(logRatio); });
        const Interval expected =
            n < 15 ? medianInterval(logRatios).value() : bootstrapMedianInterval(logRatios, rule.confidence).value();
        const Interval interval = compareRatios(ratios, rule).interval.value();
        QCOMPARE(interval.low, std::exp(expected.low));
        QCOMPARE(interval.high, std::exp(expected.high));
    }
}

void TestComparison::intervalCoversAsPromised_data()
{
    QTest::addColumn<int>("trouble");
    QTest::addColumn<int>("pairs");
    for (const auto& [trouble, name] : kTroubles)
    {
        for (const int pairs : kPairCounts)
        {
            QTest::addRow("%s, %d pairs", name, pairs) << static_cast<int>(trouble) << pairs;
        }
    }
}

void TestComparison::intervalCoversAsPromised()
{
    QFETCH(int, trouble);
    QFETCH(int, pairs);
    const Tally& tally = tallyOf(static_cast<Trouble>(trouble), pairs);
    const double coverage = static_cast<double>(tally.covered) / tally.experiments;
    QVERIFY2(coverage >= 0.92, percent(coverage).constData());
    QVERIFY2(coverage < 1.0, percent(coverage).constData()); // an interval that always covers says nothing
}

void TestComparison::oneAgainstItselfIsHardlyEverDifferent_data()
{
    QTest::addColumn<int>("pairs");
    for (const int pairs : kPairCounts)
    {
        QTest::addRow("%d pairs", pairs) << pairs;
    }
}

void TestComparison::oneAgainstItselfIsHardlyEverDifferent()
{
    QFETCH(int, pairs);
    Tally all;
    for (const auto& [trouble, name] : kTroubles)
    {
        const Tally& tally = tallyOf(trouble, pairs);
        all.experiments += tally.experiments;
        all.different += tally.different;
    }
    const double rate = static_cast<double>(all.different) / all.experiments;
    QVERIFY2(rate < 0.05, percent(rate).constData());
    QVERIFY(all.different > 0); // else the simulated noise asks nothing of the rule
}

void TestComparison::detectableEffectIsDetected_data()
{
    QTest::addColumn<int>("pairs");
    QTest::newRow("10, order statistics") << 10;
    QTest::newRow("30, bootstrap") << 30;
}

void TestComparison::detectableEffectIsDetected()
{
    QFETCH(int, pairs);
    constexpr int kExperiments = 300;
    const auto n = static_cast<std::size_t>(pairs);
    Noise noise(12);
    Values effects;
    for (int i = 0; i < kExperiments / 4; ++i)
    {
        const Sides sides = simulate(Trouble::Normal, n, 1.0, noise);
        effects.push_back(*comparePaired(sides.baselineNs, sides.candidateNs).minimumDetectableEffect);
    }
    const double effect = median(effects).value();
    int detected = 0;
    for (int i = 0; i < kExperiments; ++i)
    {
        const Sides sides = simulate(Trouble::Normal, n, 1.0 + effect, noise);
        detected += comparePaired(sides.baselineNs, sides.candidateNs).verdict == ComparisonVerdict::Faster ? 1 : 0;
    }
    const double power = static_cast<double>(detected) / kExperiments;
    QVERIFY2(power > 0.70 && power < 0.92, percent(power).constData()); // 80 % is what is claimed
}

void TestComparison::reasonNamesWhatIsOpen()
{
    const Comparison noisy = compareRatios({0.97, 0.98, 1.0, 1.0, 1.02, 1.03});
    QVERIFY2(noisy.reason.find("equal is possible") != std::string::npos, noisy.reason.c_str());
    QVERIFY2(noisy.reason.find("pairs as noisy as these") != std::string::npos, noisy.reason.c_str());

    const Comparison small = compareRatios({1.001, 1.004, 1.005, 1.005, 1.006, 1.02});
    QVERIFY2(small.reason.find("there is a difference") != std::string::npos, small.reason.c_str());

    ComparisonRule strict;
    strict.minimumEffect = 0.0;
    const Comparison endless = compareRatios({0.97, 0.98, 1.0, 1.0, 1.02, 1.03}, strict);
    QVERIFY2(endless.reason.find("less noise") != std::string::npos, endless.reason.c_str());
}

void TestComparison::wrongRulesThrow()
{
    const Values values(10, 1.0);
    for (const double confidence : {0.0, 1.0, 95.0, kNan})
    {
        QVERIFY_EXCEPTION_THROWN(comparePaired(values, values, {.confidence = confidence}), std::invalid_argument);
    }
    for (const double effect : {-0.01, kInfinity, kNan})
    {
        QVERIFY_EXCEPTION_THROWN(comparePaired(values, values, {.minimumEffect = effect}), std::invalid_argument);
    }
}

void TestComparison::resultSurvivesJson()
{
    for (const std::size_t n : {0U, 3U, 6U, 20U})
    {
        const Comparison result = compareRatios(Values(n, 1.3));
        QVERIFY(parseJson(toJsonLine(Json(result))).get<Comparison>() == result);
    }
    QVERIFY(Json(compareRatios({}))["ratio"].is_null());
    QCOMPARE(QByteArray::fromStdString(Json(compareRatios({}))["verdict"].get<std::string>()),
             QByteArray("cannot-tell"));
}

QTEST_APPLESS_MAIN(TestComparison)

#include "tst_comparison.moc"
