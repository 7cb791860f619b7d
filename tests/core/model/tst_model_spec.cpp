// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/saturating.h"
#include "core/model/model_spec.h"

#include <QtTest>

#include <functional>

using namespace headroom;

namespace
{

using Change = std::function<void(ModelInput&)>;

constexpr qint64 kHuge = qint64(1) << 40;

} // namespace

Q_DECLARE_METATYPE(Change)

class TestModelSpec : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void parametersAreCountedExactly_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<qint64>("count");
        QTest::newRow("defaults") << Change([](auto&) {}) << qint64(163085905);
        QTest::newRow("small") << Change(
                                      [](auto& input)
                                      {
                                          input.model.dModel = 256;
                                          input.model.layers = 2;
                                          input.model.heads = 4;
                                          input.model.feedForward = 1024;
                                      })
                               << qint64(27623505);
        // Two embeddings of one number, two weights and biases of the projection.
        QTest::newRow("no layers") << Change([](auto& input) { input.model = {"tiny", 2, 1, 0, 1, 4, 3}; })
                                   << qint64(2 + 3 + 2 + 2);
        // in_proj 3 + 3, out_proj 1 + 1, linears 4 + 4 + 4 + 1, norms 4.
        QTest::newRow("one layer of one number")
            << Change([](auto& input) { input.model = {"tiny", 2, 1, 1, 1, 4, 3}; }) << qint64(9 + 8 + 13 + 4);
        QTest::newRow("too large to count")
            << Change([](auto& input) { input.model.dModel = kHuge; }) << qint64(kTooLarge);
    }
    void parametersAreCountedExactly()
    {
        QFETCH(Change, change);
        QFETCH(qint64, count);
        ModelInput input;
        change(input);
        QCOMPARE(qint64(parameterCount(input.model)), count);
    }

    void theAttentionCallHasTheModelsShape()
    {
        ModelInput input;
        input.causal = true;
        input.device = DeviceKind::Cuda;
        const AttentionProblem problem = attentionProblemOf(input, true);
        QCOMPARE(describe(problem), std::string("B4 H12 S128 D64 float32 causal"));
        QVERIFY(problem.device == DeviceKind::Cuda);
        QVERIFY(problem.needsGradients);
        QVERIFY(!attentionProblemOf(input, false).needsGradients);
    }

    void autocastAttendsInBfloat16()
    {
        ModelInput input;
        input.autocast = true;
        QVERIFY(attentionProblemOf(input, false).dtype == DType::BFloat16);
    }

    void everyLayerHasAPath()
    {
        ModelSpec spec;
        spec.layers = 2;
        QCOMPARE(attentionLayerPaths(spec),
                 (std::vector<std::string>{"encoder.layers.0.self_attn", "encoder.layers.1.self_attn"}));
        spec.layers = 0;
        QVERIFY(attentionLayerPaths(spec).empty());
    }

    void goodSizesHaveNoProblems_data()
    {
        QTest::addColumn<Change>("change");
        QTest::newRow("defaults") << Change([](auto&) {});
        QTest::newRow("no layers") << Change([](auto& input) { input.model.layers = 0; });
        QTest::newRow("whole position table") << Change([](auto& input) { input.sequence = 1024; });
        QTest::newRow("autocast of float32") << Change([](auto& input) { input.autocast = true; });
        QTest::newRow("16 bits") << Change([](auto& input) { input.dtype = DType::Float16; });
        QTest::newRow("smallest") << Change([](auto& input) { input = {{"tiny", 1, 1, 1, 1, 1, 1}, 1, 1}; });
    }
    void goodSizesHaveNoProblems()
    {
        QFETCH(Change, change);
        ModelInput input;
        change(input);
        const auto problems = problemsWith(input);
        QVERIFY2(problems.empty(), problems.empty() ? "" : problems.front().c_str());
    }

    void aBadSizeIsOneSentence_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<QByteArray>("sentence");
        const auto row = [](const char* name, Change change, const char* sentence)
        { QTest::newRow(name) << change << QByteArray(sentence); };
        row(
            "heads", [](auto& input) { input.model.heads = 10; },
            "d_model 768 cannot be divided among 10 heads. Use 8 or 12 heads, or d_model 760 or 770.");
        row(
            "prime d_model", [](auto& input) { input.model.dModel = 769; },
            "d_model 769 cannot be divided among 12 heads. Use 1 or 769 heads, or d_model 768 or 780.");
        row(
            "more heads than d_model", [](auto& input) { input.model.dModel = 4; },
            "d_model 4 cannot be divided among 12 heads. Use 4 heads, or d_model 12.");
        row(
            "no vocabulary", [](auto& input) { input.model.vocabSize = 0; },
            "The vocabulary size is 0; it must be at least 1.");
        row(
            "negative d_model", [](auto& input) { input.model.dModel = -768; },
            "The d_model is -768; it must be at least 1.");
        row(
            "negative layers", [](auto& input) { input.model.layers = -1; },
            "The number of layers is -1; it must be at least 0.");
        row(
            "very many layers", [](auto& input) { input.model.layers = 2000000; },
            "The number of layers is 2000000; it must be at most 1000000.");
        row(
            "no heads", [](auto& input) { input.model.heads = 0; }, "The number of heads is 0; it must be at least 1.");
        row(
            "no feed-forward", [](auto& input) { input.model.feedForward = 0; },
            "The feed-forward size is 0; it must be at least 1.");
        row(
            "no batch", [](auto& input) { input.batch = 0; }, "The batch size is 0; it must be at least 1.");
        row(
            "no sequence", [](auto& input) { input.sequence = -5; },
            "The sequence length is -5; it must be at least 1.");
        row(
            "sequence beyond the table", [](auto& input) { input.sequence = 1025; },
            "The sequence length 1025 is longer than the model's maximal sequence length 1024. Raise the maximum or "
            "shorten the sequence.");
        row(
            "autocast of 16 bits", [](auto& input) { input.autocast = true, input.dtype = DType::BFloat16; },
            "Autocast keeps weights in float32 and computes in bfloat16, but the weights are asked for in bfloat16. "
            "Leave out one of the two.");
        const char* const kTooLargeSentence =
            "These sizes are too large to count in 64 bits, let alone to hold in memory. Use smaller ones.";
        row(
            "huge d_model", [](auto& input) { input.model.dModel = 12 * kHuge; }, kTooLargeSentence);
        row(
            "huge batch", [](auto& input) { input.batch = kTooLarge; }, kTooLargeSentence);
        row(
            "huge sequence", [](auto& input) { input.sequence = input.model.maxSequence = kHuge; }, kTooLargeSentence);
    }
    void aBadSizeIsOneSentence()
    {
        QFETCH(Change, change);
        QFETCH(QByteArray, sentence);
        ModelInput input;
        change(input);
        const auto problems = problemsWith(input);
        QCOMPARE(problems, std::vector<std::string>{sentence.toStdString()});
    }

    void severalProblemsAreAllTold()
    {
        ModelInput input;
        input.batch = 0;
        input.model.heads = 7;
        input.sequence = 2000;
        QCOMPARE(problemsWith(input).size(), std::size_t(3));
    }

    void theTextSaysModelAndInput()
    {
        ModelInput input;
        QCOMPARE(describe(input),
                 std::string("BenchmarkTransformer d_model 768, 12 layers, 12 heads, B4 S128 float32"));
        input.causal = true;
        input.autocast = true;
        QVERIFY(describe(input).ends_with("float32 causal autocast"));
    }

    void jsonBringsEverythingBack()
    {
        ModelInput input;
        input.model.layers = 3;
        input.dtype = DType::Float16;
        input.device = DeviceKind::Cuda;
        input.causal = true;
        QCOMPARE(parseJson(toJsonLine(input)).get<ModelInput>(), input);
    }
};

QTEST_APPLESS_MAIN(TestModelSpec)
#include "tst_model_spec.moc"
