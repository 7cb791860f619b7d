// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/saturating.h"
#include "core/model/model_flops.h"
#include "core/model/model_memory.h"

#include <QtTest>

#include <cmath>

using namespace headroom;

namespace
{

ModelInput modelOf(std::int64_t vocabulary, std::int64_t width, std::int64_t layers, std::int64_t heads,
                   std::int64_t batch, std::int64_t sequence, DType dtype)
{
    ModelInput input;
    input.model = {"BenchmarkTransformer", vocabulary, width, layers, heads, 4 * width, 1024};
    input.batch = batch;
    input.sequence = sequence;
    input.dtype = dtype;
    return input;
}

} // namespace

class TestModelMemory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Peaks that LibTorch 2.11's CPU allocator reported for a training step beyond the parameters, in megabytes.
    void agreesWithWhatLibtorchAllocated_data()
    {
        QTest::addColumn<QList<qint64>>("sizes");
        QTest::addColumn<bool>("half");
        QTest::addColumn<bool>("math");
        QTest::addColumn<double>("megabytes");
        const QList<qint64> vocabulary{50257, 256, 2, 4, 4, 128};
        const QList<qint64> layers{1000, 256, 6, 4, 4, 256};
        const QList<qint64> short16{1000, 256, 6, 4, 16, 64};
        QTest::newRow("vocabulary, flash") << vocabulary << false << false << 424.8;
        QTest::newRow("vocabulary, math") << vocabulary << false << true << 426.9;
        QTest::newRow("vocabulary, bfloat16 flash") << vocabulary << true << false << 366.8;
        QTest::newRow("layers, flash") << layers << false << false << 93.1;
        QTest::newRow("layers, math") << layers << false << true << 118.2;
        QTest::newRow("layers, bfloat16 flash") << layers << true << false << 52.8;
        QTest::newRow("layers, bfloat16 math") << layers << true << true << 87.3;
        QTest::newRow("short, math") << short16 << false << true << 99.3;
        QTest::newRow("defaults, flash") << QList<qint64>{50257, 768, 12, 12, 4, 128} << false << false << 653.9;
    }
    void agreesWithWhatLibtorchAllocated()
    {
        QFETCH(QList<qint64>, sizes);
        QFETCH(bool, half);
        QFETCH(bool, math);
        QFETCH(double, megabytes);
        const ModelInput input = modelOf(sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes[5],
                                         half ? DType::BFloat16 : DType::Float32);
        const MemoryEstimate estimate = estimateMemory(input, math ? Backend::Math : Backend::Flash, true);
        const double ratio = static_cast<double>(estimate.totalBytes() - estimate.parameterBytes) / (megabytes * 1e6);
        QVERIFY2(ratio > 0.95 && ratio < 1.35, QByteArray::number(ratio).constData());
    }

    void parametersAndGradientsAreCounted()
    {
        const ModelInput input = modelOf(1000, 256, 2, 4, 1, 16, DType::Float32);
        const std::int64_t bytes = 4 * parameterCount(input.model);
        const MemoryEstimate forward = estimateMemory(input, Backend::Flash, false);
        QCOMPARE(forward.parameterBytes, bytes);
        QCOMPARE(forward.gradientBytes, std::int64_t(0));
        QCOMPARE(estimateMemory(input, Backend::Flash, true).gradientBytes, bytes);
    }

    void halfPrecisionHalvesTheParameters()
    {
        const auto full = estimateMemory(modelOf(1000, 256, 2, 4, 1, 16, DType::Float32), Backend::Flash, false);
        const auto half = estimateMemory(modelOf(1000, 256, 2, 4, 1, 16, DType::BFloat16), Backend::Flash, false);
        QCOMPARE(2 * half.parameterBytes, full.parameterBytes);
    }

    void autocastKeepsACopyOfTheWeights()
    {
        ModelInput input = modelOf(1000, 256, 2, 4, 1, 16, DType::Float32);
        const std::int64_t without = estimateMemory(input, Backend::Flash, false).parameterBytes;
        input.autocast = true;
        QCOMPARE(2 * estimateMemory(input, Backend::Flash, false).parameterBytes, 3 * without);
    }

    void mathGrowsWithTheSquareOfTheSequence()
    {
        const auto at = [](std::int64_t sequence, Backend backend)
        { return estimateMemory(modelOf(100, 64, 4, 4, 2, sequence, DType::Float32), backend, true).attentionBytes; };
        QCOMPARE(at(512, Backend::Math), 4 * at(256, Backend::Math));
        QCOMPARE(at(512, Backend::Naive), 4 * at(256, Backend::Naive));
        QCOMPARE(at(512, Backend::Flash), 2 * at(256, Backend::Flash));
        QVERIFY(at(512, Backend::Flash) * 100 < at(512, Backend::Math));
    }

    void aModelWithoutLayersHasNoAttention()
    {
        const ModelInput input = modelOf(100, 64, 0, 4, 2, 64, DType::Float32);
        QCOMPARE(estimateMemory(input, Backend::Math, true).attentionBytes, std::int64_t(0));
        QVERIFY(estimateMemory(input, Backend::Math, false).totalBytes() > 0);
    }

    void hugeSizesSaturate()
    {
        ModelInput input = modelOf(100, 64, 4, 4, 2, std::int64_t(1) << 40, DType::Float32);
        const MemoryEstimate estimate = estimateMemory(input, Backend::Math, true);
        QCOMPARE(estimate.attentionBytes, kTooLarge);
        QCOMPARE(estimate.totalBytes(), kTooLarge);
    }

    void jsonBringsTheEstimateBack()
    {
        const MemoryEstimate estimate = estimateMemory(ModelInput(), Backend::Math, true);
        QCOMPARE(parseJson(toJsonLine(estimate)).get<MemoryEstimate>(), estimate);
    }

    void flopsAreTwoForEachWeightAndToken()
    {
        ModelInput input = modelOf(1000, 256, 2, 4, 3, 16, DType::Float32);
        const double weights = 2 * (4.0 * 256 * 256 + 2.0 * 256 * 1024) + 256.0 * 1000;
        const ModelFlops forward = forwardFlops(input);
        QCOMPARE(forward.linear, 2 * weights * 48);
        QCOMPARE(forward.attention, 2 * 4.0 * 3 * 4 * 16 * 16 * 64);
        QCOMPARE(forward.total(), forward.linear + forward.attention);
        QCOMPARE(backwardFlops(input).linear, 2 * forward.linear);
        QCOMPARE(backwardFlops(input).attention, 2.5 * forward.attention);
        input.model.layers = 0;
        QCOMPARE(forwardFlops(input).attention, 0.0);
    }
};

QTEST_APPLESS_MAIN(TestModelMemory)
#include "tst_model_memory.moc"
