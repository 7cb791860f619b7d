// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/attention_judge.h"

#include <ATen/ATen.h>

#include <QtTest>

#include <cmath>
#include <functional>
#include <limits>

using namespace headroom;
using namespace headroom::engine;

namespace
{

constexpr std::int64_t kBlock = 64;

struct Scene
{
    AttentionInputs inputs;
    at::Tensor outputGradient;
};

Scene sceneOf(DType dtype, std::int64_t length, bool causal)
{
    AttentionProblem problem;
    problem.batch = 1;
    problem.queryHeads = 2;
    problem.kvHeads = 2;
    problem.queryLength = length;
    problem.kvLength = length;
    problem.headDimQk = 32;
    problem.headDimV = 32;
    problem.dtype = dtype;
    problem.causal = causal;
    Scene scene{makeInputs(problem, at::kCPU, 11), {}};
    scene.outputGradient = makeInputs(problem, at::kCPU, 12).query;
    return scene;
}

/// Results of an attention that computes something else, in the scene's data type.
AttentionResults resultsOf(AttentionInputs wrong, const Scene& scene)
{
    return attendWithGradients(Backend::Math, wrong, scene.outputGradient);
}

/// An online soft-max over blocks of keys that forgets to rescale what it has when the running maximum grows.
at::Tensor withoutRescaling(const AttentionInputs& in)
{
    const auto query = in.query.to(at::kFloat);
    const auto key = in.key.to(at::kFloat);
    const auto value = in.value.to(at::kFloat);
    at::Tensor sum;
    at::Tensor total;
    auto largest = at::full({query.size(0), query.size(1), query.size(2), 1}, -std::numeric_limits<float>::infinity());
    for (std::int64_t first = 0; first < key.size(2); first += kBlock)
    {
        const auto size = std::min(kBlock, key.size(2) - first);
        const auto scores = at::matmul(query, key.narrow(2, first, size).transpose(-2, -1)) * in.effectiveScale();
        largest = at::maximum(largest, scores.amax(-1, true));
        const auto weights = (scores - largest).exp();
        const auto part = at::matmul(weights, value.narrow(2, first, size));
        sum = sum.defined() ? sum + part : part;
        total = total.defined() ? total + weights.sum(-1, true) : weights.sum(-1, true);
    }
    return (sum / total).to(in.query.scalar_type());
}

using Mutation = std::function<AttentionResults(const Scene&)>;

struct NamedMutation
{
    const char* name;
    std::int64_t length;
    bool causal;
    Mutation apply;
};

std::vector<NamedMutation> mutations()
{
    return {
        {"wrong scale", 256, false,
         [](const Scene& scene)
         {
             auto wrong = scene.inputs;
             wrong.scale = scene.inputs.effectiveScale() * 1.05;
             return resultsOf(wrong, scene);
         }},
        {"last block of keys dropped", 256 + kBlock, false,
         [](const Scene& scene)
         {
             auto wrong = scene.inputs;
             const auto kept = wrong.key.size(2) - kBlock;
             wrong.key = wrong.key.narrow(2, 0, kept);
             wrong.value = wrong.value.narrow(2, 0, kept);
             auto results = resultsOf(wrong, scene);
             results.keyGradient = at::constant_pad_nd(results.keyGradient, {0, 0, 0, kBlock});
             results.valueGradient = at::constant_pad_nd(results.valueGradient, {0, 0, 0, kBlock});
             return results;
         }},
        {"dK and dV swapped", 256, false,
         [](const Scene& scene)
         {
             auto results = resultsOf(scene.inputs, scene);
             std::swap(results.keyGradient, results.valueGradient);
             return results;
         }},
        {"stale output of another call", 256, false,
         [](const Scene& scene)
         {
             auto results = resultsOf(scene.inputs, scene);
             auto other = scene.inputs;
             other.query = scene.inputs.query.roll(1, 2);
             results.output = resultsOf(other, scene).output;
             return results;
         }},
        {"wrong triangle", 256, true,
         [](const Scene& scene)
         {
             auto wrong = scene.inputs;
             wrong.causal = false;
             wrong.mask = at::ones({256, 256}, at::kBool).triu();
             return resultsOf(wrong, scene);
         }},
        {"triangle off by one", 256, true,
         [](const Scene& scene)
         {
             auto wrong = scene.inputs;
             wrong.causal = false;
             wrong.mask = at::ones({256, 256}, at::kBool).tril(1);
             return resultsOf(wrong, scene);
         }},
        {"zero output at long S", 4096, false,
         [](const Scene& scene)
         {
             auto results = resultsOf(scene.inputs, scene);
             results.output = at::zeros_like(results.output);
             return results;
         }},
        {"an update of the running maximum skipped", 256, false,
         [](const Scene& scene)
         {
             auto results = resultsOf(scene.inputs, scene);
             results.output = withoutRescaling(scene.inputs);
             return results;
         }},
        {"dQ of zeros at long S", 2048, false,
         [](const Scene& scene)
         {
             auto results = resultsOf(scene.inputs, scene);
             results.queryGradient = at::zeros_like(results.queryGradient);
             return results;
         }},
        {"dK of zeros at long S", 2048, false,
         [](const Scene& scene)
         {
             auto results = resultsOf(scene.inputs, scene);
             results.keyGradient = at::zeros_like(results.keyGradient);
             return results;
         }},
        {"one NaN", 256, false,
         [](const Scene& scene)
         {
             auto results = resultsOf(scene.inputs, scene);
             results.queryGradient = results.queryGradient.clone();
             results.queryGradient.view(-1)[5].fill_(std::numeric_limits<double>::quiet_NaN());
             return results;
         }},
    };
}

void addDTypeColumns()
{
    QTest::addColumn<int>("dtype");
    QTest::newRow("float32") << static_cast<int>(DType::Float32);
    QTest::newRow("bfloat16") << static_cast<int>(DType::BFloat16);
    QTest::newRow("float16") << static_cast<int>(DType::Float16);
}

} // namespace

