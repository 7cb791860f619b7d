// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/sequential_comparison.h"

#include <algorithm>
#include <array>
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
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr int kExperiments = 200;
constexpr std::int64_t kBudget = 600; ///< pairs
constexpr double kConfidence = 0.99;  ///< at 95 % five of 200 alarms are no rarity, and the promise is 195 without

/// What a simulated machine troubles its samples by, as shares of a time.
struct Machine
{
    double noise = 0.03;      ///< of each sample by itself
    double wander = 0.0;      ///< of a state that changes slowly (autocorrelation 0.9 from sample to sample)
    double drift = 0.0;       ///< of a random walk, a step a sample
    double spikes = 0.0;      ///< how many samples take up to several times as long
    double secondPlace = 0.0; ///< what the second sample of a round takes longer
    bool heavyTails = false;  ///< noise of Student's t with 3 degrees of freedom
    double timerTick = 0.0;   ///< times are multiples of it: ties
};

const std::array kMachines{
    std::pair{"3 % noise", Machine{}},
    std::pair{"5 % a pair", Machine{.noise = 0.035}},
    std::pair{"heavy tails", Machine{.noise = 0.015, .heavyTails = true}},
    std::pair{"spikes", Machine{.noise = 0.02, .spikes = 0.05}},
    std::pair{"drift", Machine{.noise = 0.02, .drift = 0.01}},
    std::pair{"autocorrelation", Machine{.noise = 0.01, .wander = 0.05}},
    std::pair{"second place slower", Machine{.noise = 0.015, .secondPlace = 0.02}},
    std::pair{"coarse timer", Machine{.noise = 0.02, .timerTick = 0.01}},
    std::pair{"all of it",
              Machine{.noise = 0.015, .wander = 0.02, .drift = 0.005, .spikes = 0.03, .secondPlace = 0.01}},
};

/// Times of two sides that take turns on a machine, in an order that a coin decides in each round.
class Simulation
{
public:
    /// \a speedUp of the candidate.
    Simulation(const Machine& machine, double speedUp, std::uint64_t seed)
        : m_machine(machine), m_logSpeedUp(std::log(speedUp)), m_noise(seed)
    {
    }

    std::pair<double, double> round()
    {
        const bool candidateFirst = m_noise.uniform() < 0.5;
        const double first = sample(0.0);
        const double second = sample(m_machine.secondPlace);
        const double candidate = (candidateFirst ? first : second) - m_logSpeedUp;
        const double baseline = candidateFirst ? second : first;
        return {timed(baseline), timed(candidate)};
    }

private:
    double sample(double later)
    {
        m_drift += m_machine.drift * m_noise.normal();
        m_state = 0.9 * m_state + std::sqrt(1.0 - 0.81) * m_machine.wander * m_noise.normal();
        const double own = m_machine.noise * (m_machine.heavyTails ? m_noise.student3() : m_noise.normal());
        const double spike = m_noise.uniform() < m_machine.spikes ? -std::log(m_noise.uniform()) : 0.0;
        return m_drift + m_state + own + spike + later;
    }
    double timed(double logTime) const
    {
        const double time = std::exp(logTime);
        return 1e6 * (m_machine.timerTick > 0 ? m_machine.timerTick * std::round(time / m_machine.timerTick) : time);
    }

    Machine m_machine;
    double m_logSpeedUp;
    Noise m_noise;
    double m_drift = 0.0;
    double m_state = 0.0;
};

/// Adds pairs until the verdict is in or the budget is spent, with a look after each.
Comparison decide(Simulation& simulation, std::int64_t budget = kBudget)
{
    SequentialComparison comparison(ComparisonRule{kConfidence, 0.01});
    while (comparison.pairs() < budget && !comparison.decided())
    {
        const auto [baseline, candidate] = simulation.round();
        comparison.add(baseline, candidate);
    }
    return comparison.look();
}

bool contains(const std::optional<Interval>& interval, double value)
{
    return !interval || (interval->low <= value && value <= interval->high);
}

void addMachines()
{
    QTest::addColumn<Machine>("machine");
    for (const auto& [name, machine] : kMachines)
    {
        QTest::newRow(name) << machine;
    }
}

} // namespace

