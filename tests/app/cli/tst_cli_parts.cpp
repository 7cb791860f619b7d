// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/diagnosis.h"
#include "core/launch/memory_forecast.h"
#include "core/run/run_progress.h"
#include "core/plan/validation_plan.h"

#include <QTest>

using namespace headroom;
using namespace headroom::cli;

/// Parts of the command line that need no process: remaining time, memory forecast, diagnosis.
class CliPartsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void remainingTimeIsTheSumOfEstimates();
    void remainingTimeLearnsFromWhatWasDone();
    void remainingTimeKeepsToTheBudget();
    void lateJobStillNeedsSomething();
    void progressCountsEarlierJobs();
    void cancelledJobIsNotDone();
    void samplingIsSaid();
    void durationsAreRough();
    void memoryOfTheDefaultModelFits();
    void cpuNeedsTheBaseline();
    void gpuNeedsTheLeanestBackend();
    void batchThatFitsIsNamed();
    void unknownMemoryIsNoProblem();
    void diagnosisOfAWorkingMachine();
    void diagnosisWithoutLibtorchSaysWhatToType();
    void diagnosisOfAnOldDriver();
};

namespace
{

constexpr std::int64_t kGiB = std::int64_t{1} << 30;

DeviceFacts deviceWith(DeviceKind kind, std::int64_t freeBytes)
{
    DeviceFacts device;
    device.kind = kind;
    device.name = "test device";
    device.cores = 2;
    device.computeCapability = kind == DeviceKind::Cuda ? 90 : 0;
    device.cudnnVersion = kind == DeviceKind::Cuda ? 91900 : 0;
    device.memoryBytes = 2 * freeBytes;
    device.freeMemoryBytes = freeBytes;
    return device;
}

Plan planFor(std::int64_t batch, std::int64_t sequence, const DeviceFacts& device)
{
    ValidationRequest request;
    request.input.batch = batch;
    request.input.sequence = sequence;
    request.input.model.maxSequence = std::max<std::int64_t>(1024, sequence);
    request.input.device = device.kind;
    request.input.dtype = device.kind == DeviceKind::Cuda ? DType::BFloat16 : DType::Float32;
    request.device = {device.kind, 0};
    return makeValidationPlan(request, device);
}

/// Three jobs of 10, 20 and 30 s.
Plan threeJobs()
{
    Plan plan = planFor(4, 128, deviceWith(DeviceKind::Cpu, 64 * kGiB));
    plan.jobs.resize(3);
    plan.jobs[0].estimateSeconds = 10;
    plan.jobs[1].estimateSeconds = 20;
    plan.jobs[2].estimateSeconds = 30;
    return plan;
}

Event eventOf(const Job& job, EventData data)
{
    Event event;
    event.job = job.id;
    event.data = std::move(data);
    return event;
}

Event finishedAfter(const Job& job, double seconds, Outcome outcome = Outcome::Passed)
{
    JobFinished finished;
    finished.outcome = outcome;
    finished.seconds = seconds;
    return eventOf(job, finished);
}

bool has(const std::string& text, const char* part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

void CliPartsTest::remainingTimeIsTheSumOfEstimates()
{
    const Plan plan = threeJobs();
    RunProgress progress(plan, {});
    QCOMPARE(progress.total(), std::size_t{3});
    QCOMPARE(progress.remainingSeconds(0), 60.0);
    progress.take(eventOf(plan.jobs[0], JobStarted{}), 100);
    QCOMPARE(progress.remainingSeconds(104), 56.0);
    QCOMPARE(progress.age(104), 4.0);
}

void CliPartsTest::remainingTimeLearnsFromWhatWasDone()
{
    const Plan plan = threeJobs();
    RunProgress progress(plan, {});
    progress.take(eventOf(plan.jobs[0], JobStarted{}), 0);
    progress.take(finishedAfter(plan.jobs[0], 25), 25); // 2.5 times its estimate, beside five seconds of trust
    QCOMPARE(progress.done(), std::size_t{1});
    QCOMPARE(progress.remainingSeconds(25), 2.0 * 50);
}

void CliPartsTest::remainingTimeKeepsToTheBudget()
{
    Plan plan = threeJobs();
    plan.maxSeconds = 30;
    RunProgress progress(plan, {});
    progress.take(eventOf(plan.jobs[0], JobStarted{}), 100);
    QCOMPARE(progress.remainingSeconds(105), 25.0);
    QCOMPARE(progress.remainingSeconds(200), 0.0);
}

void CliPartsTest::lateJobStillNeedsSomething()
{
    const Plan plan = threeJobs();
    RunProgress progress(plan, {});
    progress.take(eventOf(plan.jobs[0], JobStarted{}), 0);
    QCOMPARE(progress.remainingSeconds(1000), 51.0); // a tenth of its own ten, and the others
    QVERIFY(!progress.isOverdue(9));
    QVERIFY(progress.isOverdue(11));
}

void CliPartsTest::progressCountsEarlierJobs()
{
    const Plan plan = threeJobs();
    const std::vector<Event> earlier{finishedAfter(plan.jobs[0], 10), finishedAfter(plan.jobs[1], 20)};
    const RunProgress progress(plan, earlier);
    QCOMPARE(progress.done(), std::size_t{2});
    QCOMPARE(progress.remainingSeconds(0), 30.0);
}

void CliPartsTest::cancelledJobIsNotDone()
{
    const Plan plan = threeJobs();
    RunProgress progress(plan, {});
    progress.take(eventOf(plan.jobs[0], JobStarted{}), 0);
    progress.take(finishedAfter(plan.jobs[0], 3, Outcome::Cancelled), 3);
    QCOMPARE(progress.done(), std::size_t{0});
    QVERIFY(progress.current() == nullptr);
    progress.take(finishedAfter(plan.jobs[0], 0, Outcome::Failed), 3);
    QCOMPARE(progress.done(), std::size_t{1});
    QCOMPARE(progress.remainingSeconds(3), 50.0); // a failed job teaches nothing of how long others take
}

void CliPartsTest::samplingIsSaid()
{
    const Plan plan = planFor(4, 128, deviceWith(DeviceKind::Cpu, 64 * kGiB));
    const auto job =
        std::find_if(plan.jobs.begin(), plan.jobs.end(), [](const Job& each) { return each.id == "forward"; });
    QVERIFY(job != plan.jobs.end());
    RunProgress progress(plan, {});
    progress.take(eventOf(*job, JobStarted{}), 0);
    QCOMPARE(progress.sampling(), std::string());
    SamplesTaken samples;
    samples.caseId = casesOf(*job)[1].id();
    samples.ns = {1, 2, 3};
    progress.take(eventOf(*job, samples), 1);
    progress.take(eventOf(*job, samples), 2);
    QCOMPARE(progress.sampling(), std::string("flash, 6 samples"));
    samples.round = {4, 5, 6};
    progress.take(eventOf(*job, samples), 3);
    QCOMPARE(progress.sampling(), std::string("round 7"));
    progress.take(finishedAfter(*job, 4), 4);
    progress.take(eventOf(plan.jobs.back(), JobStarted{}), 4);
    QCOMPARE(progress.sampling(), std::string());
}

void CliPartsTest::durationsAreRough()
{
    QCOMPARE(roughDuration(0.3), std::string("0 s"));
    QCOMPARE(roughDuration(99), std::string("99 s"));
    QCOMPARE(roughDuration(217), std::string("3 min 30 s"));
    QCOMPARE(roughDuration(7500), std::string("2 h 05 min"));
    QCOMPARE(roughDuration(-1), std::string("0 s"));
}

void CliPartsTest::memoryOfTheDefaultModelFits()
{
    const auto device = deviceWith(DeviceKind::Cpu, 16 * kGiB);
    const auto forecast = forecastMemory(planFor(4, 128, device), device);
    QVERIFY(!forecast.problem.has_value());
    QVERIFY(forecast.notes.empty());
}

void CliPartsTest::cpuNeedsTheBaseline()
{
    const auto device = deviceWith(DeviceKind::Cpu, 16 * kGiB);
    const auto forecast = forecastMemory(planFor(4, 8192, device), device);
    QVERIFY(forecast.problem.has_value());
    QVERIFY2(has(*forecast.problem, "a training step with math attention"), forecast.problem->c_str());
    QVERIFY2(has(*forecast.problem, "cpu (test device) has 16.0 GiB free"), forecast.problem->c_str());
    QVERIFY2(has(*forecast.problem, "attention scores: use a smaller --seq-len"), forecast.problem->c_str());
}

void CliPartsTest::gpuNeedsTheLeanestBackend()
{
    // What math cannot hold is what a fused backend is for: said, and tried.
    const auto device = deviceWith(DeviceKind::Cuda, 100 * kGiB);
    const auto forecast = forecastMemory(planFor(4, 16384, device), device);
    QVERIFY(!forecast.problem.has_value());
    QVERIFY(!forecast.notes.empty());
    QVERIFY2(has(forecast.notes.front(), "with math is predicted to need"), forecast.notes.front().c_str());
    const auto small = deviceWith(DeviceKind::Cuda, kGiB);
    QVERIFY(forecastMemory(planFor(4, 16384, small), small).problem.has_value());
}

void CliPartsTest::batchThatFitsIsNamed()
{
    const auto device = deviceWith(DeviceKind::Cpu, 16 * kGiB);
    const auto forecast = forecastMemory(planFor(512, 128, device), device);
    QVERIFY(forecast.problem.has_value());
    QVERIFY2(has(*forecast.problem, "(--batch-size "), forecast.problem->c_str());
}

void CliPartsTest::unknownMemoryIsNoProblem()
{
    auto device = deviceWith(DeviceKind::Cpu, 1);
    device.freeMemoryBytes.reset();
    QVERIFY(!forecastMemory(planFor(4, 8192, device), device).problem.has_value());
}

void CliPartsTest::diagnosisOfAWorkingMachine()
{
    Installation seen;
    seen.worker = "/opt/headroom/bin/headroom-worker";
    seen.workerFoundBy = "beside headroom-cli";
    Circumstances machine;
    machine.libtorchVersion = "2.11.0+cu130";
    machine.libtorchPath = "/x/libtorch_cpu.so";
    machine.cudaBuilt = machine.cudaAvailable = machine.cudaKernelsBuilt = true;
    machine.cudaVersion = "13.0";
    machine.cudaRuntimeVersion = machine.driverCudaVersion = 13000;
    machine.driverVersion = "580.159.04";
    machine.cudnnVersion = 91900;
    machine.devices = {deviceWith(DeviceKind::Cpu, kGiB), deviceWith(DeviceKind::Cuda, kGiB)};
    seen.machine = machine;
    const auto findings = diagnose(seen);
    QVERIFY(canRun(findings));
    QCOMPARE(findings.size(), std::size_t{6});
    for (const Finding& finding : findings)
    {
        QVERIFY2(finding.health == Health::Good && finding.advice.empty(), finding.what.c_str());
    }
    QVERIFY(has(findings[4].detail, "9.19.0"));
}

void CliPartsTest::diagnosisWithoutLibtorchSaysWhatToType()
{
    Installation seen;
    seen.workerProblem = "The program headroom-worker is missing.";
    seen.libtorch.rejected = {"python3 has LibTorch 2.6.0 in /x, and 2.11 is needed"};
    const auto findings = diagnose(seen);
    QVERIFY(!canRun(findings));
    QVERIFY(has(findings[0].advice, "./dev build"));
    QVERIFY(has(findings[1].detail, "2.6.0"));
    QVERIFY(has(findings[1].advice, "pip install torch==2.11.0"));
    QCOMPARE(findings[2].health, Health::Note); // no driver: runs are done on the CPU
}

void CliPartsTest::diagnosisOfAnOldDriver()
{
    Installation seen;
    seen.worker = "headroom-worker";
    Circumstances machine;
    machine.cudaBuilt = true;
    machine.cudaProblem = "CUDA driver version is insufficient for CUDA runtime version";
    machine.cudaRuntimeVersion = 13000;
    machine.driverCudaVersion = 12040;
    seen.machine = machine;
    seen.driver = "550.54.15";
    const auto findings = diagnose(seen);
    QVERIFY(canRun(findings)); // on the CPU
    QCOMPARE(findings[2].health, Health::Note);
    QVERIFY(has(findings[2].detail, "550.54.15, takes CUDA up to 12.4"));
    QVERIFY(has(findings[2].advice, "CUDA 13.0"));
    QVERIFY(has(findings[3].detail, "insufficient"));
}

QTEST_GUILESS_MAIN(CliPartsTest)
#include "tst_cli_parts.moc"
