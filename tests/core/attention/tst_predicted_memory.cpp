// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/attention_memory.h"

#include <QtTest>

using namespace headroom;

/// Predictions for CUDA against the allocator's peaks of LibTorch 2.11.0 on an H100: B1 H16 S4096 D64, whose float32
/// scores are one GiB. The CPU's are tested where they can be measured (tests/core/engine).
class PredictedMemoryTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void mathOnCuda_data()
    {
        QTest::addColumn<int>("dtype");
        QTest::addColumn<bool>("causal");
        QTest::addColumn<double>("inferenceGiB");
        QTest::addColumn<double>("backwardGiB");
        QTest::newRow("bfloat16") << static_cast<int>(DType::BFloat16) << false << 2.313 << 4.055;
        QTest::newRow("float32") << static_cast<int>(DType::Float32) << false << 2.266 << 4.062;
        QTest::newRow("bfloat16, causal") << static_cast<int>(DType::BFloat16) << true << 2.375 << 4.055;
        QTest::newRow("float32, causal") << static_cast<int>(DType::Float32) << true << 2.328 << 4.062;
    }

    void mathOnCuda()
    {
        QFETCH(int, dtype);
        QFETCH(bool, causal);
        QFETCH(double, inferenceGiB);
        QFETCH(double, backwardGiB);
        AttentionProblem problem;
        problem.batch = 1;
        problem.queryHeads = problem.kvHeads = 16;
        problem.queryLength = problem.kvLength = 4096;
        problem.headDimQk = problem.headDimV = 64;
        problem.dtype = static_cast<DType>(dtype);
        problem.device = DeviceKind::Cuda;
        problem.causal = causal;
        const auto workingGiB = [&](AttentionUse use)
        {
            const auto memory = predictMemory(problem, Backend::Math, use);
            const auto kept = memory.inputBytes;
            return static_cast<double>(memory.peakBytes - kept) / static_cast<double>(std::int64_t{1} << 30);
        };
        const double inference = workingGiB(AttentionUse::Inference);
        const double training = workingGiB(AttentionUse::Training);
        QVERIFY2(std::abs(inference / inferenceGiB - 1) < 0.03, qPrintable(QString::number(inference)));
        QVERIFY2(std::abs(training / backwardGiB - 1) < 0.03, qPrintable(QString::number(training)));
    }
};

QTEST_APPLESS_MAIN(PredictedMemoryTest)
#include "tst_predicted_memory.moc"
