// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/attention_call.h"
#include "core/engine/attention/reference_attention.h"

#include <ATen/ATen.h>

#include <QtTest>

#include <cmath>
#include <limits>

using namespace headroom;
using namespace headroom::engine;

namespace
{

AttentionProblem problemWith(std::int64_t queryHeads, std::int64_t kvHeads, std::int64_t queryLength,
                             std::int64_t kvLength, bool causal, MaskKind mask)
{
    AttentionProblem problem;
    problem.batch = 2;
    problem.queryHeads = queryHeads;
    problem.kvHeads = kvHeads;
    problem.queryLength = queryLength;
    problem.kvLength = kvLength;
    problem.headDimQk = 8;
    problem.headDimV = 8;
    problem.dtype = DType::Float64;
    problem.causal = causal;
    problem.mask = mask;
    return problem;
}

double largestDifference(const at::Tensor& a, const at::Tensor& b)
{
    return (a - b).abs().max().item<double>();
}

} // namespace

class TestReferenceAttention : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void agreesWithAutogradOfTheNaiveFormula_data()
    {
        QTest::addColumn<int>("queryHeads");
        QTest::addColumn<int>("kvHeads");
        QTest::addColumn<int>("queryLength");
        QTest::addColumn<int>("kvLength");
        QTest::addColumn<bool>("causal");
        QTest::addColumn<int>("mask");
        QTest::newRow("square") << 3 << 3 << 17 << 17 << false << 0;
        QTest::newRow("causal") << 3 << 3 << 17 << 17 << true << 0;
        QTest::newRow("causal, more keys") << 2 << 2 << 5 << 19 << true << 0;
        QTest::newRow("causal, more queries") << 2 << 2 << 19 << 5 << true << 0;
        QTest::newRow("one query") << 2 << 2 << 1 << 33 << false << 0;
        QTest::newRow("grouped heads") << 6 << 2 << 9 << 9 << true << 0;
        QTest::newRow("boolean mask") << 2 << 2 << 9 << 12 << false << 1;
        QTest::newRow("additive mask") << 2 << 2 << 9 << 12 << false << 2;
    }

    void agreesWithAutogradOfTheNaiveFormula()
    {
        QFETCH(int, queryHeads);
        QFETCH(int, kvHeads);
        QFETCH(int, queryLength);
        QFETCH(int, kvLength);
        QFETCH(bool, causal);
        QFETCH(int, mask);
        const auto problem =
            problemWith(queryHeads, kvHeads, queryLength, kvLength, causal, static_cast<MaskKind>(mask));
        const auto inputs = makeInputs(problem, at::kCPU, 7);
        const auto outputGradient = at::randn({2, queryHeads, queryLength, 8}, at::kDouble);

        // Small blocks, so that their seams are crossed.
        const auto reference = referenceAttention(inputs, outputGradient, 4096);
        const auto naive = attendWithGradients(Backend::Naive, inputs, outputGradient);

        QVERIFY(largestDifference(reference.output, naive.output) < 1e-12);
        QVERIFY(largestDifference(reference.logSumExp, naive.logSumExp) < 1e-12);
        QVERIFY(largestDifference(reference.queryGradient, naive.queryGradient) < 1e-12);
        QVERIFY(largestDifference(reference.keyGradient, naive.keyGradient) < 1e-12);
        QVERIFY(largestDifference(reference.valueGradient, naive.valueGradient) < 1e-12);
    }

    void fullyMaskedRowsAreZeroAndLeakNothing()
    {
        auto inputs = makeInputs(problemWith(1, 1, 4, 6, false, MaskKind::Boolean), at::kCPU, 7);
        inputs.mask->select(0, 2).fill_(false);
        const auto results = referenceAttention(inputs, at::ones({2, 1, 4, 8}, at::kDouble));
        QCOMPARE(results.output.select(2, 2).abs().max().item<double>(), 0.0);
        QCOMPARE(results.queryGradient.select(2, 2).abs().max().item<double>(), 0.0);
        QCOMPARE(results.logSumExp.select(2, 2).max().item<double>(), -std::numeric_limits<double>::infinity());
        QVERIFY(at::isfinite(results.keyGradient).all().item<bool>());
    }

    void additiveMaskGetsItsGradient()
    {
        auto problem = problemWith(2, 2, 5, 7, false, MaskKind::Additive);
        problem.maskNeedsGradient = true;
        const auto inputs = makeInputs(problem, at::kCPU, 7);
        const auto outputGradient = at::randn({2, 2, 5, 8}, at::kDouble);
        const auto reference = referenceAttention(inputs, outputGradient);
        const auto naive = attendWithGradients(Backend::Naive, inputs, outputGradient);
        QVERIFY(reference.maskGradient.defined());
        QVERIFY(largestDifference(reference.maskGradient, naive.maskGradient) < 1e-12);
    }

    /// The noise is what a real arithmetic does: float32 attention's errors are of its size, tensor by tensor.
    void noiseIsTheSizeOfFloat32sErrors()
    {
        auto problem = problemWith(3, 3, 65, 65, true, MaskKind::None);
        problem.headDimQk = problem.headDimV = 64;
        problem.dtype = DType::Float32;
        const auto inputs = makeInputs(problem, at::kCPU, 5);
        const auto gradient = makeInputs(problem, at::kCPU, 6).query;
        const auto reference = referenceAttention(inputs, gradient, 0, true);
        const auto naive = attendWithGradients(Backend::Naive, inputs, gradient);
        const auto ratio = [](const at::Tensor& value, const at::Tensor& truth, const at::Tensor& noise)
        {
            const auto error = (value.to(at::kDouble) - truth).square().mean().sqrt().item<double>();
            return error / (unitRoundoff(DType::Float32) * noise.square().mean().sqrt().item<double>());
        };
        for (const double found : {ratio(naive.output, reference.output, reference.noise.output),
                                   ratio(naive.queryGradient, reference.queryGradient, reference.noise.queryGradient),
                                   ratio(naive.keyGradient, reference.keyGradient, reference.noise.keyGradient),
                                   ratio(naive.valueGradient, reference.valueGradient, reference.noise.valueGradient)})
        {
            QVERIFY2(found > 0.1 && found < 3, qPrintable(QString::number(found)));
        }
    }

    void oneKeyLeavesOnlyNoise()
    {
        auto problem = problemWith(2, 2, 4, 1, false, MaskKind::None);
        const auto inputs = makeInputs(problem, at::kCPU, 7);
        const auto gradient = makeInputs(problem, at::kCPU, 8).query;
        const auto reference = referenceAttention(inputs, gradient, 0, true);
        QVERIFY(reference.queryGradient.abs().max().item<double>() < 1e-12);
        QVERIFY(reference.noise.queryGradient.min().item<double>() > 0);
        QVERIFY(reference.noise.output.max().item<double>() < 1e-6); // the weight is 1, whatever the score
        QVERIFY(!referenceAttention(inputs, gradient).noise.output.defined());
    }

    void canBeDifferentiatedThrough()
    {
        auto inputs = makeInputs(problemWith(2, 2, 5, 5, true, MaskKind::None), at::kCPU, 7);
        inputs.query.requires_grad_(true);
        inputs.key.requires_grad_(true);
        inputs.value.requires_grad_(true);
        differentiableReference(inputs).sum().backward();
        const auto direct = referenceAttention(inputs, at::ones({2, 2, 5, 8}, at::kDouble));
        QCOMPARE(largestDifference(inputs.query.grad(), direct.queryGradient), 0.0);
        QCOMPARE(largestDifference(inputs.value.grad(), direct.valueGradient), 0.0);
    }
};

QTEST_APPLESS_MAIN(TestReferenceAttention)
#include "tst_reference_attention.moc"
