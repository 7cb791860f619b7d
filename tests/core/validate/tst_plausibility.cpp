// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/validate/plausibility.h"

#include <QtTest>

#include <limits>

using namespace headroom;

namespace
{

/// A sweep whose work doubles from point to point, at the given times.
std::vector<SweepPoint> sweep(const std::vector<double>& ns)
{
    std::vector<SweepPoint> points;
    double size = 1;
    for (const double time : ns)
    {
        points.push_back({size, time, size * 1000});
        size *= 2;
    }
    return points;
}

} // namespace

class TestPlausibility : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void kernels_data()
    {
        QTest::addColumn<int>("requested");
        QTest::addColumn<int>("ran"); // -1: none
        QTest::addColumn<int>("calls");
        QTest::addColumn<bool>("flagged");
        const auto row = [](const char* name, Backend requested, int ran, int calls, bool flagged)
        { QTest::newRow(name) << static_cast<int>(requested) << ran << calls << flagged; };
        row("as asked", Backend::Flash, static_cast<int>(Backend::Flash), 12, false);
        row("another", Backend::Cudnn, static_cast<int>(Backend::Flash), 12, true);
        row("none", Backend::Flash, -1, 12, true);
        row("none, and none was expected", Backend::Flash, -1, 0, false);
        row("default may be any", Backend::Default, static_cast<int>(Backend::Math), 12, false);
        row("default, none", Backend::Default, -1, 12, true);
        row("naive is ours", Backend::Naive, -1, 12, false);
    }
    void kernels()
    {
        QFETCH(int, requested);
        QFETCH(int, ran);
        QFETCH(int, calls);
        QFETCH(bool, flagged);
        const auto seen = ran < 0 ? std::optional<Backend>() : static_cast<Backend>(ran);
        QCOMPARE(flagKernels(static_cast<Backend>(requested), seen, calls).has_value(), flagged);
    }

    void abovePeak()
    {
        QVERIFY(!flagAbovePeak(1e12, 1e9, 1e12));  // 1 TFLOP in 1 s at a peak of 1 TFLOP/s
        QVERIFY(flagAbovePeak(1.1e12, 1e9, 1e12)); // ten per cent more
        QVERIFY(flagAbovePeak(1.1e12, 1e9, 1e12)->find("1.1 TFLOP/s") != std::string::npos);
        QVERIFY(!flagAbovePeak(1e12, 0, 1e12)); // nothing can be said
        QVERIFY(!flagAbovePeak(1e12, 1e9, 0));
        QVERIFY(!flagAbovePeak(std::numeric_limits<double>::quiet_NaN(), 1e9, 1e12));
    }

    void sweeps_data()
    {
        QTest::addColumn<std::vector<double>>("ns");
        QTest::addColumn<std::vector<std::size_t>>("flagged");
        QTest::addColumn<QString>("words");
        using Times = std::vector<double>;
        using Points = std::vector<std::size_t>;
        QTest::newRow("nothing") << Times{} << Points{} << QString();
        QTest::newRow("one point") << Times{10} << Points{} << QString();
        QTest::newRow("proportional") << Times{10, 20, 40, 80} << Points{} << QString();
        QTest::newRow("overhead at the small end") << Times{10, 11, 13, 20, 40} << Points{} << QString();
        QTest::newRow("noise of four per cent") << Times{10, 20.8, 40, 80} << Points{} << QString();
        QTest::newRow("a dip") << Times{10, 22, 40, 80} << Points{1} << QStringLiteral("dip: 9 %");
        QTest::newRow("slower than both") << Times{10, 40, 40, 80} << Points{1} << QStringLiteral("2.00 times as slow");
        QTest::newRow("grows faster") << Times{10, 20, 80} << Points{2} << QStringLiteral("the work only 2.00 times");
        QTest::newRow("unusable points are left out") << Times{10, 0, 40, 80} << Points{} << QString();
    }
    void sweeps()
    {
        QFETCH(std::vector<double>, ns);
        QFETCH(std::vector<std::size_t>, flagged);
        QFETCH(QString, words);
        const auto flags = flagSweep(sweep(ns));
        std::vector<std::size_t> points;
        for (const auto& flag : flags)
        {
            points.push_back(flag.point);
            QVERIFY2(QString::fromStdString(flag.reason).contains(words), flag.reason.c_str());
        }
        QCOMPARE(points, flagged);
    }

    void limitsAreObeyed()
    {
        PlausibilityLimits limits;
        limits.dip = 0.2;
        QVERIFY(flagSweep(sweep({10, 22, 40}), limits).empty());
        limits.superlinear = 3;
        QVERIFY(flagSweep(sweep({10, 50}), limits).empty());
        QCOMPARE(flagSweep(sweep({10, 61}), limits).size(), std::size_t{1});
    }
};

QTEST_APPLESS_MAIN(TestPlausibility)
#include "tst_plausibility.moc"
