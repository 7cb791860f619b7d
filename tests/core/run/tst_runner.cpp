// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/fake_engine.h"
#include "core/run/runner.h"

#include "fake_plan.h"

#include <QtTest>

#include <algorithm>
#include <chrono>
#include <map>
#include <thread>

using namespace headroom;

namespace
{

struct RunResult
{
    std::vector<Event> events;
    bool deviceKept = true;

    std::map<std::string, JobFinished> finished() const
    {
        std::map<std::string, JobFinished> ends;
        for (const auto& event : events)
        {
            if (const auto* end = std::get_if<JobFinished>(&event.data))
            {
                ends[event.job] = *end;
            }
        }
        return ends;
    }

    std::vector<double> samplesOf(const std::string& job, const std::string& caseId) const
    {
        std::vector<double> all;
        for (const auto& event : events)
        {
            const auto* samples = std::get_if<SamplesTaken>(&event.data);
            if (samples && event.job == job && samples->caseId == caseId)
            {
                all.insert(all.end(), samples->ns.begin(), samples->ns.end());
            }
        }
        return all;
    }
};

RunResult runWith(const FakeScript& script, const Plan& plan, std::stop_token stop = {})
{
    RunResult result;
    FakeEngine engine(script);
    Runner runner(engine, [&](const Event& event) { result.events.push_back(event); });
    result.deviceKept = runner.run(plan, {"run", 1, 0, {}}, stop);
    return result;
}

} // namespace

