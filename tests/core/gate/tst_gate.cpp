// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gate/gate.h"
#include "core/gate/gate_forecast.h"

#include <algorithm>
#include <string>

#include <QtTest>

#include "gated_runs.h"

using namespace headroom;
using namespace headroom::testing;

namespace
{

const GateCase& caseNamed(const GateVerdict& verdict, std::string_view beginning)
{
    const auto found = std::ranges::find_if(verdict.cases, [beginning](const GateCase& one)
                                            { return one.title.starts_with(beginning); });
    if (found == verdict.cases.end())
    {
        throw std::runtime_error("no such case");
    }
    return *found;
}

QString textOf(const std::vector<std::string>& sentences)
{
    std::string text;
    for (const auto& sentence : sentences)
    {
        text += sentence + "\n";
    }
    return QString::fromStdString(text);
}

using Change = std::function<void(GatedRun&, int)>;

GateVerdict gateWith(const Change& candidate, const GateThresholds& thresholds = {}, bool force = false)
{
    return judgeGate(gatedReports("base", 5), gatedReports("candidate", 3, candidate), thresholds, force);
}

CaseResult broken(Outcome outcome, Cause cause, const std::string& reason)
{
    return EventBuilder::notPassed({}, outcome, cause, reason);
}

} // namespace