Q_DECLARE_METATYPE(Machine)

class SequentialComparisonTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void ranksAreThoseOfTheMixture_data();
    void ranksAreThoseOfTheMixture();
    void aFairWalkLeavesItsRanksSeldom_data();
    void aFairWalkLeavesItsRanksSeldom();
    void theMedianIsCoveredAtAllLooks_data();
    void theMedianIsCoveredAtAllLooks();
    void anIntervalForOneLookIsNotEnough();
    void equalSidesRaiseNoAlarm_data();
    void equalSidesRaiseNoAlarm();
    void aDifferenceOfTwoPerCentIsFound_data();
    void aDifferenceOfTwoPerCentIsFound();
    void fewPairsSayWhatIsMissing_data();
    void fewPairsSayWhatIsMissing();
    void equalTimesAreTheSame();
    void tiesWidenAndNeverNarrow();
    void unusableTimesCannotTell_data();
    void unusableTimesCannotTell();
    void unlikeLengthsCannotTell();
    void exchangedSidesMirrorTheAnswer();
    void theOrderOfPairsDoesNotMatter();
    void detectableEffectIsDetectedMostly();
    void anOpenQuestionSaysWhatWouldDo();
    void rulesOutOfRangeAreRefused();
};

void SequentialComparisonTest::ranksAreThoseOfTheMixture_data()
{
    QTest::addColumn<int>("n");
    QTest::addColumn<double>("confidence");
    QTest::addColumn<int>("rank"); // 0: none
    // From the formula in exact integers: 2^n B(12 + k, 12 + n - k) / B(12, 12) >= 1 / alpha.
    QTest::newRow("15") << 15 << 0.95 << 0;
    QTest::newRow("16") << 16 << 0.95 << 16;
    QTest::newRow("20") << 20 << 0.95 << 19;
    QTest::newRow("50") << 50 << 0.95 << 37;
    QTest::newRow("200") << 200 << 0.95 << 122;
    QTest::newRow("1000") << 1000 << 0.95 << 550;
    QTest::newRow("99 %") << 200 << 0.99 << 126;
    QTest::newRow("none") << 0 << 0.95 << 0;
}

void SequentialComparisonTest::ranksAreThoseOfTheMixture()
{
    QFETCH(int, n);
    QFETCH(double, confidence);
    QFETCH(int, rank);
    QCOMPARE(sequentialUpperRank(n, confidence).value_or(0), std::int64_t{rank});
}

void SequentialComparisonTest::aFairWalkLeavesItsRanksSeldom_data()
{
    QTest::addColumn<double>("confidence");
    QTest::newRow("95 %") << 0.95;
    QTest::newRow("80 %") << 0.80;
    QTest::newRow("99 %") << 0.99;
}

/// The probability that the median is missed at any of 2000 looks, counted out and not drawn: that of all walks of a
/// fair coin that ever have as many heads, or tails, as the rank says.
void SequentialComparisonTest::aFairWalkLeavesItsRanksSeldom()
{
    QFETCH(double, confidence);
    constexpr std::int64_t kLooks = 2000;
    Values alive(kLooks + 2, 0.0); // by the number of heads
    alive[0] = 1.0;
    double left = 0.0;
    for (std::int64_t n = 1; n <= kLooks; ++n)
    {
        for (auto heads = static_cast<std::size_t>(n); heads > 0; --heads)
        {
            alive[heads] = 0.5 * alive[heads] + 0.5 * alive[heads - 1];
        }
        alive[0] *= 0.5;
        const auto rank = sequentialUpperRank(n, confidence);
        for (std::int64_t heads = 0; rank && heads <= n; ++heads)
        {
            if (heads >= *rank || heads <= n - *rank)
            {
                left += std::exchange(alive[static_cast<std::size_t>(heads)], 0.0);
            }
        }
    }
    QVERIFY2(left <= 1.0 - confidence, qPrintable(QString::number(left)));
    QVERIFY2(left >= 0.3 * (1.0 - confidence), qPrintable(QString::number(left))); // and it is no waste of pairs
}

