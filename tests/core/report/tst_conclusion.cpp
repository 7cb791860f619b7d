// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/report/event_builder.h"

#include "core/report/answer.h"
#include "core/report/conclusion.h"
#include "core/report/fold.h"

#include <QtTest>

using namespace headroom;
using namespace headroom::testing;

namespace
{

bool anySays(const Report& report, const char* part)
{
    return std::any_of(report.conclusionReasons.begin(), report.conclusionReasons.end(),
                       [&](const std::string& reason) { return reason.find(part) != std::string::npos; });
}

std::string answer(const Report& report)
{
    return answerOf(report, Format());
}

/// A whole run with math at 4 and 12 ms and flash faster by these factors.
EventBuilder wholeRun(const Plan& plan, double forward = 2.2, double training = 2.4, double noise = 0.002)
{
    EventBuilder builder(plan);
    builder.begin().probe(smallModel()).judge();
    builder.compare("forward", 4e6, forward, noise).compare("training-step", 12e6, training, noise);
    return builder;
}

} // namespace

class TestConclusion : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void allWell()
    {
        const auto report = foldEvents(wholeRun(validationPlan()).end().events());
        QCOMPARE(report.conclusion, Conclusion::Passed);
        QVERIFY(anySays(report, "No CUDA device"));
        const auto text = answer(report);
        QVERIFY2(text.starts_with("Flash is 2.20× "), text.c_str());
        QVERIFY2(text.ends_with(" in the training step, and as exact as float32 allows."), text.c_str());
    }

    /// Of two questions that stay open in one way the sentence asks once, and says what is known all the same.
    void whatCannotBeToldTwiceIsSaidOnce()
    {
        const auto report = foldEvents(wholeRun(validationPlan(), 1.01, 1.01, 0.4).end().events());
        const auto text = QString::fromStdString(answer(report));
        static const QRegularExpression form(
            QStringLiteral("^Whether flash is faster than math cannot be told: \\S+ \\(.+\\) in the forward pass, "
                           "\\S+ \\(.+\\) in the training step; flash is as exact as float32 allows\\.$"));
        QVERIFY2(form.match(text).hasMatch(), qPrintable(text));
    }

    void aMissedTwofoldIsSaidAndNoFailure()
    {
        const auto report = foldEvents(wholeRun(validationPlan(), 1.2, 1.3).end().events());
        QCOMPARE(report.conclusion, Conclusion::Passed);
        QVERIFY(anySays(report, "Below the usual 2× in the forward pass: at sequence length 128 attention is only"));
    }

    void float32OnCudaIsTheReasonThere()
    {
        auto input = smallModel();
        input.device = DeviceKind::Cuda;
        Report report;
        report.plan = validationPlan(input);
        QVERIFY(whyBelowTarget(report, Pass::Forward).find("float32") != std::string::npos);
        QVERIFY(whyBelowTarget(Report(), Pass::Forward).empty());
    }

    void targets_data()
    {
        QTest::addColumn<double>("target");
        QTest::addColumn<double>("noise");
        QTest::addColumn<int>("expected");
        QTest::newRow("reached") << 1.5 << 0.002 << static_cast<int>(Conclusion::Passed);
        QTest::newRow("missed") << 3.0 << 0.002 << static_cast<int>(Conclusion::Failed);
        QTest::newRow("within the interval") << 2.2 << 0.2 << static_cast<int>(Conclusion::CannotTell);
    }
    void targets()
    {
        QFETCH(double, target);
        QFETCH(double, noise);
        QFETCH(int, expected);
        auto plan = validationPlan();
        plan.targetSpeedup = target;
        const auto report = foldEvents(wholeRun(plan, 2.2, 2.2, noise).end().events());
        QCOMPARE(static_cast<int>(report.conclusion), expected);
        QVERIFY(anySays(report, "the target of"));
    }

    void inaccurateFails_data()
    {
        QTest::addColumn<int>("verdict");
        QTest::addColumn<QString>("words");
        QTest::newRow("failed") << static_cast<int>(AccuracyVerdict::Failed)
                                << QStringLiteral("Flash is not accurate enough in an attention call "
                                                  "(encoder.layers.0.self_attn) and 1 more");
        QTest::newRow("NaN") << static_cast<int>(AccuracyVerdict::NotFinite)
                             << QStringLiteral("Flash gives NaN or infinity in an attention call");
    }
    void inaccurateFails()
    {
        QFETCH(int, verdict);
        QFETCH(QString, words);
        EventBuilder builder(validationPlan());
        builder.begin().probe(smallModel()).judge(static_cast<AccuracyVerdict>(verdict));
        builder.compare("forward", 4e6, 2.5).compare("training-step", 12e6, 2.5).end();
        const auto report = foldEvents(builder.events());
        QCOMPARE(report.conclusion, Conclusion::Failed);
        QVERIFY2(QString::fromStdString(answer(report)).startsWith(words), answer(report).c_str());
    }

    void theYardstickFailsNobody()
    {
        auto builder = wholeRun(validationPlan());
        builder.add(
            Judged{judgement(Backend::Naive, JudgementScope::AttentionCall, "x", AccuracyVerdict::NotFinite), {}},
            "judge");
        QCOMPARE(foldEvents(builder.end().events()).conclusion, Conclusion::Passed);
    }

    void brokenJobs_data()
    {
        QTest::addColumn<int>("cause");
        QTest::addColumn<int>("expected");
        const auto row = [](const char* name, Cause cause, Conclusion expected)
        { QTest::newRow(name) << static_cast<int>(cause) << static_cast<int>(expected); };
        row("worker died", Cause::WorkerDied, Conclusion::Failed);
        row("deadline", Cause::Deadline, Conclusion::Failed);
        row("device lost", Cause::DeviceLost, Conclusion::Failed);
        row("error", Cause::Error, Conclusion::Failed);
        row("out of memory in a sweep", Cause::OutOfMemory, Conclusion::Passed);
        row("not eligible", Cause::NotEligible, Conclusion::Passed);
        row("no time left", Cause::Budget, Conclusion::CannotTell);
    }
    void brokenJobs()
    {
        QFETCH(int, cause);
        QFETCH(int, expected);
        auto plan = validationPlan();
        plan.jobs.push_back(compareJob("batch-32", smallModel(32), Pass::Forward));
        auto builder = wholeRun(plan);
        builder.startJob("batch-32").finishJob("batch-32", Outcome::Failed, static_cast<Cause>(cause), "a reason");
        QCOMPARE(static_cast<int>(foldEvents(builder.end().events()).conclusion), expected);
    }

    void aBrokenCaseOfAPassedJobFails()
    {
        auto plan = validationPlan();
        plan.jobs.push_back(compareJob("batch-32", smallModel(32), Pass::Forward));
        auto builder = wholeRun(plan);
        const auto cases = casesOf(builder.job("batch-32"));
        builder.startJob("batch-32")
            .finishJob("batch-32", Outcome::Passed, Cause::None, {},
                       {EventBuilder::passed(cases[0], 1),
                        EventBuilder::notPassed(cases[1], Outcome::Failed, Cause::Error, "an exception")});
        const auto report = foldEvents(builder.end().events());
        QCOMPARE(report.conclusion, Conclusion::Failed);
        QVERIFY(anySays(report, "flash: an exception"));
    }

    void noisyMainsCannotTell()
    {
        const auto report = foldEvents(wholeRun(validationPlan(), 1.01, 1.01, 0.5).end().events());
        QCOMPARE(report.conclusion, Conclusion::CannotTell);
        QVERIFY2(answer(report).find("cannot be told") != std::string::npos, answer(report).c_str());
    }

    void slowerAndSameAreAnswers()
    {
        const auto slower = foldEvents(wholeRun(validationPlan(), 0.5, 1.0, 0.0001).end().events());
        QCOMPARE(slower.conclusion, Conclusion::Passed);
        const auto text = answer(slower);
        QVERIFY2(text.starts_with("No fused backend beats math in the forward pass: flash, the best, runs at 0.50×"),
                 text.c_str());
        QVERIFY2(text.find("flash is as fast as math in the training step") != std::string::npos, text.c_str());
    }

    void unfinishedAndCancelledCannotTell()
    {
        auto builder = wholeRun(validationPlan());
        QCOMPARE(foldEvents(builder.events()).conclusion, Conclusion::CannotTell);
        const auto report = foldEvents(builder.end(Outcome::Cancelled, "asked to stop").events());
        QCOMPARE(report.conclusion, Conclusion::CannotTell);
        QVERIFY(anySays(report, "The run was cancelled: asked to stop."));
        auto plain = wholeRun(validationPlan());
        QVERIFY(anySays(foldEvents(plain.end(Outcome::Cancelled, "cancelled").events()), "The run was cancelled."));
    }

    void aRunThatCouldNotStartIsASetUpError()
    {
        EventBuilder builder(validationPlan());
        builder.begin().end(Outcome::Failed, "no worker could be started");
        const auto report = foldEvents(builder.events());
        QCOMPARE(report.conclusion, Conclusion::SetUpError);
        QCOMPARE(answer(report), std::string("No worker could be started."));
    }

    void skippedAccuracyRanksNothing()
    {
        auto plan = validationPlan();
        plan.skippedStages = {Stage::Accuracy};
        std::erase_if(plan.jobs, [](const Job& job) { return job.id == "judge"; });
        const auto run = [&]
        {
            EventBuilder builder(plan);
            builder.begin().probe(smallModel()).compare("forward", 4e6, 2.2).compare("training-step", 12e6, 2.2).end();
            return foldEvents(builder.events());
        };
        auto report = run();
        QCOMPARE(report.conclusion, Conclusion::Passed);
        QVERIFY(anySays(report, "No winner in the forward pass: Math is not verified") ||
                anySays(report, "No winner in the forward pass: math is not verified"));
        QVERIFY2(answer(report).find("nothing is ranked") != std::string::npos, answer(report).c_str());
        plan.targetSpeedup = 2.0;
        QCOMPARE(run().conclusion, Conclusion::CannotTell);
    }

    void skippedPerformanceIsNoFailure()
    {
        auto plan = validationPlan();
        plan.skippedStages = {Stage::Performance};
        plan.jobs.resize(2);
        EventBuilder builder(plan);
        builder.begin().probe(smallModel()).judge().end();
        const auto report = foldEvents(builder.events());
        QCOMPARE(report.conclusion, Conclusion::Passed);
        QCOMPARE(answer(report), std::string("Verified as exact as float32 allows: flash, math."));
    }

    void noAttentionIsInformation()
    {
        auto input = smallModel();
        input.model.layers = 0;
        auto plan = validationPlan(input);
        plan.jobs.resize(1);
        EventBuilder builder(plan);
        builder.begin().probe(input).end();
        const auto report = foldEvents(builder.events());
        QCOMPARE(report.conclusion, Conclusion::Passed);
        QCOMPARE(answer(report),
                 std::string("The model has no attention layers, so there is nothing to validate in it."));
    }

    void noEligibleFusedBackendIsNoFailure()
    {
        auto plan = validationPlan();
        for (auto& job : plan.jobs)
        {
            if (auto* compare = std::get_if<CompareJob>(&job.work))
            {
                compare->cases.resize(1);
            }
        }
        EventBuilder builder(plan);
        builder.begin().probe(smallModel(), false).judge().compare("forward", 4e6, 1).compare("training-step", 12e6, 1);
        const auto report = foldEvents(builder.end().events());
        QCOMPARE(report.conclusion, Conclusion::Passed);
        QVERIFY(anySays(report, "No fused backend takes this shape"));
    }

    void checks_data()
    {
        QTest::addColumn<int>("check");
        QTest::addColumn<int>("status");
        QTest::addColumn<int>("expected");
        const auto row = [](const char* name, CheckKind check, CheckStatus status, Conclusion expected)
        { QTest::newRow(name) << static_cast<int>(check) << static_cast<int>(status) << static_cast<int>(expected); };
        row("passed", CheckKind::Autocast, CheckStatus::Passed, Conclusion::Passed);
        row("autocast fails", CheckKind::Autocast, CheckStatus::Failed, Conclusion::Failed);
        row("compiled fails", CheckKind::Compiled, CheckStatus::Failed, Conclusion::Failed);
        row("not deterministic is a property", CheckKind::Determinism, CheckStatus::Failed, Conclusion::Passed);
        row("could not tell", CheckKind::Compiled, CheckStatus::CouldNotTell, Conclusion::CannotTell);
        row("not applicable", CheckKind::Compiled, CheckStatus::NotApplicable, Conclusion::Passed);
    }
    void checks()
    {
        QFETCH(int, check);
        QFETCH(int, status);
        QFETCH(int, expected);
        CheckResult result{static_cast<CheckKind>(check), Backend::Flash, static_cast<CheckStatus>(status), "seen", {}};
        auto builder = wholeRun(validationPlan());
        builder.add(Judged{std::nullopt, result}, "check");
        QCOMPARE(static_cast<int>(foldEvents(builder.end().events()).conclusion), expected);
    }
};

QTEST_APPLESS_MAIN(TestConclusion)
#include "tst_conclusion.moc"
