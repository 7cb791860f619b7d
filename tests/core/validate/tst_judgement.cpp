// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/validate/judgement.h"

#include <QtTest>

#include <limits>

using namespace headroom;

namespace
{

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TensorErrors errorsOf(double max, double mean)
{
    TensorErrors errors;
    errors.maxError = max;
    errors.meanError = mean;
    errors.elements = 100;
    return errors;
}

TensorJudgement judge(const TensorErrors& errors, const TensorErrors& yardstick, DType dtype = DType::BFloat16,
                      bool isOutput = true, double floorMax = 0, double floorMean = 0)
{
    return judgeTensor("O", errors, yardstick, floorMax, floorMean, 0.5, dtype, isOutput, AccuracyPolicy());
}

bool says(const std::string& text, const char* part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

class TestJudgement : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theRule_data()
    {
        QTest::addColumn<double>("max");
        QTest::addColumn<double>("mean");
        QTest::addColumn<double>("yardMax");
        QTest::addColumn<double>("yardMean");
        QTest::addColumn<double>("floorMax");
        QTest::addColumn<double>("floorMean");
        QTest::addColumn<bool>("passes");
        QTest::newRow("at twice the yardstick") << 2.0 << 1.5 << 1.0 << 1.0 << 0.0 << 0.0 << true;
        QTest::newRow("above twice") << 2.01 << 1.0 << 1.0 << 1.0 << 0.0 << 0.0 << false;
        QTest::newRow("mean above one and a half") << 1.0 << 1.51 << 1.0 << 1.0 << 0.0 << 0.0 << false;
        QTest::newRow("within the floor of the maximum") << 2.4 << 1.0 << 1.0 << 1.0 << 0.5 << 0.0 << true;
        QTest::newRow("within the floor of the mean") << 1.0 << 1.9 << 1.0 << 1.0 << 0.0 << 0.5 << true;
        QTest::newRow("an exact yardstick leaves the floor") << 0.4 << 0.1 << 0.0 << 0.0 << 0.5 << 0.2 << true;
        QTest::newRow("an exact yardstick and no floor") << 0.4 << 0.1 << 0.0 << 0.0 << 0.0 << 0.0 << false;
        QTest::newRow("exact itself") << 0.0 << 0.0 << 0.0 << 0.0 << 0.0 << 0.0 << true;
    }
    void theRule()
    {
        QFETCH(double, max);
        QFETCH(double, mean);
        QFETCH(double, yardMax);
        QFETCH(double, yardMean);
        QFETCH(double, floorMax);
        QFETCH(double, floorMean);
        QFETCH(bool, passes);
        const auto result =
            judge(errorsOf(max, mean), errorsOf(yardMax, yardMean), DType::BFloat16, true, floorMax, floorMean);
        QCOMPARE(result.verdict == AccuracyVerdict::Passed, passes);
        QCOMPARE(result.reason.empty(), passes);
        QCOMPARE(result.allowedMax, 2 * yardMax + floorMax);
        QCOMPARE(result.allowedMean, 1.5 * yardMean + floorMean);
        QVERIFY(!result.absoluteLimit);
    }

    void theRatioIsNanForAnExactYardstick()
    {
        QCOMPARE(judge(errorsOf(3, 1), errorsOf(2, 1)).ratio, 1.5);
        QVERIFY(std::isnan(judge(errorsOf(3, 1), errorsOf(0, 0)).ratio));
    }

    void float32OutputsAreHeldToTheTolerance_data()
    {
        QTest::addColumn<double>("max");
        QTest::addColumn<double>("yardMax");
        QTest::addColumn<bool>("isOutput");
        QTest::addColumn<bool>("passes");
        QTest::newRow("below") << 9e-6 << 8e-6 << true << true;
        QTest::newRow("above, by the yardstick fine") << 1.2e-5 << 8e-6 << true << false;
        QTest::newRow("above, but so is the yardstick") << 1.8e-5 << 1.1e-5 << true << true;
        QTest::newRow("above both") << 3e-5 << 1.1e-5 << true << false;
        QTest::newRow("a gradient goes by the yardstick") << 1.2e-5 << 8e-6 << false << true;
    }
    void float32OutputsAreHeldToTheTolerance()
    {
        QFETCH(double, max);
        QFETCH(double, yardMax);
        QFETCH(bool, isOutput);
        QFETCH(bool, passes);
        const auto result = judge(errorsOf(max, 1e-7), errorsOf(yardMax, 1e-7), DType::Float32, isOutput);
        QCOMPARE(result.verdict == AccuracyVerdict::Passed, passes);
        QVERIFY(passes || says(result.reason, "largest error"));
    }

    void aPassByTheYardstickAloneSaysSo()
    {
        const auto result = judge(errorsOf(1.8e-5, 1e-7), errorsOf(1.1e-5, 1e-7), DType::Float32);
        QCOMPARE(result.verdict, AccuracyVerdict::Passed);
        QVERIFY(says(result.reason, "the yardstick decides"));
        QVERIFY(!result.absoluteLimit);
    }

    void notFiniteIsAVerdictOfItsOwn()
    {
        auto errors = errorsOf(0, 0);
        errors.notFinite = 7;
        const auto result = judge(errors, errorsOf(1, 1));
        QCOMPARE(result.verdict, AccuracyVerdict::NotFinite);
        QVERIFY(says(result.reason, "7 of 100 elements"));
        QCOMPARE(judge(errorsOf(kNan, 0), errorsOf(1, 1)).verdict, AccuracyVerdict::NotFinite);
        QCOMPARE(judge(errorsOf(kInfinity, 0), errorsOf(1, 1)).verdict, AccuracyVerdict::NotFinite);

        auto naive = errorsOf(1, 1);
        naive.notFinite = 3;
        QVERIFY(says(judge(errors, naive).reason, "naive attention in bfloat16 has 3 such elements itself"));
    }

    void withoutAYardstick()
    {
        const auto half = judge(errorsOf(1, 1), errorsOf(kNan, kNan), DType::Float16);
        QCOMPARE(half.verdict, AccuracyVerdict::Unverified);
        QVERIFY(says(half.reason, "no yardstick"));
        QCOMPARE(judge(errorsOf(9e-6, 1e-7), errorsOf(kNan, kNan), DType::Float32).verdict, AccuracyVerdict::Passed);
        QCOMPARE(judge(errorsOf(2e-5, 1e-7), errorsOf(kNan, kNan), DType::Float32).verdict, AccuracyVerdict::Failed);
    }

    void nothingToJudgeIsUnverified()
    {
        QCOMPARE(judge(TensorErrors(), errorsOf(1, 1)).verdict, AccuracyVerdict::Unverified);
    }

    void aReasonNamesTheWorstElement()
    {
        auto errors = errorsOf(0.5, 0.1);
        errors.worstIndex = {0, 3, 17, 2};
        errors.worstValue = 0.75;
        errors.worstReference = 0.25;
        const auto reason = judge(errors, errorsOf(0.1, 0.1)).reason;
        QVERIFY(says(reason, "at [0, 3, 17, 2] (0.75 instead of 0.25)"));
        QVERIFY(says(reason, "2 times that of naive attention in bfloat16 (0.1)"));
    }

    void aDriftIsCaughtByTheMean()
    {
        QVERIFY(says(judge(errorsOf(1, 0.9), errorsOf(1, 0.5)).reason, "a drift that the largest error hides"));
    }

    void aJudgementIsAsBadAsItsWorstTensor_data()
    {
        using V = AccuracyVerdict;
        QTest::addColumn<int>("first");
        QTest::addColumn<int>("second");
        QTest::addColumn<int>("expected");
        const auto row = [](const char* name, V first, V second, V expected)
        { QTest::newRow(name) << static_cast<int>(first) << static_cast<int>(second) << static_cast<int>(expected); };
        row("both passed", V::Passed, V::Passed, V::Passed);
        row("failed wins over unverified", V::Failed, V::Unverified, V::Failed);
        row("unverified wins over passed", V::Passed, V::Unverified, V::Unverified);
        row("not finite wins over failed", V::NotFinite, V::Failed, V::NotFinite);
    }
    void aJudgementIsAsBadAsItsWorstTensor()
    {
        QFETCH(int, first);
        QFETCH(int, second);
        QFETCH(int, expected);
        Judgement judgement;
        judgement.reason = "of an earlier time";
        judgement.tensors.resize(2);
        judgement.tensors[0].tensor = "O";
        judgement.tensors[0].verdict = static_cast<AccuracyVerdict>(first);
        judgement.tensors[0].reason = "one";
        judgement.tensors[1].tensor = "dQ";
        judgement.tensors[1].verdict = static_cast<AccuracyVerdict>(second);
        judgement.tensors[1].reason = "two";
        concludeJudgement(judgement);
        QCOMPARE(static_cast<int>(judgement.verdict), expected);
        QCOMPARE(judgement.reason.empty(), judgement.verdict == AccuracyVerdict::Passed);
        QCOMPARE(says(judgement.reason, "O: one"), first != static_cast<int>(AccuracyVerdict::Passed));
        QCOMPARE(says(judgement.reason, "dQ: two"), second != static_cast<int>(AccuracyVerdict::Passed));
    }

    void aJudgementOfNothingKeepsItsReason()
    {
        Judgement judgement;
        judgement.verdict = AccuracyVerdict::Passed;
        judgement.reason = "dropout";
        concludeJudgement(judgement);
        QCOMPARE(judgement.verdict, AccuracyVerdict::Unverified);
        QCOMPARE(judgement.reason, std::string("dropout"));
        Judgement silent;
        concludeJudgement(silent);
        QVERIFY(!silent.reason.empty());
    }

    void gradientsAreKnownByTheirNames()
    {
        QVERIFY(isGradientName("dQ"));
        QVERIFY(isGradientName("d encoder.layers.0.linear1.weight"));
        QVERIFY(isGradientName("gradients"));
        QVERIFY(!isGradientName("O"));
        QVERIFY(!isGradientName("LSE"));
        QVERIFY(!isGradientName("output"));
        QVERIFY(!isGradientName("d"));
        QVERIFY(!isGradientName("data"));
    }
};

QTEST_APPLESS_MAIN(TestJudgement)
#include "tst_judgement.moc"
