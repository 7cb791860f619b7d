// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/hardware/roofline.h"

#include <QtTest>

using namespace headroom;

namespace
{

DeviceFacts h200()
{
    DeviceFacts facts;
    facts.kind = DeviceKind::Cuda;
    facts.name = "NVIDIA H200";
    facts.computeCapability = 90;
    facts.multiprocessors = 132;
    facts.maxSmClockMhz = 1980;
    return facts;
}

PeakRates peaksAt(double flops, double bytes, std::optional<double> smMhz = std::nullopt,
                  DeviceKind kind = DeviceKind::Cuda)
{
    PeakRates peaks;
    peaks.device = kind;
    peaks.matmul = {{DType::BFloat16, MatrixUnit::Native, 8192, {flops, flops, 10, 0, smMhz}},
                    {DType::Float32, MatrixUnit::Native, 8192, {flops / 10, flops / 10, 10, 0, smMhz}}};
    peaks.copy = MeasuredRate{bytes, bytes, 10, 0, std::nullopt};
    return peaks;
}

} // namespace

class TestRoofline : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aKnownPointLiesWhereItShould()
    {
        // 1e12 FLOP and 1e9 bytes in 2 ms under a roof of 1e15 FLOP/s and 2e12 bytes/s.
        const auto peaks = peaksAt(1e15, 2e12);
        const auto found = rooflineOf({1e12, 2e12, 1e9, DType::BFloat16}, 2e6, &peaks, nullptr, std::nullopt);
        QVERIFY(found.has_value());
        QCOMPARE(found->flopsPerSecond, 5e14);
        QCOMPARE(found->conventionFlopsPerSecond, 1e15);
        QCOMPARE(found->bytesPerSecond, 5e11);
        QCOMPARE(found->flopsPerByte, 1000.0);
        QCOMPARE(found->attainableFlopsPerSecond, std::optional(1e15));
        QCOMPARE(found->shareOfAttainable, std::optional(0.5));
        QCOMPARE(found->boundBy, std::optional(Roof::Compute));
        QVERIFY(!found->shareOfSpecification.has_value());
    }

    void lowIntensityIsBoundByMemory()
    {
        const auto peaks = peaksAt(1e15, 2e12);
        const auto found = rooflineOf({1e9, 1e9, 1e9, DType::BFloat16}, 1e6, &peaks, nullptr, std::nullopt);
        QCOMPARE(found->boundBy, std::optional(Roof::Memory));
        QCOMPARE(found->attainableFlopsPerSecond, std::optional(2e12)); // 1 FLOP a byte
        QCOMPARE(found->shareOfAttainable, std::optional(0.5));
    }

    void theRoofMovesWithTheClock()
    {
        const auto peaks = peaksAt(1e15, 2e14, 2000.0);
        const auto found = rooflineOf({1e12, 1e12, 1e9, DType::BFloat16}, 2e6, &peaks, nullptr, 1000.0);
        QCOMPARE(found->attainableFlopsPerSecond, std::optional(5e14));
        QCOMPARE(found->shareOfAttainable, std::optional(1.0));
    }

    void percentOfSpecificationIsAtTheClockMeasured()
    {
        const auto device = h200();
        const auto* card = findSpecification(device);
        const RooflineWork work{989.4e12, 989.4e12, 1e9, DType::BFloat16};
        const auto unread = rooflineOf(work, 2e9, nullptr, card, std::nullopt);
        QCOMPARE(unread->shareOfSpecification, std::optional(0.5));
        QVERIFY(!unread->specificationAtMeasuredClock);
        const auto read = rooflineOf(work, 2e9, nullptr, card, 915.0);
        QCOMPARE(read->shareOfSpecification, std::optional(1.0));
        QVERIFY(read->specificationAtMeasuredClock);
    }

    void withoutWorkOrTimeThereIsNone()
    {
        QVERIFY(!rooflineOf({0, 0, 0, DType::Float32}, 1, nullptr, nullptr, {}).has_value());
        QVERIFY(!rooflineOf({1, 1, 1, DType::Float32}, 0, nullptr, nullptr, {}).has_value());
        const auto alone = rooflineOf({1, 1, 0, DType::Float32}, 1, nullptr, nullptr, {});
        QCOMPARE(alone->flopsPerByte, 0.0);
        QVERIFY(!alone->boundBy.has_value());
    }

    void aProcessorWithout16BitUnitsIsHeldAgainstFloat32()
    {
        auto peaks = peaksAt(1e9, 1e10, std::nullopt, DeviceKind::Cpu);
        peaks.matmul[1].rate.perSecond = peaks.matmul[1].rate.best = 1e11;
        const auto found = rooflineOf({1e9, 1e9, 1, DType::BFloat16}, 1e9, &peaks, nullptr, {});
        QCOMPARE(found->attainableFlopsPerSecond, std::optional(1e11));
    }

    void theLimitIsTheLowerOfTwo()
    {
        const auto device = h200();
        const auto bySpecification = highestPlausibleRate(DType::BFloat16, device, nullptr, std::nullopt);
        QVERIFY(bySpecification->flopsPerSecond > 1.07e15 && bySpecification->flopsPerSecond < 1.09e15); // at 1980 MHz
        QVERIFY(bySpecification->source.find("1980 MHz") != std::string::npos);
        const auto slower = highestPlausibleRate(DType::BFloat16, device, nullptr, 990.0);
        QVERIFY(slower->flopsPerSecond < 0.51 * bySpecification->flopsPerSecond);
        const auto peaks = peaksAt(7e14, 4e12);
        const auto byPeak = highestPlausibleRate(DType::BFloat16, device, &peaks, std::nullopt);
        QCOMPARE(byPeak->flopsPerSecond, 1.15 * 7e14);
        QVERIFY(byPeak->source.find("15 %") != std::string::npos);
    }

    void float32MayUseTf32()
    {
        const auto peaks = peaksAt(5e14, 4e12);
        DeviceFacts unknown;
        unknown.kind = DeviceKind::Cuda;
        QCOMPARE(highestPlausibleRate(DType::Float32, unknown, &peaks, {})->flopsPerSecond, 1.15 * 3 * 5e13);
        auto withTf32 = peaks;
        withTf32.matmul.push_back({DType::Float32, MatrixUnit::Tf32, 8192, {2e14, 2e14, 10, 0, std::nullopt}});
        QCOMPARE(highestPlausibleRate(DType::Float32, unknown, &withTf32, {})->flopsPerSecond, 1.15 * 2e14);
        QVERIFY(!highestPlausibleRate(DType::Float64, unknown, &peaks, {}).has_value());
        QVERIFY(!highestPlausibleRate(DType::Float64, unknown, nullptr, {}).has_value());
    }

    void survivesJson()
    {
        const auto peaks = peaksAt(1e15, 2e12);
        const auto found = *rooflineOf({1e12, 2e12, 1e9, DType::BFloat16}, 2e6, &peaks, nullptr, 1500.0);
        QCOMPARE(parseJson(toJsonLine(Json(found))).get<Roofline>(), found);
    }
};

QTEST_APPLESS_MAIN(TestRoofline)
#include "tst_roofline.moc"
