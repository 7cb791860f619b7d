// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/report/event_builder.h"

#include "core/plan/battery_plan.h"
#include "core/plan/ladder.h"
#include "core/report/broken_checks.h"
#include "core/report/csv_report.h"
#include "core/report/fold.h"
#include "core/report/json_report.h"
#include "core/report/markdown_report.h"
#include "core/report/terminal_report.h"

#include <QtTest>

using namespace headroom;
using namespace headroom::testing;

namespace
{

Plan batteryOf(std::vector<std::string> rows, bool failOnPresent = false)
{
    BatteryRequest request;
    request.rows = std::move(rows);
    request.failOnPresent = failOnPresent;
    return makeBatteryPlan(request, DeviceFacts{});
}

Plan ladderOf(const char* step)
{
    AttentionProblem own;
    own.queryLength = own.kvLength = 64;
    Plan plan;
    plan.command = "sweep";
    plan.jobs.push_back({step, Stage::Accuracy, step, 1,
                         CheckJob{CheckKind::Ladder, own, {Backend::Math, Backend::Flash, Backend::Cudnn}, step}});
    return plan;
}

CheckResult resultOf(CheckKind kind, Backend backend, CheckStatus status, const std::string& item)
{
    CheckResult result{kind, backend, status, "a summary", {"a detail", "price of it: 2 times as long"}};
    result.item = item;
    result.subject = kind == CheckKind::Defect ? "" : "B1 H1 S64 D64 float32";
    return result;
}

Report finishedWith(const Plan& plan, const std::vector<CheckResult>& results, Cause cause = Cause::None,
                    const std::string& reason = {})
{
    EventBuilder builder(plan);
    builder.begin().startJob(plan.jobs.front().id);
    for (const auto& result : results)
    {
        builder.add(Judged{{}, result}, plan.jobs.front().id);
    }
    builder.finishJob(plan.jobs.front().id, cause == Cause::None ? Outcome::Passed : Outcome::Failed, cause, reason);
    builder.add(RunFinished{cause == Cause::None ? Outcome::Passed : Outcome::Failed, {}}, {});
    return foldEvents(builder.events());
}

bool anySays(const Report& report, const char* part)
{
    return std::any_of(report.conclusionReasons.begin(), report.conclusionReasons.end(),
                       [&](const std::string& reason) { return reason.find(part) != std::string::npos; });
}

} // namespace

