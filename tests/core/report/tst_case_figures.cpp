// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/case_figures.h"

#include "core/attention/flops.h"
#include "core/report/fold.h"
#include "core/report/report_tables.h"
#include "core/report/samples_csv.h"

#include <QtTest>

#include <algorithm>

using namespace headroom;

namespace
{

AttentionProblem problemOf(std::int64_t batch, std::int64_t length)
{
    AttentionProblem problem;
    problem.device = DeviceKind::Cuda;
    problem.dtype = DType::BFloat16;
    problem.batch = batch;
    problem.queryHeads = problem.kvHeads = 16;
    problem.queryLength = problem.kvLength = length;
    problem.headDimQk = problem.headDimV = 128;
    return problem;
}

/// The events of a run by hand, one at a time.
class Run
{
public:
    explicit Run(std::vector<Job> jobs)
    {
        Plan plan;
        plan.command = "sweep";
        plan.device = {DeviceKind::Cuda, 0};
        plan.jobs = std::move(jobs);
        take("", RunStarted{plan, "", ""});
        Circumstances seen;
        seen.selected = {DeviceKind::Cuda, 0};
        DeviceFacts device;
        device.kind = DeviceKind::Cuda;
        device.name = "NVIDIA H200";
        device.computeCapability = 90;
        device.multiprocessors = 132;
        device.maxSmClockMhz = 1980;
        seen.devices = {device};
        take("", CircumstancesSeen{seen});
    }

    void take(const std::string& job, EventData data)
    {
        Event event;
        event.run = "r";
        event.job = job;
        event.data = std::move(data);
        m_fold.apply(event);
    }

    void start(const std::string& job) { take(job, JobStarted{}); }

    void finish(const std::string& job, const std::vector<Case>& cases)
    {
        JobFinished finished;
        for (const auto& each : cases)
        {
            CaseResult result;
            result.caseId = each.id();
            result.firstCallNs = 5e6;
            finished.cases.push_back(result);
        }
        take(job, finished);
    }

    const Report& report() const { return m_fold.report(); }

private:
    ReportFold m_fold;
};

Case caseOf(const AttentionProblem& problem, Backend backend, L2State l2 = L2State::Warm)
{
    return {problem, backend, Pass::Forward, Launch::Eager, l2};
}

Job jobOf(const std::string& id, const std::vector<Case>& cases)
{
    return {id, Stage::Performance, id, 1, CompareJob{cases}};
}

SamplesTaken samplesOf(const Case& measured, const std::vector<double>& ns, const std::vector<double>& mhz = {})
{
    SamplesTaken taken;
    taken.caseId = measured.id();
    taken.ns = ns;
    taken.smMhz = mhz;
    for (std::size_t i = 0; i < ns.size(); ++i)
    {
        taken.round.push_back(static_cast<std::int64_t>(i));
    }
    return taken;
}

Telemetry readingAt(double seconds, double joules, std::int64_t others = 0)
{
    Telemetry reading;
    reading.atSeconds = seconds;
    reading.energyJ = joules;
    reading.otherProcesses = others;
    reading.temperatureC = 50 + seconds;
    reading.throttleReasons = seconds > 1 ? std::vector<std::string>{"power cap"} : std::vector<std::string>();
    return reading;
}

bool isFlagged(const CaseReport& row, const std::string& words)
{
    return std::any_of(row.flags.begin(), row.flags.end(),
                       [&](const std::string& flag) { return flag.find(words) != std::string::npos; });
}

} // namespace

