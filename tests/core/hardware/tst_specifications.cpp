// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/hardware/specifications.h"

#include <QtTest>

#include <set>

using namespace headroom;

namespace
{

DeviceFacts gpu(const std::string& name, int capability, int multiprocessors)
{
    DeviceFacts facts;
    facts.kind = DeviceKind::Cuda;
    facts.name = name;
    facts.computeCapability = capability;
    facts.multiprocessors = multiprocessors;
    return facts;
}

/// FLOPs a clock and multiprocessor of its tensor cores on 16 bits, summed in float32, by architecture; halved for the
/// cards whose data sheets say that they are.
double tensorFlopsAClock(const Specification& entry)
{
    const std::set<std::string_view> halved{"NVIDIA L40", "NVIDIA A10G", "NVIDIA GeForce RTX 3090",
                                            "NVIDIA GeForce RTX 4090", "NVIDIA GeForce RTX 5090"};
    const double full = entry.computeCapability == 100  ? 8192
                        : entry.computeCapability == 90 ? 4096
                        : entry.computeCapability == 80 ? 2048
                                                        : 1024;
    return halved.contains(entry.name) ? full / 2 : full;
}

/// 64 float32 units a multiprocessor before Ampere's second chip, 128 from it on; a multiply-add is two.
double floatFlopsAClock(const Specification& entry)
{
    return entry.computeCapability < 86 ? 128 : 256;
}

bool isClose(double left, double right)
{
    return std::abs(left / right - 1) < 0.01;
}

} // namespace

class TestSpecifications : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyRateIsThatOfItsClock_data()
    {
        QTest::addColumn<int>("entry");
        for (std::size_t i = 0; i < knownSpecifications().size(); ++i)
        {
            QTest::newRow(knownSpecifications()[i].name.data()) << static_cast<int>(i);
        }
    }
    void everyRateIsThatOfItsClock()
    {
        QFETCH(int, entry);
        const auto& card = knownSpecifications()[static_cast<std::size_t>(entry)];
        const auto atClock = [&](const SpecifiedRate& rate, double flops)
        { return card.multiprocessors * flops * rate.smMhz * 1e6; };
        QVERIFY(isClose(card.half->flopsPerSecond, atClock(*card.half, tensorFlopsAClock(card))));
        QVERIFY(isClose(card.float32->flopsPerSecond, atClock(*card.float32, floatFlopsAClock(card))));
        if (card.bfloat16) // from Ampere on
        {
            QCOMPARE(*card.bfloat16, *card.half);
            QVERIFY(isClose(2 * card.tf32->flopsPerSecond, card.half->flopsPerSecond));
        }
        QVERIFY(card.bytesPerSecond > 2e11 && card.bytesPerSecond < 1e13);
        QVERIFY(!card.source.empty());
    }

    void namesAreThereOnce()
    {
        std::set<std::string_view> names;
        for (const auto& entry : knownSpecifications())
        {
            QVERIFY2(names.insert(entry.name).second, entry.name.data());
        }
    }

    void matchesExactlyOrNotAtAll()
    {
        QCOMPARE(findSpecification(gpu("NVIDIA H200", 90, 132))->name, std::string_view("NVIDIA H200"));
        QVERIFY(findSpecification(gpu("NVIDIA H200 NVL", 90, 132))->half->flopsPerSecond < 9e14);
        QVERIFY(findSpecification(gpu("NVIDIA H100 80GB HBM3", 90, 132)) != nullptr);
        QVERIFY(findSpecification(gpu("H100", 90, 132)) == nullptr);
        QVERIFY(findSpecification(gpu("NVIDIA H200 MIG 1g.18gb", 90, 16)) == nullptr);
        QVERIFY(findSpecification(gpu("NVIDIA H200", 90, 16)) == nullptr); // a part of one
        QVERIFY(findSpecification(DeviceFacts{}) == nullptr);
    }

    void saysWhyThereIsNone()
    {
        QVERIFY(whyNoSpecification(gpu("NVIDIA H200", 90, 132)).empty());
        QVERIFY(whyNoSpecification(gpu("some card", 90, 132)).find("some card") != std::string::npos);
        QVERIFY(whyNoSpecification(gpu("NVIDIA H200", 90, 16)).find("has 16 multiprocessors") != std::string::npos);
        QVERIFY(whyNoSpecification(DeviceFacts{}).find("processor") != std::string::npos);
    }

    void isScaledToTheClockMeasured()
    {
        const auto& card = *findSpecification(gpu("NVIDIA H200", 90, 132));
        const auto rate = *specifiedRate(card, DType::BFloat16);
        QCOMPARE(rateAt(rate, std::nullopt), 989.4e12);
        QCOMPARE(rateAt(rate, 915.0), 989.4e12 / 2); // 1830 MHz is what it is stated for
        QCOMPARE(highestRate(card, DType::Float32)->flopsPerSecond, 494.7e12);
        QCOMPARE(specifiedRate(card, DType::Float32)->flopsPerSecond, 66.9e12);
        QVERIFY(!specifiedRate(*findSpecification(gpu("Tesla T4", 75, 40)), DType::BFloat16).has_value());
    }
};

QTEST_APPLESS_MAIN(TestSpecifications)
#include "tst_specifications.moc"
