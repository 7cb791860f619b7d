// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/sequential_comparison.h"
#include "core/report/stalls.h"
#include "core/report/summary.h"

#include <QtTest>

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

using namespace headroom;

namespace
{

using Times = std::vector<double>;

constexpr double kMs = 1e6;

CaseReport caseOf(Times ns, Times waits, DeviceKind device = DeviceKind::Cpu)
{
    CaseReport row;
    AttentionProblem problem;
    problem.device = device;
    row.measured.subject = problem;
    row.deviceNs = std::move(ns);
    row.waitNs = std::move(waits);
    summarizeCase(row);
    return row;
}

Comparison verdictOf(ComparisonVerdict verdict)
{
    Comparison comparison;
    comparison.verdict = verdict;
    comparison.reason = "as measured";
    return comparison;
}

/// Two sides on cores that others want as well: in each call a thread is kept from its core now and then, for some
/// milliseconds.
struct BusySides
{
    CaseReport a;
    CaseReport b;
    CasePairs pairs;
    CasePairs rest;
};

BusySides busySides(double aNs, double bNs, double chanceOfAWait, std::uint64_t seed)
{
    std::mt19937_64 generator(seed);
    std::normal_distribution<double> noise(0, 0.003);
    std::uniform_real_distribution<double> uniform;
    Times ns[2];
    Times waits[2];
    for (int pair = 0; pair < 200; ++pair)
    {
        for (const int side : {0, 1})
        {
            const double call = (side == 0 ? aNs : bNs) * std::exp(noise(generator));
            const double wait = uniform(generator) < chanceOfAWait ? (1 + 7 * uniform(generator)) * kMs : 0.0;
            ns[side].push_back(call + wait);
            waits[side].push_back(wait);
        }
    }
    BusySides made{caseOf(ns[0], waits[0]), caseOf(ns[1], waits[1]), {ns[0], ns[1]}, {}};
    made.rest = {withoutWaits(made.a), withoutWaits(made.b)};
    return made;
}

} // namespace

