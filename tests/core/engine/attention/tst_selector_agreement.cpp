// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/remedy.h"
#include "core/engine/libtorch_engine.h"
#include "core/run/explanation.h"

#include <QtTest>

#include <random>

using namespace headroom;

namespace
{

constexpr int kProblems = 10'000;

AttentionProblem randomProblem(std::mt19937& draw, DeviceKind device)
{
    const auto among = [&draw](auto values) { return *(values.begin() + draw() % values.size()); };
    // The first of each is drawn half of the time, so that many problems fail few rules.
    const auto mostly = [&](auto values) { return draw() % 2 == 0 ? *values.begin() : among(values); };
    using Numbers = std::initializer_list<std::int64_t>;
    AttentionProblem problem;
    problem.device = device;
    problem.batch = mostly(Numbers{2, 1, 3});
    problem.queryHeads = mostly(Numbers{4, 1, 2, 6, 8});
    problem.kvHeads = draw() % 2 == 0 ? problem.queryHeads : among(Numbers{1, 2, 3, 4});
    problem.queryLength = mostly(Numbers{32, 1, 2, 7, 16, 33});
    problem.kvLength = draw() % 2 == 0 ? problem.queryLength : among(Numbers{1, 5, 16, 32, 40});
    problem.headDimQk =
        mostly(Numbers{64, 1, 2, 4, 8, 20, 40, 80, 83, 96, 128, 136, 160, 192, 200, 232, 256, 264, 512});
    problem.headDimV = draw() % 4 == 0 ? among(Numbers{1, 4, 60, 64, 128, 256}) : problem.headDimQk;
    problem.dtype =
        mostly(std::initializer_list<DType>{device == DeviceKind::Cuda ? DType::BFloat16 : DType::Float32,
                                            DType::Float32, DType::BFloat16, DType::Float16, DType::Float64});
    problem.mask = mostly(std::initializer_list<MaskKind>{MaskKind::None, MaskKind::Boolean, MaskKind::Additive});
    problem.maskNeedsGradient = problem.mask == MaskKind::Additive && draw() % 2 == 0;
    problem.causal = draw() % 3 == 0;
    problem.dropout = draw() % 5 == 0 ? 0.1 : 0.0;
    problem.needsGradients = draw() % 2 == 0;
    problem.layout = mostly(std::initializer_list<Layout>{Layout::Bhsd, Layout::Bshd, Layout::PackedQkv});
    return problem;
}

} // namespace

/// The rules against LibTorch's own selector, on problems that nobody picked; and what the remedies promise.
class TestSelectorAgreement : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rulesAndLibTorchAgree_data()
    {
        QTest::addColumn<int>("kind");
        QTest::newRow("cpu") << static_cast<int>(DeviceKind::Cpu);
        QTest::newRow("cuda") << static_cast<int>(DeviceKind::Cuda);
    }

    void rulesAndLibTorchAgree()
    {
        QFETCH(int, kind);
        const DeviceSelection selection{static_cast<DeviceKind>(kind), 0};
        engine::LibtorchEngine engine;
        Circumstances machine;
        try
        {
            machine = engine.circumstances(selection);
        }
        catch (const EngineError&)
        {
            QSKIP("needs a CUDA device");
        }
        std::mt19937 draw(20261123);
        int refused = 0;
        for (int at = 0; at < kProblems; ++at)
        {
            const auto problem = randomProblem(draw, selection.kind);
            const auto evidence = engine.explain(problem);
            const auto wrong = disagreements(evidence);
            const auto text = toJsonLine(Json(evidence));
            QVERIFY2(wrong.empty(), text.c_str());
            QVERIFY2(evidence.libtorchDefault == evidence.predictedDefault, text.c_str());
            refused += static_cast<int>(std::count_if(evidence.answers.begin(), evidence.answers.end(),
                                                      [](const BackendAnswer& answer)
                                                      { return !answer.libtorchAccepts.value_or(true); }));
        }
        QVERIFY(refused > kProblems / 10);
    }

    void remediesAreTakenByLibTorch()
    {
        engine::LibtorchEngine engine;
        const auto device = *engine.circumstances({}).selectedDevice();
        std::mt19937 draw(7);
        int remedied = 0;
        for (int at = 0; at < 1000; ++at)
        {
            const auto explanation =
                explainProblem(randomProblem(draw, DeviceKind::Cpu), device,
                               [&](const AttentionProblem& asked) { return engine.explain(asked); });
            for (const auto& checked : explanation.remedies)
            {
                ++remedied;
                QVERIFY2(checked.libtorchAccepts == true, toJsonLine(Json(explanation)).c_str());
            }
        }
        QVERIFY(remedied > 100);
    }
};

QTEST_APPLESS_MAIN(TestSelectorAgreement)
#include "tst_selector_agreement.moc"
