// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/run_to_run.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include <QtTest>

#include "noise.h"

using namespace headroom;

namespace
{

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kBaselineRuns = 5;
constexpr std::size_t kCandidateRuns = 3;
constexpr std::size_t kRuns = kBaselineRuns + kCandidateRuns;
constexpr int kCases = 200;
constexpr int kGates = 100;

/// How the runs of a simulated machine differ. Spreads are standard deviations as shares.
struct Machine
{
    double caseSpread = 0.01; ///< of one case from run to run; from case to case it varies by a factor of about 1.6
    double runSpread = 0.0;   ///< of all cases of a run together
    bool heavyTails = false;  ///< Student's t with 3 degrees of freedom in place of the normal distribution
    double badRun = 0.0;      ///< one run is slower by this, in all cases
    bool alike = false;       ///< all cases have the same spread
};

/// The cases of one gate. The first \a changed of them take (1 + \a slowdown) times as long on the candidate.
std::vector<CaseRuns> simulate(const Machine& machine, std::uint64_t seed, int cases = kCases, int changed = 0,
                               double slowdown = 0.0)
{
    Noise noise(seed);
    std::vector<double> common(kRuns);
    std::ranges::generate(common, [&] { return machine.runSpread * noise.normal(); });
    common[static_cast<std::size_t>(noise.uniform() * static_cast<double>(kRuns))] += machine.badRun;
    std::vector<CaseRuns> result;
    for (int at = 0; at < cases; ++at)
    {
        const double usual = 1e5 * std::exp(2.0 * noise.normal());
        const double spread = machine.caseSpread * (machine.alike ? 1.0 : std::exp(0.5 * noise.normal()));
        CaseRuns one;
        for (std::size_t run = 0; run < kRuns; ++run)
        {
            const double own = spread * (machine.heavyTails ? noise.student3() : noise.normal());
            const bool candidate = run >= kBaselineRuns;
            const double factor = candidate && at < changed ? 1.0 + slowdown : 1.0;
            (candidate ? one.candidateNs : one.baselineNs).push_back(usual * factor * std::exp(common[run] + own));
        }
        result.push_back(std::move(one));
    }
    return result;
}

auto countOf(const RunToRunComparison& comparison, ComparisonVerdict verdict)
{
    return std::ranges::count(comparison.cases, verdict, &RunToRunChange::verdict);
}

RunToRunChange compareOne(std::vector<double> baseline, std::vector<double> candidate, const RunToRunRule& rule = {})
{
    const std::vector<CaseRuns> cases{{std::move(baseline), std::move(candidate)}};
    return compareRuns(cases, rule).cases.front();
}

} // namespace