/// The ladder, bit equality and known defects: what the end of a worker means, what is concluded, and what is shown.
class TestChecks : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theEndOfAWorkerAnswersADefect_data()
    {
        QTest::addColumn<QString>("row");
        QTest::addColumn<int>("cause");
        QTest::addColumn<QString>("reason");
        QTest::addColumn<int>("status");
        const auto row = [](const char* name, const char* id, Cause cause, const char* reason, CheckStatus status)
        {
            QTest::newRow(name) << QString::fromLatin1(id) << static_cast<int>(cause) << QString::fromLatin1(reason)
                                << static_cast<int>(status);
        };
        row("a signal", "B27", Cause::WorkerDied, "the worker was ended by SIGFPE", CheckStatus::Failed);
        row("a lost device", "B27", Cause::DeviceLost, "CUDA error: misaligned address", CheckStatus::Failed);
        row("killed", "B27", Cause::WorkerDied, "the worker was ended by SIGKILL", CheckStatus::CouldNotTell);
        row("a hang", "B27", Cause::Deadline, "it had not ended", CheckStatus::CouldNotTell);
        row("a crash that is no symptom", "B1", Cause::WorkerDied, "ended by SIGSEGV", CheckStatus::CouldNotTell);
        row("an error", "B1", Cause::Error, "something", CheckStatus::CouldNotTell);
    }
    void theEndOfAWorkerAnswersADefect()
    {
        QFETCH(QString, row);
        QFETCH(int, cause);
        QFETCH(QString, reason);
        QFETCH(int, status);
        const auto report =
            finishedWith(batteryOf({row.toStdString()}), {}, static_cast<Cause>(cause), reason.toStdString());
        QCOMPARE(report.checks.size(), std::size_t{1});
        QCOMPARE(static_cast<int>(report.checks.front().status), status);
        QCOMPARE(report.checks.front().item, row.toStdString());
        QVERIFY(report.checks.front().summary.starts_with(reason.toStdString()));
        const bool told = static_cast<CheckStatus>(status) == CheckStatus::Failed;
        QCOMPARE(report.conclusion, told ? Conclusion::Passed : Conclusion::CannotTell);
    }

    void aBudgetIsNoAnswer()
    {
        const auto report = finishedWith(batteryOf({"B1"}), {}, Cause::Budget, "the time was spent");
        QVERIFY(report.checks.empty());
        QCOMPARE(report.conclusion, Conclusion::CannotTell);
    }

    void theFirstBackendWithoutAnAnswerBrokeTheStep()
    {
        const auto report = finishedWith(ladderOf("one-query"),
                                         {resultOf(CheckKind::Ladder, Backend::Math, CheckStatus::Passed, "one-query")},
                                         Cause::DeviceLost, "CUDA error: an illegal memory access");
        QCOMPARE(report.checks.size(), std::size_t{3});
        QCOMPARE(report.checks[1].backend, Backend::Flash);
        QCOMPARE(report.checks[1].status, CheckStatus::Failed);
        QCOMPARE(report.checks[2].status, CheckStatus::CouldNotTell);
        QVERIFY(report.checks[2].summary.find("flash") != std::string::npos);
        QCOMPARE(report.conclusion, Conclusion::Failed);
        QVERIFY(anySays(report, "Flash is not robust: it fails one-query of the ladder"));
    }

    void stepsThatFailByDesignFailNoRun()
    {
        const auto failing = [](const char* step)
        {
            return finishedWith(ladderOf(step), {resultOf(CheckKind::Ladder, Backend::Math, CheckStatus::Failed, step)})
                .conclusion;
        };
        QCOMPARE(failing("nan-in-masked-keys"), Conclusion::Passed);
        QCOMPARE(failing("padding-leak"), Conclusion::Failed);
    }

    void differentBitsAreAPropertyAndNoFault()
    {
        for (const auto kind : {CheckKind::Determinism, CheckKind::BatchInvariance})
        {
            const auto report =
                finishedWith(ladderOf("own-call"), {resultOf(kind, Backend::Flash, CheckStatus::Failed, {})});
            QCOMPARE(report.conclusion, Conclusion::Passed);
            QVERIFY(anySays(report, "a summary"));
            const auto text = writeTerminalReport(report, Format(), {});
            QVERIFY(text.find("price of it: 2 times as long") != std::string::npos);
        }
    }

    void presentDefectsAreSaidAndFailWhereAskedTo()
    {
        const std::vector results{resultOf(CheckKind::Defect, Backend::Default, CheckStatus::Failed, "B22")};
        const auto report = finishedWith(batteryOf({"B22"}), results);
        QCOMPARE(report.conclusion, Conclusion::Passed);
        QVERIFY(anySays(report, "1 of the 1 known defects that could be told is present: B22."));
        QCOMPARE(finishedWith(batteryOf({"B22"}, true), results).conclusion, Conclusion::Failed);
        const std::vector absent{resultOf(CheckKind::Defect, Backend::Default, CheckStatus::Passed, "B22")};
        QCOMPARE(finishedWith(batteryOf({"B22"}, true), absent).conclusion, Conclusion::Passed);
    }

    /// What was found comes before what could not be told, which is why the conclusion is that.
    void theCountComesBeforeWhatIsOpen()
    {
        const auto report = finishedWith(
            batteryOf({"B11", "B22"}), {resultOf(CheckKind::Defect, Backend::Default, CheckStatus::CouldNotTell, "B11"),
                                        resultOf(CheckKind::Defect, Backend::Default, CheckStatus::Failed, "B22")});
        QCOMPARE(report.conclusion, Conclusion::CannotTell);
        QVERIFY(report.conclusionReasons.size() >= 2);
        QCOMPARE(QString::fromStdString(report.conclusionReasons[0]),
                 QStringLiteral("1 of the 1 known defects that could be told is present: B22."));
        QVERIFY(report.conclusionReasons[1].starts_with("B11 could not be told"));
    }

    /// A row a defect with what it came to; what was tried of it has rows of its own.
    void whatWasTriedOfADefectIsARowEach()
    {
        auto result = resultOf(CheckKind::Defect, Backend::Default, CheckStatus::Failed, "B22");
        result.details = {"math, 1 of 16: wrong", "flash refuses"};
        const auto markdown = writeMarkdownReport(finishedWith(batteryOf({"B22"}), {result}));
        QVERIFY(markdown.find("| **PRESENT** | a summary |") != std::string::npos);
        QVERIFY(markdown.find("| B22 | math, 1 of 16 | wrong |") != std::string::npos);
    }

    void theAnswerIsNotRepeatedAsAReason()
    {
        const auto report = finishedWith(
            batteryOf({"B22"}), {resultOf(CheckKind::Defect, Backend::Default, CheckStatus::CouldNotTell, "B22")});
        const auto markdown = QString::fromStdString(writeMarkdownReport(report));
        QCOMPARE(markdown.count(QString::fromStdString(report.conclusionReasons.front())), 1);
    }

    void everyWriterShowsThem()
    {
        const auto battery = finishedWith(batteryOf({"B22"}),
                                          {resultOf(CheckKind::Defect, Backend::Default, CheckStatus::Failed, "B22")});
        const auto markdown = writeMarkdownReport(battery);
        QVERIFY(markdown.find("| B22 |") != std::string::npos);
        QVERIFY(markdown.find("#108108") != std::string::npos);
        QVERIFY(writeTerminalReport(battery, Format(), {}).find("PRESENT") != std::string::npos);
        QVERIFY(writeCsvReport(battery).find(",defect,B22,,default,failed,a summary") != std::string::npos);
        QVERIFY(readJsonReport(writeJsonReport(battery)).checks == battery.checks);

        const auto ladder = finishedWith(
            ladderOf("one-query"), {resultOf(CheckKind::Ladder, Backend::Math, CheckStatus::Passed, "one-query"),
                                    resultOf(CheckKind::Ladder, Backend::Flash, CheckStatus::Failed, "one-query")});
        const auto text = writeTerminalReport(ladder, Format(), {});
        QVERIFY(text.find("Adversarial ladder: B1 H1 S64 D64 float32") != std::string::npos);
        QVERIFY(text.find("flash, one-query: a summary") != std::string::npos);
        QVERIFY(writeMarkdownReport(ladder).find("Step by step") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestChecks)
#include "tst_checks.moc"
