// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/frontier.h"

#include <QtTest>

using namespace headroom;

namespace
{

AttentionProblem problemOf(std::int64_t length)
{
    AttentionProblem problem;
    problem.queryHeads = problem.kvHeads = 4;
    problem.queryLength = length;
    problem.kvLength = 2 * length;
    return problem;
}

/// A device that takes queries up to \a limit and computes them in \a seconds each.
FrontierRun deviceOf(std::int64_t limit, double seconds, int& runs)
{
    return [limit, seconds, &runs](const AttentionProblem& problem)
    {
        ++runs;
        FrontierTry tried;
        tried.outcome = problem.queryLength <= limit ? TryOutcome::Ran : TryOutcome::OutOfMemory;
        tried.seconds = seconds;
        return tried;
    };
}

double predicted(std::int64_t length)
{
    return static_cast<double>(predictMemory(problemOf(length), Backend::Math, AttentionUse::Inference).peakBytes);
}

} // namespace

class TestFrontier : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsTheEndToAnEighth_data()
    {
        QTest::addColumn<qint64>("limit");
        QTest::newRow("just above what was asked") << qint64{1100};
        QTest::newRow("twice") << qint64{2048};
        QTest::newRow("far above") << qint64{50'000};
        QTest::newRow("below") << qint64{300};
    }
    void findsTheEndToAnEighth()
    {
        QFETCH(qint64, limit);
        int runs = 0;
        FrontierLimits limits;
        const auto found = searchFrontier(problemOf(1024), Backend::Math, Pass::Forward, predicted(limit), limits,
                                          deviceOf(limit, 1e-6, runs));
        QVERIFY(found.longest && found.shortestNot);
        QVERIFY(*found.longest <= limit && *found.shortestNot > limit);
        QVERIFY(*found.shortestNot - *found.longest <= *found.longest / 8);
        QVERIFY(!found.predicted);
        QVERIFY(found.tries.size() <= 12);
        QCOMPARE(static_cast<int>(found.tries.size()), runs);
        for (const auto& tried : found.tries)
        {
            QCOMPARE(tried.kvLength, 2 * tried.queryLength); // scaled together
            QVERIFY(tried.predictedBytes > 0);
        }
    }

    /// A prediction that promises too much is corrected by what ran.
    void theRunIsBelievedBeforeThePrediction()
    {
        int runs = 0;
        const auto found = searchFrontier(problemOf(1024), Backend::Math, Pass::Forward, predicted(60'000), {},
                                          deviceOf(10'000, 1e-6, runs));
        QVERIFY(*found.longest <= 10'000 && *found.shortestNot > 10'000);
    }

    void whatTakesTooLongIsPredicted()
    {
        int runs = 0;
        // A second for the first run: sixteen times the work would take sixteen.
        const auto found = searchFrontier(problemOf(1024), Backend::Math, Pass::Forward, predicted(20'000), {},
                                          deviceOf(20'000, 1.0, runs));
        QCOMPARE(runs, 1);
        QVERIFY(found.predicted);
        QVERIFY(*found.longest > 15'000 && *found.longest <= 20'000 && *found.shortestNot > 20'000);
    }

    /// On the CPU nothing is run that the prediction refuses.
    void memoryIsNotRisked()
    {
        int runs = 0;
        FrontierLimits limits;
        limits.runBeyondMemory = false;
        const auto found = searchFrontier(problemOf(1024), Backend::Math, Pass::Forward, predicted(5000), limits,
                                          deviceOf(1'000'000, 1e-6, runs));
        QVERIFY(found.predicted);
        QVERIFY(*found.longest <= 5000 && *found.shortestNot > 5000);
        for (const auto& tried : found.tries)
        {
            QCOMPARE(tried.outcome == TryOutcome::Ran, tried.predictedBytes <= predicted(5000));
        }
    }

    void aRefusalEndsTheSearch()
    {
        int runs = 0;
        const auto refuse = [&](const AttentionProblem&)
        {
            ++runs;
            FrontierTry tried;
            tried.outcome = TryOutcome::Refused;
            tried.reason = "No available kernel";
            return tried;
        };
        const auto found = searchFrontier(problemOf(1024), Backend::Cudnn, Pass::Forward, 1e12, {}, refuse);
        QCOMPARE(runs, 1);
        QVERIFY(!found.longest && !found.shortestNot);
        QCOMPARE(found.reason, std::string("No available kernel"));
    }

    void theTriesAreBounded()
    {
        int runs = 0;
        FrontierLimits limits;
        limits.mostTries = 3;
        const auto found = searchFrontier(problemOf(1024), Backend::Math, Pass::Forward, predicted(50'000), limits,
                                          deviceOf(50'000, 1e-6, runs));
        QCOMPARE(runs, 3);
        QVERIFY(found.reason.find("3 tries") != std::string::npos);
    }

    void nothingFits()
    {
        int runs = 0;
        const auto found = searchFrontier(problemOf(8), Backend::Math, Pass::Forward, 0, {}, deviceOf(0, 1e-9, runs));
        QVERIFY(!found.longest.has_value());
        QCOMPARE(found.shortestNot, std::optional<std::int64_t>(1));
        QVERIFY(!found.reason.empty());
    }

    void survivesJson()
    {
        int runs = 0;
        const auto found = searchFrontier(problemOf(1024), Backend::Math, Pass::TrainingStep, predicted(5000), {},
                                          deviceOf(5000, 1e-6, runs));
        QCOMPARE(parseJson(toJsonLine(Json(found))).get<FrontierResult>(), found);
    }
};

QTEST_APPLESS_MAIN(TestFrontier)
#include "tst_frontier.moc"