class TestRunner : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void announcesStagesJobsAndEnds()
    {
        const auto result = runWith({}, fakePlan());
        QCOMPARE(result.finished().size(), std::size_t{4});
        for (const auto& [id, end] : result.finished())
        {
            QVERIFY2(end.outcome == Outcome::Passed, id.c_str());
        }
        QVERIFY(std::holds_alternative<CircumstancesSeen>(result.events.front().data));
        QCOMPARE(std::count_if(result.events.begin(), result.events.end(),
                               [](const Event& event) { return std::holds_alternative<StageStarted>(event.data); }),
                 3);
        for (std::size_t at = 0; at < result.events.size(); ++at)
        {
            QCOMPARE(result.events[at].seq, static_cast<std::int64_t>(at));
        }
    }

    void exactCountsAreObeyed()
    {
        const auto plan = fakePlan();
        const auto result = runWith({}, plan);
        for (const auto& measured : casesOf(plan.jobs[2]))
        {
            QCOMPARE(result.samplesOf("forward", measured.id()).size(), std::size_t{8});
        }
        const auto cases = result.finished()["forward"].cases;
        QCOMPARE(cases.size(), std::size_t{2});
        QCOMPARE(cases[0].warmupRuns, std::int64_t{2});
        QCOMPARE(cases[0].stop, StopReason::CountReached);
        QVERIFY(cases[0].firstCallNs && cases[0].peakBytes);
    }

    void adaptiveSamplingStopsWhenPrecise()
    {
        auto plan = fakePlan();
        plan.measurement.iterations.reset();
        const auto result = runWith({}, plan);
        const auto cases = result.finished()["forward"].cases;
        QCOMPARE(cases[0].stop, StopReason::Precise);
        QVERIFY(result.samplesOf("forward", cases[0].caseId).size() >= 10);
    }

    void theOrderOfARoundIsRandomAndRepeatable()
    {
        const auto ordered = [](const RunResult& result)
        {
            std::vector<std::pair<std::string, std::vector<double>>> all;
            for (const auto& event : result.events)
            {
                if (const auto* samples = std::get_if<SamplesTaken>(&event.data))
                {
                    all.emplace_back(samples->caseId, samples->ns);
                }
            }
            return all;
        };
        // FakeEngine's noise depends on the order of its samples, so equal samples mean an equal order.
        QVERIFY(ordered(runWith({}, fakePlan())) == ordered(runWith({}, fakePlan())));
        auto other = fakePlan();
        other.seed = 8;
        QVERIFY(ordered(runWith({}, fakePlan())) != ordered(runWith({}, other)));
    }

    void aRefusedCaseIsARowAndTheOthersGoOn()
    {
        FakeScript script;
        script.refused = {"math"};
        const auto ends = runWith(script, fakePlan()).finished();
        const auto end = ends.at("forward");
        QCOMPARE(end.outcome, Outcome::Passed);
        QCOMPARE(end.cases[0].outcome, Outcome::Skipped);
        QCOMPARE(end.cases[0].cause, Cause::NotEligible);
        QCOMPARE(end.cases[1].outcome, Outcome::Passed);
    }

    void outOfMemoryIsARow()
    {
        FakeScript script;
        script.outOfMemoryAboveBatch = 2;
        const auto ends = runWith(script, fakePlan()).finished();
        QCOMPARE(ends.at("forward").outcome, Outcome::Skipped);
        QCOMPARE(ends.at("forward").cause, Cause::OutOfMemory);
        QCOMPARE(ends.size(), std::size_t{4});
    }

    void anotherBackendThanAskedForIsNotTimed()
    {
        FakeScript script;
        script.ranInstead = "math";
        const auto result = runWith(script, fakePlan());
        const auto cases = result.finished()["forward"].cases;
        QCOMPARE(cases[1].outcome, Outcome::Failed);
        QVERIFY(cases[1].reason.find("math ran") != std::string::npos);
        QVERIFY(result.samplesOf("forward", cases[1].caseId).empty());
    }

    void anExceptionFailsItsJobAlone()
    {
        FakeScript script;
        script.fault = Fault::Throw;
        script.faultAtStep = "judge";
        const auto ends = runWith(script, fakePlan()).finished();
        QCOMPARE(ends.at("judge").outcome, Outcome::Failed);
        QCOMPARE(ends.at("judge").reason, std::string("pretended to fail"));
        QCOMPARE(ends.at("forward").outcome, Outcome::Passed);
    }

    void aLostDeviceEndsTheRun()
    {
        FakeScript script;
        script.fault = Fault::DeviceLost;
        script.faultAtStep = "judge";
        const auto result = runWith(script, fakePlan());
        QVERIFY(!result.deviceKept);
        QCOMPARE(result.finished().at("judge").cause, Cause::DeviceLost);
        QVERIFY(!result.finished().contains("forward"));
    }

    void aStopBeforeTheFirstJobDoesNothing()
    {
        std::stop_source source;
        source.request_stop();
        QVERIFY(runWith({}, fakePlan(), source.get_token()).finished().empty());
    }

    void aStopInMidJobCancelsItAndItsUnfinishedCases()
    {
        FakeScript script;
        script.sampleSleepMs = 5;
        auto plan = fakePlan();
        plan.measurement.iterations = 1'000'000;
        std::stop_source source;
        JobFinished end;
        FakeEngine engine(script);
        Runner runner(engine,
                      [&](const Event& event)
                      {
                          if (std::holds_alternative<SamplesTaken>(event.data))
                          {
                              source.request_stop();
                          }
                          if (const auto* finished = std::get_if<JobFinished>(&event.data))
                          {
                              end = *finished;
                          }
                      });
        QVERIFY(runner.run(plan, {"run", 1, 0, {}}, source.get_token()));
        QCOMPARE(end.outcome, Outcome::Cancelled);
        QCOMPARE(end.cases.size(), std::size_t{2});
        for (const auto& result : end.cases)
        {
            QCOMPARE(result.outcome, Outcome::Cancelled);
            QCOMPARE(result.stop, StopReason::Interrupted);
        }
    }

    /// The deadline ends a worker that hangs; slow sampling must end before it, with the samples it has.
    void samplingEndsBeforeTheDeadline()
    {
        FakeScript script;
        script.sampleSleepMs = 20;
        auto plan = fakePlan();
        plan.measurement.iterations.reset();
        plan.measurement.minSamples = 1'000'000;
        plan.measurement.deadlineCapSeconds = 0.5;
        const auto ends = runWith(script, plan).finished();
        QCOMPARE(ends.at("forward").outcome, Outcome::Passed);
        QCOMPARE(ends.at("forward").cases[0].stop, StopReason::TimeCap);
    }

    void pausesCostNeitherTheRunsTimeNorAJobs()
    {
        auto plan = fakePlan();
        plan.maxSeconds = 2;
        plan.measurement.deadlineCapSeconds = 2;
        PauseGate gate;
        std::jthread resumer;
        std::map<std::string, JobFinished> ends;
        FakeEngine engine;
        Runner runner(
            engine,
            [&](const Event& event)
            {
                if (const auto* finished = std::get_if<JobFinished>(&event.data))
                {
                    ends[event.job] = *finished;
                }
                if (event.job == "forward" && std::holds_alternative<JobStarted>(event.data))
                {
                    gate.pause(); // held after the job's first round
                    resumer = std::jthread(
                        [&]
                        {
                            std::this_thread::sleep_for(std::chrono::milliseconds(2200));
                            gate.resume();
                        });
                }
            },
            &gate);
        QVERIFY(runner.run(plan, {"run", 1, 0, {}}, {}));
        QVERIFY(gate.secondsHeld() > 2.0);
        QCOMPARE(ends.at("forward").cases[0].stop, StopReason::CountReached);
        QCOMPARE(ends.at("again").outcome, Outcome::Passed);
    }

    void aSpentBudgetSkipsWithAReason()
    {
        auto plan = fakePlan();
        plan.maxSeconds = 0;
        const auto ends = runWith({}, plan).finished();
        QCOMPARE(ends.size(), std::size_t{4});
        QCOMPARE(ends.at("forward").cause, Cause::Budget);
        QCOMPARE(ends.at("forward").outcome, Outcome::Skipped);
    }
};

QTEST_APPLESS_MAIN(TestRunner)
#include "tst_runner.moc"
