// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/ladder.h"

#include <QtTest>

#include <algorithm>
#include <set>

using namespace headroom;

namespace
{

AttentionProblem callOf(std::int64_t heads, std::int64_t queries, std::int64_t keys)
{
    AttentionProblem problem;
    problem.batch = 4;
    problem.queryHeads = problem.kvHeads = heads;
    problem.queryLength = queries;
    problem.kvLength = keys;
    return problem;
}

bool has(const AttentionProblem& own, const char* name)
{
    return findLadderStep(own, name).has_value();
}

} // namespace

class TestLadder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesAreUniqueAndCallsAreValid_data()
    {
        QTest::addColumn<int>("heads");
        QTest::addColumn<int>("queries");
        QTest::addColumn<int>("keys");
        QTest::newRow("plain") << 8 << 256 << 256;
        QTest::newRow("one of all") << 1 << 1 << 1;
        QTest::newRow("decoding") << 8 << 1 << 4096;
        QTest::newRow("many heads, long") << 32 << 16384 << 16384;
        QTest::newRow("odd") << 3 << 77 << 129;
    }
    void namesAreUniqueAndCallsAreValid()
    {
        QFETCH(int, heads);
        QFETCH(int, queries);
        QFETCH(int, keys);
        const auto steps = ladderSteps(callOf(heads, queries, keys));
        std::set<std::string> names;
        for (const auto& step : steps)
        {
            QVERIFY2(names.insert(step.name).second, step.name.c_str());
            QVERIFY2(problemsWith(step.problem).empty(), step.name.c_str());
            QVERIFY2(!step.what.empty(), step.name.c_str());
            QVERIFY(step.problem.batch <= kLadderBatch);
            QVERIFY(step.problem.queryHeads <= kLadderHeads);
            QVERIFY2(step.problem.kvLength <= kLadderLength + 64, step.name.c_str());
            QCOMPARE(step.problem.headDimQk, std::int64_t{64});
        }
        QCOMPARE(steps.front().name, std::string("own-call"));
    }

    void everyItemOfTheLadderIsThere()
    {
        const auto own = callOf(8, 256, 256);
        for (const char* name : {"fully-masked-rows",
                                 "fully-masked-rows-additive",
                                 "inverted-mask",
                                 "padding-leak",
                                 "nan-in-masked-keys",
                                 "nan-in-masked-values",
                                 "large-negative-logits",
                                 "large-negative-logits-masked",
                                 "logits-of-50",
                                 "outlier-channels",
                                 "length-31",
                                 "length-33",
                                 "length-63",
                                 "length-65",
                                 "length-127",
                                 "length-129",
                                 "length-255",
                                 "length-257",
                                 "length-320",
                                 "query-shorter",
                                 "query-longer",
                                 "causal-with-cache",
                                 "one-query",
                                 "one-key",
                                 "kv-heads-1",
                                 "kv-heads-2",
                                 "kv-heads-4",
                                 "layout-bshd",
                                 "layout-packed-qkv",
                                 "layout-expanded-kv",
                                 "sliced-tensors",
                                 "transposed-output-gradient",
                                 "expanded-output-gradient"})
        {
            QVERIFY2(has(own, name), name);
        }
        QVERIFY(!has(own, "no-such-step"));
    }

    void whatCannotBeMadeOfTheShapeIsLeftOut()
    {
        auto single = callOf(1, 1, 1);
        QVERIFY(!has(single, "kv-heads-1"));
        QVERIFY(!has(single, "padding-leak"));
        QVERIFY(!has(single, "inverted-mask"));
        QVERIFY(!has(single, "layout-expanded-kv"));
        QVERIFY(!has(single, "one-query")); // the call itself has one
        single.needsGradients = false;
        QVERIFY(!has(single, "transposed-output-gradient"));
        QVERIFY(!has(callOf(3, 64, 64), "kv-heads-2"));
        QVERIFY(!has(callOf(4, 64, 128), "layout-packed-qkv"));
    }

    void groupedHeadsAndUnequalLengthsStaySo()
    {
        auto own = callOf(32, 4096, 16384);
        own.kvHeads = 8;
        auto bounded = ladderProblem(own);
        QCOMPARE(bounded.queryHeads, std::int64_t{8});
        QCOMPARE(bounded.kvHeads, std::int64_t{2});
        QCOMPARE(bounded.queryLength, kLadderLength / 2);
        QCOMPARE(bounded.kvLength, kLadderLength);
        own = callOf(64, 16384, 4096);
        own.kvHeads = 1;
        bounded = ladderProblem(own);
        QCOMPARE(bounded.queryHeads, std::int64_t{8});
        QCOMPARE(bounded.kvHeads, std::int64_t{1});
        QVERIFY(bounded.queryLength > bounded.kvLength);
    }

    /// cuDNN's fault of pytorch/pytorch#196678 shows at 64 over a multiple of 128 alone.
    void theLengthOfLargeNegativeLogitsIs64Over128()
    {
        for (const int length : {16, 100, 128, 200, 4096})
        {
            const auto step = findLadderStep(callOf(2, length, length), "large-negative-logits-masked");
            QVERIFY(step);
            QCOMPARE(step->problem.kvLength % 128, std::int64_t{64});
            QCOMPARE(step->problem.mask, MaskKind::Boolean);
        }
    }

    /// Writing into a tensor with stride 0 is an error.
    void stepsThatWriteHaveMemoryForEachElement()
    {
        auto own = callOf(4, 64, 64);
        own.layout = Layout::ExpandedKv;
        for (const auto& step : ladderSteps(own))
        {
            const bool writes =
                step.twist == LadderTwist::LargeNegativeLogits || step.twist == LadderTwist::OutlierChannels ||
                step.twist == LadderTwist::PoisonedPadding || step.twist == LadderTwist::NanInMaskedKeys ||
                step.twist == LadderTwist::NanInMaskedValues;
            QVERIFY2(!writes || step.problem.layout != Layout::ExpandedKv, step.name.c_str());
        }
    }

    void aMaskTakesThePlaceOfTheTriangleAndDropoutGoes()
    {
        auto own = callOf(2, 64, 64);
        own.causal = true;
        own.dropout = 0.1;
        for (const auto& step : ladderSteps(own))
        {
            QVERIFY2(!(step.problem.causal && step.problem.mask != MaskKind::None), step.name.c_str());
            QCOMPARE(step.problem.dropout, 0.0);
        }
    }

    void nanAloneIsByDesign()
    {
        QVERIFY(isByDesign("nan-in-masked-keys"));
        QVERIFY(isByDesign("nan-in-masked-values"));
        QVERIFY(!isByDesign("padding-leak"));
    }

    void aStepIsJson()
    {
        const auto step = *findLadderStep(callOf(2, 64, 64), "padding-leak");
        QVERIFY(Json(step).get<LadderStep>() == step);
    }
};

QTEST_APPLESS_MAIN(TestLadder)
#include "tst_ladder.moc"