class TestStalls : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void casesThatWaitAreTold_data()
    {
        QTest::addColumn<Times>("ns");
        QTest::addColumn<Times>("waits");
        QTest::addColumn<bool>("cuda");
        QTest::addColumn<int>("stall");
        QTest::addColumn<QString>("flag");
        const auto none = static_cast<int>(Stall::None);
        const auto waits = static_cast<int>(Stall::ByWaits);
        const auto pattern = static_cast<int>(Stall::ByPattern);
        const QString nothing;
        QTest::newRow("no samples") << Times{} << Times{} << false << none << nothing;
        QTest::newRow("quiet") << Times{10, 11, 10} << Times{0, 0, 0} << false << none << nothing;
        QTest::newRow("three times the fastest, honestly")
            << Times{10, 30, 30, 31} << Times{0, 0, 0, 0} << false << none << nothing;
        QTest::newRow("three times the fastest, by waiting")
            << Times{10, 30, 30, 30} << Times{0, 20, 20, 20} << false << waits
            << QStringLiteral("67 % of the median is waiting for a core");
        QTest::newRow("at the limit") << Times{10, 10, 10} << Times{2, 2, 2} << false << none << nothing;
        QTest::newRow("above it") << Times{10, 10, 10} << Times{2.1, 2.1, 2.1} << false << waits
                                  << QStringLiteral("21 % of the median");
        QTest::newRow("the account is silent, and the times are not")
            << Times{10, 300, 300} << Times{0, 0, 0} << false << pattern
            << QStringLiteral("look like waits for a core");
        QTest::newRow("no account") << Times{10, 300, 300} << Times{} << false << pattern
                                    << QStringLiteral("look like waits for a core");
        QTest::newRow("of a GPU") << Times{10, 300, 300} << Times{} << true << none << nothing;
    }

    void casesThatWaitAreTold()
    {
        QFETCH(Times, ns);
        QFETCH(Times, waits);
        QFETCH(bool, cuda);
        QFETCH(int, stall);
        QFETCH(QString, flag);
        const auto row = caseOf(ns, waits, cuda ? DeviceKind::Cuda : DeviceKind::Cpu);
        QCOMPARE(static_cast<int>(stallOf(row)), stall);
        const auto said = QString::fromStdString(flagStall(row).value_or(std::string()));
        QCOMPARE(said.isEmpty(), flag.isEmpty());
        QVERIFY2(said.contains(flag), qPrintable(said));
    }

    void runsThatWaitedTellNoneFromAnother_data()
    {
        QTest::addColumn<Times>("waits");
        QTest::addColumn<Times>("otherWaits");
        QTest::addColumn<int>("verdict");
        QTest::addColumn<bool>("stands");
        const auto slower = static_cast<int>(ComparisonVerdict::Slower);
        const auto same = static_cast<int>(ComparisonVerdict::Same);
        QTest::newRow("nobody waited") << Times{0, 0, 0} << Times{0, 0, 0} << slower << true;
        QTest::newRow("the first is stalled") << Times{30, 30, 30} << Times{0, 0, 0} << slower << false;
        QTest::newRow("slower by waiting") << Times{0, 0, 0} << Times{20, 20, 20} << slower << false;
        QTest::newRow("slower by itself") << Times{0, 0, 0} << Times{5, 5, 5} << slower << true;
        QTest::newRow("the same by waiting") << Times{15, 15, 15} << Times{0, 0, 0} << same << false;
    }

    /// Of 100 the first, and of 120 (or 100, where they are the same) the second.
    void runsThatWaitedTellNoneFromAnother()
    {
        QFETCH(Times, waits);
        QFETCH(Times, otherWaits);
        QFETCH(int, verdict);
        QFETCH(bool, stands);
        auto comparison = verdictOf(static_cast<ComparisonVerdict>(verdict));
        const double other = comparison.verdict == ComparisonVerdict::Same ? 100 : 120;
        doubtStalls(comparison, {}, caseOf({100, 100, 100}, waits), caseOf({other, other, other}, otherWaits));
        QCOMPARE(comparison.verdict == ComparisonVerdict::CannotTell, !stands);
        QCOMPARE(comparison.reason == "as measured", stands);
    }

    void aChangeBetweenRunsIsTakenBackWithTheWaitsThatMadeIt_data()
    {
        QTest::addColumn<double>("restOfCandidate");
        QTest::addColumn<bool>("candidateStalled");
        QTest::addColumn<int>("verdict");
        QTest::addColumn<QString>("reason");
        const int slower = static_cast<int>(ComparisonVerdict::Slower);
        const int cannotTell = static_cast<int>(ComparisonVerdict::CannotTell);
        QTest::newRow("slower by itself") << 118.0 << false << slower << QStringLiteral("20 % slower");
        QTest::newRow("slower by waiting")
            << 101.0 << false << cannotTell
            << QStringLiteral("20 % slower; but without the waits for a core it takes 1.01 times as long");
        QTest::newRow("stalled")
            << 118.0 << true << cannotTell
            << QStringLiteral("20 % slower; but in 2 of 2 runs its samples are waits for a core that others had");
    }

    void aChangeBetweenRunsIsTakenBackWithTheWaitsThatMadeIt()
    {
        QFETCH(double, restOfCandidate);
        QFETCH(bool, candidateStalled);
        QFETCH(int, verdict);
        QFETCH(QString, reason);
        RunToRunChange change;
        change.verdict = ComparisonVerdict::Slower;
        change.reason = "20 % slower";
        const std::vector<RunMedian> before(2, {100, 100, false});
        const std::vector<RunMedian> now(2, {120, restOfCandidate, candidateStalled});
        doubtWaits(change, whyOnlyWaits(before, now, 0.02));
        QCOMPARE(static_cast<int>(change.verdict), verdict);
        QCOMPARE(QString::fromStdString(change.reason), reason);
    }

    /// One alarm in a hundred is promised where nothing waits, and the waits must not add to it. Nor must they hide a
    /// difference behind "same".
    void noVerdictIsMadeByWaits_data()
    {
        QTest::addColumn<double>("bMs");
        QTest::addColumn<double>("chance");
        QTest::newRow("A with itself, some calls wait") << 2.0 << 0.2;
        QTest::newRow("A with itself, half of them") << 2.0 << 0.5;
        QTest::newRow("A with itself, nearly all") << 2.0 << 0.95;
        QTest::newRow("4 % faster, some calls wait") << 1.92 << 0.2;
        QTest::newRow("4 % faster, nearly all wait") << 1.92 << 0.95;
    }

    void noVerdictIsMadeByWaits()
    {
        QFETCH(double, bMs);
        QFETCH(double, chance);
        ComparisonRule rule;
        rule.confidence = 0.99;
        int wrong = 0;
        int right = 0;
        for (std::uint64_t seed = 1; seed <= 200; ++seed)
        {
            const auto sides = busySides(2 * kMs, bMs * kMs, chance, seed);
            auto comparison = compareSequentially(sides.pairs.baselineNs, sides.pairs.candidateNs, rule);
            doubtStalls(comparison, rule, sides.rest, sides.a, sides.b, true);
            const auto truth = bMs < 2 ? ComparisonVerdict::Faster : ComparisonVerdict::Same;
            right += comparison.verdict == truth ? 1 : 0;
            wrong += comparison.verdict != truth && comparison.verdict != ComparisonVerdict::CannotTell ? 1 : 0;
        }
        QVERIFY2(wrong <= 2, qPrintable(QString::number(wrong)));
        if (chance > 0.5 && bMs == 2)
        {
            QCOMPARE(right, 0); // sides that are stalled are never the same
        }
        else if (chance < 0.5)
        {
            QVERIFY2(right >= 180, qPrintable(QString::number(right)));
        }
    }
};

QTEST_GUILESS_MAIN(TestStalls)
#include "tst_stalls.moc"
