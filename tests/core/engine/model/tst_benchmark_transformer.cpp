// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/benchmark_model.h"
#include "core/engine/model/benchmark_transformer.h"
#include "core/engine/model/captured_calls.h"
#include "core/engine/model/model_session.h"
#include "core/engine/attention/attention_call.h"

#include <ATen/ATen.h>

#include <QtTest>

using namespace headroom;
using namespace headroom::engine;

namespace
{

ModelInput smallInput()
{
    ModelInput input;
    input.model.vocabSize = 97;
    input.model.dModel = 32;
    input.model.layers = 2;
    input.model.heads = 4;
    input.model.feedForward = 128;
    input.model.maxSequence = 64;
    input.batch = 2;
    input.sequence = 24;
    return input;
}

ModelSession sessionOf(const ModelInput& input)
{
    return {input, DeviceSelection{}, 5, {}};
}

} // namespace

class TestBenchmarkTransformer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void hasTheParametersThatCoreCounts_data()
    {
        QTest::addColumn<int>("dModel");
        QTest::addColumn<int>("layers");
        QTest::addColumn<int>("heads");
        QTest::addColumn<qint64>("expected");
        QTest::newRow("defaults") << 768 << 12 << 12 << qint64{163'085'905};
        QTest::newRow("small") << 256 << 2 << 4 << qint64{27'623'505};
        QTest::newRow("no layers") << 256 << 0 << 4 << qint64{26'043'985};
    }

    void hasTheParametersThatCoreCounts()
    {
        QFETCH(int, dModel);
        QFETCH(int, layers);
        QFETCH(int, heads);
        QFETCH(qint64, expected);
        ModelSpec spec;
        spec.dModel = dModel;
        spec.layers = layers;
        spec.heads = heads;
        spec.feedForward = 4 * dModel;
        std::int64_t counted = 0;
        for (const auto& parameter : BenchmarkTransformer(spec)->parameters())
        {
            counted += parameter.numel();
        }
        QCOMPARE(counted, std::int64_t{expected});
        QCOMPARE(parameterCount(spec), std::int64_t{expected});
    }

    void eachModuleHasItsClass()
    {
        std::map<std::string, std::string> classes;
        for (const ModelModule& module : BenchmarkModel(smallInput().model, 5, {}).modules())
        {
            classes[module.path] = module.kind;
        }
        const std::map<std::string, std::string> ofOneLayer{
            {"", "BenchmarkTransformer"},
            {"token_embedding", "Embedding"},
            {"position_embedding", "Embedding"},
            {"encoder", "Encoder"},
            {"encoder.layers", "ModuleList"},
            {"encoder.layers.0", "EncoderLayer"},
            {"encoder.layers.0.self_attn", "SelfAttention"},
            {"encoder.layers.0.self_attn.in_proj", "Linear"},
            {"encoder.layers.0.self_attn.out_proj", "Linear"},
            {"encoder.layers.0.linear1", "Linear"},
            {"encoder.layers.0.linear2", "Linear"},
            {"encoder.layers.0.norm1", "LayerNorm"},
            {"encoder.layers.0.norm2", "LayerNorm"},
            {"output_projection", "Linear"},
        };
        for (const auto& [path, kind] : ofOneLayer)
        {
            QCOMPARE(path + ' ' + classes[path], path + ' ' + kind);
        }
        QCOMPARE(classes.size(), ofOneLayer.size() + 8); // of the second layer
    }

    void givesLogitsForEveryToken()
    {
        auto session = sessionOf(smallInput());
        const auto logits = session.infer(Backend::Math);
        QVERIFY((logits.sizes() == at::IntArrayRef{2, 24, 97}));
        QVERIFY(at::isfinite(logits).all().item<bool>());
    }

    void causalModelDoesNotSeeTheFuture()
    {
        auto input = smallInput();
        input.causal = true;
        auto session = sessionOf(input);
        const auto backend = Backend::Flash;
        const auto before = session.infer(backend);
        session.tokens().select(1, 23).fill_(1);
        const auto after = session.infer(backend);
        QVERIFY(at::equal(before.narrow(1, 0, 23), after.narrow(1, 0, 23)));
        QVERIFY(!at::equal(before.select(1, 23), after.select(1, 23)));
    }

    void sameSeedGivesSameWeightsAndTokens()
    {
        auto one = sessionOf(smallInput());
        auto two = sessionOf(smallInput());
        QVERIFY(at::equal(one.infer(Backend::Math), two.infer(Backend::Math)));
    }

    void trainStepGivesEveryParameterAGradient()
    {
        auto session = sessionOf(smallInput());
        const auto loss = session.trainStep(Backend::Flash);
        QVERIFY(loss.item<double>() > 0);
        for (const auto& [name, parameter] : session.parameters())
        {
            QVERIFY2(parameter.grad().defined(), name.c_str());
        }
    }

    void doubleWeightsAreRestored()
    {
        auto input = smallInput();
        input.dtype = DType::BFloat16;
        auto session = sessionOf(input);
        const auto before = session.infer(Backend::Math);
        session.withDoubleWeights([&] { QVERIFY(session.infer(Backend::Fp64).scalar_type() == at::kDouble); });
        QVERIFY(at::equal(before, session.infer(Backend::Math)));
    }

    void capturesEachLayersCallWithItsLayout()
    {
        auto session = sessionOf(smallInput());
        const auto calls = captureCalls(session, true);
        QCOMPARE(calls.inputs.size(), std::size_t{2});
        QCOMPARE(calls.outputGradients.size(), std::size_t{2});
        QVERIFY(calls.outputGradients[0].defined() && calls.outputGradients[1].defined());
        const auto problem = problemOf(calls.inputs[0], true);
        QCOMPARE(problem, attentionProblemOf(session.input(), true));
        QCOMPARE(attentionLayerPaths(session.input().model).front(), std::string("encoder.layers.0.self_attn"));
    }
};

QTEST_APPLESS_MAIN(TestBenchmarkTransformer)
#include "tst_benchmark_transformer.moc"
