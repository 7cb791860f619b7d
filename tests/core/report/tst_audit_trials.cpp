// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/audit_trials.h"

#include "core/report/answer.h"
#include "core/report/repro.h"

#include "tests/core/report/audited_run.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace headroom;
using namespace headroom::testing;

class TestAuditTrials : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aTrialIsFoundWithItsComparisonAndItsAccuracy()
    {
        const auto report = triangleAudit();
        const auto all = triedFindings(report);
        QCOMPARE(all.size(), 1u);
        QCOMPARE(all[0].trials.size(), 1u);
        const auto& trial = all[0].trials[0];
        QCOMPARE(trial.call, 1);
        QVERIFY(trial.forward != nullptr && trial.training != nullptr && trial.whyNot.empty());
        QVERIFY(std::abs(*trial.forward->comparison.ratio - 1.5) < 0.02);
        QVERIFY(std::abs(*trial.training->comparison.ratio - 1.25) < 0.02);
        QVERIFY(trial.forward->ranked); // the call as it is needs no verdict to be measured against
        QVERIFY(trial.accuracy == AccuracyVerdict::Passed);
        QVERIFY(trial.before->measured.captured->change == CallChange::None);
    }

    void resultsAndConclusions_data()
    {
        QTest::addColumn<double>("speedUp");
        QTest::addColumn<int>("accuracy");
        QTest::addColumn<double>("noise");
        QTest::addColumn<int>("result");
        QTest::addColumn<int>("conclusion");
        const auto row = [](const char* name, double speedUp, AccuracyVerdict accuracy, double noise,
                            TrialResult result, Conclusion conclusion)
        {
            QTest::newRow(name) << speedUp << static_cast<int>(accuracy) << noise << static_cast<int>(result)
                                << static_cast<int>(conclusion);
        };
        const auto passed = AccuracyVerdict::Passed;
        row("faster", 1.5, passed, 0.002, TrialResult::Faster, Conclusion::Passed);
        row("the same", 1.0, passed, 0.002, TrialResult::NoGain, Conclusion::Passed);
        row("slower", 0.7, passed, 0.002, TrialResult::NoGain, Conclusion::Passed);
        row("noise", 1.02, passed, 0.5, TrialResult::CannotTell, Conclusion::CannotTell);
        row("not accurate", 1.5, AccuracyVerdict::Failed, 0.002, TrialResult::Inaccurate, Conclusion::Failed);
        row("NaN", 1.5, AccuracyVerdict::NotFinite, 0.002, TrialResult::Inaccurate, Conclusion::Failed);
    }

    void resultsAndConclusions()
    {
        QFETCH(double, speedUp);
        QFETCH(int, accuracy);
        QFETCH(double, noise);
        QFETCH(int, result);
        QFETCH(int, conclusion);
        const auto report = triangleAudit({speedUp, static_cast<AccuracyVerdict>(accuracy), noise});
        QCOMPARE(static_cast<int>(resultOf(triedFindings(report).front())), result);
        QCOMPARE(static_cast<int>(report.conclusion), conclusion);
    }

    void waitsForACoreAreNoGain_data()
    {
        QTest::addColumn<double>("speedUp");
        QTest::addColumn<bool>("schedulerTells");
        QTest::addColumn<int>("result");
        const auto cannotTell = static_cast<int>(TrialResult::CannotTell);
        QTest::newRow("the same but for waits") << 1.0 << true << cannotTell;
        QTest::newRow("slower but for waits") << 0.7 << true << cannotTell;
        QTest::newRow("the same but for what looks like waits") << 1.0 << false << cannotTell;
        QTest::newRow("faster, with what looks like waits") << 1.5 << false << cannotTell;
        QTest::newRow("faster without the waits too") << 1.5 << true << static_cast<int>(TrialResult::Faster);
    }

    /// The call as it is was kept from its cores for 24 of 25 parts of its samples: 25 to 37 times as long as with the
    /// fix.
    void waitsForACoreAreNoGain()
    {
        QFETCH(double, speedUp);
        QFETCH(bool, schedulerTells);
        QFETCH(int, result);
        const auto report = triangleAudit({speedUp, AccuracyVerdict::Passed, 0.002, 24, schedulerTells});
        const auto tried = triedFindings(report).front();
        QVERIFY(tried.trials.front().forwardWaited && tried.trials.front().trainingWaited);
        QCOMPARE(static_cast<int>(resultOf(tried)), result);
        QVERIFY(!gainOf(tried, *report.plan.inspection)); // by how much is known in no case
        const auto answer = answerOf(report, Format());
        const bool faster = result == static_cast<int>(TrialResult::Faster);
        QVERIFY2(answer.ends_with(faster ? "run faster with is_causal in place of the mask, by how much is not known."
                                         : "no fix of them was measured to be faster."),
                 answer.c_str());
        QCOMPARE(report.conclusion, faster ? Conclusion::Passed : Conclusion::CannotTell);
        if (schedulerTells && speedUp > 1)
        {
            const auto& reason = tried.trials.front().forward->comparison.reason;
            QVERIFY2(reason.find("96 % of the median of the unchanged call is waiting for a core") != std::string::npos,
                     reason.c_str());
        }
    }

    void aWrongResultFailsTheAudit()
    {
        const auto machine = cpuMachine();
        auto seen = wellModel(machine);
        handOverMask(seen.calls[1], MaskContent::Inverted);
        const auto report = auditRun(auditPlanOf(seen, machine), machine);
        QCOMPARE(report.conclusion, Conclusion::Failed);
        QCOMPARE(report.conclusionReasons.front(),
                 std::string("1 of 3 calls seems to have true and false of its mask exchanged."));
    }

    void nothingFoundIsSaid()
    {
        const auto machine = cpuMachine();
        const auto report = auditRun(auditPlanOf(wellModel(machine), machine), machine);
        QCOMPARE(report.conclusion, Conclusion::Passed);
        QCOMPARE(answerOf(report, Format()),
                 std::string("Nothing was found that costs the 3 attention calls of TestModel their speed."));
    }

    void aModelWithoutAttentionIsSaidToBeOne()
    {
        const auto machine = cpuMachine();
        auto seen = wellModel(machine);
        seen.calls.clear();
        seen.model.outline->calls.clear();
        const auto plan = auditPlanOf(seen, machine);
        QVERIFY(std::holds_alternative<MeasureJob>(plan.jobs.front().work));
        const auto report = auditRun(plan, machine);
        QCOMPARE(report.conclusion, Conclusion::Passed);
        QVERIFY(answerOf(report, Format()).starts_with("TestModel makes no attention call that could be seen"));
    }

    void theAnswerNamesTheLargestGain()
    {
        const auto answer = answerOf(triangleAudit(), Format(true));
        QVERIFY2(answer.starts_with("1 finding in the 3 attention calls of TestModel; the calls concerned run 1.5"),
                 answer.c_str());
        QVERIFY2(answer.ends_with(" as fast with is_causal in place of the mask."), answer.c_str());
    }

    void trialsThatWereNotAskedForLeaveNothingOpen()
    {
        const auto machine = cpuMachine();
        auto seen = wellModel(machine);
        handOverTriangle(seen.calls[1]);
        const auto report = auditRun(auditPlanOf(seen, machine, true), machine);
        const auto tried = triedFindings(report).front();
        QCOMPARE(resultOf(tried), TrialResult::NotTried);
        QCOMPARE(tried.trials.front().whyNot, std::string("it was not asked for"));
        QCOMPARE(report.conclusion, Conclusion::Passed);
    }

    void aCaseIsMeasuredAgainByItsCommand()
    {
        auto report = triangleAudit();
        QVERIFY2(report.cases.front().repro.starts_with("headroom-cli audit /models/test --device cpu --dtype float32"),
                 report.cases.front().repro.c_str());
        auto plan = report.plan;
        plan.command = "validate";
        plan.modelFile->path = "/models/my model";
        auto swept = report.cases.back().measured; // of the whole model
        std::get<ModelInput>(swept.subject).batch = 8;
        QVERIFY2(reproLine(plan, swept, Backend::Math)
                     .starts_with("headroom-cli validate --model '/models/my model' --device cpu --batch-size 8 "
                                  "--seq-len 128 --dtype float32"),
                 reproLine(plan, swept, Backend::Math).c_str());
    }

    void otherRunsHaveNoTrials()
    {
        QVERIFY(!isAudit(Report()));
        QVERIFY(triedFindings(Report()).empty());
        auto report = triangleAudit();
        report.plan.command = "validate";
        QVERIFY(triedFindings(report).empty());
        QVERIFY(auditSentence(report).empty());
    }

    void amdahlBoundsTheWhole_data()
    {
        QTest::addColumn<double>("share");
        QTest::addColumn<double>("gain");
        QTest::addColumn<double>("whole");
        const double infinity = std::numeric_limits<double>::infinity();
        QTest::newRow("half of it twice as fast") << 0.5 << 2.0 << 4.0 / 3.0;
        QTest::newRow("half of it for nothing") << 0.5 << infinity << 2.0;
        QTest::newRow("nothing of it") << 0.0 << infinity << 1.0;
        QTest::newRow("all of it") << 1.0 << 3.0 << 3.0;
        QTest::newRow("all of it for nothing") << 1.0 << infinity << infinity;
        QTest::newRow("slower") << 0.5 << 0.5 << 2.0 / 3.0;
    }

    void amdahlBoundsTheWhole()
    {
        QFETCH(double, share);
        QFETCH(double, gain);
        QFETCH(double, whole);
        QCOMPARE(amdahl(share, gain), whole);
    }

    void aShareNeedsEveryCallTimed()
    {
        const auto machine = cpuMachine();
        auto seen = wellModel(machine);
        AuditFinding finding;
        finding.calls = {0, 2};
        QCOMPARE(*shareOf(finding, seen), 2.0 / 11.0); // two of 1 ms in the watched pass of 11 ms
        seen.calls[2].ns.reset();
        QVERIFY(!shareOf(finding, seen));
        finding.calls = {7};
        QVERIFY(!shareOf(finding, seen));
        seen.forwardNs = seen.watchedNs = 0;
        finding.calls = {0};
        QVERIFY(!shareOf(finding, seen));
    }
};

QTEST_APPLESS_MAIN(TestAuditTrials)
#include "tst_audit_trials.moc"