void SequentialComparisonTest::theMedianIsCoveredAtAllLooks_data()
{
    addMachines();
}

void SequentialComparisonTest::theMedianIsCoveredAtAllLooks()
{
    QFETCH(Machine, machine);
    // A coarse timer moves a ratio by less than its tick, unless the sides are alike.
    const double truth = machine.timerTick > 0 ? 1.0 : 1.02;
    int missed = 0;
    for (int experiment = 0; experiment < kExperiments; ++experiment)
    {
        Simulation simulation(machine, truth, 1000U + static_cast<unsigned>(experiment));
        SequentialComparison comparison;
        bool covered = true;
        while (covered && comparison.pairs() < 300)
        {
            const auto [baseline, candidate] = simulation.round();
            comparison.add(baseline, candidate);
            covered = contains(comparison.interval(), truth);
        }
        missed += covered ? 0 : 1;
    }
    QVERIFY2(missed <= kExperiments / 20, qPrintable(QString::number(missed)));
}

/// What all this is for: the interval for a fixed number of pairs, looked at after each, is wrong far too often.
void SequentialComparisonTest::anIntervalForOneLookIsNotEnough()
{
    int alarms = 0;
    for (int experiment = 0; experiment < kExperiments; ++experiment)
    {
        Simulation simulation(Machine{}, 1.0, 5000U + static_cast<unsigned>(experiment));
        Values logRatios;
        bool equalIsPossible = true;
        while (equalIsPossible && logRatios.size() < 300)
        {
            const auto [baseline, candidate] = simulation.round();
            logRatios.push_back(std::log(baseline / candidate));
            equalIsPossible = contains(medianInterval(logRatios), 0.0);
        }
        alarms += equalIsPossible ? 0 : 1;
    }
    QVERIFY2(alarms > kExperiments / 5, qPrintable(QString::number(alarms)));
}

void SequentialComparisonTest::equalSidesRaiseNoAlarm_data()
{
    addMachines();
}

void SequentialComparisonTest::equalSidesRaiseNoAlarm()
{
    QFETCH(Machine, machine);
    int quiet = 0;
    for (int experiment = 0; experiment < kExperiments; ++experiment)
    {
        Simulation simulation(machine, 1.0, 1U + static_cast<unsigned>(experiment));
        const auto verdict = decide(simulation).verdict;
        quiet += verdict == ComparisonVerdict::Same || verdict == ComparisonVerdict::CannotTell ? 1 : 0;
    }
    qInfo("%d of %d say same or cannot tell", quiet, kExperiments);
    QVERIFY2(quiet >= 195, qPrintable(QString::number(quiet)));
}

void SequentialComparisonTest::aDifferenceOfTwoPerCentIsFound_data()
{
    QTest::addColumn<Machine>("machine");
    QTest::addColumn<double>("speedUp");
    for (const auto& [name, machine] : kMachines)
    {
        QTest::newRow(qPrintable(QStringLiteral("faster, ") + QLatin1String(name))) << machine << 1.02;
        QTest::newRow(qPrintable(QStringLiteral("slower, ") + QLatin1String(name))) << machine << 1.0 / 1.02;
    }
}

void SequentialComparisonTest::aDifferenceOfTwoPerCentIsFound()
{
    QFETCH(Machine, machine);
    QFETCH(double, speedUp);
    const auto right = speedUp > 1 ? ComparisonVerdict::Faster : ComparisonVerdict::Slower;
    const auto wrong = speedUp > 1 ? ComparisonVerdict::Slower : ComparisonVerdict::Faster;
    int found = 0;
    int turned = 0;
    for (int experiment = 0; experiment < kExperiments; ++experiment)
    {
        Simulation simulation(machine, speedUp, 9000U + static_cast<unsigned>(experiment));
        const auto verdict = decide(simulation).verdict;
        found += verdict == right ? 1 : 0;
        turned += verdict == wrong ? 1 : 0;
    }
    qInfo("%d of %d find it", found, kExperiments);
    QVERIFY2(found >= kExperiments * 9 / 10, qPrintable(QString::number(found)));
    QCOMPARE(turned, 0);
}

