// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/attention_problem.h"
#include "core/attention/flops.h"

#include <QtTest>

#include <vector>

using namespace headroom;

namespace
{

AttentionProblem masked(MaskPattern pattern, std::int64_t queries, std::int64_t keys, std::int64_t span)
{
    AttentionProblem problem;
    problem.batch = 3;
    problem.queryHeads = problem.kvHeads = 4;
    problem.queryLength = queries;
    problem.kvLength = keys;
    problem.mask = MaskKind::Additive;
    problem.maskPattern = pattern;
    problem.maskSpan = span;
    return problem;
}

std::int64_t countedKeys(const AttentionProblem& problem, std::int64_t item, std::int64_t query)
{
    std::int64_t count = 0;
    for (std::int64_t key = 0; key < problem.kvLength; ++key)
    {
        count += takesPart(problem, item, query, key) ? 1 : 0;
    }
    return count;
}

} // namespace

class TestMaskPattern : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void countsAreExact_data()
    {
        QTest::addColumn<int>("pattern");
        QTest::addColumn<qint64>("queries");
        QTest::addColumn<qint64>("keys");
        QTest::addColumn<qint64>("span");
        for (const auto& [pattern, name] : EnumNames<MaskPattern>::names)
        {
            for (const auto& [queries, keys, span] :
                 {std::tuple{1, 1, 0}, std::tuple{9, 9, 2}, std::tuple{5, 13, 3}, std::tuple{13, 5, 3},
                  std::tuple{33, 64, 8}, std::tuple{64, 33, 100}})
            {
                QTest::addRow("%s %d x %d span %d", name.data(), queries, keys, span)
                    << static_cast<int>(pattern) << qint64{queries} << qint64{keys} << qint64{span};
            }
        }
    }

    void countsAreExact()
    {
        QFETCH(int, pattern);
        QFETCH(qint64, queries);
        QFETCH(qint64, keys);
        QFETCH(qint64, span);
        const auto problem = masked(static_cast<MaskPattern>(pattern), queries, keys, span);
        std::int64_t all = 0;
        for (std::int64_t item = 0; item < problem.batch; ++item)
        {
            for (std::int64_t query = 0; query < queries; ++query)
            {
                const auto counted = countedKeys(problem, item, query);
                QCOMPARE(keysOfRow(problem, item, query), counted);
                all += counted;
            }
        }
        QCOMPARE(unmaskedElements(problem), all / problem.batch);
    }

    void eachPatternIsWhatItsNameSays()
    {
        const auto takes = [](MaskPattern pattern, std::int64_t query, std::int64_t key)
        { return takesPart(masked(pattern, 4, 8, 2), 0, query, key); };
        QVERIFY(takes(MaskPattern::CausalTopLeft, 1, 1) && !takes(MaskPattern::CausalTopLeft, 1, 2));
        QVERIFY(takes(MaskPattern::CausalBottomRight, 1, 5) && !takes(MaskPattern::CausalBottomRight, 1, 6));
        QVERIFY(takes(MaskPattern::SlidingWindow, 3, 6) && !takes(MaskPattern::SlidingWindow, 3, 5));
        QVERIFY(takes(MaskPattern::Document, 2, 7) && !takes(MaskPattern::Document, 2, 5));
        QVERIFY(takes(MaskPattern::BlockSparse, 3, 0) && !takes(MaskPattern::BlockSparse, 3, 3));
        QVERIFY(takes(MaskPattern::Random, 0, 7));
    }

    void queriesBeforeTheFirstKeySeeNothing()
    {
        const auto problem = masked(MaskPattern::CausalBottomRight, 5, 2, 0);
        QCOMPARE(keysOfRow(problem, 0, 2), std::int64_t{0});
        QCOMPARE(keysOfRow(problem, 0, 3), std::int64_t{1});
    }

    void paddingGrowsOverTheBatch()
    {
        const auto problem = masked(MaskPattern::Padding, 12, 12, 0);
        QCOMPARE(keysBeforePadding(problem, 0), std::int64_t{10});
        QCOMPARE(keysBeforePadding(problem, 1), std::int64_t{8});
        QCOMPARE(keysBeforePadding(problem, 2), std::int64_t{6});
        QCOMPARE(keysBeforePadding(masked(MaskPattern::Padding, 1, 1, 0), 2), std::int64_t{1});
    }

    void spansHaveTheirDefaults_data()
    {
        QTest::addColumn<int>("pattern");
        QTest::addColumn<qint64>("keys");
        QTest::addColumn<qint64>("span");
        QTest::newRow("window") << int(MaskPattern::SlidingWindow) << qint64{16384} << qint64{1024};
        QTest::newRow("short window") << int(MaskPattern::SlidingWindow) << qint64{128} << qint64{32};
        QTest::newRow("block") << int(MaskPattern::BlockSparse) << qint64{16384} << qint64{64};
        QTest::newRow("document") << int(MaskPattern::Document) << qint64{65536} << qint64{4096};
        QTest::newRow("one key") << int(MaskPattern::SlidingWindow) << qint64{1} << qint64{1};
    }

    void spansHaveTheirDefaults()
    {
        QFETCH(int, pattern);
        QFETCH(qint64, keys);
        QFETCH(qint64, span);
        QCOMPARE(maskSpan(masked(static_cast<MaskPattern>(pattern), keys, keys, 0)), span);
    }

    void slopesOfAlibiAreGeometric()
    {
        QCOMPARE(alibiSlope(0, 8), 0.5);
        QCOMPARE(alibiSlope(7, 8), 1.0 / 256);
    }

    void masksAreHandedOverAsSmallAsTheyCan()
    {
        using Shape = std::array<std::int64_t, 4>;
        QCOMPARE(maskShape(masked(MaskPattern::Padding, 5, 7, 0)), (Shape{3, 1, 1, 7}));
        QCOMPARE(maskShape(masked(MaskPattern::Alibi, 5, 7, 0)), (Shape{1, 4, 5, 7}));
        QCOMPARE(maskShape(masked(MaskPattern::SlidingWindow, 5, 7, 0)), (Shape{1, 1, 5, 7}));
    }

    void alibiIsNoYesOrNo()
    {
        auto problem = masked(MaskPattern::Alibi, 5, 7, 0);
        QVERIFY(problemsWith(problem).empty());
        problem.mask = MaskKind::Boolean;
        QCOMPARE(problemsWith(problem).size(), std::size_t{1});
    }

    void conventionHalvesTriangles()
    {
        const auto share = [](MaskPattern pattern)
        {
            const auto problem = masked(pattern, 8, 8, 2);
            auto open = problem;
            open.mask = MaskKind::None;
            return forwardFlops(problem).convention / forwardFlops(open).convention;
        };
        QCOMPARE(share(MaskPattern::CausalBottomRight), 0.5);
        QCOMPARE(share(MaskPattern::Alibi), 0.5);
        QCOMPARE(share(MaskPattern::SlidingWindow), 1.0);
    }
};

QTEST_APPLESS_MAIN(TestMaskPattern)
#include "tst_mask_pattern.moc"
