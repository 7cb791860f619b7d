// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/flops.h"
#include "core/attention/saturating.h"

#include <QtTest>

#include <cmath>

using namespace headroom;

namespace
{

/// Counted by hand, pair by pair.
std::int64_t countedElements(const AttentionProblem& problem)
{
    std::int64_t count = 0;
    for (std::int64_t query = 0; query < problem.queryLength; ++query)
    {
        for (std::int64_t key = 0; key < problem.kvLength; ++key)
        {
            count += !problem.causal || key <= query ? 1 : 0;
        }
    }
    return count;
}

AttentionProblem sample()
{
    AttentionProblem problem;
    problem.batch = 2;
    problem.queryHeads = problem.kvHeads = 3;
    problem.queryLength = 5;
    problem.kvLength = 7;
    problem.headDimQk = problem.headDimV = 4;
    return problem;
}

} // namespace

class TestFlops : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void unmaskedElementsAreExact_data()
    {
        QTest::addColumn<qint64>("queries");
        QTest::addColumn<qint64>("keys");
        for (const qint64 queries : {0, 1, 2, 5, 8, 33})
        {
            for (const qint64 keys : {0, 1, 2, 7, 8, 32})
            {
                QTest::addRow("%lld x %lld", static_cast<long long>(queries), static_cast<long long>(keys))
                    << queries << keys;
            }
        }
    }
    void unmaskedElementsAreExact()
    {
        QFETCH(qint64, queries);
        QFETCH(qint64, keys);
        AttentionProblem problem;
        problem.queryLength = queries;
        problem.kvLength = keys;
        QCOMPARE(unmaskedElements(problem), queries * keys);
        problem.causal = true;
        QCOMPARE(unmaskedElements(problem), countedElements(problem));
    }

    void forwardCountsTwoProducts()
    {
        const AttentionFlops flops = forwardFlops(sample());
        QCOMPARE(flops.unmasked, 4.0 * 2 * 3 * 5 * 7 * 4);
        QCOMPARE(flops.convention, flops.unmasked);
    }

    void causalHalvesTheConventionAndCountsTheTriangle()
    {
        AttentionProblem problem = sample();
        problem.causal = true;
        const AttentionFlops flops = forwardFlops(problem);
        QCOMPARE(flops.unmasked, 4.0 * 2 * 3 * 15 * 4);
        QCOMPARE(flops.convention, 0.5 * 4.0 * 2 * 3 * 5 * 7 * 4);
    }

    void backwardIsTwoAndAHalfForwards()
    {
        QCOMPARE(backwardFlops(sample()).unmasked, 2.5 * forwardFlops(sample()).unmasked);
        QCOMPARE(backwardFlops(sample()).convention, 2.5 * forwardFlops(sample()).convention);
    }

    void unequalHeadDimsCountEachProductByItsOwn()
    {
        AttentionProblem problem = sample();
        problem.headDimV = 10;
        QCOMPARE(forwardFlops(problem).unmasked, 2.0 * 2 * 3 * 5 * 7 * (4 + 10));
        QCOMPARE(backwardFlops(problem).unmasked, 2.0 * 2 * 3 * 5 * 7 * (3 * 4 + 2 * 10));
    }

    void bytesCountEachTensorOnce()
    {
        AttentionProblem problem = sample();
        problem.kvHeads = 1;
        const std::int64_t elements = 2 * (3 * 5 * 4 + 7 * 4 + 7 * 4 + 3 * 5 * 4);
        QCOMPARE(forwardBytes(problem), 4 * elements);
        problem.dtype = DType::BFloat16;
        QCOMPARE(forwardBytes(problem), 2 * elements);
        problem.mask = MaskKind::Boolean;
        QCOMPARE(forwardBytes(problem), 2 * elements + 35);
        problem.mask = MaskKind::Additive;
        QCOMPARE(forwardBytes(problem), 2 * elements + 70);
    }

    void mathKeepsItsScoresInFloat32()
    {
        AttentionProblem problem = sample();
        const std::int64_t scores = 2 * 3 * 5 * 7;
        QCOMPARE(workspaceBytes(problem, Backend::Math), 2 * scores * 4);
        QCOMPARE(workspaceBytes(problem, Backend::Naive), 2 * scores * 4);
        problem.dtype = DType::Float16;
        const std::int64_t copies = 2 * 3 * (5 + 7 + 7) * 4;
        QCOMPARE(workspaceBytes(problem, Backend::Math), (2 * scores + copies) * 4);
        QCOMPARE(workspaceBytes(problem, Backend::Naive), 2 * scores * 2);
        problem.dtype = DType::Float64;
        QCOMPARE(workspaceBytes(problem, Backend::Math), 2 * scores * 8);
    }

    void fusedBackendsKeepTheirLogSumExpForGradientsAlone()
    {
        AttentionProblem problem = sample();
        for (const Backend backend : {Backend::Flash, Backend::MemoryEfficient, Backend::Cudnn, Backend::Default})
        {
            problem.needsGradients = true;
            QCOMPARE(workspaceBytes(problem, backend), std::int64_t(2 * 3 * 5 * 4));
            problem.needsGradients = false;
            QCOMPARE(workspaceBytes(problem, backend), std::int64_t(0));
        }
    }

    void hugeSizesSaturate()
    {
        AttentionProblem problem = sample();
        problem.queryLength = problem.kvLength = std::int64_t(1) << 40;
        QCOMPARE(unmaskedElements(problem), kTooLarge);
        QCOMPARE(workspaceBytes(problem, Backend::Math), kTooLarge);
        problem.causal = true;
        QCOMPARE(unmaskedElements(problem), kTooLarge);
        problem.batch = kTooLarge;
        QCOMPARE(forwardBytes(problem), kTooLarge);
        QVERIFY(std::isfinite(forwardFlops(problem).unmasked));
    }

    void saturatingArithmeticIsExactWhereItFits()
    {
        QCOMPARE(saturatingProduct({}), std::int64_t(1));
        QCOMPARE(saturatingProduct({3, 5, 7}), std::int64_t(105));
        QCOMPARE(saturatingProduct({kTooLarge, 1}), kTooLarge);
        QCOMPARE(saturatingProduct({kTooLarge, 2}), kTooLarge);
        QCOMPARE(saturatingProduct({kTooLarge, kTooLarge, 0}), std::int64_t(0));
        QCOMPARE(saturatingProduct({std::int64_t(1) << 31, std::int64_t(1) << 31}), std::int64_t(1) << 62);
        QCOMPARE(saturatingProduct({std::int64_t(1) << 32, std::int64_t(1) << 31}), kTooLarge);
        QCOMPARE(saturatingSum({}), std::int64_t(0));
        QCOMPARE(saturatingSum({1, 2, 3}), std::int64_t(6));
        QCOMPARE(saturatingSum({kTooLarge - 1, 1}), kTooLarge);
        QCOMPARE(saturatingSum({kTooLarge, kTooLarge}), kTooLarge);
    }
};

QTEST_APPLESS_MAIN(TestFlops)
#include "tst_flops.moc"
