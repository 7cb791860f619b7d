// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/sweep_plan.h"
#include "core/report/answer.h"
#include "core/report/csv_report.h"
#include "core/report/fastest.h"
#include "core/report/fold.h"
#include "core/report/json_report.h"
#include "core/report/kernel_axes.h"
#include "core/report/kernel_table.h"
#include "core/report/markdown_report.h"
#include "core/report/sweep.h"
#include "core/report/terminal_report.h"
#include "tests/core/report/event_builder.h"

#include <QElapsedTimer>
#include <QtTest>

#include <functional>

using namespace headroom;
using headroom::testing::EventBuilder;
using headroom::testing::timesNear;

namespace
{

DeviceFacts gpu()
{
    auto device = headroom::testing::cudaCircumstances().devices.back();
    device.cudnnVersion = 91900;
    return device;
}

SweepRequest requestOf(std::vector<std::int64_t> lengths)
{
    SweepRequest request;
    request.device.kind = DeviceKind::Cuda;
    request.specs.front().queryLengths = std::move(lengths);
    request.measurement = measurementPolicyOf(request.policy);
    return request;
}

/// How many nanoseconds a case takes, and whether its numbers are right.
struct Pretence
{
    std::function<double(const Case&)> ns = [](const Case& value)
    {
        const double work = std::pow(static_cast<double>(std::get<AttentionProblem>(value.subject).queryLength), 2);
        switch (value.backend)
        {
        case Backend::Math:
            return 40 * work;
        case Backend::Flash:
            return 10 * work;
        case Backend::Cudnn:
            return 8 * work;
        default:
            return 20 * work;
        }
    };
    std::function<AccuracyVerdict(Backend, const std::string& job)> verdict = [](Backend, const std::string&)
    { return AccuracyVerdict::Passed; };
    std::size_t samples = 40;
};

void addJob(EventBuilder& builder, const Job& job, const Pretence& pretence)
{
    builder.startJob(job.id);
    if (const auto* judge = std::get_if<JudgeJob>(&job.work))
    {
        for (const auto backend : judge->backends)
        {
            builder.add(Judged{headroom::testing::judgement(backend, JudgementScope::AttentionCall, "",
                                                            pretence.verdict(backend, job.id)),
                               std::nullopt},
                        job.id);
        }
        builder.finishJob(job.id);
        return;
    }
    std::vector<CaseResult> results;
    double noise = 0.002;
    for (const auto& value : casesOf(job))
    {
        builder.samples(job.id, value, timesNear(pretence.ns(value), pretence.samples, noise));
        builder.ran(job.id, value, value.backend);
        results.push_back(EventBuilder::passed(value, 1e9));
        noise *= -0.7; // the noise of two sides must not be the same
    }
    builder.finishJob(job.id, Outcome::Passed, Cause::None, {}, std::move(results));
}

std::vector<Event> eventsOf(const Plan& plan, const Pretence& pretence = {})
{
    EventBuilder builder(plan);
    builder.begin(headroom::testing::cudaCircumstances());
    for (const auto& job : plan.jobs)
    {
        addJob(builder, job, pretence);
    }
    return builder.end().events();
}

Report reportOf(const SweepRequest& request, const Pretence& pretence = {})
{
    return foldEvents(eventsOf(makeSweepPlan(request, gpu()), pretence));
}

QString terminal(const Report& report)
{
    return QString::fromStdString(writeTerminalReport(report, Format(), {160, false}));
}

const CaseReport& rowOf(const Report& report, const std::string& job, Backend backend)
{
    for (const auto& row : report.cases)
    {
        if (row.jobId == job && row.measured.backend == backend)
        {
            return row;
        }
    }
    throw std::invalid_argument("no such row");
}

} // namespace

