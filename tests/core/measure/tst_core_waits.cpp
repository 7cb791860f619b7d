// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/core_waits.h"

#include <QtTest>

#include <limits>
#include <vector>

using namespace headroom;

namespace
{

using Turns = std::vector<ThreadTurns>;
using Times = std::vector<double>;

constexpr double kMs = 1e6;

} // namespace

class TestCoreWaits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void waitsOfOthersAreToldFromOnesOwn_data()
    {
        QTest::addColumn<Turns>("before");
        QTest::addColumn<Turns>("after");
        QTest::addColumn<double>("callMs");
        QTest::addColumn<int>("cores");
        QTest::addColumn<double>("waitMs");
        QTest::newRow("no threads") << Turns{} << Turns{} << 8.0 << 2 << 0.0;
        QTest::newRow("alone on its core")
            << Turns{{3 * kMs, 5 * kMs, 7}} << Turns{{11 * kMs, 5 * kMs, 7}} << 8.0 << 2 << 0.0;
        QTest::newRow("kept from it for half of the call")
            << Turns{{3 * kMs, 5 * kMs, 7}} << Turns{{7 * kMs, 9.025 * kMs, 8}} << 8.0 << 2 << 4.0;
        QTest::newRow("the second thread is the one that waits")
            << Turns{{0, 0, 1}, {0, 0, 1}} << Turns{{4 * kMs, 0, 1}, {4 * kMs, 4.025 * kMs, 2}} << 8.0 << 2 << 4.0;
        QTest::newRow("both wait, at the same time")
            << Turns{{0, 0, 1}, {0, 0, 1}} << Turns{{4 * kMs, 4.025 * kMs, 2}, {4 * kMs, 4.025 * kMs, 2}} << 8.0 << 2
            << 4.0;
        QTest::newRow("both wait, one after the other")
            << Turns{{0, 0, 1}, {0, 0, 1}} << Turns{{4 * kMs, 4.025 * kMs, 2}, {4 * kMs, 4.025 * kMs, 2}} << 12.0 << 2
            << 8.0;
        QTest::newRow("one waits, and the other spins until it comes")
            << Turns{{0, 0, 1}, {0, 0, 1}} << Turns{{8 * kMs, 0, 1}, {4 * kMs, 4.025 * kMs, 2}} << 8.0 << 2 << 4.0;
        QTest::newRow("woken a hundred times, on a core that is free")
            << Turns{{0, 0, 1}, {0, 0, 1}} << Turns{{9 * kMs, 0, 1}, {6 * kMs, 1.5 * kMs, 101}} << 10.0 << 2 << 0.0;
        QTest::newRow("woken a hundred times, and kept from its core now and then")
            << Turns{{0, 0, 1}, {0, 0, 1}} << Turns{{9 * kMs, 0, 1}, {1 * kMs, 8.5 * kMs, 101}} << 10.0 << 2 << 6.0;
        QTest::newRow("more threads of its own than cores")
            << Turns{{0, 0, 0}, {0, 0, 0}, {0, 0, 0}}
            << Turns{{4 * kMs, 0, 0}, {4 * kMs, 0, 1}, {4 * kMs, 4.1 * kMs, 1}} << 8.0 << 2 << 0.0;
        QTest::newRow("one more that only read the request")
            << Turns{{0, 0, 0}, {0, 0, 0}, {0, 0, 0}}
            << Turns{{4 * kMs, 0, 0}, {4 * kMs, 4.025 * kMs, 1}, {0.01 * kMs, 3 * kMs, 1}} << 8.0 << 2 << 4.0;
        QTest::newRow("one more that ran a little")
            << Turns{{0, 0, 0}, {0, 0, 0}, {0, 0, 0}}
            << Turns{{4 * kMs, 0, 0}, {4 * kMs, 4.025 * kMs, 1}, {0.5 * kMs, 0, 1}} << 8.0 << 2 << 4.0;
        QTest::newRow("a wait that began before the call")
            << Turns{{0, 0, 1}} << Turns{{0.5 * kMs, 20 * kMs, 2}} << 3.0 << 2 << 3.0;
        QTest::newRow("a reading that goes back")
            << Turns{{9 * kMs, 9 * kMs, 9}} << Turns{{0, 0, 0}} << 3.0 << 2 << 0.0;
    }

    void waitsOfOthersAreToldFromOnesOwn()
    {
        QFETCH(Turns, before);
        QFETCH(Turns, after);
        QFETCH(double, callMs);
        QFETCH(int, cores);
        QFETCH(double, waitMs);
        QCOMPARE(coreWaitNs(before, after, callMs * kMs, cores) + 1.0, waitMs * kMs + 1.0);
    }

    void theShareIsThatOfTheMedian_data()
    {
        QTest::addColumn<Times>("ns");
        QTest::addColumn<Times>("waits");
        QTest::addColumn<double>("share"); // below 0: none
        const double nan = std::numeric_limits<double>::quiet_NaN();
        const double infinity = std::numeric_limits<double>::infinity();
        QTest::newRow("none") << Times{} << Times{} << -1.0;
        QTest::newRow("one") << Times{10} << Times{5} << 0.5;
        QTest::newRow("no waits were read") << Times{10, 11} << Times{} << -1.0;
        QTest::newRow("fewer waits than samples") << Times{10, 11} << Times{0} << -1.0;
        QTest::newRow("quiet") << Times{10, 11, 12} << Times{0, 0, 0} << 0.0;
        QTest::newRow("three times the fastest, honestly") << Times{10, 30, 30, 30, 31} << Times{0, 0, 0, 0, 0} << 0.0;
        QTest::newRow("three times the fastest, by waiting")
            << Times{10, 30, 30, 30, 31} << Times{0, 20, 20, 20, 21} << 2.0 / 3;
        QTest::newRow("a few wait") << Times{10, 10, 10, 30, 30} << Times{0, 0, 0, 20, 20} << 0.0;
        QTest::newRow("all of it") << Times{8, 8} << Times{8, 8} << 1.0;
        QTest::newRow("zeros") << Times{0, 0} << Times{0, 0} << -1.0;
        QTest::newRow("no number") << Times{10, nan} << Times{0, 0} << -1.0;
        QTest::newRow("a wait that is no number") << Times{10, 11} << Times{0, nan} << -1.0;
        QTest::newRow("infinite") << Times{infinity, infinity} << Times{0, 0} << -1.0;
    }

    void theShareIsThatOfTheMedian()
    {
        QFETCH(Times, ns);
        QFETCH(Times, waits);
        QFETCH(double, share);
        QCOMPARE(waitedShare(ns, waits).value_or(-1.0), share);
    }
};

QTEST_GUILESS_MAIN(TestCoreWaits)
#include "tst_core_waits.moc"