void SequentialComparisonTest::fewPairsSayWhatIsMissing_data()
{
    QTest::addColumn<int>("pairs");
    QTest::addColumn<QString>("reason");
    QTest::newRow("none") << 0 << QStringLiteral("needs 16 more pairs");
    QTest::newRow("one") << 1 << QStringLiteral("needs 15 more pairs");
    QTest::newRow("two") << 2 << QStringLiteral("needs 14 more pairs");
    QTest::newRow("fifteen") << 15 << QStringLiteral("needs 1 more pair");
}

void SequentialComparisonTest::fewPairsSayWhatIsMissing()
{
    QFETCH(int, pairs);
    QFETCH(QString, reason);
    SequentialComparison comparison;
    for (int i = 0; i < pairs; ++i)
    {
        comparison.add(200.0, 100.0);
    }
    QVERIFY(!comparison.decided());
    const auto answer = comparison.look();
    QCOMPARE(answer.verdict, ComparisonVerdict::CannotTell);
    QCOMPARE(QString::fromStdString(answer.reason), reason);
    QCOMPARE(answer.pairs, std::int64_t{pairs});
    QCOMPARE(answer.ratio.has_value(), pairs > 0);
    QVERIFY(!answer.interval && !answer.minimumDetectableEffect);
    QVERIFY(!sequentialMedianInterval(Values(static_cast<std::size_t>(pairs), 1.0)));
}

void SequentialComparisonTest::equalTimesAreTheSame()
{
    const Values times(16, 5.0);
    const auto answer = compareSequentially(times, times);
    QCOMPARE(answer.verdict, ComparisonVerdict::Same);
    QCOMPARE(*answer.interval, (Interval{1.0, 1.0}));
    QCOMPARE(*answer.minimumDetectableEffect, 0.0);
}

/// Values that a coarse timer made equal hold at least what the fine ones do.
void SequentialComparisonTest::tiesWidenAndNeverNarrow()
{
    Noise noise(3);
    Values fine(200);
    std::ranges::generate(fine, [&] { return noise.normal(); });
    Values coarse = fine;
    std::ranges::transform(coarse, coarse.begin(), [](double value) { return std::round(value * 4) / 4; });
    const auto exact = *sequentialMedianInterval(fine);
    const auto tied = *sequentialMedianInterval(coarse);
    QCOMPARE(tied.low, std::round(exact.low * 4) / 4);
    QCOMPARE(tied.high, std::round(exact.high * 4) / 4);
    Values broken = fine;
    broken[7] = kNan;
    QVERIFY(!sequentialMedianInterval(broken));
}

void SequentialComparisonTest::unusableTimesCannotTell_data()
{
    QTest::addColumn<double>("time");
    QTest::newRow("NaN") << kNan;
    QTest::newRow("infinity") << kInfinity;
    QTest::newRow("zero") << 0.0;
    QTest::newRow("negative") << -1.0;
}

void SequentialComparisonTest::unusableTimesCannotTell()
{
    QFETCH(double, time);
    SequentialComparison comparison;
    for (int i = 0; i < 20; ++i)
    {
        comparison.add(200.0, 100.0);
    }
    QCOMPARE(comparison.decided(), std::optional(ComparisonVerdict::Faster));
    comparison.add(200.0, time);
    comparison.add(200.0, 100.0);
    QCOMPARE(comparison.decided(), std::optional(ComparisonVerdict::CannotTell));
    const auto answer = comparison.look();
    QVERIFY2(answer.reason.starts_with("sample 21 of the candidate is not a time above 0"), answer.reason.c_str());
    QVERIFY(!answer.interval);
    QCOMPARE(answer.pairs, std::int64_t{22});
}

void SequentialComparisonTest::unlikeLengthsCannotTell()
{
    const auto answer = compareSequentially(Values(20, 1.0), Values(19, 1.0));
    QCOMPARE(answer.verdict, ComparisonVerdict::CannotTell);
    QCOMPARE(answer.reason, std::string("the sides have 20 and 19 samples and cannot be paired"));
}

