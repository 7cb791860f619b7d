// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/einsum_form.h"

#include <QtTest>

using namespace headroom::engine;

namespace
{

using Shapes = std::vector<std::vector<std::int64_t>>;

const Shapes kHeads{{2, 3, 4, 5}, {2, 3, 6, 5}};

std::optional<EinsumProduct> scoresOf(const std::string& equation, const Shapes& shapes = kHeads)
{
    const auto form = readEinsum(equation, shapes);
    return form ? asScores(*form) : std::nullopt;
}

} // namespace

/// Equations as attention is written in them, and others that must not be taken for it.
class TestEinsumForm : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void lettersAndSizesAreRead()
    {
        const auto form = readEinsum(" bhqd, bhkd -> bhqk ", kHeads);
        QVERIFY(form.has_value());
        QCOMPARE(form->operands, (std::vector<std::string>{"bhqd", "bhkd"}));
        QCOMPARE(form->output, std::string("bhqk"));
        QCOMPARE(form->sizes.at('k'), std::int64_t{6});
    }

    void anEllipsisIsAlignedAtItsEnd()
    {
        const auto form = readEinsum("...qd,...kd->...qk", Shapes{{2, 3, 4, 5}, {3, 6, 5}});
        QVERIFY(form.has_value());
        QCOMPARE(form->operands, (std::vector<std::string>{"21qd", "1kd"}));
        QCOMPARE(form->output, std::string("21qk"));
        QVERIFY(asScores(*form).has_value());
    }

    void whatStandsBehindNoArrowIsSorted()
    {
        const auto form = readEinsum("ij,jk", Shapes{{2, 3}, {3, 4}});
        QVERIFY(form.has_value());
        QCOMPARE(form->output, std::string("ik"));
    }

    void equationsThatDoNotFitAreNone_data()
    {
        QTest::addColumn<QByteArray>("equation");
        for (const char* equation :
             {"", "->", "bhqd", "bhqd,bhkd,bh->bhqk", "bqd,bhkd->bhqk", "bhqd,bhk1->bhqk", "bhqd;bhkd", "...", ",",
              "bhqde...,bhkd->b", "bhqd,->bhqd", "bhqd,bhkd->xhqk", "bhqd,bhkd->bhqk->b"})
        {
            QTest::newRow(equation) << QByteArray(equation);
        }
    }
    void equationsThatDoNotFitAreNone()
    {
        QFETCH(QByteArray, equation);
        QVERIFY(!readEinsum(equation.toStdString(), kHeads).has_value());
    }

    void scoresAreKnown_data()
    {
        QTest::addColumn<QByteArray>("equation");
        QTest::addColumn<int>("queries"); ///< the operand that they are; -1: no scores
        QTest::newRow("heads in front") << QByteArray("bhqd,bhkd->bhqk") << 0;
        QTest::newRow("exchanged") << QByteArray("bhkd,bhqd->bhqk") << 1;
        QTest::newRow("capitals") << QByteArray("BHQD,BHKD->BHQK") << 0;
        QTest::newRow("no batch") << QByteArray("abqd,abkd->qk") << -1;
        QTest::newRow("keys in front") << QByteArray("bhqd,bhkd->bqkh") << -1;
        QTest::newRow("nothing summed") << QByteArray("bhqd,bhkd->bhqkd") << -1;
        QTest::newRow("summed over two") << QByteArray("bhqd,bhkd->bqk") << -1;
        QTest::newRow("twice the same letter") << QByteArray("bhqq,bhkq->bhk") << -1;
    }
    void scoresAreKnown()
    {
        QFETCH(QByteArray, equation);
        QFETCH(int, queries);
        const auto scores = scoresOf(equation.toStdString());
        QCOMPARE(scores.has_value(), queries >= 0);
        if (scores)
        {
            QCOMPARE(int(scores->left), queries);
        }
    }

    void headsMayStandBehindTheLength()
    {
        const auto scores = scoresOf("qbhd,kbhd->bhqk", Shapes{{4, 2, 3, 5}, {6, 2, 3, 5}});
        QVERIFY(scores.has_value());
        QCOMPARE(scores->row, 'q');
        QCOMPARE(scores->column, 'k');
    }

    void groupedHeadsLackALetter()
    {
        const auto scores = scoresOf("bgnqd,bgkd->bgnqk", Shapes{{2, 2, 3, 4, 5}, {2, 2, 6, 5}});
        QVERIFY(scores.has_value());
        QCOMPARE(scores->batch, std::string("bgn"));
        QCOMPARE(scores->inner, 'd');
    }

    void aProductWithAWeightIsNoScore() { QVERIFY(!scoresOf("bsd,de->bse", Shapes{{2, 4, 5}, {5, 6}}).has_value()); }

    void weightedSumsAreKnown()
    {
        const auto form = readEinsum("bhqk,bkhd->bqhd", Shapes{{2, 3, 4, 6}, {2, 6, 3, 5}});
        QVERIFY(form.has_value());
        const auto sum = asWeightedSum(*form, 0);
        QVERIFY(sum.has_value());
        QCOMPARE(sum->batch, std::string("bh"));
        QCOMPARE(sum->row, 'q');
        QCOMPARE(sum->inner, 'k');
        QCOMPARE(sum->column, 'd');
        QVERIFY(!asWeightedSum(*form, 1).has_value()); // h and d are not what is summed over
        QVERIFY(!asWeightedSum(*form, 2).has_value());
    }
};

QTEST_GUILESS_MAIN(TestEinsumForm)
#include "tst_einsum_form.moc"
