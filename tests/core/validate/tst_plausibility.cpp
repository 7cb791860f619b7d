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
        QTest::newRow("worse than its best")
            << Times{10, 20, 40, 86, 172} << Points{3, 4} << QStringLiteral("less work per time than at 1, its best");
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

    /// Anomalies that cudnn-frontend's published tables ship without a flag (benchmark/sdpa_benchmark_training/results,
    /// gb200 and gb300, cuDNN 9.22): rates in TFLOP/s or times in ms at S = 2k, 4k, 8k, 16k, 32k, as work they count.
    void publishedAnomalies_data()
    {
        QTest::addColumn<std::vector<double>>("work"); // relative
        QTest::addColumn<std::vector<double>>("ns");   // relative
        QTest::addColumn<std::vector<std::size_t>>("flagged");
        using Numbers = std::vector<double>;
        using Points = std::vector<std::size_t>;
        const Numbers doubling{1, 2, 4, 8, 16};
        const Numbers square{1, 4, 16, 64, 256};
        const auto times = [](const Numbers& work, const Numbers& rates)
        {
            Numbers ns;
            for (std::size_t i = 0; i < work.size(); ++i)
            {
                ns.push_back(1e6 * work[i] / rates[i]);
            }
            return ns;
        };
        const auto row = [](const char* name, const Numbers& work, const Numbers& ns, const Points& flagged)
        { QTest::newRow(name) << work << ns << flagged; };
        row("1: GPT-OSS fp8 backward does not use its window", doubling, {0.536, 1.731, 6.176, 23.231, 90.348},
            {1, 2, 3, 4});
        row("2: GPT-OSS bf16 forward, GB200", doubling, times(doubling, {150, 160, 165, 167, 104}), {4});
        row("2: GPT-OSS bf16 forward, GB300", doubling, times(doubling, {155, 165, 170, 173, 108}), {4});
        row("3: Llama bf16 full forward, GB200", square, times(square, {1433, 1599, 1771, 1697, 1634}), {4});
        row("3: Llama bf16 full forward, GB300", square, times(square, {1805, 1900, 2017, 2014, 1836}), {4});
        // H200, cuDNN 9.19.1: what a healthy series looks like.
        row("H200 bf16 causal forward", square, times(square, {484, 591, 644, 673, 688}), {});
        row("H200 bf16 causal backward", square, times(square, {370, 474, 541, 579, 581}), {});
        row("H200 bf16 full forward", square, times(square, {633, 671, 691, 702, 693}), {});
        row("H200 fp8 full forward", square, times(square, {870, 973, 1023, 1055, 1062}), {});
        row("H200 bf16 full backward loses 7 % at the end", square, times(square, {504, 560, 594, 612, 572}), {4});
    }
    void publishedAnomalies()
    {
        QFETCH(std::vector<double>, work);
        QFETCH(std::vector<double>, ns);
        QFETCH(std::vector<std::size_t>, flagged);
        std::vector<SweepPoint> points;
        for (std::size_t i = 0; i < work.size(); ++i)
        {
            points.push_back({2048.0 * static_cast<double>(1 << i), ns[i], work[i]});
        }
        std::vector<std::size_t> found;
        for (const auto& flag : flagSweep(points))
        {
            found.push_back(flag.point);
        }
        QCOMPARE(found, flagged);
    }

    /// Anomaly 4: cuDNN's deterministic flag, in TFLOP/s without and with it.
    void aSwitchMustDoWhatItSays_data()
    {
        QTest::addColumn<double>("without");
        QTest::addColumn<double>("with");
        QTest::addColumn<bool>("mustCost");
        QTest::addColumn<QString>("words");
        QTest::newRow("4: bf16 hd128 pays 8 %") << 1332.0 << 1225.0 << true << QString();
        QTest::newRow("4: GPT-OSS pays 24 %") << 188.0 << 143.0 << true << QString();
        QTest::newRow("4: fp8 pays nothing") << 1454.0 << 1454.0 << true << QStringLiteral("no effect");
        QTest::newRow("4: DeepSeek-V3 gains 7 %") << 1301.0 << 1388.0 << true << QStringLiteral("faster");
        QTest::newRow("a cold cache may be free") << 100.0 << 100.0 << false << QString();
        QTest::newRow("a cold cache is no help") << 100.0 << 110.0 << false << QStringLiteral("faster");
        QTest::newRow("no rate") << 0.0 << 1.0 << true << QString();
    }
    void aSwitchMustDoWhatItSays()
    {
        QFETCH(double, without);
        QFETCH(double, with);
        QFETCH(bool, mustCost);
        QFETCH(QString, words);
        const auto rule = mustCost ? SwitchRule::MustCost : SwitchRule::MayBeFree;
        const auto ns = [](double rate) { return rate > 0 ? 1e6 / rate : 0.0; };
        const auto flag = flagSwitch("deterministic", ns(without), ns(with), 0, rule);
        QCOMPARE(flag.has_value(), !words.isEmpty());
        QVERIFY(QString::fromStdString(flag.value_or("")).contains(words));
    }

    void noiseExcusesADip()
    {
        auto points = sweep({10, 22, 40, 80});
        QCOMPARE(flagSweep(points).size(), std::size_t{1});
        for (auto& point : points)
        {
            point.noise = 0.05; // ten per cent slower, five uncertain on either side
        }
        QVERIFY(flagSweep(points).empty());
    }

    /// What cudnn-frontend's users saw of a kernel that was skipped: flash-attention#477.
    void aSkippedKernelIsAboveEveryPeak()
    {
        const auto flag = flagAbovePeak(11731e12, 1e9, 989.4e12, "the specification of NVIDIA H200 at 1830 MHz");
        QVERIFY(flag && flag->find("1.17e+04 TFLOP/s") != std::string::npos);
        QVERIFY(flag->find("NVIDIA H200") != std::string::npos);
    }

    void limitsAreObeyed()
    {
        PlausibilityLimits limits;
        limits.dip = 0.2;
        QVERIFY(flagSweep(sweep({10, 22, 40}), limits).empty());
        limits.superlinear = 3;
        limits.dip = 0.7;
        QVERIFY(flagSweep(sweep({10, 50}), limits).empty());
        QCOMPARE(flagSweep(sweep({10, 61}), limits).size(), std::size_t{1});
    }
};

QTEST_APPLESS_MAIN(TestPlausibility)
#include "tst_plausibility.moc"
