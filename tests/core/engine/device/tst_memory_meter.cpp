// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/device/memory_meter.h"

#include <ATen/ATen.h>

#include <QtTest>

using namespace headroom::engine;

class TestMemoryMeter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void countsThePeakAndNotTheSum()
    {
        constexpr std::int64_t kBytes = 4 << 20;
        const auto peak = peakBytes(at::kCPU, 1000,
                                    []
                                    {
                                        for (int time = 0; time < 5; ++time)
                                        {
                                            at::empty({kBytes / 4}, at::kFloat).fill_(1);
                                        }
                                    });
        QCOMPARE(peak, kBytes + 1000);
    }

    void countsWhatIsAliveTogether()
    {
        constexpr std::int64_t kBytes = 4 << 20;
        const auto peak = peakBytes(at::kCPU, 0,
                                    []
                                    {
                                        const auto first = at::empty({kBytes / 4}, at::kFloat);
                                        const auto second = at::empty({kBytes / 4}, at::kFloat);
                                    });
        QCOMPARE(peak, 2 * kBytes);
    }

    void knowsWhatIsAvailable() { QVERIFY(availableBytes(at::kCPU) > 0); }
};

QTEST_APPLESS_MAIN(TestMemoryMeter)
#include "tst_memory_meter.moc"
