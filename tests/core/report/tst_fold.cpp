// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/report/event_builder.h"

#include "core/report/fold.h"
#include "core/report/queries.h"

#include <QtTest>

using namespace headroom;
using namespace headroom::testing;

namespace
{

Case forwardCase(Backend backend)
{
    return headroom::testing::caseOf(smallModel(), backend);
}

} // namespace

class TestFold : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void noEventsAreAnEmptyReport()
    {
        const auto report = foldEvents({});
        QVERIFY(report.jobs.empty());
        QCOMPARE(report.conclusion, Conclusion::CannotTell);
    }

    void aRunIsCollected()
    {
        const auto report = foldEvents(goodRun());
        QCOMPARE(report.run, std::string("run-1"));
        QCOMPARE(report.attempts, 1);
        QCOMPARE(report.jobs.size(), std::size_t{10});
        QVERIFY(std::all_of(report.jobs.begin(), report.jobs.end(), [](const JobReport& job) { return job.finished; }));
        QCOMPARE(report.layers.size(), std::size_t{2});
        QCOMPARE(report.judgements.size(), std::size_t{6});
        QCOMPARE(report.cases.size(), std::size_t{16});
        QVERIFY(report.circumstances.has_value());
        QVERIFY(!report.startedUtc.empty() && !report.finishedUtc.empty());
    }

    void cumulativeAndWholeFoldsAgree()
    {
        ReportFold fold;
        for (const auto& event : goodRun())
        {
            fold.apply(event);
        }
        QVERIFY(fold.report() == foldEvents(goodRun()));
    }

    void casesAreSummarised()
    {
        const auto report = foldEvents(goodRun());
        const auto* row = findCase(report, kForwardJob, forwardCase(Backend::Math).id());
        QVERIFY(row != nullptr && row->device);
        QCOMPARE(row->device->n, std::int64_t{40});
        QVERIFY(std::abs(row->device->meanNs / 4e6 - 1.0) < 0.01);
        QVERIFY(std::abs(*row->samplesPerSecond - 4 / (row->device->medianNs * 1e-9)) < 1e-6);
        QCOMPARE(*row->tokensPerSecond, *row->samplesPerSecond * 128);
        QVERIFY(!row->device->p95Ns.value);
        QCOMPARE(row->device->p95Ns.samplesMissing, std::int64_t{32});
        QVERIFY(!row->wall);
    }

    void theFirstCaseIsTheBaseline()
    {
        const auto report = foldEvents(goodRun());
        const auto* comparison = mainComparison(report, Pass::Forward);
        QVERIFY(comparison != nullptr);
        QCOMPARE(comparison->baselineCase, forwardCase(Backend::Math).id());
        QCOMPARE(comparison->candidateCase, forwardCase(Backend::Flash).id());
        QCOMPARE(comparison->comparison.verdict, ComparisonVerdict::Faster);
        QVERIFY(std::abs(*comparison->comparison.ratio - 1.32) < 0.01);
        QCOMPARE(*comparison->memoryRatio, 1.6);
        QVERIFY(comparison->ranked);
        QCOMPARE(report.headlines.size(), std::size_t{2});
        QCOMPARE(report.headlines[0].best, Backend::Flash);
        QCOMPARE(report.headlines[1].pass, Pass::TrainingStep);
    }

    void pairsAreMadeByRound()
    {
        EventBuilder builder(validationPlan());
        builder.begin().startJob("forward");
        // Rounds of the candidate come in another order and one is missing: times are twice those of the same round.
        const auto math = forwardCase(Backend::Math);
        const auto flash = forwardCase(Backend::Flash);
        SamplesTaken first{math.id(), Clock::Device, {}, {}, {}};
        SamplesTaken second{flash.id(), Clock::Device, {}, {}, {}};
        for (std::int64_t round = 0; round < 20; ++round)
        {
            first.round.push_back(round);
            first.ns.push_back(1000.0 * static_cast<double>(round + 1));
            if (round != 7)
            {
                second.round.insert(second.round.begin(), round);
                second.ns.insert(second.ns.begin(), 500.0 * static_cast<double>(round + 1));
            }
        }
        builder.add(first, "forward").add(second, "forward");
        builder.finishJob("forward", Outcome::Passed, Cause::None, {},
                          {EventBuilder::passed(math, 1), EventBuilder::passed(flash, 1)});
        const auto report = foldEvents(builder.events());
        QCOMPARE(report.comparisons.size(), std::size_t{1});
        QCOMPARE(report.comparisons[0].comparison.pairs, std::int64_t{19});
        QCOMPARE(*report.comparisons[0].comparison.ratio, 2.0);
        QCOMPARE(report.comparisons[0].comparison.verdict, ComparisonVerdict::Faster);
    }

    void nothingIsRankedWithoutAVerdict()
    {
        EventBuilder builder(validationPlan());
        builder.begin().probe(smallModel()).compare("forward", 4e6, 1.3);
        const auto report = foldEvents(builder.events());
        QCOMPARE(report.cases.front().accuracy, AccuracyVerdict::Unverified);
        QVERIFY(!report.comparisons.front().ranked);
        QVERIFY(report.comparisons.front().whyUnranked.find("not verified") != std::string::npos);
        QVERIFY(report.headlines.empty());
        QVERIFY(mainComparison(report, Pass::Forward) != nullptr); // it is shown all the same
    }

    void theWrongAreNeverRanked_data()
    {
        QTest::addColumn<int>("verdict");
        QTest::addColumn<QString>("words");
        QTest::newRow("failed") << static_cast<int>(AccuracyVerdict::Failed) << QStringLiteral("is not accurate");
        QTest::newRow("NaN") << static_cast<int>(AccuracyVerdict::NotFinite) << QStringLiteral("NaN or infinity");
        QTest::newRow("unverified") << static_cast<int>(AccuracyVerdict::Unverified) << QStringLiteral("not verified");
    }
    void theWrongAreNeverRanked()
    {
        QFETCH(int, verdict);
        QFETCH(QString, words);
        EventBuilder builder(validationPlan());
        builder.begin().probe(smallModel()).judge(static_cast<AccuracyVerdict>(verdict)).compare("forward", 4e6, 3.0);
        const auto report = foldEvents(builder.events());
        QVERIFY(report.headlines.empty());
        QVERIFY2(QString::fromStdString(report.comparisons.front().whyUnranked).contains(words),
                 report.comparisons.front().whyUnranked.c_str());
    }

    void anotherKernelIsNotRanked()
    {
        EventBuilder builder(validationPlan());
        builder.begin().judge().startJob("forward");
        const auto math = forwardCase(Backend::Math);
        const auto flash = forwardCase(Backend::Flash);
        builder.samples("forward", math, timesNear(4e6)).samples("forward", flash, timesNear(2e6));
        builder.ran("forward", math, Backend::Math).ran("forward", flash, Backend::MemoryEfficient);
        builder.finishJob("forward", Outcome::Passed, Cause::None, {},
                          {EventBuilder::passed(math, 1), EventBuilder::passed(flash, 1)});
        const auto report = foldEvents(builder.events());
        QVERIFY(!report.comparisons.front().ranked);
        QCOMPARE(report.cases[1].flags.size(), std::size_t{1});
        QVERIFY(report.cases[1].flags[0].find("flash was asked for, but memory-efficient ran") != std::string::npos);
    }

    void otherSizesBorrowTheVerdictAndSaySo()
    {
        const auto report = foldEvents(goodRun());
        const auto* row = findCase(report, "batch-1", headroom::testing::caseOf(smallModel(1), Backend::Flash).id());
        QVERIFY(row != nullptr);
        QCOMPARE(row->accuracy, AccuracyVerdict::Passed);
        QCOMPARE(row->accuracyNote, std::string("judged at batch 4, sequence 128"));
        const auto* main = findCase(report, kForwardJob, forwardCase(Backend::Flash).id());
        QVERIFY(main->accuracyNote.empty());
    }

    void anotherDataTypeBorrowsNothing()
    {
        auto plan = validationPlan();
        auto input = smallModel();
        input.dtype = DType::BFloat16;
        plan.jobs.push_back(compareJob("batch-9", input, Pass::Forward));
        EventBuilder builder(plan);
        builder.begin().judge().compare("batch-9", 4e6, 2.0);
        QCOMPARE(foldEvents(builder.events()).cases.back().accuracy, AccuracyVerdict::Unverified);
    }

    void whatLibTorchChoseByItselfIsKept()
    {
        const auto observe = [](EventBuilder& builder)
        {
            EvidenceSeen seen;
            seen.run = RunEvidence{};
            seen.run->requested = Backend::Default;
            seen.run->ran = Backend::Flash;
            builder.add(std::move(seen), "probe");
        };
        EventBuilder builder(validationPlan());
        builder.begin().startJob("probe");
        observe(builder);
        builder.nextAttempt().startJob("probe"); // a worker died and another began the job anew
        observe(builder);
        builder.finishJob("probe");
        const auto report = foldEvents(builder.events());
        QCOMPARE(report.observations.size(), std::size_t{1});
        QVERIFY(report.observations[0].ran == Backend::Flash);
        QVERIFY(report.cases.empty());
    }

    void aResumedRunHasItsRecommendationsOnce()
    {
        EventBuilder builder(validationPlan());
        Recommendation recommendation;
        recommendation.rule = "use-flash";
        builder.begin().probe(smallModel());
        builder.add(StageStarted{Stage::Recommendations}).add(RecommendationMade{recommendation}).end();
        builder.nextAttempt().judge();
        builder.add(StageStarted{Stage::Recommendations}).add(RecommendationMade{recommendation}).end();
        QCOMPARE(foldEvents(builder.events()).recommendations.size(), std::size_t{1});
    }

    void aRestartedJobBeginsAnew()
    {
        EventBuilder builder(validationPlan());
        builder.begin().probe(smallModel()).judge();
        builder.startJob("forward").samples("forward", forwardCase(Backend::Math), timesNear(9e6, 5));
        builder.nextAttempt().startJob("judge");
        builder.judge().compare("forward", 4e6, 1.3);
        const auto report = foldEvents(builder.events());
        QCOMPARE(report.attempts, 2);
        QCOMPARE(report.judgements.size(), std::size_t{6});
        const auto* math = findCase(report, kForwardJob, forwardCase(Backend::Math).id());
        QCOMPARE(math->deviceNs.size(), std::size_t{40});
        QVERIFY(math->device->maximumNs < 5e6);
        QCOMPARE(report.layers.size(), std::size_t{2});
    }

    void aResumedRunDropsItsEarlierEnd()
    {
        EventBuilder builder(validationPlan());
        Recommendation old;
        old.rule = "old";
        builder.begin().probe(smallModel()).add(RecommendationMade{old}).end(Outcome::Cancelled, "asked to stop");
        QVERIFY(foldEvents(builder.events()).finished.has_value());
        builder.nextAttempt().add(RunStarted{validationPlan(), "0.2.0", "def"}).judge();
        const auto report = foldEvents(builder.events());
        QVERIFY(!report.finished);
        QVERIFY(report.finishedUtc.empty());
        QVERIFY(report.recommendations.empty());
        QCOMPARE(report.headroomVersion, std::string("0.1.0"));
        QCOMPARE(report.layers.size(), std::size_t{2});
    }

    void aDeadWorkerFailsTheCasesOfItsJob()
    {
        EventBuilder builder(validationPlan());
        builder.begin().judge().startJob("forward");
        builder.samples("forward", forwardCase(Backend::Math), timesNear(4e6, 8));
        builder.finishJob("forward", Outcome::Failed, Cause::WorkerDied, "the worker was ended by signal 9");
        builder.end();
        const auto report = foldEvents(builder.events());
        for (const auto& row : report.cases)
        {
            QCOMPARE(row.outcome, Outcome::Failed);
            QCOMPARE(row.cause, Cause::WorkerDied);
            QCOMPARE(row.reason, std::string("the worker was ended by signal 9"));
        }
        QCOMPARE(report.cases.front().deviceNs.size(), std::size_t{8});
        QVERIFY(report.headlines.empty());
    }

    void aJobSkippedWithoutAStartHasItsCases()
    {
        EventBuilder builder(validationPlan());
        builder.begin().finishJob("forward", Outcome::Skipped, Cause::Budget, "the time was spent");
        const auto report = foldEvents(builder.events());
        QCOMPARE(report.cases.size(), std::size_t{2});
        QCOMPARE(report.cases[1].cause, Cause::Budget);
    }

    void anUnfinishedCaseIsNoPassedOne()
    {
        EventBuilder builder(validationPlan());
        builder.begin().startJob("forward").samples("forward", forwardCase(Backend::Math), timesNear(4e6));
        const auto report = foldEvents(builder.events());
        QCOMPARE(report.cases.front().outcome, Outcome::Cancelled);
        QVERIFY(!report.cases.front().reason.empty());
    }

    void wallSamplesAreKeptApart()
    {
        EventBuilder builder(validationPlan());
        const auto math = forwardCase(Backend::Math);
        builder.begin().startJob("forward").samples("forward", math, timesNear(4e6));
        builder.add(SamplesTaken{math.id(), Clock::Wall, {6e6, 6e6, 6e6}, {}, {}}, "forward");
        builder.add(SamplesTaken{"no such case", Clock::Device, {1.0}, {}, {}}, "forward");
        builder.finishJob("forward", Outcome::Passed, Cause::None, {}, {EventBuilder::passed(math, 1)});
        const auto report = foldEvents(builder.events());
        QCOMPARE(report.cases.front().deviceNs.size(), std::size_t{40});
        QCOMPARE(report.cases.front().wall->medianNs, 6e6);
        QCOMPARE(report.cases[1].outcome, Outcome::Skipped); // the job said nothing of it
    }

    void slowClocksAreFlagged()
    {
        auto input = smallModel();
        input.device = DeviceKind::Cuda;
        EventBuilder builder(validationPlan(input));
        const auto math = headroom::testing::caseOf(input, Backend::Math);
        SamplesTaken taken{math.id(), Clock::Device, timesNear(4e6, 10), {}, std::vector<double>(10, 1000.0)};
        taken.smMhz[3] = 600;
        builder.begin(cudaCircumstances()).startJob("forward").add(taken, "forward");
        builder.finishJob("forward", Outcome::Passed, Cause::None, {}, {EventBuilder::passed(math, 1)});
        const auto report = foldEvents(builder.events());
        QCOMPARE(report.cases.front().flags.size(), std::size_t{1});
        QVERIFY(report.cases.front().flags[0].find("1 of 10 samples") != std::string::npos);
    }

    void oddSweepPointsAreFlagged()
    {
        auto plan = validationPlan();
        for (const std::int64_t batch : {1, 2, 4})
        {
            plan.jobs.push_back(compareJob("batch-" + std::to_string(batch), smallModel(batch, 128), Pass::Forward));
        }
        EventBuilder builder(plan);
        builder.begin().compare("batch-1", 1e6, 1.5).compare("batch-2", 4e6, 3.0).compare("batch-4", 4e6, 1.5);
        const auto report = foldEvents(builder.events());
        const auto* math = findCase(report, "batch-2", headroom::testing::caseOf(smallModel(2), Backend::Math).id());
        QCOMPARE(math->flags.size(), std::size_t{1});
        QVERIFY(math->flags[0].find("along batch: ") != std::string::npos);
        QVERIFY(
            findCase(report, "batch-2", headroom::testing::caseOf(smallModel(2), Backend::Flash).id())->flags.empty());
    }
};

QTEST_APPLESS_MAIN(TestFold)
#include "tst_fold.moc"
