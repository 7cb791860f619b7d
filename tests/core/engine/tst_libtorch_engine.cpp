// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/libtorch_engine.h"

#include <QtTest>

#include <algorithm>
#include <vector>

using namespace headroom;
using namespace headroom::engine;

namespace
{

ModelInput smallInput(const DeviceSelection& device)
{
    ModelInput input;
    input.model.vocabSize = 512;
    input.model.dModel = 128;
    input.model.layers = 2;
    input.model.heads = 2;
    input.model.feedForward = 512;
    input.model.maxSequence = 128;
    input.batch = 2;
    input.sequence = 64;
    input.device = device.kind;
    return input;
}

struct Collected
{
    std::vector<LayerEvidence> layers;
    std::vector<RunEvidence> runs;
    std::vector<Judgement> judgements;
    std::vector<CheckResult> checks;

    EventDataSink sink()
    {
        return [this](const EventData& data)
        {
            if (const auto* evidence = std::get_if<EvidenceSeen>(&data))
            {
                evidence->layer ? layers.push_back(*evidence->layer) : runs.push_back(*evidence->run);
            }
            else if (const auto* judged = std::get_if<Judged>(&data))
            {
                judged->check ? checks.push_back(*judged->check) : judgements.push_back(*judged->judgement);
            }
        };
    }
};

} // namespace

/// The engine as a whole, on the CPU and, where there is one, on the first CUDA device.
class TestLibtorchEngine : public QObject
{
    Q_OBJECT

    LibtorchEngine m_engine;

    bool start(const DeviceSelection& device)
    {
        try
        {
            m_engine.circumstances(device);
        }
        catch (const EngineError&)
        {
            return false;
        }
        Plan plan;
        plan.device = device;
        plan.seed = 3;
        m_engine.begin(plan);
        return true;
    }

    static void addDevices()
    {
        QTest::addColumn<int>("kind");
        QTest::newRow("cpu") << static_cast<int>(DeviceKind::Cpu);
        QTest::newRow("cuda") << static_cast<int>(DeviceKind::Cuda);
    }

private Q_SLOTS:
    void describesTheMachine()
    {
        const auto seen = m_engine.circumstances({});
        QVERIFY(seen.libtorchVersion.starts_with("2."));
        QVERIFY(seen.sdpaAvailable);
        QVERIFY(!seen.libtorchPath.empty());
        QVERIFY(seen.threads > 0);
        QVERIFY(seen.selectedDevice() != nullptr);
        QCOMPARE(seen.devices.front().kind, DeviceKind::Cpu);
    }

    void namesTheDevicesThereAre()
    {
        try
        {
            m_engine.circumstances({DeviceKind::Cuda, 99});
            QFAIL("no device 99 was accepted");
        }
        catch (const EngineError& error)
        {
            QVERIFY(QString::fromUtf8(error.what()).contains(QStringLiteral("cuda:99")));
            QVERIFY(QString::fromUtf8(error.what()).contains(QStringLiteral("cpu")));
        }
    }

    void probesEveryLayer_data() { addDevices(); }
    void probesEveryLayer()
    {
        QFETCH(int, kind);
        const DeviceSelection device{static_cast<DeviceKind>(kind), 0};
        if (!start(device))
        {
            QSKIP("needs a CUDA device");
        }
        Collected seen;
        m_engine.probe({smallInput(device)}, seen.sink(), {});
        QCOMPARE(seen.layers.size(), std::size_t{2});
        for (const auto& layer : seen.layers)
        {
            QCOMPARE(layer.answers.size(), kSdpaBackends.size());
            for (const auto& answer : layer.answers)
            {
                const auto& rules = answer.rules;
                QCOMPARE(answer.libtorchAccepts.has_value(), rules.backend != Backend::Math);
                QVERIFY2(rules.eligible == answer.libtorchAccepts.value_or(true), toString(rules.backend).data());
            }
            QCOMPARE(layer.libtorchDefault, std::optional(layer.predictedDefault));
        }
        QCOMPARE(seen.runs.size(), std::size_t{2});
        QVERIFY(seen.runs[0].asPredicted && seen.runs[1].asPredicted);
    }

