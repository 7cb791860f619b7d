// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/mask_reading.h"

#include <ATen/ATen.h>

#include <QtTest>

#include <limits>

using namespace headroom;
using namespace headroom::engine;

namespace
{

constexpr std::int64_t kLength = 12;

at::Tensor all(std::int64_t queries = kLength, std::int64_t keys = kLength)
{
    return at::ones({queries, keys}, at::kBool);
}

at::Tensor additive(const at::Tensor& allowed, double hidden = -std::numeric_limits<double>::infinity())
{
    return at::zeros(allowed.sizes()).masked_fill(allowed.logical_not(), hidden);
}

MaskReading read(const at::Tensor& mask, bool causal = false)
{
    return readMask(mask, causal, kLength, mask.size(-1));
}

/// [2, 1, 1, kLength]: the first row has 8 keys, the second 10.
at::Tensor padding()
{
    auto mask = at::ones({2, 1, 1, kLength}, at::kBool);
    mask.select(0, 0).slice(-1, 8).fill_(false);
    mask.select(0, 1).slice(-1, 10).fill_(false);
    return mask;
}

} // namespace

class TestMaskReading : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void noMaskHidesNothing()
    {
        const auto reading = readMask(std::nullopt, false, kLength, kLength);
        QCOMPARE(reading.content, MaskContent::None);
        QCOMPARE(reading.masked, 0.0);
        QCOMPARE(reading.unpaddedKeys, kLength);
    }

    void aLargeNegativeNumberHidesInEveryType()
    {
        for (const auto type : {at::kFloat, at::kHalf, at::kBFloat16})
        {
            QCOMPARE(read(additive(padding(), -10000.0).to(type)).content, MaskContent::Padding);
        }
    }

    void theTriangleOfTheCallIsCounted()
    {
        const auto reading = readMask(std::nullopt, true, 4, 4);
        QCOMPARE(reading.masked, 6.0 / 16.0);
        QCOMPARE(readMask(std::nullopt, true, 2, 4).masked, 5.0 / 8.0);
    }

    void aMaskThatHidesNothingIsSeen()
    {
        QCOMPARE(read(all()).content, MaskContent::AllTrue);
        QCOMPARE(read(additive(all())).content, MaskContent::AllTrue);
    }

    void aTriangleIsSeenInEachForm_data()
    {
        QTest::addColumn<int>("form");
        QTest::addRow("boolean") << 0;
        QTest::addRow("-infinity") << 1;
        QTest::addRow("BERT's -10000") << 2;
        QTest::addRow("lowest float") << 3;
        QTest::addRow("of a batch and heads") << 4;
    }
    void aTriangleIsSeenInEachForm()
    {
        QFETCH(int, form);
        const auto triangle = all().tril();
        const at::Tensor masks[] = {triangle, additive(triangle), additive(triangle, -10000),
                                    additive(triangle, std::numeric_limits<float>::lowest()),
                                    triangle.expand({2, 3, kLength, kLength})};
        const auto reading = read(masks[form]);
        QCOMPARE(reading.content, MaskContent::Causal);
        QVERIFY(std::abs(reading.masked - (kLength - 1) / (2.0 * kLength)) < 1e-6);
    }

    void aWindowIsSeenWithItsWidth()
    {
        const auto reading = read(all().tril().logical_and(all().triu(-3)));
        QCOMPARE(reading.content, MaskContent::Window);
        QCOMPARE(reading.window, std::int64_t{4});
    }

    void paddingIsSeenAndWhatAllRowsShareOfIt()
    {
        const auto reading = read(padding());
        QCOMPARE(reading.content, MaskContent::Padding);
        QCOMPARE(reading.unpaddedKeys, std::int64_t{10});
        QCOMPARE(read(padding().expand({2, 1, kLength, kLength})).content, MaskContent::Padding);
        QCOMPARE(read(padding().flip(-1)).content, MaskContent::Padding);
    }

    void paddingUnderATriangleIsBoth()
    {
        QCOMPARE(read(padding().logical_and(all().tril())).content, MaskContent::CausalPadding);
    }

    void aMaskOfTheWrongPolarityIsToldByTheRealKeys()
    {
        const auto real = padding().reshape({2, kLength});
        const auto inverted = readMask(padding().logical_not(), false, kLength, kLength, real);
        QCOMPARE(inverted.content, MaskContent::Inverted);
        QCOMPARE(readMask(padding(), false, kLength, kLength, real).content, MaskContent::Padding);
        QCOMPARE(read(all().triu(1)).content, MaskContent::Inverted); // each query sees the future alone
    }

    void numbersThatHideNothingAreABias()
    {
        QCOMPARE(read(at::rand({1, 2, kLength, kLength})).content, MaskContent::Bias);
        QCOMPARE(read(at::rand({kLength, kLength}).masked_fill(all().triu(1), -1e9)).content, MaskContent::Bias);
    }

    void holesAreSomethingElse()
    {
        auto holes = all();
        holes.select(0, 5).select(0, 2).fill_(false);
        QCOMPARE(read(holes).content, MaskContent::Other);
    }

    void headsThatAreCopiesAreCounted()
    {
        const auto own = at::rand({2, 3, 5, 4});
        QCOMPARE(distinctHeads(own, own), std::int64_t{3});
        const auto repeated = own.repeat_interleave(4, 1);
        QCOMPARE(distinctHeads(repeated, repeated), std::int64_t{3});
        QCOMPARE(distinctHeads(repeated, at::rand({2, 12, 5, 4})), std::int64_t{12});
    }
};

QTEST_GUILESS_MAIN(TestMaskReading)
#include "tst_mask_reading.moc"