class TestGate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void unchangedRunsPass()
    {
        const auto verdict = gateWith({});
        QVERIFY2(verdict.conclusion == Conclusion::Passed, qPrintable(textOf(verdict.reasons)));
        QCOMPARE(verdict.cases.size(), 4U);
        QCOMPARE(verdict.count(ComparisonVerdict::Same), 4);
        QCOMPARE(verdict.baselineRuns.size(), 5U);
        QCOMPARE(verdict.candidateRuns.size(), 3U);
    }

    void aSlowerBackendFails()
    {
        const auto verdict = gateWith([](GatedRun& run, int) { run.speedUp /= 1.2; });
        QCOMPARE(verdict.conclusion, Conclusion::Failed);
        const auto& flash = caseNamed(verdict, "flash forward");
        QCOMPARE(flash.status(), GateStatus::Failed);
        QCOMPARE(flash.time.verdict, ComparisonVerdict::Slower);
        QVERIFY(std::abs(*flash.time.timeRatio - 1.2) < 0.01);
        QCOMPARE(caseNamed(verdict, "math forward").status(), GateStatus::Passed);
        QVERIFY(textOf(verdict.reasons).contains(QStringLiteral("2 of 4 cases are slower")));
    }

    void waitsForACoreAreNoRegression_data()
    {
        QTest::addColumn<double>("slower");
        QTest::addColumn<double>("share");
        QTest::addColumn<QString>("conclusion");
        QTest::addColumn<QString>("said");
        const QString cannotTell = QStringLiteral("cannot-tell");
        QTest::newRow("by a fifth, all of it waiting")
            << 1.0 << 0.17 << cannotTell << QStringLiteral("without the waits for a core it takes 0.999");
        QTest::newRow("three times, most of it waiting")
            << 1.0 << 0.67 << cannotTell
            << QStringLiteral("in 3 of 3 runs its samples are waits for a core that others had");
        QTest::newRow("by itself as well, but how much nobody knows")
            << 1.5 << 0.5 << cannotTell << QStringLiteral("in 3 of 3 runs");
        QTest::newRow("by itself, and it waited a little")
            << 1.2 << 0.1 << QStringLiteral("failed") << QStringLiteral("slower by more than 2 %");
        QTest::newRow("it waited a little, and takes no longer") << 0.9 << 0.1 << QStringLiteral("passed") << QString();
    }

    void waitsForACoreAreNoRegression()
    {
        QFETCH(double, slower);
        QFETCH(double, share);
        QFETCH(QString, conclusion);
        QFETCH(QString, said);
        auto candidate = gatedReports("candidate", 3);
        for (Report& run : candidate)
        {
            letWait(run, slower, share);
        }
        const auto verdict = judgeGate(gatedReports("base", 5), candidate);
        QCOMPARE(QString::fromStdString(std::string(toString(verdict.conclusion))), conclusion);
        const auto& findings = caseNamed(verdict, "flash forward").findings;
        const QString all = textOf(findings.failures) + textOf(findings.doubts) + textOf(findings.notes);
        QVERIFY2(all.contains(said), qPrintable(all));
        QVERIFY(verdict.conclusion == Conclusion::Failed || verdict.count(ComparisonVerdict::Slower) == 0);
    }

    void aRunOfThreeThatWaitedTakesNoRegressionBack()
    {
        auto candidate = gatedReports("candidate", 3, [](GatedRun& run, int) { run.mathNs *= 1.5; });
        letWait(candidate[0], 1.0, 0.3);
        QCOMPARE(judgeGate(gatedReports("base", 5), candidate).conclusion, Conclusion::Failed);
    }

    /// Held against times that are waits a slowdown is none.
    void aBaselineThatWaitedIsNone()
    {
        auto baseline = gatedReports("base", 5);
        for (Report& run : baseline)
        {
            letWait(run, 1.0, 0.4);
        }
        const auto verdict = judgeGate(baseline, gatedReports("candidate", 3));
        QCOMPARE(verdict.conclusion, Conclusion::CannotTell);
        QVERIFY2(
            textOf(caseNamed(verdict, "flash forward").findings.doubts)
                .contains(QStringLiteral("in 5 of 5 runs its samples are waits for a core that others had, those of "
                                         "the baseline: make it anew")),
            qPrintable(textOf(caseNamed(verdict, "flash forward").findings.doubts)));
    }

    /// A baseline of a machine under load would let any slowdown pass.
    void aBaselineThatSeesNothingCannotTell()
    {
        const auto noisy =
            gatedReports("base", 5, [](GatedRun& run, int at) { run.mathNs *= at % 2 == 0 ? 8.0 : 20.0; });
        GateThresholds thresholds;
        for (const bool isLoose : {false, true})
        {
            const auto verdict = judgeGate(noisy, gatedReports("candidate", 3), thresholds);
            const auto& math = caseNamed(verdict, "math forward");
            QCOMPARE(math.status(), isLoose ? GateStatus::Passed : GateStatus::CannotTell);
            QCOMPARE(verdict.conclusion, isLoose ? Conclusion::Passed : Conclusion::CannotTell);
            thresholds.detectableLimit = 1000;
            thresholds.detectableEffect = 1000;
            thresholds.fasterLimit = 1000;
        }
    }

    void manyTimesFasterCannotBeToldOf()
    {
        for (const double factor : {2.9, 3.1})
        {
            const auto verdict = gateWith([factor](GatedRun& run, int) { run.speedUp *= factor; });
            const bool isMore = factor > 3;
            const auto& flash = caseNamed(verdict, "flash forward");
            QCOMPARE(flash.time.verdict, ComparisonVerdict::Faster);
            QCOMPARE(flash.status(), isMore ? GateStatus::CannotTell : GateStatus::Passed);
            QCOMPARE(textOf(flash.findings.doubts).contains(QStringLiteral("3.1 times as fast")), isMore);
            QCOMPARE(caseNamed(verdict, "math forward").status(), GateStatus::Passed);
        }
    }

    void entriesOfTheThresholdsThatMeanNothingAreNamed()
    {
        const auto thresholds = thresholdsFromText(R"({
            "cases": [{"case": "flash *", "minimumEffect": 0.1}, {"case": "flahs *", "minimumEffect": 0.1},
                      {"where": "seq>=1000000", "minimumEffect": 0.1}],
            "circumstances": {"allow": ["thread*", "clok"]}})");
        const auto verdict = gateWith([](GatedRun& run, int) { run.facts.threads = 77; }, thresholds);
        const QString notes = textOf(verdict.notes);
        QCOMPARE(verdict.notes.size(), 3U);
        QVERIFY2(notes.contains(QStringLiteral("no case is meant by cases[1], 'flahs *'")), qPrintable(notes));
        QVERIFY2(notes.contains(QStringLiteral("cases[2], 'seq>=1000000'")), qPrintable(notes));
        QVERIFY2(notes.contains(QStringLiteral("'clok' of circumstances.allow")), qPrintable(notes));
        QVERIFY(gateWith({}).notes.empty());
    }

    void aFasterBackendPassesAndIsNamed()
    {
        const auto verdict = gateWith([](GatedRun& run, int) { run.speedUp *= 1.2; });
        QCOMPARE(verdict.conclusion, Conclusion::Passed);
        QCOMPARE(verdict.count(ComparisonVerdict::Faster), 2);
    }

    void aSlowdownBelowTheMinimumEffectPasses()
    {
        GateThresholds thresholds;
        thresholds.time.minimumEffect = 0.3;
        thresholds.detectableEffect = 0.5;
        const auto verdict = gateWith([](GatedRun& run, int) { run.speedUp /= 1.2; }, thresholds);
        QCOMPARE(verdict.conclusion, Conclusion::Passed);
    }

    void aCaseMayBeAskedLessOf()
    {
        const auto thresholds =
            thresholdsFromText(R"({"cases": [{"case": "flash *", "minimumEffect": 0.3, "detectableEffect": 0.5}]})");
        const auto verdict = gateWith([](GatedRun& run, int) { run.speedUp /= 1.2; }, thresholds);
        QCOMPARE(verdict.conclusion, Conclusion::Passed);
        QCOMPARE(caseNamed(verdict, "flash forward").minimumEffect, 0.3);
    }

    void whatMovesAllCasesIsSaidToBeCommon()
    {
        const auto verdict = gateWith([](GatedRun& run, int) { run.mathNs *= 1.05; });
        QCOMPARE(verdict.conclusion, Conclusion::Failed);
        QVERIFY(verdict.shift && std::abs(verdict.shift->timeRatio - 1.05) < 0.01);
        QVERIFY(textOf(verdict.reasons).contains(QStringLiteral("4 of 4 cases moved together")));
    }

    void aCommonShiftMayBeNoFailure()
    {
        GateThresholds thresholds;
        thresholds.commonShiftFails = false;
        const auto together = gateWith([](GatedRun& run, int) { run.mathNs *= 1.05; }, thresholds);
        QCOMPARE(together.conclusion, Conclusion::CannotTell);
        QCOMPARE(together.count(GateStatus::Failed), 0);
        QVERIFY(textOf(caseNamed(together, "flash forward").findings.doubts).contains(QStringLiteral("moved as far")));
        const auto apart = gateWith(
            [](GatedRun& run, int)
            {
                run.mathNs *= 1.05;
                run.speedUp /= 1.1;
            },
            thresholds);
        QCOMPARE(apart.conclusion, Conclusion::Failed);
        QCOMPARE(caseNamed(apart, "flash forward").status(), GateStatus::Failed);
    }

    void whatMovesHalfOfTheCasesIsNotCommon()
    {
        const auto verdict = gateWith([](GatedRun& run, int) { run.speedUp /= 1.2; });
        QVERIFY2(verdict.shiftNote.empty(), verdict.shiftNote.c_str());
    }

    void oneBadRunIsNamedAndIsNoRegression()
    {
        const auto verdict = gateWith([](GatedRun& run, int at) { run.mathNs *= at == 1 ? 1.5 : 1.0; });
        QCOMPARE(verdict.conclusion, Conclusion::CannotTell);
        QVERIFY2(textOf(verdict.reasons).contains(QStringLiteral("Run candidate-1 is")),
                 qPrintable(textOf(verdict.reasons)));
    }

    void wrongNumbersFail()
    {
        const auto verdict = gateWith([](GatedRun& run, int at)
                                      { run.flash = at == 2 ? AccuracyVerdict::Failed : AccuracyVerdict::Passed; });
        QCOMPARE(verdict.conclusion, Conclusion::Failed);
        QVERIFY(textOf(caseNamed(verdict, "flash forward").findings.failures)
                    .contains(QStringLiteral("accuracy is failed")));
        QVERIFY(verdict.checksThat(GateStatus::Failed) > 0);
    }

    void wrongNumbersMayBeTolerated()
    {
        GateThresholds thresholds;
        thresholds.tolerated = AccuracyVerdict::Failed;
        const auto verdict = gateWith([](GatedRun& run, int) { run.flash = AccuracyVerdict::Failed; }, thresholds);
        QCOMPARE(verdict.conclusion, Conclusion::Passed);
        QVERIFY(textOf(caseNamed(verdict, "flash forward").findings.notes).contains(QStringLiteral("tolerated")));
    }

    void whatWasWrongBeforeIsNoNewFailure()
    {
        const Change wrong = [](GatedRun& run, int) { run.flash = AccuracyVerdict::Failed; };
        const auto verdict = judgeGate(gatedReports("base", 5, wrong), gatedReports("candidate", 3, wrong));
        QCOMPARE(verdict.conclusion, Conclusion::Passed);
    }

    void anotherBackendFails()
    {
        const Change change = [](GatedRun& run, int at) { run.ranForFlash = at == 0 ? Backend::Math : Backend::Flash; };
        const auto verdict = gateWith(change);
        QCOMPARE(verdict.conclusion, Conclusion::Failed);
        QVERIFY(textOf(caseNamed(verdict, "flash forward").findings.failures)
                    .contains(QStringLiteral("math and flash ran, and flash in the baseline")));
        GateThresholds thresholds;
        thresholds.backendMayChange = true;
        QCOMPARE(gateWith(change, thresholds).conclusion, Conclusion::Passed);
    }

    void aBackendThatWasNotSeenCannotBeTold()
    {
        const auto verdict = gateWith([](GatedRun& run, int) { run.ranForFlash = std::nullopt; });
        QCOMPARE(verdict.conclusion, Conclusion::CannotTell);
        QVERIFY(textOf(caseNamed(verdict, "flash forward").findings.doubts).contains(QStringLiteral("was not seen")));
    }

    void aCaseThatBreaksFails_data()
    {
        QTest::addColumn<int>("outcome");
        QTest::addColumn<int>("cause");
        QTest::addColumn<int>("status");
        const auto row = [](const char* name, Outcome outcome, Cause cause, GateStatus status)
        { QTest::newRow(name) << static_cast<int>(outcome) << static_cast<int>(cause) << static_cast<int>(status); };
        row("an error", Outcome::Failed, Cause::Error, GateStatus::Failed);
        row("out of memory", Outcome::Skipped, Cause::OutOfMemory, GateStatus::Failed);
        row("refused now", Outcome::Skipped, Cause::NotEligible, GateStatus::Failed);
        row("not reached in the time", Outcome::Skipped, Cause::Budget, GateStatus::CannotTell);
        row("cancelled", Outcome::Cancelled, Cause::None, GateStatus::CannotTell);
    }
    void aCaseThatBreaksFails()
    {
        QFETCH(int, outcome);
        QFETCH(int, cause);
        QFETCH(int, status);
        const auto result = broken(static_cast<Outcome>(outcome), static_cast<Cause>(cause), "it did not work");
        const auto verdict = gateWith([&result](GatedRun& run, int at)
                                      { run.flashResult = at == 1 ? std::optional(result) : std::nullopt; });
        const auto& flash = caseNamed(verdict, "flash forward");
        QCOMPARE(static_cast<int>(flash.status()), status);
        QCOMPARE(flash.candidate.measured, 2);
    }

    void aCaseThatNeverHadATimeIsLeftAlone()
    {
        const Change change = [](GatedRun& run, int)
        { run.flashResult = broken(Outcome::Skipped, Cause::OutOfMemory, "needs 9 GiB"); };
        const auto verdict = judgeGate(gatedReports("base", 3, change), gatedReports("candidate", 3, change));
        QCOMPARE(caseNamed(verdict, "flash forward").status(), GateStatus::Passed);
        QVERIFY(!caseNamed(verdict, "flash forward").timeJudged);
    }

    void aRunThatWasCutOffCannotTell()
    {
        const auto verdict = gateWith([](GatedRun& run, int at) { run.cutOff = at == 2; });
        QCOMPARE(verdict.conclusion, Conclusion::CannotTell);
        QVERIFY(
            textOf(caseNamed(verdict, "flash training").findings.doubts).contains(QStringLiteral("run candidate-2")));
        const QString reasons = textOf(verdict.reasons);
        QVERIFY2(reasons.contains(QStringLiteral("run candidate-2 ended early")), qPrintable(reasons));
        QVERIFY(!reasons.contains(QStringLiteral("quieter")));
    }

    void anotherMachineGetsNoVerdictOfTime()
    {
        const Change change = [](GatedRun& run, int)
        {
            run.facts.devices.back().name = "Another CPU";
            run.speedUp /= 1.2;
        };
        const auto verdict = gateWith(change);
        QCOMPARE(verdict.conclusion, Conclusion::CannotTell);
        QVERIFY(textOf(verdict.reasons).contains(QStringLiteral("Another CPU")));
        QVERIFY(!caseNamed(verdict, "flash forward").timeJudged);
        QCOMPARE(gateWith(change, {}, true).conclusion, Conclusion::Failed);
        GateThresholds thresholds;
        thresholds.allowed = {"device.name"};
        QCOMPARE(gateWith(change, thresholds).conclusion, Conclusion::Failed);
    }

    void wrongNumbersFailOnAnotherMachineToo()
    {
        const auto verdict = gateWith(
            [](GatedRun& run, int)
            {
                run.facts.devices.back().name = "Another CPU";
                run.flash = AccuracyVerdict::Failed;
            });
        QCOMPARE(verdict.conclusion, Conclusion::Failed);
    }

    void anotherLibtorchIsNamedAndCompared()
    {
        const auto verdict = gateWith([](GatedRun& run, int) { run.facts.libtorchVersion = "2.12.0+cpu"; });
        QCOMPARE(verdict.conclusion, Conclusion::Passed);
        QCOMPARE(verdict.differences.size(), 1U);
        QCOMPARE(verdict.differences[0].difference.name, std::string("libtorchVersion"));
        QVERIFY(verdict.differences[0].mayDiffer);
    }

    void anotherPolicyGetsNoVerdictOfTime()
    {
        auto candidate = gatedReports("candidate", 3);
        for (auto& run : candidate)
        {
            run.plan.measurement.minSamples = 99;
        }
        const auto verdict = judgeGate(gatedReports("base", 5), candidate);
        QCOMPARE(verdict.conclusion, Conclusion::CannotTell);
        QVERIFY(textOf(verdict.reasons).contains(QStringLiteral("measurement.minSamples")));
    }

    void aBaselineOfTwoMachinesIsNoBaseline()
    {
        const auto baseline =
            gatedReports("base", 5, [](GatedRun& run, int at) { run.facts.threads = at == 3 ? 7 : 2; });
        const auto verdict = judgeGate(baseline, gatedReports("candidate", 3));
        QCOMPARE(verdict.conclusion, Conclusion::CannotTell);
        QVERIFY(textOf(verdict.reasons).contains(QStringLiteral("differs within the baseline")));
    }

    void aCheckThatNoLongerHoldsFails()
    {
        const auto withCheck = [](std::vector<Report> runs, CheckStatus status)
        {
            for (auto& run : runs)
            {
                run.checks.push_back({CheckKind::Determinism, Backend::Flash, status, "", {}, "", ""});
            }
            return runs;
        };
        const auto baseline = withCheck(gatedReports("base", 5), CheckStatus::Passed);
        const auto candidate = withCheck(gatedReports("candidate", 3), CheckStatus::Failed);
        QCOMPARE(judgeGate(baseline, candidate).conclusion, Conclusion::Failed);
        GateThresholds thresholds;
        thresholds.checks = false;
        QCOMPARE(judgeGate(baseline, candidate, thresholds).conclusion, Conclusion::Passed);
        QCOMPARE(judgeGate(candidate, candidate).conclusion, Conclusion::Passed);
        QCOMPARE(judgeGate(baseline, gatedReports("candidate", 3)).conclusion, Conclusion::CannotTell);
    }

    void anotherChoiceOfLibtorchFails()
    {
        const auto withChoice = [](std::vector<Report> runs, Backend ran)
        {
            for (auto& run : runs)
            {
                RunEvidence seen;
                seen.ran = ran;
                run.observations.push_back(seen);
            }
            return runs;
        };
        const auto verdict = judgeGate(withChoice(gatedReports("base", 5), Backend::Flash),
                                       withChoice(gatedReports("candidate", 3), Backend::Math));
        QCOMPARE(verdict.conclusion, Conclusion::Failed);
        QCOMPARE(verdict.checksThat(GateStatus::Failed), 1);
    }

    void casesOfTheCandidateAloneAreNamed()
    {
        auto baseline = gatedReports("base", 5);
        for (auto& run : baseline)
        {
            run.cases.pop_back();
        }
        const auto verdict = judgeGate(baseline, gatedReports("candidate", 3));
        QCOMPARE(verdict.conclusion, Conclusion::Passed);
        QCOMPARE(verdict.newCases.size(), 1U);
    }

    void tooFewRunsCannotTell_data()
    {
        QTest::addColumn<int>("baseline");
        QTest::addColumn<int>("candidate");
        QTest::newRow("none") << 0 << 0;
        QTest::newRow("no baseline") << 0 << 3;
        QTest::newRow("no candidate") << 5 << 0;
        QTest::newRow("one and one") << 1 << 1;
        QTest::newRow("one candidate") << 5 << 1;
    }
    void tooFewRunsCannotTell()
    {
        QFETCH(int, baseline);
        QFETCH(int, candidate);
        const auto verdict = judgeGate(gatedReports("base", baseline), gatedReports("candidate", candidate));
        QCOMPARE(verdict.conclusion, Conclusion::CannotTell);
        QVERIFY(!verdict.reasons.empty());
    }

    void aForecastSaysWhatAGateCouldFind()
    {
        const auto forecast = forecastGate(gatedReports("base", 5), 3);
        QCOMPARE(forecast.cases, 4);
        QCOMPARE(forecast.unclear, 0);
        QVERIFY(*forecast.middleSpread < 0.01);
        QVERIFY(*forecast.worstDetectable >= *forecast.middleDetectable);
        QVERIFY(QString::fromStdString(forecastSentence(forecast, 3)).contains(QStringLiteral("A gate of 3 runs")));
        QCOMPARE(forecastGate({}, 3), GateForecast{});
        QCOMPARE(forecast.waited, 0);
        auto busy = gatedReports("base", 5);
        for (std::size_t run = 0; run < 3; ++run)
        {
            letWait(busy[run], 1.0, 0.4);
        }
        QCOMPARE(forecastGate(busy, 3).waited, 4);
        QVERIFY(QString::fromStdString(forecastSentence(forecastGate(busy, 3), 3))
                    .contains(QStringLiteral("In 4 of these cases the runs waited for cores")));
        QVERIFY(forecastSentence({}, 3).empty());
    }

    void noisyRunsCannotTellUnlessThatIsAllowed()
    {
        const Change noisy = [](GatedRun& run, int at) { run.speedUp *= 1.0 + 0.2 * std::sin(2.0 * at); };
        const auto baseline = gatedReports("base", 5, noisy);
        const auto candidate = gatedReports("candidate", 3, noisy);
        QCOMPARE(judgeGate(baseline, candidate).conclusion, Conclusion::CannotTell);
        GateThresholds thresholds;
        thresholds.cannotTellShare = 1.0;
        QCOMPARE(judgeGate(baseline, candidate, thresholds).conclusion, Conclusion::Passed);
        thresholds = {};
        thresholds.detectableEffect = 10.0;
        QCOMPARE(judgeGate(baseline, candidate, thresholds).conclusion, Conclusion::Passed);
    }
};

QTEST_GUILESS_MAIN(TestGate)
#include "tst_gate.moc"