    void judgesCallsAndTheWholeModel_data() { addDevices(); }
    void judgesCallsAndTheWholeModel()
    {
        QFETCH(int, kind);
        const DeviceSelection device{static_cast<DeviceKind>(kind), 0};
        if (!start(device))
        {
            QSKIP("needs a CUDA device");
        }
        for (const auto dtype : {DType::Float32, DType::BFloat16})
        {
            auto input = smallInput(device);
            input.dtype = dtype;
            Collected seen;
            m_engine.judge({input, {Backend::Math, Backend::Naive, Backend::Default}}, seen.sink(), {});
            QCOMPARE(seen.judgements.size(), std::size_t{9}); // two calls and the model, three backends each
            for (const auto& judgement : seen.judgements)
            {
                QVERIFY2(judgement.verdict == AccuracyVerdict::Passed, judgement.reason.c_str());
            }
            QVERIFY(std::any_of(seen.judgements.begin(), seen.judgements.end(),
                                [](const auto& each) { return each.scope == JudgementScope::WholeModel; }));
        }
    }

    void checksAutocastAndDeterminism()
    {
        QVERIFY(start({}));
        Collected seen;
        m_engine.check({CheckKind::Autocast, smallInput({}), {}}, seen.sink(), {});
        m_engine.check({CheckKind::Determinism, smallInput({}), {Backend::Math, Backend::Flash}}, seen.sink(), {});
        QCOMPARE(seen.checks.size(), std::size_t{3});
        QVERIFY2(seen.checks[0].status == CheckStatus::Passed, seen.checks[0].summary.c_str());
        QVERIFY2(seen.checks[1].status == CheckStatus::Passed, seen.checks[1].summary.c_str());
    }

    void preparedCasesShowWhatRan()
    {
        QVERIFY(start({}));
        for (const auto pass : {Pass::Forward, Pass::TrainingStep})
        {
            const Case wanted{smallInput({}), Backend::Flash, pass};
            const auto prepared = m_engine.prepare(wanted);
            QVERIFY(prepared->sample().ns > 0);
            const auto evidence = prepared->observe();
            QCOMPARE(evidence.ran, std::optional(Backend::Flash));
            QVERIFY(evidence.asPredicted);
            QCOMPARE(evidence.attentionCalls, std::int64_t{2});
            QVERIFY(prepared->firstCallNs().value_or(0) > 0);
            QVERIFY(!prepared->wallSample().has_value());
        }
    }

    void mathNeedsMoreMemoryThanFlash()
    {
        QVERIFY(start({}));
        auto input = smallInput({});
        input.sequence = 128;
        input.batch = 8;
        const auto peakOf = [&](Backend backend) {
            return m_engine.prepare({input, backend, Pass::TrainingStep})->peakBytes().value_or(0);
        };
        QVERIFY(peakOf(Backend::Math) > peakOf(Backend::Flash));
    }

    void aBackendThatRefusesIsNotEligible()
    {
        QVERIFY(start({}));
        try
        {
            m_engine.prepare({smallInput({}), Backend::Cudnn, Pass::Forward});
            QFAIL("cuDNN ran on the CPU");
        }
        catch (const EngineError& error)
        {
            QCOMPARE(error.cause(), Cause::NotEligible);
        }
    }

    void memoryThatCannotFitIsToldBefore()
    {
        QVERIFY(start({}));
        auto input = smallInput({});
        input.batch = 4'000'000;
        try
        {
            m_engine.prepare({input, Backend::Math, Pass::TrainingStep});
            QFAIL("it fitted");
        }
        catch (const EngineError& error)
        {
            QCOMPARE(error.cause(), Cause::OutOfMemory);
        }
    }
};

QTEST_APPLESS_MAIN(TestLibtorchEngine)
#include "tst_libtorch_engine.moc"
