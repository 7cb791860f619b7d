// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/waited_pairs.h"

#include <QtTest>

#include <cmath>
#include <vector>

using namespace headroom;

namespace
{

using Times = std::vector<double>;

/// A comparison over \a pairs pairs whose waits end after \a busy of them; the pair at which it was decided, 0 for
/// never.
int decidedAt(double firstNs, double otherNs, double firstWaitNs, double otherWaitNs, int busy, int pairs)
{
    WaitedComparison comparison((ComparisonRule()));
    Times first;
    Times firstWaits;
    Times other;
    Times otherWaits;
    for (int at = 0; at < pairs; ++at)
    {
        const double jitter = 1 + 0.001 * std::sin(1.7 * at);
        firstWaits.push_back(at < busy ? firstWaitNs : 0);
        otherWaits.push_back(at < busy ? otherWaitNs : 0);
        first.push_back(firstNs * jitter + firstWaits.back());
        other.push_back(otherNs + otherWaits.back());
        comparison.addLast({first, firstWaits}, {other, otherWaits});
        if (comparison.isDecided())
        {
            return at + 1;
        }
    }
    return 0;
}

} // namespace

class TestWaitedPairs : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aVerdictMustStandWithoutTheWaits_data()
    {
        QTest::addColumn<int>("verdict");
        QTest::addColumn<Times>("other");
        QTest::addColumn<Times>("otherWaits");
        QTest::addColumn<bool>("stands");
        const int same = static_cast<int>(ComparisonVerdict::Same);
        const int slower = static_cast<int>(ComparisonVerdict::Slower);
        const int faster = static_cast<int>(ComparisonVerdict::Faster);
        const int cannotTell = static_cast<int>(ComparisonVerdict::CannotTell);
        QTest::newRow("nobody waited") << slower << Times{120, 120, 120} << Times{0, 0, 0} << true;
        QTest::newRow("nothing is known") << slower << Times{120, 120, 120} << Times{} << true;
        QTest::newRow("not of all") << slower << Times{120, 120, 120} << Times{20, 20} << true;
        QTest::newRow("slower by waiting") << slower << Times{120, 120, 120} << Times{20, 20, 20} << false;
        QTest::newRow("slower by itself") << slower << Times{130, 130, 130} << Times{10, 10, 10} << true;
        QTest::newRow("faster, and waited") << faster << Times{90, 90, 90} << Times{20, 20, 20} << true;
        QTest::newRow("the same by waiting") << same << Times{100, 100, 100} << Times{10, 10, 10} << false;
        QTest::newRow("the same, but stalled") << same << Times{100, 100, 100} << Times{30, 30, 30} << false;
        QTest::newRow("all of it waiting") << slower << Times{120, 120, 120} << Times{120, 120, 120} << false;
        QTest::newRow("nothing to hold") << cannotTell << Times{120, 120, 120} << Times{120, 120, 120} << true;
    }

    /// Against a side of 100 that did not wait.
    void aVerdictMustStandWithoutTheWaits()
    {
        QFETCH(int, verdict);
        QFETCH(Times, other);
        QFETCH(Times, otherWaits);
        QFETCH(bool, stands);
        const Times first{100, 100, 100};
        const Times none{0, 0, 0};
        QCOMPARE(standsWithoutWaits(static_cast<ComparisonVerdict>(verdict), 0.01, {first, none}, {other, otherWaits}),
                 stands);
    }

    void itGoesOnUntilTheWaitsAreOver_data()
    {
        QTest::addColumn<double>("otherNs");
        QTest::addColumn<double>("waitNs");
        QTest::addColumn<int>("busy");
        QTest::addColumn<bool>("afterwards");
        QTest::addColumn<bool>("ever");
        QTest::newRow("nobody waits") << 100.0 << 0.0 << 0 << false << true;
        QTest::newRow("B waits for a while") << 100.0 << 20.0 << 30 << true << true;
        QTest::newRow("B waits all the time") << 100.0 << 20.0 << 1000 << true << false;
        QTest::newRow("B is slower by itself too") << 150.0 << 20.0 << 1000 << false << true;
    }

    void itGoesOnUntilTheWaitsAreOver()
    {
        QFETCH(double, otherNs);
        QFETCH(double, waitNs);
        QFETCH(int, busy);
        QFETCH(bool, afterwards);
        QFETCH(bool, ever);
        const int at = decidedAt(100, otherNs, 0, waitNs, busy, 1000);
        QCOMPARE(at > 0, ever);
        QVERIFY2(!ever || (at > busy) == (afterwards || busy == 0), qPrintable(QString::number(at)));
    }

    void ratiosAreOfThePairsThatHaveOne()
    {
        QCOMPARE(middleRatio(Times{2, 0, 6}, Times{1, 1, 2}), std::optional(2.5));
        QCOMPARE(middleRatio(Times{2, 4}, Times{2}), std::optional(1.0));
        QVERIFY(!middleRatio(Times{}, Times{}));
        QVERIFY(!middleRatio(Times{0}, Times{1}));
        QVERIFY(!holdsFor(ComparisonVerdict::Same, std::nullopt, 0.01));
    }
};

QTEST_GUILESS_MAIN(TestWaitedPairs)
#include "tst_waited_pairs.moc"