void SequentialComparisonTest::exchangedSidesMirrorTheAnswer()
{
    Simulation simulation(kMachines.back().second, 1.03, 77);
    Values left;
    Values right;
    for (int i = 0; i < 201; ++i)
    {
        const auto [baseline, candidate] = simulation.round();
        left.push_back(baseline);
        right.push_back(candidate);
    }
    const auto there = compareSequentially(left, right);
    const auto back = compareSequentially(right, left);
    QCOMPARE(there.verdict, ComparisonVerdict::Faster);
    QCOMPARE(back.verdict, ComparisonVerdict::Slower);
    QCOMPARE(*back.ratio, 1.0 / *there.ratio);
    QCOMPARE(back.interval->low, 1.0 / there.interval->high);
    QCOMPARE(back.interval->high, 1.0 / there.interval->low);
    QCOMPARE(*back.minimumDetectableEffect, *there.minimumDetectableEffect);
}

void SequentialComparisonTest::theOrderOfPairsDoesNotMatter()
{
    Simulation simulation(Machine{}, 1.01, 78);
    Values left;
    Values right;
    for (int i = 0; i < 150; ++i)
    {
        const auto [baseline, candidate] = simulation.round();
        left.push_back(baseline);
        right.push_back(candidate);
    }
    const auto there = compareSequentially(left, right);
    Values logRatios;
    std::ranges::transform(left, right, std::back_inserter(logRatios),
                           [](double baseline, double candidate) { return std::log(baseline) - std::log(candidate); });
    const auto interval = *sequentialMedianInterval(logRatios);
    QCOMPARE(*there.interval, (Interval{std::exp(interval.low), std::exp(interval.high)}));
    std::ranges::reverse(left);
    std::ranges::reverse(right);
    QCOMPARE(compareSequentially(left, right), there);
}

/// As many experiments of as many pairs, with a true difference of what one of them calls detectable.
void SequentialComparisonTest::detectableEffectIsDetectedMostly()
{
    constexpr std::int64_t kPairs = 200;
    const auto after = [](double speedUp, unsigned seed)
    {
        Simulation simulation(Machine{}, speedUp, seed);
        SequentialComparison comparison;
        while (comparison.pairs() < kPairs)
        {
            const auto [baseline, candidate] = simulation.round();
            comparison.add(baseline, candidate);
        }
        return comparison.look();
    };
    double detectable = 0;
    for (unsigned seed = 0; seed < 50; ++seed)
    {
        detectable += *after(1.0, 300 + seed).minimumDetectableEffect / 50;
    }
    int detected = 0;
    for (unsigned seed = 0; seed < kExperiments; ++seed)
    {
        detected += after(1 + detectable, 600 + seed).interval->low > 1 ? 1 : 0;
    }
    QVERIFY2(detected >= 0.7 * kExperiments && detected <= 0.9 * kExperiments, qPrintable(QString::number(detected)));
}

void SequentialComparisonTest::anOpenQuestionSaysWhatWouldDo()
{
    Simulation simulation(Machine{.noise = 0.05}, 1.0, 79);
    const auto answer = decide(simulation, 60);
    QCOMPARE(answer.verdict, ComparisonVerdict::CannotTell);
    QVERIFY2(QString::fromStdString(answer.reason)
                 .contains(QRegularExpression(QStringLiteral("equal is possible, and so is a difference above 1 %; "
                                                             "about [0-9]+ pairs as noisy as these would show"))),
             answer.reason.c_str());
    QVERIFY(*answer.minimumDetectableEffect > 0.01);
}

void SequentialComparisonTest::rulesOutOfRangeAreRefused()
{
    QVERIFY_EXCEPTION_THROWN(SequentialComparison(ComparisonRule{1.0, 0.01}), std::invalid_argument);
    QVERIFY_EXCEPTION_THROWN(SequentialComparison(ComparisonRule{0.95, -1.0}), std::invalid_argument);
    QVERIFY_EXCEPTION_THROWN(sequentialUpperRank(20, kNan), std::invalid_argument);
    QVERIFY_EXCEPTION_THROWN(sequentialMedianInterval({}, 0.0), std::invalid_argument);
}

QTEST_APPLESS_MAIN(SequentialComparisonTest)
#include "tst_sequential_comparison.moc"