class TestCaseFigures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void energyIsSharedByDeviceTime()
    {
        const auto problem = problemOf(1, 4096);
        const std::vector<Case> cases{caseOf(problem, Backend::Math), caseOf(problem, Backend::Flash)};
        Run run({jobOf("forward", cases)});
        run.start("forward");
        run.take("forward", readingAt(0, 1000));
        run.take("forward", samplesOf(cases[0], std::vector<double>(10, 90e6))); // 0.9 s
        run.take("forward", samplesOf(cases[1], std::vector<double>(10, 30e6))); // 0.3 s
        run.take("forward", readingAt(2, 2200));                                 // 1200 J in 2 s
        run.finish("forward", cases);
        const auto& rows = run.report().cases;
        QCOMPARE(rows[0].energy->joulesPerRun, 90.0); // three quarters of 1200 J over ten runs
        QCOMPARE(rows[1].energy->joulesPerRun, 30.0);
        QCOMPARE(rows[0].energy->meanPowerW, 600.0);
        QCOMPARE(rows[0].energy->busyShare, 0.6);
        QCOMPARE(rows[0].deviceState->highestTemperatureC, std::optional(52.0));
        QCOMPARE(rows[0].deviceState->lowestTemperatureC, std::optional(50.0));
        QCOMPARE(rows[0].deviceState->throttleReasons, std::vector<std::string>{"power cap"});
    }

    void energyIsAbsentWhereItCannotBeSaid_data()
    {
        QTest::addColumn<double>("sampleNs");
        QTest::addColumn<double>("seconds");
        QTest::addColumn<double>("joules");
        QTest::newRow("less than half a second of work") << 10e6 << 0.15 << 100.0;
        QTest::newRow("idle for most of it") << 60e6 << 2.0 << 1000.0;
        QTest::newRow("a counter that stands still") << 60e6 << 0.7 << 0.0;
    }
    void energyIsAbsentWhereItCannotBeSaid()
    {
        QFETCH(double, sampleNs);
        QFETCH(double, seconds);
        QFETCH(double, joules);
        const std::vector<Case> cases{caseOf(problemOf(1, 4096), Backend::Flash)};
        Run run({jobOf("forward", cases)});
        run.start("forward");
        run.take("forward", readingAt(0, 1000));
        run.take("forward", samplesOf(cases[0], std::vector<double>(10, sampleNs)));
        run.take("forward", readingAt(seconds, 1000 + joules));
        run.finish("forward", cases);
        QVERIFY(!run.report().cases[0].energy.has_value());
    }

    void theMedianIsScaledToTheFullClock()
    {
        const std::vector<Case> cases{caseOf(problemOf(1, 4096), Backend::Flash)};
        Run run({jobOf("forward", cases)});
        run.start("forward");
        // The same cycles at three clocks.
        run.take("forward", samplesOf(cases[0], {1e6, 2e6, 4e6}, {1980, 990, 495}));
        run.finish("forward", cases);
        const auto& row = run.report().cases[0];
        QCOMPARE(row.medianAtMaxClockNs, std::optional(1e6));
        QCOMPARE(row.device->medianNs, 2e6);
        QCOMPARE(row.roofline->smMhz, std::optional(990.0));
        QVERIFY(row.roofline->specificationAtMeasuredClock);
        QCOMPARE(countLabel(row, SampleLabel::LowClock), std::int64_t{2});
    }

    void anOutlierBesideAnotherProcessIsItsOwn()
    {
        const std::vector<Case> cases{caseOf(problemOf(1, 4096), Backend::Flash)};
        Run run({jobOf("forward", cases)});
        run.start("forward");
        run.take("forward", readingAt(0, 1000));
        run.take("forward", samplesOf(cases[0], {1e6, 1.001e6, 0.999e6, 1e6, 9e6}));
        run.take("forward", readingAt(1, 1100, 0)); // the first batch was alone
        run.take("forward", samplesOf(cases[0], {1e6, 1.001e6, 0.999e6, 1e6, 9e6}));
        run.take("forward", readingAt(2, 1200, 1));
        run.finish("forward", cases);
        const auto& row = run.report().cases[0];
        QCOMPARE(row.labels[4], SampleLabel::Outlier);
        QCOMPARE(row.labels[9], SampleLabel::OtherProcess);
        QCOMPARE(row.labels[8], SampleLabel::None);

        const auto ledger = QString::fromStdString(writeSamplesCsv(run.report()));
        const auto lines = ledger.split(QStringLiteral("\r\n"), Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 12); // a header, the first call, ten samples
        QVERIFY(lines[1].endsWith(QStringLiteral("first-call,0,,5000000,,,first-call")));
        QVERIFY(lines[11].endsWith(QStringLiteral("device,9,4,9000000,,,other-process")));
    }

    /// A kernel that leaves its work out is faster than the hardware can be.
    void aKernelThatSkipsWorkIsFlagged()
    {
        const std::vector<Case> cases{caseOf(problemOf(1, 16384), Backend::Flash)};
        Run run({jobOf("forward", cases)});
        run.start("forward");
        const auto honest = forwardFlops(problemOf(1, 16384)).unmasked / 600e12 * 1e9; // 600 TFLOP/s
        run.take("forward", samplesOf(cases[0], std::vector<double>(10, honest / 4)));
        run.finish("forward", cases);
        QVERIFY(isFlagged(run.report().cases[0], "the work was not done"));
        run.start("forward");
        run.take("forward", samplesOf(cases[0], std::vector<double>(10, honest)));
        run.finish("forward", cases);
        QVERIFY(run.report().cases[0].flags.empty());
    }

    void aColdCacheThatHelpsIsFlagged()
    {
        const auto problem = problemOf(1, 4096);
        const auto warm = caseOf(problem, Backend::Flash);
        const auto cold = caseOf(problem, Backend::Flash, L2State::Cold);
        Run run({jobOf("warm", {warm}), jobOf("cold", {cold})});
        run.start("warm");
        run.take("warm", samplesOf(warm, std::vector<double>(10, 1e6)));
        run.finish("warm", {warm});
        run.start("cold");
        run.take("cold", samplesOf(cold, std::vector<double>(10, 0.9e6)));
        run.finish("cold", {cold});
        QVERIFY(isFlagged(run.report().cases[1], "a cold L2 makes it 10.0 % faster"));
        QVERIFY(run.report().cases[0].flags.empty());
    }

    void constantTokensAreAnAxis()
    {
        std::vector<Job> jobs;
        std::vector<Case> cases;
        for (const std::int64_t length : {1024, 2048, 4096, 8192})
        {
            cases.push_back(caseOf(problemOf(16384 / length, length), Backend::Flash));
            jobs.push_back(jobOf("s" + std::to_string(length), {cases.back()}));
        }
        Run run(jobs);
        const std::vector<double> rates{400e12, 500e12, 600e12, 400e12};
        for (std::size_t i = 0; i < cases.size(); ++i)
        {
            const auto& problem = std::get<AttentionProblem>(cases[i].subject);
            const double ns = forwardFlops(problem).unmasked / rates[i] * 1e9;
            run.start(jobs[i].id);
            run.take(jobs[i].id, samplesOf(cases[i], std::vector<double>(10, ns)));
            run.finish(jobs[i].id, {cases[i]});
        }
        QVERIFY(isFlagged(run.report().cases[3], "along sequence at 16384 tokens"));
        QVERIFY(run.report().cases[2].flags.empty());
    }

    void peaksAndFrontiersAreShown()
    {
        const auto problem = problemOf(1, 4096);
        const auto measured = caseOf(problem, Backend::Flash);
        Job search{"frontier", Stage::Performance, "frontier", 1,
                   ProbeJob{problem, ProbeKind::Frontier, {Backend::Flash}}};
        Run run({jobOf("forward", {measured}), search});
        PeakRates peaks;
        peaks.device = DeviceKind::Cuda;
        peaks.matmul = {{DType::BFloat16, MatrixUnit::Native, 8192, {7e14, 7e14, 10, 0, std::nullopt}}};
        peaks.copy = MeasuredRate{4e12, 4e12, 10, 0, std::nullopt};
        EvidenceSeen seen;
        seen.peaks = peaks;
        run.take("peaks", seen);
        run.start("forward");
        run.take("forward",
                 samplesOf(measured, std::vector<double>(10, forwardFlops(problem).unmasked / 350e12 * 1e9)));
        run.finish("forward", {measured});
        const auto& roofline = *run.report().cases[0].roofline;
        QVERIFY(std::abs(*roofline.shareOfAttainable - 0.5) < 1e-6);
        QCOMPARE(roofline.boundBy, std::optional(Roof::Compute));
        QVERIFY(std::abs(*roofline.shareOfSpecification - 350.0 / 989.4) < 1e-6);
        const auto tables = hardwareTables(run.report(), Format(), Detail::Compact);
        QCOMPARE(tables.size(), std::size_t{1});
        QVERIFY(textTable(tables[0], {}).find("50 %") != std::string::npos);

        EvidenceSeen found;
        found.frontier = searchFrontier(problem, Backend::Flash, Pass::Forward, 1e9, {},
                                        [](const AttentionProblem&)
                                        {
                                            FrontierTry tried;
                                            tried.outcome = TryOutcome::Ran;
                                            tried.seconds = 1;
                                            return tried;
                                        });
        run.start("frontier");
        run.take("frontier", found);
        QCOMPARE(frontierTables(run.report(), Format()).size(), std::size_t{1});
        run.start("frontier"); // an attempt that begins anew drops what the earlier one left
        QVERIFY(run.report().frontiers.empty());
    }
};

QTEST_APPLESS_MAIN(TestCaseFigures)
#include "tst_case_figures.moc"