class TestAttentionJudge : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void errorsKeepTheirReason_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("reason");
        const auto add = [](const char* row, const char* text, const char* reason)
        { QTest::newRow(row) << QByteArray(text) << QByteArray(reason); };
        add("one line", "No available kernel. Aborting execution.", "No available kernel. Aborting execution.");
        add("several lines", "shape '[2]' is invalid\nException raised from view", "shape '[2]' is invalid");
        add("a blank line first", "\nUnknown type name 'Tensr':\nSerialized   File \"code/__torch__.py\", line 3\n",
            "Unknown type name 'Tensr'");
        add("TorchScript's interpreter",
            "The following operation failed in the TorchScript interpreter.\nTraceback of TorchScript, serialized code "
            "(most recent call last):\n  File \"code/__torch__.py\", line 9, in forward\n    x = torch.matmul(a, b)\n  "
            "      "
            "~~~~~~~~~~~~ <--- HERE\nRuntimeError: mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)\n",
            "mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)");
        add("an exception of the model",
            "The following operation failed in the TorchScript interpreter.\nTraceback of TorchScript (most recent "
            "call "
            "last):\n    raise ValueError(\"no\")\n    ~~~ <--- HERE\nbuiltins.ValueError: too long\n",
            "too long");
        add("nothing", "", "LibTorch failed without a reason");
        add("blanks", "\n \n", "LibTorch failed without a reason");
    }
    void errorsKeepTheirReason()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, reason);
        QCOMPARE(sentenceOf(text.toStdString()), reason.toStdString());
    }

    void acceptsEveryBackendOfTheCpu_data() { addDTypeColumns(); }
    void acceptsEveryBackendOfTheCpu()
    {
        QFETCH(int, dtype);
        for (const bool causal : {false, true})
        {
            for (const std::int64_t length : {1, 31, 33, 64, 127, 129, 300})
            {
                const auto scene = sceneOf(static_cast<DType>(dtype), length, causal);
                const AttentionJudge judge(scene.inputs, scene.outputGradient, {});
                for (const auto backend : {Backend::Flash, Backend::Math, Backend::Naive})
                {
                    const auto judgement = judge.judge(backend);
                    QVERIFY2(judgement.verdict == AccuracyVerdict::Passed,
                             qPrintable(QStringLiteral("%1 at S %2: %3")
                                            .arg(QString::fromLatin1(toString(backend).data()))
                                            .arg(length)
                                            .arg(QString::fromStdString(judgement.reason))));
                    QVERIFY(judgement.tensors.size() >= 4);
                }
            }
        }
    }

    void judgesTheLogSumExpOfCpuFlash()
    {
        const auto scene = sceneOf(DType::Float32, 64, true);
        const AttentionJudge judge(scene.inputs, scene.outputGradient, {});
        const auto judgement = judge.judge(Backend::Flash);
        QCOMPARE(judgement.tensors.size(), std::size_t{5});
        QCOMPARE(judgement.tensors[1].tensor, std::string("LSE"));
        QVERIFY(judgement.tensors[1].errors.maxError < 1e-5);
    }

    void catchesMutations_data()
    {
        QTest::addColumn<int>("dtype");
        QTest::addColumn<int>("mutation");
        const auto all = mutations();
        for (const auto dtype : {DType::Float32, DType::BFloat16, DType::Float16})
        {
            for (std::size_t at = 0; at < all.size(); ++at)
            {
                QTest::addRow("%s, %s", all[at].name, toString(dtype).data())
                    << static_cast<int>(dtype) << static_cast<int>(at);
            }
        }
    }

    void catchesMutations()
    {
        QFETCH(int, dtype);
        QFETCH(int, mutation);
        const auto mutated = mutations()[static_cast<std::size_t>(mutation)];
        const auto scene = sceneOf(static_cast<DType>(dtype), mutated.length, mutated.causal);
        const AttentionJudge judge(scene.inputs, scene.outputGradient, {});
        QVERIFY(judge.judge(Backend::Math).verdict == AccuracyVerdict::Passed);
        const auto judgement = judge.judge(Backend::Math, mutated.apply(scene));
        QVERIFY2(judgement.verdict == AccuracyVerdict::Failed || judgement.verdict == AccuracyVerdict::NotFinite,
                 "the mutation was accepted");
        QVERIFY(!judgement.reason.empty());
    }

    /// Backward is linear in dO, so a verdict must not depend on its size: a floor that does not shrink with the
    /// gradient lets one of zeros pass.
    void zeroGradientsAreCaughtAtAnySize_data() { addDTypeColumns(); }
    void zeroGradientsAreCaughtAtAnySize()
    {
        QFETCH(int, dtype);
        auto scene = sceneOf(static_cast<DType>(dtype), 128, false);
        scene.outputGradient = scene.outputGradient * 0x1p-6;
        const AttentionJudge judge(scene.inputs, scene.outputGradient, {});
        auto results = resultsOf(scene.inputs, scene);
        QVERIFY(judge.judge(Backend::Flash).verdict == AccuracyVerdict::Passed);
        QVERIFY(judge.judge(Backend::Math, results).verdict == AccuracyVerdict::Passed);
        for (at::Tensor* gradient : {&results.queryGradient, &results.keyGradient, &results.valueGradient})
        {
            const auto right = std::exchange(*gradient, at::zeros_like(*gradient));
            QVERIFY(judge.judge(Backend::Math, results).verdict == AccuracyVerdict::Failed);
            *gradient = right;
        }
    }

    /// At 32768 keys an output of zeros is nearer to the truth than many a fixed tolerance asks: its size is sqrt(e /
    /// S). A few queries tell as much as all of them.
    void zeroOutputIsCaughtAt32768_data() { addDTypeColumns(); }
    void zeroOutputIsCaughtAt32768()
    {
        QFETCH(int, dtype);
        AttentionProblem problem;
        problem.queryLength = 64;
        problem.kvLength = 32768;
        problem.headDimQk = problem.headDimV = 32;
        problem.dtype = static_cast<DType>(dtype);
        const Scene scene{makeInputs(problem, at::kCPU, 11), makeInputs(problem, at::kCPU, 12).query};
        const AttentionJudge judge(scene.inputs, scene.outputGradient, {});
        auto results = resultsOf(scene.inputs, scene);
        QVERIFY(judge.judge(Backend::Math, results).verdict == AccuracyVerdict::Passed);
        QVERIFY(results.output.abs().max().item<double>() < 0.1); // so small that 0.1 lets zeros pass
        results.output = at::zeros_like(results.output);
        QVERIFY(judge.judge(Backend::Math, results).verdict == AccuracyVerdict::Failed);
    }

    /// The reference is computed in pieces between its passes, and all is as it would be without.
    void aPlanningBackendIsJudgedAsAnyOther()
    {
        const auto scene = sceneOf(DType::Float32, 200, true);
        const AttentionJudge judge(scene.inputs, scene.outputGradient, {}, PlanningBackend{Backend::Flash, true});
        const AttentionJudge plain(scene.inputs, scene.outputGradient, {});
        CallTimes times;
        QCOMPARE(judge.judge(Backend::Flash, &times), plain.judge(Backend::Flash));
        QVERIFY(times.forwardNs > 0 && times.backwardNs > 0 && times.inferenceNs > 0);
        QCOMPARE(judge.judge(Backend::Math), plain.judge(Backend::Math));
    }

    void aPlanningBackendThatRefusesSaysSoInItsTurn()
    {
        const auto scene = sceneOf(DType::Float32, 70, false);
        const AttentionJudge judge(scene.inputs, scene.outputGradient, {}, PlanningBackend{Backend::Cudnn, true});
        CallTimes times;
        const auto judgement = judge.judge(Backend::Cudnn, &times);
        QCOMPARE(judgement.verdict, AccuracyVerdict::Unverified);
        QVERIFY(!judgement.reason.empty());
        QCOMPARE(times.forwardNs, 0.0);
        QCOMPARE(judge.judge(Backend::Flash).verdict, AccuracyVerdict::Passed);
    }

    void aRefusalIsUnverifiedWithLibTorchsWords()
    {
        const auto scene = sceneOf(DType::Float32, 64, false);
        const AttentionJudge judge(scene.inputs, scene.outputGradient, {});
        const auto judgement = judge.judge(Backend::MemoryEfficient); // not on the CPU
        QCOMPARE(judgement.verdict, AccuracyVerdict::Unverified);
        QVERIFY(judgement.reason.find("No available kernel") != std::string::npos ||
                judgement.reason.find("No viable backend") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestAttentionJudge)
#include "tst_attention_judge.moc"
