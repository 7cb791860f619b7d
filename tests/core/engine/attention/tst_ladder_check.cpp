// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/ladder_check.h"

#include <ATen/ATen.h>

#include <QtTest>

#include <functional>
#include <limits>

using namespace headroom;
using namespace headroom::engine;

namespace
{

AttentionProblem ownCall(DType dtype = DType::Float32, bool causal = false)
{
    AttentionProblem own;
    own.batch = 2;
    own.queryHeads = own.kvHeads = 4;
    own.queryLength = own.kvLength = 100;
    own.headDimQk = own.headDimV = 32;
    own.dtype = dtype;
    own.causal = causal;
    return own;
}

CheckSetting setting()
{
    CheckSetting here;
    here.seed = 5;
    return here;
}

AttentionResults compute(const AttentionInputs& inputs, const at::Tensor& outputGradient)
{
    return attendWithGradients(Backend::Math, inputs, outputGradient);
}

/// Reads a tensor as if it were contiguous, as a kernel does that ignores strides.
at::Tensor strideless(const at::Tensor& tensor)
{
    return at::as_strided(tensor, {tensor.numel()}, {1}, tensor.storage_offset()).view(tensor.sizes());
}

/// A wrong attention, the step that must reject it, and whether the user's own call alone would let it pass.
struct Planted
{
    const char* name;
    const char* step;
    bool causal;
    std::function<AttentionResults(AttentionInputs, at::Tensor)> attention;
};

std::vector<Planted> plantedFaults()
{
    return {
        {"fully masked rows give NaN", "fully-masked-rows", false,
         [](AttentionInputs in, const at::Tensor& gradient)
         {
             auto results = compute(in, gradient);
             if (in.mask)
             {
                 const auto empty = in.mask->any(-1, true).logical_not();
                 results.output = results.output.masked_fill(empty, std::numeric_limits<double>::quiet_NaN());
             }
             return results;
         }},
        {"fully masked rows see all keys", "fully-masked-rows", false,
         [](AttentionInputs in, const at::Tensor& gradient)
         {
             if (in.mask)
             {
                 in.mask = in.mask->logical_or(in.mask->any(-1, true).logical_not());
             }
             return compute(in, gradient);
         }},
        {"the last key of the padding is let in", "padding-leak", false,
         [](AttentionInputs in, const at::Tensor& gradient)
         {
             if (in.mask)
             {
                 in.mask = in.mask->clone();
                 in.mask->select(-1, in.mask->size(-1) - 1).fill_(true);
             }
             return compute(in, gradient);
         }},
        {"soft-max without its maximum", "large-negative-logits", false,
         [](const AttentionInputs& in, const at::Tensor& gradient)
         {
             auto results = compute(in, gradient);
             const auto weights = at::matmul(in.query, in.key.transpose(-2, -1)).mul_(in.effectiveScale()).exp_();
             results.output = at::matmul(weights, in.value) / weights.sum(-1, true);
             return results;
         }},
        {"logits cut off at 30", "logits-of-50", false,
         [](const AttentionInputs& in, const at::Tensor& gradient)
         {
             auto results = compute(in, gradient);
             const auto scores = at::matmul(in.query, in.key.transpose(-2, -1)).mul_(in.effectiveScale());
             results.output = at::matmul(at::softmax(scores.clamp(-30, 30), -1), in.value);
             return results;
         }},
        {"values cut off at 20", "outlier-channels", false,
         [](AttentionInputs in, const at::Tensor& gradient)
         {
             in.value = in.value.clamp(-20, 20);
             return compute(in, gradient);
         }},
        {"the one key past a tile is dropped", "length-129", false,
         [](AttentionInputs in, const at::Tensor& gradient)
         {
             auto results = compute(in, gradient);
             if (const auto keys = in.key.size(2); keys % 64 == 1 && keys > 1)
             {
                 in.key = in.key.narrow(2, 0, keys - 1);
                 in.value = in.value.narrow(2, 0, keys - 1);
                 results.output = attend(Backend::Math, in);
             }
             return results;
         }},
        {"a triangle from the bottom right", "query-shorter", true,
         [](AttentionInputs in, const at::Tensor& gradient)
         {
             in.mask = at::ones({in.query.size(2), in.key.size(2)}, at::kBool).tril(in.key.size(2) - in.query.size(2));
             in.causal = false;
             return compute(in, gradient);
         }},
        {"query heads meet the wrong key heads", "kv-heads-2", false,
         [](AttentionInputs in, const at::Tensor& gradient)
         {
             auto results = compute(in, gradient);
             const auto groups = in.query.size(1) / in.key.size(1);
             in.key = in.key.repeat({1, groups, 1, 1});
             in.value = in.value.repeat({1, groups, 1, 1});
             results.output = attend(Backend::Math, in);
             return results;
         }},
        {"strides of the key are ignored", "layout-bshd", false,
         [](AttentionInputs in, const at::Tensor& gradient)
         {
             in.key = strideless(in.key);
             return compute(in, gradient);
         }},
        {"strides of the gradient are ignored", "transposed-output-gradient", false,
         [](const AttentionInputs& in, const at::Tensor& gradient) { return compute(in, strideless(gradient)); }},
        {"the mask's polarity is turned back", "inverted-mask", false,
         [](AttentionInputs in, const at::Tensor& gradient)
         {
             if (in.mask)
             {
                 in.mask = in.mask->logical_not();
             }
             return compute(in, gradient);
         }},
    };
}

} // namespace