/// The report of a sweep over attention calls.
class TestKernelSweep : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theFastestAreCounted()
    {
        const auto report = reportOf(requestOf({512, 1024, 2048}));
        QCOMPARE(report.conclusion, Conclusion::Passed);
        QCOMPARE(report.fastest.size(), std::size_t{3});
        QCOMPARE(report.fastest.front().fastest, std::optional(Backend::Cudnn));
        QCOMPARE(report.fastest.front().second, std::optional(Backend::Flash));
        QVERIFY(std::abs(*report.fastest.front().ratio - 1.25) < 0.01);
        QCOMPARE(QString::fromStdString(answerOf(report, Format())),
                 QStringLiteral("Of 3 comparisons, cudnn is fastest in 3."));
    }

    void closeOnesAreNoWinners()
    {
        Pretence pretence;
        const auto usual = pretence.ns;
        pretence.ns = [usual](const Case& value)
        {
            const bool close = std::get<AttentionProblem>(value.subject).queryLength == 1024;
            return close && value.backend == Backend::Flash ? usual(value) * 0.8004 : usual(value);
        };
        const auto report = reportOf(requestOf({512, 1024, 2048}), pretence);
        QCOMPARE(report.fastest[1].close.size(), std::size_t{1});
        QCOMPARE(winsOf(report, Backend::Cudnn).first, std::int64_t{2});
        QCOMPARE(winsOf(report, Backend::Flash).close, std::int64_t{1});
        QCOMPARE(QString::fromStdString(fastestSentence(report)),
                 QStringLiteral("Of 3 comparisons, cudnn is fastest in 2; 1 is too close to call."));
        QVERIFY(terminal(report).contains(QStringLiteral("too close")));
    }

    void rejectedOnesNeverWin()
    {
        Pretence pretence;
        pretence.verdict = [](Backend backend, const std::string& job)
        { return backend == Backend::Cudnn && job == "judge-2" ? AccuracyVerdict::Failed : AccuracyVerdict::Passed; };
        const auto report = reportOf(requestOf({512, 1024, 2048}), pretence);
        QCOMPARE(report.conclusion, Conclusion::Failed);
        QCOMPARE(report.fastest[1].fastest, std::optional(Backend::Flash));
        QCOMPARE(report.fastest[1].ranked, std::int64_t{3});
        // Another length says nothing of this one, neither good nor bad.
        QCOMPARE(rowOf(report, "time-1-forward", Backend::Cudnn).accuracy, AccuracyVerdict::Passed);
        QCOMPARE(rowOf(report, "time-2-forward", Backend::Cudnn).accuracy, AccuracyVerdict::Failed);
        QVERIFY(terminal(report).contains(QStringLiteral("rejected")));
        QVERIFY(QString::fromStdString(answerOf(report, Format())).startsWith(QStringLiteral("cuDNN is not accurate")));
        QVERIFY(report.conclusionReasons[1].starts_with("Of 3 comparisons"));
    }

    void aJudgementWithGradientsCoversInference()
    {
        auto request = requestOf({512});
        request.specs.front().passes = {Pass::Forward, Pass::Backward};
        request.specs.front().dropouts = {0.1};
        const auto report = reportOf(request);
        for (const auto& row : report.cases)
        {
            if (row.outcome == Outcome::Passed)
            {
                QCOMPARE(row.accuracy, AccuracyVerdict::Passed);
                QCOMPARE(QString::fromStdString(row.accuracyNote), QStringLiteral("judged without dropout"));
            }
        }
        QVERIFY(terminal(report).contains(QStringLiteral("judged without dropout (B4 S512)")));
    }

    void leftOutCasesAreRows()
    {
        auto request = requestOf({512, 1024});
        request.specs.front().dtypes = {DType::Float32};
        request.mathUpTo = 512;
        const auto report = reportOf(request);
        QCOMPARE(report.conclusion, Conclusion::Passed);
        const auto& flash = rowOf(report, "time-1-forward", Backend::Flash);
        QCOMPARE(flash.outcome, Outcome::Skipped);
        QCOMPARE(flash.cause, Cause::NotEligible);
        QVERIFY(QString::fromStdString(flash.reason).contains(QStringLiteral("float32")));
        const auto& math = rowOf(report, "time-2-forward", Backend::Math);
        QCOMPARE(math.cause, Cause::None);
        QVERIFY(QString::fromStdString(math.reason).contains(QStringLiteral("--math-up-to")));
        QCOMPARE(report.fastest[1].ranked, std::int64_t{1});
        const QString text = terminal(report);
        QVERIFY(text.contains(QStringLiteral("flash: float32")));
        QVERIFY(text.contains(QStringLiteral("(everywhere)")));
        QVERIFY(text.contains(QStringLiteral("left out")));
        QVERIFY(text.contains(QStringLiteral("memory-efficient alone")));
    }

    void nothingTakenCannotTell()
    {
        auto request = requestOf({512});
        request.specs.front().dtypes = {DType::Float32};
        request.specs.front().backends = {Backend::Flash};
        const auto report = reportOf(request);
        QCOMPARE(report.conclusion, Conclusion::CannotTell);
        QVERIFY(report.conclusionReasons.front().starts_with("No backend that was asked for"));
    }

    void nothingIsRankedUnverified()
    {
        auto request = requestOf({512, 1024});
        request.skipAccuracy = true;
        const auto report = reportOf(request);
        QCOMPARE(report.conclusion, Conclusion::Passed);
        QVERIFY(!report.fastest.front().fastest);
        QVERIFY(report.conclusionReasons.front().starts_with("Nothing is ranked"));
        QVERIFY(terminal(report).contains(QStringLiteral("not verified")));
    }

    void jobsBeyondTheBudgetAreNoFailure()
    {
        auto request = requestOf({512, 1024});
        request.maxSeconds = 5;
        const Plan plan = makeSweepPlan(request, gpu());
        EventBuilder builder(plan);
        builder.begin(headroom::testing::cudaCircumstances());
        addJob(builder, plan.jobs[0], {});
        addJob(builder, plan.jobs[1], {});
        for (std::size_t i = 2; i < plan.jobs.size(); ++i)
        {
            builder.startJob(plan.jobs[i].id);
            builder.finishJob(plan.jobs[i].id, Outcome::Skipped, Cause::Budget, "the 5 s of the run were spent");
        }
        const auto report = foldEvents(builder.end().events());
        QCOMPARE(report.conclusion, Conclusion::Passed);
        QCOMPARE(QString::fromStdString(report.conclusionReasons[1]),
                 QStringLiteral("2 of 4 jobs did not fit into the 5 s of --max-seconds."));
    }

    void aWorkerThatDiedIsAFailure()
    {
        const Plan plan = makeSweepPlan(requestOf({512}), gpu());
        EventBuilder builder(plan);
        builder.begin(headroom::testing::cudaCircumstances());
        addJob(builder, plan.jobs[0], {});
        builder.startJob(plan.jobs[1].id);
        builder.finishJob(plan.jobs[1].id, Outcome::Failed, Cause::WorkerDied, "the worker died");
        const auto report = foldEvents(builder.end().events());
        QCOMPARE(report.conclusion, Conclusion::Failed);
        QVERIFY(rowOf(report, "time-1-forward", Backend::Math).outcome == Outcome::Failed);
    }

    void tablesGroupWhatIsAlike()
    {
        auto request = requestOf({512, 1024});
        request.specs.front().batches = {1, 8};
        request.specs.front().masks = {SweepMask{}, SweepMask{true}};
        request.specs.front().passes = {Pass::Forward, Pass::Backward};
        const auto tables = kernelTables(reportOf(request), Format());
        QCOMPARE(tables.size(), std::size_t{8}); // two masks, two passes, and a grid beside each
        QCOMPARE(QString::fromStdString(tables[0].title), QStringLiteral("forward, bfloat16, 16 heads, head_dim 64"));
        QCOMPARE(tables[0].rows.size(), std::size_t{4});
        QCOMPARE(tables[0].columns.size(), std::size_t{2 + 4 + 1});
        QVERIFY(tables[1].title.starts_with("Fastest, batch by sequence"));
        QCOMPARE(tables[1].rows.size(), std::size_t{2});
        QCOMPARE(tables[1].rows[0][1].text, std::string("cudnn"));
        for (const auto& table : tables)
        {
            for (const auto& row : table.rows)
            {
                QCOMPARE(row.size(), table.columns.size());
            }
        }
        QVERIFY(kernelTables(foldEvents(headroom::testing::goodRun()), Format()).empty());
    }

    void axesAreFound()
    {
        auto request = requestOf({512, 1024, 2048});
        request.specs.front().batches = {1, 2};
        request.specs.front().backends = {Backend::Flash};
        QStringList names;
        for (const auto& axis : kernelAxesOf(reportOf(request)))
        {
            names.append(QStringLiteral("%1:%2").arg(QString::fromStdString(axis.name)).arg(axis.points.size()));
        }
        names.sort();
        QCOMPARE(names,
                 QStringList({QStringLiteral("batch:2"), QStringLiteral("batch:2"), QStringLiteral("batch:2"),
                              QStringLiteral("sequence at 1024 tokens:2"), QStringLiteral("sequence at 2048 tokens:2"),
                              QStringLiteral("sequence:3"), QStringLiteral("sequence:3")}));
        request.specs.front().queryLengths = {1};
        request.specs.front().kvLengths = {1024, 2048};
        const auto decoding = kernelAxesOf(reportOf(request));
        QCOMPARE(decoding.back().name, std::string("batch"));
        QCOMPARE(
            std::count_if(decoding.begin(), decoding.end(), [](const KernelAxis& axis) { return axis.name == "keys"; }),
            std::ptrdiff_t{2});
    }

    void oddPointsAreFlaggedAtConstantTokens()
    {
        auto request = requestOf({512, 1024, 2048});
        request.specs.front().tokens = 8192;
        Pretence pretence;
        pretence.ns = [](const Case& value)
        {
            const auto& problem = std::get<AttentionProblem>(value.subject);
            const double work = static_cast<double>(problem.batch * problem.queryLength * problem.queryLength);
            const bool odd = value.backend == Backend::Cudnn && problem.queryLength == 1024;
            return work * (value.backend == Backend::Math ? 40 : odd ? 20 : 10);
        };
        const auto report = reportOf(request, pretence);
        QVERIFY(sweepsOf(report).empty());
        const auto& flags = rowOf(report, "time-2-forward", Backend::Cudnn).flags;
        QCOMPARE(flags.size(), std::size_t{1});
        QVERIFY(flags.front().starts_with("along sequence at 8192 tokens: at least 2.00 times as slow"));
        QVERIFY(rowOf(report, "time-2-forward", Backend::Flash).flags.empty());
    }

    void filesHoldTheReproLines()
    {
        const auto report = reportOf(requestOf({512}));
        const auto& flash = rowOf(report, "time-1-forward", Backend::Flash);
        QCOMPARE(QString::fromStdString(flash.repro),
                 QStringLiteral("headroom-cli sweep --device cuda:0 --batch-size 4 --num-heads 16 --seq-len 512 "
                                "--head-dim 64 --dtype bfloat16 --backends math,flash --passes forward --seed 42 "
                                "--policy standard"));
        QVERIFY(writeCsvReport(report).find("repro") != std::string::npos);
        QVERIFY(writeMarkdownReport(report).find(flash.repro) != std::string::npos);
        const auto again = readJsonReport(writeJsonReport(report));
        QVERIFY(again == report);
        QCOMPARE(again.fastest.size(), std::size_t{1});
    }

    /// 200 comparisons of four cases with 100 samples each, event by event, and asked for after each job.
    void aLongJournalFoldsQuickly()
    {
        auto request = requestOf({128, 256, 512, 1024, 2048});
        request.specs.front().batches = {1, 2, 4, 8, 16};
        request.specs.front().headDims = {64, 128};
        request.specs.front().masks = {SweepMask{}, SweepMask{true}};
        request.specs.front().passes = {Pass::Forward, Pass::Backward};
        const Plan plan = makeSweepPlan(request, gpu());
        Pretence pretence;
        pretence.samples = 100;
        const auto events = eventsOf(plan, pretence);
        QElapsedTimer timer;
        timer.start();
        ReportFold fold;
        for (const auto& event : events)
        {
            fold.apply(event);
        }
        const auto applied = timer.nsecsElapsed();
        const auto& report = fold.report();
        const auto folded = timer.nsecsElapsed();
        qInfo("%d jobs, %d cases, %d events: applied in %.3f s, concluded in %.3f s", int(plan.jobs.size()),
              int(report.cases.size()), int(events.size()), double(applied) * 1e-9, double(folded - applied) * 1e-9);
        QCOMPARE(report.fastest.size(), std::size_t{200});
        QCOMPARE(winsOf(report, Backend::Cudnn).first, std::int64_t{200});
    }
};

QTEST_APPLESS_MAIN(TestKernelSweep)
#include "tst_kernel_sweep.moc"
