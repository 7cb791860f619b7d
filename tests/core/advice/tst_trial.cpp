// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/advice/trial.h"

#include "tests/core/report/event_builder.h"

#include "core/plan/preset.h"
#include "core/report/fold.h"
#include "core/report/queries.h"

#include <QtTest>

#include <algorithm>

using namespace headroom;
using namespace headroom::testing;

namespace
{

Report validation()
{
    EventBuilder builder(validationPlan());
    builder.begin().probe(smallModel()).judge();
    builder.compare("forward", 4e6, 1.3).compare("training-step", 12e6, 2.0);
    return foldEvents(builder.end().events());
}

Recommendation ofRule(const std::string& rule)
{
    Recommendation recommendation;
    recommendation.rule = rule;
    recommendation.title = "a title";
    return recommendation;
}

/// One that rests on the flash case of job \a id of \a report.
Recommendation restingOn(const Report& report, const std::string& rule, const std::string& id)
{
    Recommendation recommendation = ofRule(rule);
    for (const Job& job : report.plan.jobs)
    {
        if (job.id == id)
        {
            recommendation.evidence = {casesOf(job).back().id()};
        }
    }
    return recommendation;
}

bool holds(const Plan& plan, const char* id)
{
    return std::any_of(plan.jobs.begin(), plan.jobs.end(), [&](const Job& job) { return job.id == id; });
}

bool says(const std::string& text, const char* part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

/// The run that shows what a recommendation is worth.
class TestTrial : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bfloat16ChangesTheDataTypeAlone()
    {
        const Report report = validation();
        const auto trial = trialOf(report, ofRule("use-bfloat16"));
        QVERIFY(trial && trial->changed);
        Report made;
        made.plan = trial->plan;
        auto model = mainModel(made);
        QVERIFY(model.has_value());
        QCOMPARE(model->dtype, DType::BFloat16);
        model->dtype = smallModel().dtype;
        model->model.maxSequence = smallModel().model.maxSequence;
        QVERIFY(*model == smallModel());
        QCOMPARE(trial->plan.device, report.plan.device);
        QCOMPARE(trial->plan.seed, report.plan.seed);
        QVERIFY(says(trial->title, "In bfloat16: batch 4, sequence 128"));
    }

    void lessNoiseMeasuresThoroughly()
    {
        const auto trial = trialOf(validation(), ofRule("noisy-run"));
        QVERIFY(trial && trial->changed);
        QVERIFY(trial->plan.measurement == measurementPolicyOf(Preset::Thorough));
    }

    void longerSequencesGoBeyondTheReports()
    {
        const auto trial = trialOf(validation(), ofRule("longer-sequences"));
        QVERIFY(trial.has_value());
        QVERIFY(holds(trial->plan, "sequence-256") && holds(trial->plan, "sequence-512"));
        QVERIFY(!holds(trial->plan, "sequence-64"));
        const auto small = trialOf(validation(), ofRule("math-is-enough"));
        QVERIFY(small && holds(small->plan, "sequence-128") && holds(small->plan, "sequence-1024"));
    }

    void weightsOfAFileHaveTheirLengths()
    {
        Report report = validation();
        report.plan.weightsFile = "model.safetensors";
        QVERIFY(!trialOf(report, ofRule("longer-sequences")));
    }

    void aRefusedBackendIsJudgedAgainAndNotTimed()
    {
        const auto trial = trialOf(validation(), ofRule("do-not-use-backend"));
        QVERIFY(trial && !trial->changed);
        QVERIFY(holds(trial->plan, "judge"));
        QVERIFY(!holds(trial->plan, "forward") && !holds(trial->plan, "training-step"));
        QCOMPARE(trial->plan.skippedStages, std::vector{Stage::Performance});
    }

    void theEvidenceIsMeasuredAgainWithItsJudgement()
    {
        const Report report = validation();
        const auto trial = trialOf(report, restingOn(report, "use-fused", "training-step"));
        QVERIFY(trial && !trial->changed);
        QCOMPARE(trial->title, std::string("Again: a title"));
        QVERIFY(holds(trial->plan, "probe") && holds(trial->plan, "judge") && holds(trial->plan, "training-step"));
        QVERIFY(!holds(trial->plan, "forward"));
        QCOMPARE(trial->plan.jobs.back().id, std::string("training-step")); // judged before it is timed
    }

    void whatRestsOnNothingIsNotMeasuredAgain()
    {
        QVERIFY(!trialOf(validation(), ofRule("use-fused")));
        QVERIFY(!trialOf(Report(), ofRule("use-fused")));
    }

    void aChangeOfTheUsersCodeIsNoRunOfOurs_data()
    {
        QTest::addColumn<QString>("rule");
        for (const char* rule : {"launch-bound", "backend-refused", "non-deterministic"})
        {
            QTest::newRow(rule) << QString::fromLatin1(rule);
        }
    }

    void aChangeOfTheUsersCodeIsNoRunOfOurs()
    {
        QFETCH(QString, rule);
        const Report report = validation();
        QVERIFY(!trialOf(report, restingOn(report, rule.toStdString(), "forward")));
    }

    void aReportThatKnowsNoDeviceHasNone()
    {
        Report report = validation();
        report.circumstances.reset();
        QVERIFY(!trialOf(report, ofRule("use-bfloat16")));
    }

    void undoIsSaidWhereThereIsCode()
    {
        Recommendation change = ofRule("use-bfloat16");
        QVERIFY(undoOf(change).empty());
        change.python = "model.to(torch.bfloat16)";
        QVERIFY(says(undoOf(change), "autocast off"));
        change.rule = "use-fused";
        change.severity = Severity::Good;
        QVERIFY(says(undoOf(change), "Nothing to undo"));
        change.severity = Severity::Advice;
        QVERIFY(says(undoOf(change), "take the lines out"));
        change.rule = "saves-memory";
        QVERIFY(undoOf(change).empty());
    }
};

QTEST_APPLESS_MAIN(TestTrial)
#include "tst_trial.moc"
