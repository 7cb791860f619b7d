// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/attention_call.h"
#include "core/engine/attention/fused_steps.h"
#include "core/engine/attention/reference_attention.h"
#include "core/engine/attention/tensor_errors.h"
#include "core/engine/attention/yardstick.h"

#include <ATen/ATen.h>

#include <QtTest>

#include <limits>

using namespace headroom;
using namespace headroom::engine;

namespace
{

constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool near(const at::Tensor& cuda, const at::Tensor& expected)
{
    return at::allclose(cuda.cpu(), expected, 1e-12, 1e-14, /*equal_nan=*/true);
}

AttentionInputs callOf(std::int64_t heads, std::int64_t kvHeads, std::int64_t queries, std::int64_t keys, bool causal)
{
    const auto draw = [](at::IntArrayRef shape) { return at::randn(shape, at::kDouble); };
    return {draw({2, heads, queries, 16}),
            draw({2, kvHeads, keys, 16}),
            draw({2, kvHeads, keys, 16}),
            std::nullopt,
            causal,
            std::nullopt};
}

AttentionInputs onCuda(AttentionInputs inputs)
{
    for (at::Tensor* tensor : {&inputs.query, &inputs.key, &inputs.value})
    {
        *tensor = tensor->cuda();
    }
    if (inputs.mask)
    {
        inputs.mask = inputs.mask->cuda();
    }
    return inputs;
}

} // namespace