class TestRunToRun : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void unchangedCasesRaiseNoAlarm_data()
    {
        QTest::addColumn<double>("caseSpread");
        QTest::addColumn<double>("runSpread");
        QTest::addColumn<bool>("heavyTails");
        QTest::addColumn<double>("badRun");
        QTest::newRow("cases differ from run to run") << 0.01 << 0.0 << false << 0.0;
        QTest::newRow("much") << 0.05 << 0.0 << false << 0.0;
        QTest::newRow("runs differ as a whole") << 0.005 << 0.03 << false << 0.0;
        QTest::newRow("runs differ as a whole and hardly else") << 0.0005 << 0.03 << false << 0.0;
        QTest::newRow("heavy tails") << 0.01 << 0.0 << true << 0.0;
        QTest::newRow("heavy tails and runs") << 0.01 << 0.02 << true << 0.0;
        QTest::newRow("one bad run") << 0.01 << 0.0 << false << 0.1;
    }
    void unchangedCasesRaiseNoAlarm()
    {
        QFETCH(double, caseSpread);
        QFETCH(double, runSpread);
        QFETCH(bool, heavyTails);
        QFETCH(double, badRun);
        int alarms = 0;
        for (int gate = 0; gate < kGates; ++gate)
        {
            const auto cases =
                simulate({caseSpread, runSpread, heavyTails, badRun}, 1000U + static_cast<unsigned>(gate));
            alarms += countOf(compareRuns(cases), ComparisonVerdict::Slower) > 0 ? 1 : 0;
        }
        qInfo("%d of %d gates of %d unchanged cases raise an alarm", alarms, kGates, kCases);
        QVERIFY2(alarms <= 5, qPrintable(QString::number(alarms)));
    }

    void plantedSlowdownsAreFound_data()
    {
        QTest::addColumn<double>("slowdown");
        QTest::addColumn<double>("caseSpread");
        QTest::addColumn<double>("runSpread");
        QTest::addColumn<double>("atLeast"); // share of the planted ones
        QTest::newRow("5 %, spread 0.5 %") << 0.05 << 0.005 << 0.0 << 0.9;
        QTest::newRow("5 %, spread 1 %") << 0.05 << 0.01 << 0.0 << 0.6;
        QTest::newRow("10 %, spread 1 %") << 0.10 << 0.01 << 0.0 << 0.95;
        QTest::newRow("10 %, spread 1 %, runs 1 %") << 0.10 << 0.01 << 0.01 << 0.9;
    }
    void plantedSlowdownsAreFound()
    {
        QFETCH(double, slowdown);
        QFETCH(double, caseSpread);
        QFETCH(double, runSpread);
        QFETCH(double, atLeast);
        constexpr int kPlanted = 10;
        constexpr int kTrials = 50;
        long found = 0;
        long wrong = 0;
        for (int gate = 0; gate < kTrials; ++gate)
        {
            const auto comparison = compareRuns(
                simulate({caseSpread, runSpread}, 5000U + static_cast<unsigned>(gate), kCases, kPlanted, slowdown));
            const auto planted = std::span(comparison.cases).first(kPlanted);
            found += std::ranges::count(planted, ComparisonVerdict::Slower, &RunToRunChange::verdict);
            wrong += countOf(comparison, ComparisonVerdict::Slower);
        }
        wrong -= found;
        const double rate = static_cast<double>(found) / (kPlanted * kTrials);
        qInfo("%.1f %% of the planted slowdowns are found, %ld of %ld alarms are false", rate * 100, wrong,
              found + wrong);
        QVERIFY(rate >= atLeast);
        QVERIFY(static_cast<double>(wrong) <= 0.05 * static_cast<double>(found + wrong));
    }

    void whatTheMinimumDetectableEffectPromisesIsKept()
    {
        // One case of 200 that is slower by what the others' gates say they would find four times in five.
        const Machine machine{0.01, 0.0, false, 0.0, true};
        const auto promised = compareRuns(simulate(machine, 1)).cases;
        std::vector<double> effects;
        for (const auto& one : promised)
        {
            effects.push_back(*one.minimumDetectableEffect);
        }
        std::ranges::sort(effects);
        const double slowdown = effects[effects.size() / 2];
        int found = 0;
        for (int gate = 0; gate < kGates; ++gate)
        {
            const auto cases = simulate(machine, 9000U + static_cast<unsigned>(gate), kCases, 1, slowdown);
            found += compareRuns(cases).cases.front().verdict == ComparisonVerdict::Slower ? 1 : 0;
        }
        qInfo("a slowdown of %.1f %% is found in %d of %d gates", slowdown * 100, found, kGates);
        QVERIFY2(found >= 70 && found <= 90, qPrintable(QString::number(found)));
    }

    void aShiftOfAllCasesIsReportedAsOne()
    {
        const auto comparison = compareRuns(simulate({0.002, 0.001}, 3, 50, 50, 0.03));
        QVERIFY(comparison.shift);
        QVERIFY(std::abs(comparison.shift->timeRatio - 1.03) < 0.005);
        QVERIFY(comparison.shift->interval && comparison.shift->interval->low > 1.0);
        QCOMPARE(countOf(comparison, ComparisonVerdict::Slower), 50);
    }

    void aBadRunIsNamed()
    {
        auto cases = simulate({0.002, 0.0}, 4, 30);
        for (auto& one : cases)
        {
            one.candidateNs[1] *= 1.2;
        }
        const auto shift = compareRuns(cases).shift;
        QVERIFY(shift);
        QCOMPARE(shift->candidateRuns.size(), kCandidateRuns);
        QVERIFY(shift->candidateRuns[1] > 1.1);
        QVERIFY(shift->baselineRuns[1] < 1.01);
    }

    void equalTimesAreTheSame()
    {
        const auto change = compareOne({100, 100, 100}, {100, 100, 100});
        QCOMPARE(change.verdict, ComparisonVerdict::Same);
        QCOMPARE(*change.timeRatio, 1.0);
        QCOMPARE(*change.minimumDetectableEffect, 0.02);
    }

    void withoutAnySpreadTheRatioDecides_data()
    {
        QTest::addColumn<double>("candidate");
        QTest::addColumn<ComparisonVerdict>("verdict");
        QTest::newRow("5 % slower") << 105.0 << ComparisonVerdict::Slower;
        QTest::newRow("2 % slower is not more than 2 %") << 102.0 << ComparisonVerdict::Same;
        QTest::newRow("1 % faster") << 99.0 << ComparisonVerdict::Same;
        QTest::newRow("5 % faster") << 95.0 << ComparisonVerdict::Faster;
    }
    void withoutAnySpreadTheRatioDecides()
    {
        QFETCH(double, candidate);
        const auto change = compareOne({100, 100, 100}, {candidate, candidate});
        QTEST(change.verdict, "verdict");
    }

    void oneCaseAloneIsStudentsTest()
    {
        // Logarithms of mean 0 and 0.1 with a spread of 0.01 each: t = 0.1 / (0.01 sqrt(2/3)) with 4 degrees.
        const auto side = [](double middle) {
            return std::vector<double>{std::exp(middle - 0.01), std::exp(middle), std::exp(middle + 0.01)};
        };
        const auto change = compareOne(side(0), side(0.1));
        QCOMPARE(change.degreesOfFreedom, 4.0);
        QVERIFY(std::abs(std::log(change.interval->high) - 0.1 - 2.776445 * 0.01 * std::sqrt(2.0 / 3.0)) < 1e-6);
        QCOMPARE(change.verdict, ComparisonVerdict::Slower);
    }

    void tooFewRunsCannotTell_data()
    {
        QTest::addColumn<QList<double>>("baseline");
        QTest::addColumn<QList<double>>("candidate");
        QTest::addColumn<QString>("says");
        QTest::newRow("none at all") << QList<double>{} << QList<double>{} << "no baseline run";
        QTest::newRow("no candidate") << QList<double>{1, 2} << QList<double>{} << "no candidate run";
        QTest::newRow("one and one") << QList<double>{100} << QList<double>{200} << "one more baseline run";
        QTest::newRow("one candidate") << QList<double>{100, 101, 102} << QList<double>{200}
                                       << "one more candidate run";
        QTest::newRow("not a number") << QList<double>{100, kNan} << QList<double>{100} << "one more baseline run";
        QTest::newRow("zero, negative, infinite")
            << QList<double>{100, 101} << QList<double>{0, -1, 1.0 / 0.0} << "no candidate run";
    }
    void tooFewRunsCannotTell()
    {
        QFETCH(QList<double>, baseline);
        QFETCH(QList<double>, candidate);
        QFETCH(QString, says);
        const auto change = compareOne({baseline.begin(), baseline.end()}, {candidate.begin(), candidate.end()});
        QCOMPARE(change.verdict, ComparisonVerdict::CannotTell);
        QVERIFY2(QString::fromStdString(change.reason).contains(says), change.reason.c_str());
        QVERIFY(!change.interval);
    }

    void aCaseThatARunLacksIsComparedByTheOthers()
    {
        auto cases = simulate({0.005, 0.0}, 8, 20);
        cases[3].candidateNs[0] = kNan;
        cases[4].candidateNs = {kNan, kNan, kNan};
        const auto comparison = compareRuns(cases);
        QVERIFY(comparison.cases[3].interval);
        QCOMPARE(comparison.cases[4].verdict, ComparisonVerdict::CannotTell);
        QVERIFY(comparison.cases[4].reason.find("candidate") != std::string::npos);
        QVERIFY(std::ranges::all_of(comparison.cases,
                                    [](const auto& one) { return !one.timeRatio || std::isfinite(*one.timeRatio); }));
    }

    void aCaseMayHaveAMinimumEffectOfItsOwn()
    {
        std::vector<CaseRuns> cases{{{100, 100, 100}, {105, 105}}, {{100, 100, 100}, {105, 105}, 0.1}};
        const auto comparison = compareRuns(cases);
        QCOMPARE(comparison.cases[0].verdict, ComparisonVerdict::Slower);
        QCOMPARE(comparison.cases[1].verdict, ComparisonVerdict::Same);
    }

    void exchangingTheSidesExchangesTheVerdict()
    {
        const auto forth = compareOne({100, 101, 99}, {120, 121, 119});
        const auto back = compareOne({120, 121, 119}, {100, 101, 99});
        QCOMPARE(forth.verdict, ComparisonVerdict::Slower);
        QCOMPARE(back.verdict, ComparisonVerdict::Faster);
        QVERIFY(std::abs(*forth.timeRatio * *back.timeRatio - 1.0) < 1e-12);
    }

    void theForecastIsWhatComesTrue()
    {
        const Machine machine{0.01, 0.005};
        const auto cases = simulate(machine, 21);
        const auto forecast = forecastRuns(cases, kCandidateRuns);
        const auto compared = compareRuns(cases).cases;
        std::vector<double> quotients;
        for (std::size_t at = 0; at < cases.size(); ++at)
        {
            QVERIFY(forecast[at]);
            quotients.push_back(forecast[at]->detectableEffect / *compared[at].minimumDetectableEffect);
        }
        std::ranges::sort(quotients);
        const double middle = quotients[quotients.size() / 2];
        QVERIFY2(middle > 0.8 && middle < 1.4, qPrintable(QString::number(middle)));
    }

    void aForecastNeedsTwoRunsOfEachSide()
    {
        const std::vector<CaseRuns> cases{{{100, 101, 102}, {}}, {{100, kNan, kNan}, {}}};
        const auto forecast = forecastRuns(cases, 3);
        QVERIFY(forecast[0] && forecast[0]->spread > 0);
        QVERIFY(!forecast[1]);
        QVERIFY(!forecastRuns(cases, 1)[0]);
        QVERIFY(forecastRuns({}, 3).empty());
    }

    void noCasesIsNoAnswer()
    {
        const auto comparison = compareRuns({});
        QVERIFY(comparison.cases.empty());
        QVERIFY(!comparison.shift);
    }

    void refusesWhatIsNoRule()
    {
        const std::vector<CaseRuns> cases{{{1, 2}, {1, 2}}};
        QVERIFY_EXCEPTION_THROWN((void)compareRuns(cases, {-0.1, 0.05, 0.95}), std::invalid_argument);
        QVERIFY_EXCEPTION_THROWN((void)compareRuns(cases, {0.02, 0.0, 0.95}), std::invalid_argument);
        QVERIFY_EXCEPTION_THROWN((void)compareRuns(cases, {0.02, 0.05, 1.0}), std::invalid_argument);
        const std::vector<CaseRuns> uneven{{{1, 2}, {1, 2}}, {{1}, {1, 2}}};
        QVERIFY_EXCEPTION_THROWN((void)compareRuns(uneven), std::invalid_argument);
    }
};

QTEST_GUILESS_MAIN(TestRunToRun)
#include "tst_run_to_run.moc"
