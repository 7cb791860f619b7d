// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/hardware/peak_rates.h"

#include <QtTest>

#include <limits>

using namespace headroom;

class TestPeakRates : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aRateIsThatOfTheMedianRun()
    {
        const std::vector<double> ns{1e6, 2e6, 4e6, 2e6, 3e6};
        const std::vector<double> mhz{1000, 0, 1200}; // 0 is no reading
        const auto rate = rateOf(6e6, ns, mhz);
        QVERIFY(rate.has_value());
        QCOMPARE(rate->perSecond, 3e9);
        QCOMPARE(rate->best, 6e9);
        QCOMPARE(rate->n, std::int64_t{5});
        QCOMPARE(rate->spread, 0.5); // quartiles 2 and 3 ms
        QCOMPARE(rate->smMhz, std::optional(1100.0));
    }

    void withoutARunThatTookTimeThereIsNone()
    {
        const std::vector<double> none{0, std::numeric_limits<double>::quiet_NaN()};
        QVERIFY(!rateOf(1, none, {}).has_value());
        QVERIFY(!rateOf(1, {}, {}).has_value());
        QVERIFY(!rateOf(0, std::vector<double>{1}, {}).has_value());
        QVERIFY(!rateOf(1, std::vector<double>{1}, {})->smMhz.has_value());
    }

    void surviveJson()
    {
        PeakRates peaks;
        peaks.device = DeviceKind::Cuda;
        peaks.deviceName = "NVIDIA H200";
        peaks.deviceUuid = "GPU-1";
        peaks.matmul = {{DType::Float32, MatrixUnit::Tf32, 8192, {4e14, 4.1e14, 40, 0.01, 1830.0}}};
        peaks.copy = MeasuredRate{4e12, 4.1e12, 40, 0.01, std::nullopt};
        QCOMPARE(parseJson(toJsonLine(Json(peaks))).get<PeakRates>(), peaks);
        QVERIFY(findMatmul(peaks, DType::Float32, MatrixUnit::Tf32) != nullptr);
        QVERIFY(findMatmul(peaks, DType::Float32) == nullptr);
    }

    void areKeptByDeviceAndLibtorch()
    {
        DeviceFacts gpu;
        gpu.kind = DeviceKind::Cuda;
        gpu.name = "NVIDIA H200";
        gpu.uuid = "GPU-1";
        Circumstances machine;
        machine.libtorchVersion = "2.11.0";
        machine.threads = 8;
        DeviceFacts cpu;
        cpu.name = "a processor";
        const auto ofGpu = peakKey(gpu, machine);
        const auto ofCpu = peakKey(cpu, machine);
        QVERIFY(ofGpu.find("GPU-1") != std::string::npos && ofGpu.find("8 threads") == std::string::npos);
        QVERIFY(ofCpu.find("a processor") != std::string::npos && ofCpu.find("8 threads") != std::string::npos);
        machine.libtorchVersion = "2.12.0";
        QVERIFY(peakKey(gpu, machine) != ofGpu);

        PeakRates peaks;
        peaks.deviceName = "a processor";
        peaks.threads = 8;
        peaks.libtorchVersion = "2.11.0";
        QCOMPARE(peakKey(peaks), ofCpu);
    }
};

QTEST_APPLESS_MAIN(TestPeakRates)
#include "tst_peak_rates.moc"
