// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/attention_problem.h"
#include "core/attention/backend.h"

#include <QtTest>

using namespace headroom;

class TestAttentionProblem : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theTextSaysWhatDiffers()
    {
        AttentionProblem problem;
        problem.batch = 4;
        problem.queryHeads = problem.kvHeads = 12;
        problem.queryLength = problem.kvLength = 128;
        QCOMPARE(describe(problem), std::string("B4 H12 S128 D64 float32"));
        problem.kvHeads = 3;
        problem.kvLength = 256;
        problem.headDimV = 32;
        problem.causal = true;
        problem.mask = MaskKind::Boolean;
        problem.dropout = 0.1;
        QCOMPARE(describe(problem), std::string("B4 H12/3 S128/256 D64/32 float32 causal boolean mask dropout 0.1"));
    }

    void jsonBringsEverythingBack()
    {
        AttentionProblem problem;
        problem.dtype = DType::BFloat16;
        problem.device = DeviceKind::Cuda;
        problem.mask = MaskKind::Additive;
        problem.layout = Layout::PackedQkv;
        problem.scale = 0.125;
        problem.needsGradients = false;
        QCOMPARE(parseJson(toJsonLine(problem)).get<AttentionProblem>(), problem);
    }

    void elementsHaveTheirSize_data()
    {
        QTest::addColumn<int>("dtype");
        QTest::addColumn<int>("bytes");
        QTest::newRow("float64") << int(DType::Float64) << 8;
        QTest::newRow("float32") << int(DType::Float32) << 4;
        QTest::newRow("bfloat16") << int(DType::BFloat16) << 2;
        QTest::newRow("float16") << int(DType::Float16) << 2;
    }
    void elementsHaveTheirSize()
    {
        QFETCH(int, dtype);
        QFETCH(int, bytes);
        QCOMPARE(bytesPerElement(static_cast<DType>(dtype)), std::int64_t(bytes));
    }

    void fusedBackendsAreThree()
    {
        for (const auto& [backend, name] : EnumNames<Backend>::names)
        {
            const bool listed = std::ranges::find(kFusedBackends, backend) != kFusedBackends.end();
            QCOMPARE(isFused(backend), listed);
        }
    }
};

QTEST_APPLESS_MAIN(TestAttentionProblem)
#include "tst_attention_problem.moc"
