// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/batch_spec.h"
#include "core/plan/case_filter.h"
#include "core/plan/number_list.h"
#include "core/plan/sweep_mask.h"

#include <QtTest>

using namespace headroom;

namespace
{

/// The sentence of what \a read throws; empty when it throws nothing.
template <typename Read> QString complaint(const Read& read)
{
    try
    {
        read();
    }
    catch (const std::invalid_argument& error)
    {
        return QString::fromUtf8(error.what());
    }
    return {};
}

Case caseOf(Backend backend, std::int64_t length, Pass pass = Pass::Forward)
{
    AttentionProblem problem;
    problem.queryLength = problem.kvLength = length;
    return {problem, backend, pass, Launch::Eager, L2State::Warm};
}

} // namespace

/// The words in which a sweep is asked for: sizes, masks, serving batches, filters.
class TestSweepWords : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sizesAreRead_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("sizes");
        QTest::newRow("one") << QStringLiteral("128") << QStringLiteral("128");
        QTest::newRow("kilo") << QStringLiteral("4k,1m") << QStringLiteral("4096,1048576");
        QTest::newRow("list") << QStringLiteral("64,256,128") << QStringLiteral("64,256,128");
        QTest::newRow("doubling") << QStringLiteral("512..4096") << QStringLiteral("512,1024,2048,4096");
        QTest::newRow("doubling with k") << QStringLiteral("512..2k") << QStringLiteral("512,1024,2048");
        QTest::newRow("steps") << QStringLiteral("512..2048:512") << QStringLiteral("512,1024,1536,2048");
        QTest::newRow("steps that miss the end") << QStringLiteral("1..10:4") << QStringLiteral("1,5,9");
        QTest::newRow("one size twice") << QStringLiteral("64,32..128") << QStringLiteral("64,32,128");
        QTest::newRow("a range of one") << QStringLiteral("7..7") << QStringLiteral("7");
    }

    void sizesAreRead()
    {
        QFETCH(QString, text);
        QFETCH(QString, sizes);
        QCOMPARE(QString::fromStdString(sizesText(parseSizes(text.toStdString()))), sizes);
    }

    void wrongSizesGetASentence_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("said");
        QTest::newRow("word") << QStringLiteral("abc") << QStringLiteral("'abc' is not a size");
        QTest::newRow("empty") << QString() << QStringLiteral("there is no size in it");
        QTest::newRow("empty piece") << QStringLiteral("1,,2") << QStringLiteral("'' is not a size");
        QTest::newRow("zero") << QStringLiteral("0") << QStringLiteral("it must be at least 1");
        QTest::newRow("negative") << QStringLiteral("-4") << QStringLiteral("it must be at least 1");
        QTest::newRow("suffix") << QStringLiteral("4kb") << QStringLiteral("'4kb' is not a size");
        QTest::newRow("too large") << QStringLiteral("99999999999999999999") << QStringLiteral("too large");
        QTest::newRow("too large with k") << QStringLiteral("9999999999999m") << QStringLiteral("too large");
        QTest::newRow("downwards") << QStringLiteral("4k..512") << QStringLiteral("512..4096");
        QTest::newRow("no power of two") << QStringLiteral("512..3000") << QStringLiteral("end it at 2048");
        QTest::newRow("too many") << QStringLiteral("1..1m:1") << QStringLiteral("more than 1000 sizes");
        QTest::newRow("open range") << QStringLiteral("512..") << QStringLiteral("'' is not a size");
    }

    void wrongSizesGetASentence()
    {
        QFETCH(QString, text);
        QFETCH(QString, said);
        const auto sentence = complaint([&] { parseSizes(text.toStdString()); });
        QVERIFY2(sentence.contains(said), qPrintable(sentence));
    }

    void masksComeBackFromTheirWords_data()
    {
        QTest::addColumn<QString>("word");
        for (const char* word :
             {"none", "causal", "causal-top-left", "causal-bottom-right", "causal-bottom-right+additive", "padding",
              "padding+additive", "sliding-window", "sliding-window:256", "sliding-window:256+additive", "alibi",
              "random", "random-additive", "random+gradient", "alibi+gradient", "block-sparse:32", "document:512"})
        {
            QTest::newRow(word) << QString::fromUtf8(word);
        }
    }

    void masksComeBackFromTheirWords()
    {
        QFETCH(QString, word);
        const SweepMask mask = parseSweepMask(word.toStdString());
        QCOMPARE(QString::fromStdString(toText(mask)), word);
        AttentionProblem problem;
        problem.causal = true; // of an earlier mask, which must not stay
        setMask(problem, mask);
        QVERIFY(maskOf(problem) == mask);
        QVERIFY(problemsWith(problem).empty());
    }

    void masksMean()
    {
        QVERIFY(parseSweepMask("causal").causal);
        QCOMPARE(parseSweepMask("alibi").mask, MaskKind::Additive);
        QCOMPARE(parseSweepMask("random+additive").mask, MaskKind::Additive);
        QCOMPARE(parseSweepMask("sliding-window:1k").span, std::int64_t{1024});
        QVERIFY(parseSweepMask("random+gradient").needsGradient);
    }

    void wrongMasksGetASentence()
    {
        QVERIFY(complaint([] { parseSweepMask("casual"); }).contains(QStringLiteral("use one of none, causal")));
        QVERIFY(complaint([] { parseSweepMask("causal+additive"); }).contains(QStringLiteral("causal-top-left+add")));
        QVERIFY(complaint([] { parseSweepMask("padding:4"); }).contains(QStringLiteral("takes no number")));
        QVERIFY(complaint([] { parseSweepMask("document:x"); }).contains(QStringLiteral("'x' is not a size")));
    }

    void batchSpecsAreRead()
    {
        QVERIFY((parseBatchSpec("q2k") == std::vector<BatchGroup>{{1, 2048, 2048}}));
        QVERIFY((parseBatchSpec("8q1s4k") == std::vector<BatchGroup>{{8, 1, 4096}}));
        QVERIFY((parseBatchSpec("2q2k_32q1s1k") == std::vector<BatchGroup>{{2, 2048, 2048}, {32, 1, 1024}}));
        QCOMPARE(QString::fromStdString(toText(BatchGroup{8, 1, 4096})), QStringLiteral("8q1s4096"));
        QVERIFY((parseBatchSpec(toText(BatchGroup{3, 5, 5})) == std::vector<BatchGroup>{{3, 5, 5}}));
    }

    void wrongBatchSpecsGetASentence()
    {
        QVERIFY(complaint([] { parseBatchSpec("8x1"); }).contains(QStringLiteral("no q with the query length")));
        QVERIFY(complaint([] { parseBatchSpec("q4ks1k"); }).contains(QStringLiteral("fewer than the 4096")));
        QVERIFY(complaint([] { parseBatchSpec(""); }).contains(QStringLiteral("8q1s4k")));
        QVERIFY(complaint([] { parseBatchSpec("0q1"); }).contains(QStringLiteral("at least 1")));
    }

    void servingIsCausal()
    {
        QVERIFY(servingMask({8, 1, 4096}) == SweepMask{});
        QVERIFY(servingMask({1, 2048, 2048}).causal);
        QCOMPARE(servingMask({1, 4, 4096}).pattern, MaskPattern::CausalBottomRight);
        QCOMPARE(servingMask({1, 4, 4096}).mask, MaskKind::Boolean);
    }

    void filtersKeep_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("flashAt512");
        QTest::addColumn<bool>("mathAt8192");
        QTest::newRow("backend") << QStringLiteral("backend=flash") << true << false;
        QTest::newRow("two backends") << QStringLiteral("backend=flash,math") << true << true;
        QTest::newRow("not a backend") << QStringLiteral("backend!=flash,cudnn") << false << true;
        QTest::newRow("at least") << QStringLiteral("seq>=4k") << false << true;
        QTest::newRow("less") << QStringLiteral("kv-len<4k") << true << false;
        QTest::newRow("both") << QStringLiteral("backend=flash,math,seq<=512") << true << false;
        QTest::newRow("sizes") << QStringLiteral("seq=512,8192,heads=1") << true << true;
        QTest::newRow("pass") << QStringLiteral("pass!=backward") << true << true;
        QTest::newRow("mask") << QStringLiteral("mask=none,causal") << true << true;
        QTest::newRow("dropout") << QStringLiteral("dropout>0.5") << false << false;
    }

    void filtersKeep()
    {
        QFETCH(QString, text);
        CaseFilter filter;
        filter.add(text.toStdString());
        QTEST(filter.keeps(caseOf(Backend::Flash, 512)), "flashAt512");
        QTEST(filter.keeps(caseOf(Backend::Math, 8192)), "mathAt8192");
    }

    void filtersAddUp()
    {
        CaseFilter filter;
        QVERIFY(filter.keeps(caseOf(Backend::Flash, 512)));
        filter.add("backend=flash");
        filter.add("seq>512");
        QVERIFY(!filter.keeps(caseOf(Backend::Flash, 512)));
        QVERIFY(!filter.keeps(caseOf(Backend::Math, 1024)));
        QVERIFY(filter.keeps(caseOf(Backend::Flash, 1024)));
    }

    void wrongFiltersGetASentence_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("said");
        QTest::newRow("name") << QStringLiteral("length=4") << QStringLiteral("use one of backend, pass");
        QTest::newRow("value") << QStringLiteral("backend=flsh") << QStringLiteral("'flsh' is not a backend");
        QTest::newRow("order of words") << QStringLiteral("backend<flash") << QStringLiteral("has no order");
        QTest::newRow("no operator") << QStringLiteral("flash") << QStringLiteral("is no condition");
        QTest::newRow("list after an order") << QStringLiteral("seq>4,5") << QStringLiteral("is no condition");
        QTest::newRow("half an operator") << QStringLiteral("pass!backward") << QStringLiteral("pass!=backward");
        QTest::newRow("empty") << QString() << QStringLiteral("no condition in it");
    }

    void wrongFiltersGetASentence()
    {
        QFETCH(QString, text);
        QFETCH(QString, said);
        CaseFilter filter;
        const auto sentence = complaint([&] { filter.add(text.toStdString()); });
        QVERIFY2(sentence.contains(said), qPrintable(sentence));
    }
};

QTEST_APPLESS_MAIN(TestSweepWords)
#include "tst_sweep_words.moc"
