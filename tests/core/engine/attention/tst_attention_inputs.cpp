// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/attention_inputs.h"

#include <ATen/ATen.h>

#include <QtTest>

#include <cmath>

using namespace headroom;
using namespace headroom::engine;

namespace
{

AttentionProblem problemWith(MaskKind mask, MaskPattern pattern)
{
    AttentionProblem problem;
    problem.batch = 3;
    problem.queryHeads = problem.kvHeads = 4;
    problem.queryLength = 13;
    problem.kvLength = 21;
    problem.headDimQk = problem.headDimV = 8;
    problem.mask = mask;
    problem.maskPattern = pattern;
    problem.maskSpan = 3;
    return problem;
}

} // namespace

class TestAttentionInputs : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void masksHoldTheirPattern_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("pattern");
        for (const auto kind : {MaskKind::Boolean, MaskKind::Additive})
        {
            for (const auto& [pattern, name] : EnumNames<MaskPattern>::names)
            {
                if (pattern != MaskPattern::Random && (kind != MaskKind::Boolean || pattern != MaskPattern::Alibi))
                {
                    QTest::addRow("%s %s", toString(kind).data(), name.data())
                        << static_cast<int>(kind) << static_cast<int>(pattern);
                }
            }
        }
    }

    void masksHoldTheirPattern()
    {
        QFETCH(int, kind);
        QFETCH(int, pattern);
        const auto problem = problemWith(static_cast<MaskKind>(kind), static_cast<MaskPattern>(pattern));
        const auto mask = makeMask(problem, at::kCPU, 1)->expand({3, 4, 13, 21}).to(at::kDouble).contiguous();
        const auto* at = mask.const_data_ptr<double>();
        for (std::int64_t item = 0; item < 3; ++item)
        {
            for (std::int64_t head = 0; head < 4; ++head)
            {
                for (std::int64_t query = 0; query < 13; ++query)
                {
                    for (std::int64_t key = 0; key < 21; ++key, ++at)
                    {
                        const bool wanted = takesPart(problem, item, query, key);
                        const bool takes = problem.mask == MaskKind::Boolean ? *at != 0 : !std::isinf(*at);
                        QCOMPARE(takes, wanted);
                        if (takes && problem.maskPattern == MaskPattern::Alibi)
                        {
                            const double bias = -alibiSlope(head, 4) * static_cast<double>(query + 8 - key);
                            QVERIFY(std::abs(*at - bias) < 1e-5);
                        }
                    }
                }
            }
        }
    }

    void masksHaveTheirShape()
    {
        const auto dims = [](MaskKind kind, MaskPattern pattern)
        { return makeMask(problemWith(kind, pattern), at::kCPU, 1)->sizes().vec(); };
        using Sizes = std::vector<std::int64_t>;
        QCOMPARE(dims(MaskKind::Boolean, MaskPattern::SlidingWindow), (Sizes{13, 21}));
        QCOMPARE(dims(MaskKind::Boolean, MaskPattern::Padding), (Sizes{3, 1, 1, 21}));
        QCOMPARE(dims(MaskKind::Additive, MaskPattern::Alibi), (Sizes{1, 4, 13, 21}));
        QVERIFY(!makeMask(problemWith(MaskKind::None, MaskPattern::Random), at::kCPU, 1));
    }

    void randomMasksKeepTheFirstKeyOfEachRow()
    {
        const auto mask = *makeMask(problemWith(MaskKind::Boolean, MaskPattern::Random), at::kCPU, 1);
        QVERIFY(mask.select(1, 0).all().item<bool>());
        const auto share = mask.to(at::kDouble).mean().item<double>();
        QVERIFY(share > 0.6 && share < 0.9);
    }

    void layoutsComeBackAsTheyWereAskedFor_data()
    {
        QTest::addColumn<int>("layout");
        for (const auto& [layout, name] : EnumNames<Layout>::names)
        {
            QTest::newRow(name.data()) << static_cast<int>(layout);
        }
    }

    void layoutsComeBackAsTheyWereAskedFor()
    {
        QFETCH(int, layout);
        auto problem = problemWith(MaskKind::None, MaskPattern::Random);
        problem.kvLength = problem.queryLength;
        problem.maskSpan = 0;
        problem.layout = static_cast<Layout>(layout);
        for (const auto& inputs : {makeInputs(problem, at::kCPU, 1), makeShapes(problem, at::kCPU)})
        {
            QCOMPARE(problemOf(inputs, true), problem);
        }
    }

    void theSameSeedGivesTheSameNumbers()
    {
        const auto problem = problemWith(MaskKind::Boolean, MaskPattern::Random);
        const auto first = makeInputs(problem, at::kCPU, 5);
        const auto second = makeInputs(problem, at::kCPU, 5);
        QVERIFY(first.query.equal(second.query) && first.mask->equal(*second.mask));
        QVERIFY(!first.query.equal(makeInputs(problem, at::kCPU, 6).query));
    }
};

QTEST_APPLESS_MAIN(TestAttentionInputs)
#include "tst_attention_inputs.moc"
