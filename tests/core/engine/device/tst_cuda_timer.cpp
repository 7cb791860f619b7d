// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/device/case_timer.h"
#include "core/engine/cuda_support.h"
#include "core/engine/device/timestamp_kernels.h"
#include "core/measure/statistics.h"

#include <ATen/ATen.h>

#if HEADROOM_LIBTORCH_HAS_CUDA
#include <ATen/cuda/CUDAContext.h>
#endif

#include <QtTest>

#include <vector>

using namespace headroom;
using namespace headroom::engine;

/// The instrument itself, against kernels that know their own duration.
class TestCudaTimer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (!at::hasCUDA())
        {
            QSKIP("needs a CUDA device");
        }
#if !HEADROOM_HAS_CUDA_KERNELS
        QSKIP("needs Headroom's CUDA kernels (no nvcc at build time)");
#endif
    }

#if HEADROOM_LIBTORCH_HAS_CUDA && HEADROOM_HAS_CUDA_KERNELS
    void readsAKnownDurationTrue_data()
    {
        QTest::addColumn<int>("microseconds");
        for (const int microseconds : {10, 20, 100, 1000, 10000})
        {
            QTest::addRow("%d us", microseconds) << microseconds;
        }
    }

    void readsAKnownDurationTrue()
    {
        QFETCH(int, microseconds);
        const auto timer = makeCaseTimer(at::Device(at::kCUDA, 0));
        const auto wanted = static_cast<std::uint64_t>(microseconds) * 1000;
        std::vector<double> samples;
        for (int run = 0; run < 30; ++run)
        {
            samples.push_back(
                timer->time([&] { launchSpin(wanted, nullptr, at::cuda::getCurrentCUDAStream(0)); }, false).ns);
        }
        // 2 % or 0.3 us, whichever is more.
        const double error = std::abs(median(samples).value_or(0) - static_cast<double>(wanted));
        qInfo("a spin of %d us reads %.3f us", microseconds, median(samples).value_or(0) * 1e-3);
        QVERIFY2(error <= std::max(0.02 * static_cast<double>(wanted), 300.0), qPrintable(QString::number(error)));
    }

    void readsTwoInFlightTrue()
    {
        const auto timer = makeCaseTimer(at::Device(at::kCUDA, 0));
        const auto spin = [](std::uint64_t ns)
        { return TimedWork{[ns] { launchSpin(ns, nullptr, at::cuda::getCurrentCUDAStream(0)); }}; };
        auto quick = spin(50'000);
        auto slow = spin(1'000'000);
        std::vector<double> quickNs;
        std::vector<double> slowNs;
        timer->launch(quick);
        for (int run = 0; run < 30; ++run)
        {
            timer->launch(slow);
            quickNs.push_back(timer->take(quick).ns);
            timer->launch(quick);
            slowNs.push_back(timer->take(slow).ns);
        }
        timer->take(quick);
        const double quickError = std::abs(median(quickNs).value_or(0) - 50e3);
        const double slowError = std::abs(median(slowNs).value_or(0) - 1e6);
        QVERIFY2(quickError <= 1e3, qPrintable(QString::number(quickError)));
        QVERIFY2(slowError <= 2e4, qPrintable(QString::number(slowError)));
    }

    void closesLaunchGaps()
    {
        // A hundred tiny kernels take the host far longer to launch than the device to run.
        const auto timer = makeCaseTimer(at::Device(at::kCUDA, 0));
        const auto tensor = at::ones({16}, at::TensorOptions(at::kFloat).device(at::kCUDA));
        const auto work = [&]
        {
            for (int launch = 0; launch < 100; ++launch)
            {
                tensor.add_(1);
            }
        };
        for (int warmUp = 0; warmUp < 5; ++warmUp)
        {
            timer->time(work, false);
        }
        const auto device = timer->time(work, false).ns;
        const auto wall = timer->timeWall(work)->ns;
        QVERIFY2(device < wall, qPrintable(QStringLiteral("device %1 ns, wall %2 ns").arg(device).arg(wall)));
    }

    void readsTheClock()
    {
        const auto timer = makeCaseTimer(at::Device(at::kCUDA, 0));
        const auto sample =
            timer->time([] { launchSpin(1'000'000, nullptr, at::cuda::getCurrentCUDAStream(0)); }, false);
        QVERIFY(sample.smMhz.has_value());
        QVERIFY2(*sample.smMhz > 100 && *sample.smMhz < 5000, qPrintable(QString::number(*sample.smMhz)));
    }

    void coldReadsSlowerThanWarm()
    {
        const auto timer = makeCaseTimer(at::Device(at::kCUDA, 0));
        const auto tensor = at::ones({4 << 20}, at::TensorOptions(at::kFloat).device(at::kCUDA)); // 16 MiB: fits in L2
        std::vector<double> warm;
        std::vector<double> cold;
        for (int run = 0; run < 40; ++run)
        {
            warm.push_back(timer->time([&] { tensor.sum(); }, false).ns);
            cold.push_back(timer->time([&] { tensor.sum(); }, true).ns);
            timer->time([&] { tensor.sum(); }, false); // warm again
        }
        QVERIFY(median(cold).value_or(0) > median(warm).value_or(0));
    }
#endif
};

QTEST_APPLESS_MAIN(TestCudaTimer)
#include "tst_cuda_timer.moc"
