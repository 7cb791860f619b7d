// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/stalled_samples.h"

#include <QtTest>

#include <limits>
#include <vector>

using namespace headroom;

class TestStalledSamples : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void waitsForACoreAreToldFromCalls_data()
    {
        using Samples = std::vector<double>;
        constexpr double kFew = 2e6; // floating-point operations: 20 us of a call
        QTest::addColumn<Samples>("ns");
        QTest::addColumn<double>("flops");
        QTest::addColumn<bool>("stalled");
        const double nan = std::numeric_limits<double>::quiet_NaN();
        const double infinity = std::numeric_limits<double>::infinity();
        QTest::newRow("none") << Samples{} << kFew << false;
        QTest::newRow("one") << Samples{20e3} << kFew << false;
        QTest::newRow("quiet") << Samples{20e3, 21e3, 22e3, 23e3} << kFew << false;
        QTest::newRow("spikes") << Samples{20e3, 21e3, 22e3, 8e6, 23e3} << kFew << false;
        QTest::newRow("most wait") << Samples{20e3, 8.1e6, 8.3e6, 7.7e6, 22e3} << 0.0 << true;
        QTest::newRow("at the ratio") << Samples{20e3, 400e3, 400e3} << 0.0 << false;
        QTest::newRow("above it") << Samples{20e3, 401e3, 401e3} << 0.0 << true;
        QTest::newRow("all wait") << Samples{7.998e6, 7.994e6, 7.724e6, 11.99e6, 3.998e6} << kFew << true;
        QTest::newRow("of unknown work") << Samples{7.998e6, 7.994e6, 7.724e6, 11.99e6} << 0.0 << false;
        QTest::newRow("a call of 8 ms") << Samples{7.998e6, 7.994e6, 7.99e6, 8.001e6} << 1e9 << false;
        QTest::newRow("one tick") << Samples{4e6, 3.999e6, 3.998e6, 4.001e6} << kFew << false;
        QTest::newRow("slow, and at no tick") << Samples{9.1e6, 9.3e6, 9.2e6, 8.9e6} << kFew << false;
        QTest::newRow("below a tick") << Samples{10e3, 10e3, 10e3} << 1.0 << false;
        QTest::newRow("zeros") << Samples{0, 0, 0} << kFew << false;
        QTest::newRow("no numbers") << Samples{nan, nan} << kFew << false;
        QTest::newRow("infinite") << Samples{infinity, infinity} << kFew << false;
    }

    void waitsForACoreAreToldFromCalls()
    {
        QFETCH(std::vector<double>, ns);
        QFETCH(double, flops);
        QFETCH(bool, stalled);
        QCOMPARE(mostlyStalled(ns, flops), stalled);
    }
};

QTEST_GUILESS_MAIN(TestStalledSamples)
#include "tst_stalled_samples.moc"