/// Headroom's CUDA kernels give what LibTorch's operators give on the CPU.
class FusedStepsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        if (!at::hasCUDA() || !hasFusedSteps(at::empty({1}, at::TensorOptions(at::kCUDA))))
        {
            QSKIP("no CUDA device, or no CUDA kernels in this build");
        }
        at::manual_seed(7);
    }

    void softMaxOfEachRow_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("keys");
        QTest::addColumn<int>("first");
        QTest::addColumn<bool>("causal");
        QTest::newRow("full") << 5 << 700 << 0 << false;
        QTest::newRow("one key") << 3 << 1 << 0 << false;
        QTest::newRow("triangle") << 40 << 40 << 0 << true;
        QTest::newRow("later rows of a triangle") << 9 << 300 << 291 << true;
        QTest::newRow("more rows than keys") << 30 << 8 << 0 << true;
    }

    void softMaxOfEachRow()
    {
        QFETCH(int, rows);
        QFETCH(int, keys);
        QFETCH(int, first);
        QFETCH(bool, causal);
        auto scores = at::randn({2, 3, rows, keys}, at::kDouble).mul_(20);
        const auto given = scores.cuda();
        if (causal)
        {
            const auto row = at::arange(first, first + rows).unsqueeze(1);
            scores.masked_fill_(at::arange(keys).unsqueeze(0).gt(row), -kInfinity);
        }
        const auto logSumExp = softMaxInPlace(given, first, causal);
        QVERIFY(near(given, at::softmax(scores, -1)));
        QVERIFY(near(logSumExp, at::logsumexp(scores, -1, /*keepdim=*/true)));
    }

    void rowsWithoutAKeyAreZero()
    {
        auto scores = at::randn({4, 300}, at::kDouble);
        scores[1].fill_(-kInfinity);
        const auto given = scores.cuda();
        const auto logSumExp = softMaxInPlace(given, 0, false).cpu();
        QCOMPARE(given[1].abs().max().item<double>(), 0.0);
        QCOMPARE(logSumExp[1][0].item<double>(), -kInfinity);
        QVERIFY(near(given[2], at::softmax(scores[2], -1)));
    }

    void aNanSpoilsItsRowAlone()
    {
        auto scores = at::randn({3, 300}, at::kDouble);
        scores[1][299] = std::numeric_limits<double>::quiet_NaN();
        const auto given = scores.cuda();
        const auto logSumExp = softMaxInPlace(given, 0, false);
        QVERIFY(at::isnan(given[1]).all().item<bool>());
        QVERIFY(at::isnan(logSumExp[1]).all().item<bool>());
        QVERIFY(near(given[0], at::softmax(scores[0], -1)));
    }

    void scoreGradients()
    {
        const auto gradients = at::randn({2, 5, 300}, at::kDouble);
        const auto weights = at::rand({2, 5, 300}, at::kDouble);
        const auto sums = at::randn({2, 5, 1}, at::kDouble);
        const auto given = gradients.cuda();
        scoreGradientsInPlace(given, weights.cuda(), sums.cuda());
        QVERIFY(near(given, (gradients - sums) * weights));
    }

    void referenceIsThatOfTheCpu_data()
    {
        QTest::addColumn<int>("heads");
        QTest::addColumn<int>("kvHeads");
        QTest::addColumn<int>("queries");
        QTest::addColumn<int>("keys");
        QTest::addColumn<bool>("causal");
        QTest::addColumn<int>("mask");
        QTest::newRow("square") << 2 << 2 << 70 << 70 << false << 0;
        QTest::newRow("causal, grouped heads") << 6 << 2 << 70 << 70 << true << 0;
        QTest::newRow("causal, more keys") << 2 << 2 << 5 << 90 << true << 0;
        QTest::newRow("one query") << 2 << 2 << 1 << 33 << false << 0;
        QTest::newRow("boolean mask with an empty row") << 2 << 2 << 9 << 12 << false << 1;
        QTest::newRow("additive mask") << 2 << 2 << 9 << 12 << false << 2;
    }

    void referenceIsThatOfTheCpu()
    {
        QFETCH(int, heads);
        QFETCH(int, kvHeads);
        QFETCH(int, queries);
        QFETCH(int, keys);
        QFETCH(bool, causal);
        QFETCH(int, mask);
        auto inputs = callOf(heads, kvHeads, queries, keys, causal);
        if (mask == 1)
        {
            inputs.mask = at::rand({2, heads, queries, keys}).gt(0.3);
            (*inputs.mask)[1][0][3].fill_(false);
        }
        else if (mask == 2)
        {
            inputs.mask = at::randn({1, 1, queries, keys}, at::kDouble);
        }
        const auto outputGradient = at::randn({2, heads, queries, 16}, at::kDouble);
        const auto expected = referenceAttention(inputs, outputGradient);
        const auto results = referenceAttention(onCuda(inputs), outputGradient.cuda(), /*blockBytes=*/1 << 14);
        QVERIFY(near(results.output, expected.output));
        QVERIFY(near(results.logSumExp, expected.logSumExp));
        QVERIFY(near(results.queryGradient, expected.queryGradient));
        QVERIFY(near(results.keyGradient, expected.keyGradient));
        QVERIFY(near(results.valueGradient, expected.valueGradient));
    }

    void yardstickIsNaiveAttention_data()
    {
        QTest::addColumn<int>("dtype");
        QTest::addColumn<bool>("causal");
        for (const bool causal : {false, true})
        {
            const auto kind = causal ? "causal" : "full";
            QTest::addRow("float32 %s", kind) << static_cast<int>(at::kFloat) << causal;
            QTest::addRow("float16 %s", kind) << static_cast<int>(at::kHalf) << causal;
            QTest::addRow("bfloat16 %s", kind) << static_cast<int>(at::kBFloat16) << causal;
        }
    }

    /// Its errors, that is: the matrix products add up in another order.
    void yardstickIsNaiveAttention()
    {
        QFETCH(int, dtype);
        QFETCH(bool, causal);
        const auto type = static_cast<at::ScalarType>(dtype);
        auto inputs = onCuda(callOf(4, 4, 300, 300, causal));
        for (at::Tensor* tensor : {&inputs.query, &inputs.key, &inputs.value})
        {
            *tensor = tensor->to(type);
        }
        const auto outputGradient = at::randn({2, 4, 300, 16}, inputs.query.options());
        const auto truth = referenceAttention(inputs, outputGradient);
        const auto naive = attendWithGradients(Backend::Naive, inputs, outputGradient);
        const auto yardstick = yardstickAttention(inputs, outputGradient);
        for (const auto member :
             {&AttentionResults::output, &AttentionResults::logSumExp, &AttentionResults::queryGradient,
              &AttentionResults::keyGradient, &AttentionResults::valueGradient})
        {
            const auto& exact = truth.*member;
            const auto expected = measureStandard(exact, (naive.*member).detach()).yardstick;
            const auto got = measureStandard(exact, yardstick.*member).yardstick;
            QCOMPARE((yardstick.*member).scalar_type(), type);
            QVERIFY2(std::abs(got.rmsError - expected.rmsError) <= 0.02 * expected.rmsError,
                     qPrintable(QStringLiteral("%1 for %2").arg(got.rmsError).arg(expected.rmsError)));
        }
    }

    void errorsAreThoseOfTheCpu_data()
    {
        QTest::addColumn<int>("dtype");
        QTest::newRow("float64") << static_cast<int>(at::kDouble);
        QTest::newRow("float32") << static_cast<int>(at::kFloat);
        QTest::newRow("float16") << static_cast<int>(at::kHalf);
        QTest::newRow("bfloat16") << static_cast<int>(at::kBFloat16);
    }

    void errorsAreThoseOfTheCpu()
    {
        QFETCH(int, dtype);
        auto reference = at::randn({3, 1000, 257}, at::kDouble);
        auto value = (reference + 1e-2 * at::randn_like(reference)).to(static_cast<at::ScalarType>(dtype));
        reference[0][0][0] = -kInfinity;
        value[0][0][0] = -kInfinity; // right
        value[1][2][3] = kInfinity;  // wrong
        value[2][2][3] = std::numeric_limits<double>::quiet_NaN();
        reference[2][5][7] = 0;
        const auto expected = measureStandard(reference, value);
        const auto standard = measureStandard(reference.cuda(), value.cuda());
        QCOMPARE(standard.yardstick.notFinite, std::int64_t{2});
        QCOMPARE(expected.yardstick.notFinite, std::int64_t{2});
        QCOMPARE(standard.yardstick.worstIndex, expected.yardstick.worstIndex);
        const auto agree = [](double first, double second)
        { return std::abs(first - second) <= 1e-12 * std::abs(second); };
        QVERIFY(agree(standard.yardstick.maxError, expected.yardstick.maxError));
        QVERIFY(agree(standard.yardstick.meanError, expected.yardstick.meanError));
        QVERIFY(agree(standard.yardstick.rmsError, expected.yardstick.rmsError));
        QVERIFY(agree(standard.yardstick.maxRelativeError, expected.yardstick.maxRelativeError));
        QVERIFY(agree(standard.largest, expected.largest));
        QVERIFY(agree(standard.mean, expected.mean));
        QVERIFY(agree(standard.rms, expected.rms));
    }

    void equalTensorsHaveNoError()
    {
        const auto reference = at::randn({5}, at::kDouble).cuda();
        const auto errors = measureErrors(reference, reference);
        QCOMPARE(errors.maxError, 0.0);
        QCOMPARE(errors.worstIndex, std::vector<std::int64_t>{0});
        QCOMPARE(measureErrors(reference.narrow(0, 0, 0), reference.narrow(0, 0, 0)).elements, std::int64_t{0});
    }
};

QTEST_APPLESS_MAIN(FusedStepsTest)
#include "tst_fused_steps.moc"