class TestLadderCheck : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theBackendsOfTheCpuPass_data()
    {
        QTest::addColumn<int>("dtype");
        QTest::addColumn<bool>("causal");
        QTest::newRow("float32") << static_cast<int>(DType::Float32) << false;
        QTest::newRow("float32 causal") << static_cast<int>(DType::Float32) << true;
        QTest::newRow("bfloat16") << static_cast<int>(DType::BFloat16) << false;
    }
    void theBackendsOfTheCpuPass()
    {
        QFETCH(int, dtype);
        QFETCH(bool, causal);
        for (const auto& step : ladderSteps(ownCall(static_cast<DType>(dtype), causal)))
        {
            const LadderCheck ladder(step, setting());
            for (const auto backend : {Backend::Math, Backend::Flash})
            {
                const auto result = ladder.check(backend);
                QCOMPARE(result.item, step.name);
                const auto said = step.name + " with " + std::string(toString(backend)) + ": " + result.summary;
                if (isByDesign(step.name)) // 0 times NaN is NaN, in math and, as found, in flash
                {
                    QVERIFY2(result.status == CheckStatus::Failed || result.status == CheckStatus::Passed,
                             said.c_str());
                    continue;
                }
                QVERIFY2(result.status == CheckStatus::Passed, said.c_str());
                QVERIFY(!result.details.empty());
            }
        }
    }

    void plantedFaultsAreCaughtByTheirStep_data()
    {
        QTest::addColumn<int>("which");
        const auto faults = plantedFaults();
        for (std::size_t at = 0; at < faults.size(); ++at)
        {
            QTest::newRow(faults[at].name) << static_cast<int>(at);
        }
    }
    void plantedFaultsAreCaughtByTheirStep()
    {
        QFETCH(int, which);
        const auto fault = plantedFaults()[static_cast<std::size_t>(which)];
        const AttentionRun run = [&](Backend, const AttentionInputs& inputs, const at::Tensor& gradient)
        { return fault.attention(inputs, gradient); };
        const auto own = ownCall(DType::Float32, fault.causal);
        const auto resultAt = [&](const char* step)
        { return LadderCheck(*findLadderStep(own, step), setting()).check(Backend::Math, run); };
        const auto plain = resultAt("own-call");
        QVERIFY2(plain.status == CheckStatus::Passed, plain.summary.c_str()); // random numbers alone miss it
        const auto caught = resultAt(fault.step);
        QVERIFY2(caught.status == CheckStatus::Failed, caught.summary.c_str());
        QVERIFY(!caught.summary.empty());
    }

    void aRefusalIsNotApplicableWithLibTorchsWords()
    {
        const auto result = LadderCheck(*findLadderStep(ownCall(), "own-call"), setting()).check(Backend::Cudnn);
        QCOMPARE(result.status, CheckStatus::NotApplicable);
        QVERIFY(result.summary.starts_with("refused: "));
    }

    void oneThatIsChosenAndThenFailsHasFailed()
    {
        const AttentionRun run = [](Backend, const AttentionInputs&, const at::Tensor&) -> AttentionResults
        { TORCH_CHECK(false, "cuDNN Frontend error: no plan"); };
        const auto result = LadderCheck(*findLadderStep(ownCall(), "own-call"), setting()).check(Backend::Math, run);
        QCOMPARE(result.status, CheckStatus::Failed);
        QVERIFY(result.summary.find("no plan") != std::string::npos);
    }

    void aJobGivesAResultForEachBackend()
    {
        std::vector<CheckResult> results;
        const EventDataSink sink = [&](EventData data) { results.push_back(*std::get<Judged>(data).check); };
        checkLadderStep(ownCall(), "one-query", {Backend::Math, Backend::Flash}, setting(), sink, {});
        QCOMPARE(results.size(), std::size_t{2});
        QCOMPARE(results[0].subject, describe(ownCall()));
        QVERIFY(results[1].details.front().find("a single query") != std::string::npos);
        QVERIFY_EXCEPTION_THROWN(checkLadderStep(ownCall(), "no-such", {}, setting(), sink, {}), EngineError);
    }
};

QTEST_APPLESS_MAIN(TestLadderCheck)
#include "tst_ladder_check.moc"
