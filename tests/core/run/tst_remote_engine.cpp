// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/fake_engine.h"
#include "core/run/remote_engine.h"
#include "core/run/runner.h"
#include "core/run/side_engine.h"
#include "core/run/worker_protocol.h"

#include "fake_plan.h"

#include <QtTest>

#include <algorithm>
#include <string>
#include <vector>

using namespace headroom;

namespace
{

WorkerCommand commandFor(const FakeScript& script)
{
    return {{HEADROOM_FAKE_WORKER}, {{"HEADROOM_FAKE", toJsonLine(Json(script))}}};
}

/// The plan of two sides that differ in nothing of their cases.
Plan sidePlan()
{
    Plan plan;
    plan.command = "ab";
    plan.seed = 7;
    plan.measurement.untilVerdict = true;
    plan.measurement.warmup = 1;
    plan.measurement.maxSamples = 300;
    plan.sides.resize(2);
    plan.sides[1].environment["HEADROOM_FAKE"] = "anything: it needs a worker of its own";
    Case a{AttentionProblem{}, Backend::Flash, Pass::Forward};
    Case b = a;
    a.side = Side::A;
    b.side = Side::B;
    plan.jobs = {
        {"judge-a", Stage::Accuracy, "judge a", 0.1, JudgeJob{AttentionProblem{}, {Backend::Flash}, {}, Side::A}},
        {"judge-b", Stage::Accuracy, "judge b", 0.1, JudgeJob{AttentionProblem{}, {Backend::Flash}, {}, Side::B}},
        {"ab", Stage::Performance, "a against b", 0.1, CompareJob{{a, b}}}};
    return plan;
}

struct Told
{
    std::vector<Event> events;

    template <typename T> std::vector<T> all() const
    {
        std::vector<T> found;
        for (const auto& event : events)
        {
            if (const auto* data = std::get_if<T>(&event.data))
            {
                found.push_back(*data);
            }
        }
        return found;
    }
    JobFinished endOf(const std::string& job) const
    {
        for (const auto& event : events)
        {
            const auto* end = std::get_if<JobFinished>(&event.data);
            if (end != nullptr && event.job == job)
            {
                return *end;
            }
        }
        return {};
    }
};

/// \a plan on two workers that pretend.
Told run(const FakeScript& a, const FakeScript& b, const Plan& plan = sidePlan(),
         RemoteEngine::Patience patience = RemoteEngine::kMostPatience)
{
    SideEngine engine(
        {std::make_unique<RemoteEngine>(commandFor(a), "the worker of side A", patience), {}},
        {std::make_unique<RemoteEngine>(commandFor(b), "the worker of side B", patience), {{"LEFT", "right"}}});
    Told told;
    Runner(engine, [&](const Event& event) { told.events.push_back(event); }).run(plan, {"run", 1, 0, {}}, {});
    return told;
}

FakeScript flashOf(double ms)
{
    FakeScript script;
    script.forwardMs["flash"] = ms;
    return script;
}

FakeScript striking(Fault fault, std::int64_t atSample, const char* atStep = "")
{
    FakeScript script;
    script.fault = fault;
    script.faultAtSample = atSample;
    script.faultAtStep = atStep;
    return script;
}

} // namespace

/// Engines in other processes, over the real service and an engine that pretends.
class TestRemoteEngine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aPlanGivesTheSameEventsFromAfar();
    void eachSideHasItsOwnWorker();
    void samplesStopWithTheVerdict();
    void aWorkerThatDiesFailsItsSide_data();
    void aWorkerThatDiesFailsItsSide();
    void aWorkerThatHangsIsEnded();
    void theNextStepHasANewWorker();
    void wrongNumbersAreJudgedBySide();
    void refusalsKeepTheirCause();
    void aLostDeviceEndsTheRun();
    void oneWorkerForTwoSidesIsRefused();
    void noWorkerIsASentence();
    void stepsComeBackFromTheirLine();
};

/// What the Runner announces does not tell whether the engine is here or in another process.
void TestRemoteEngine::aPlanGivesTheSameEventsFromAfar()
{
    const auto told = [](Engine& engine)
    {
        std::vector<Event> events;
        Runner(engine, [&](const Event& event) { events.push_back(event); }).run(fakePlan(), {"run", 1, 0, {}}, {});
        std::vector<EventData> data;
        for (auto& event : events)
        {
            if (auto* end = std::get_if<JobFinished>(&event.data))
            {
                end->seconds = 0;
                end->busyShare.reset();
            }
            data.push_back(event.data);
        }
        return data;
    };
    FakeEngine here;
    RemoteEngine there(commandFor({}), "the worker");
    QVERIFY(told(here) == told(there));
}

void TestRemoteEngine::eachSideHasItsOwnWorker()
{
    const auto told = run(flashOf(2.0), flashOf(1.0));
    const auto seen = told.all<CircumstancesSeen>();
    QCOMPARE(seen.size(), std::size_t{1});
    QCOMPARE(seen[0].circumstances.others.size(), std::size_t{1});
    QVERIFY(!seen[0].circumstances.environment.contains("LEFT"));
    QCOMPARE(seen[0].circumstances.others[0].environment.at("LEFT"), std::string("right"));
    QCOMPARE(told.all<Judged>().size(), std::size_t{2});
    QCOMPARE(told.endOf("ab").outcome, Outcome::Passed);
    double least = 1e18;
    double most = 0;
    for (const auto& samples : told.all<SamplesTaken>())
    {
        least = std::min(least, samples.ns.front());
        most = std::max(most, samples.ns.front());
    }
    QVERIFY(std::abs(most / least - 2.0) < 0.02);
}

void TestRemoteEngine::samplesStopWithTheVerdict()
{
    const auto end = run(flashOf(2.0), flashOf(1.0)).endOf("ab");
    QCOMPARE(end.cases.size(), std::size_t{2});
    QCOMPARE(end.cases[0].stop, StopReason::Decided);
    QCOMPARE(end.cases[1].stop, StopReason::Decided);
    QVERIFY(end.cases[0].firstCallNs && end.cases[0].peakBytes);
}

void TestRemoteEngine::aWorkerThatDiesFailsItsSide_data()
{
    QTest::addColumn<int>("fault");
    QTest::addColumn<int>("sample");
    QTest::addColumn<QString>("step");
    QTest::addColumn<QString>("said");
    QTest::newRow("killed") << static_cast<int>(Fault::Kill) << 5 << QString() << QStringLiteral("SIGKILL");
    QTest::newRow("crashed") << static_cast<int>(Fault::Segfault) << 3 << QString() << QStringLiteral("SIGSEGV");
    QTest::newRow("while it is prepared")
        << static_cast<int>(Fault::Kill) << -1 << QStringLiteral("prepare") << QStringLiteral("SIGKILL");
}

void TestRemoteEngine::aWorkerThatDiesFailsItsSide()
{
    QFETCH(int, fault);
    QFETCH(int, sample);
    QFETCH(QString, step);
    QFETCH(QString, said);
    const auto stepName = step.toStdString();
    const auto end = run(flashOf(2.0), striking(static_cast<Fault>(fault), sample, stepName.c_str())).endOf("ab");
    QCOMPARE(end.outcome, Outcome::Failed);
    QCOMPARE(end.cause, Cause::WorkerDied);
    QVERIFY2(end.reason.starts_with("the worker of side B was ended by ") &&
                 QString::fromStdString(end.reason).contains(said),
             end.reason.c_str());
    QCOMPARE(end.cases[0].outcome, Outcome::Passed); // it was not A's fault
}

void TestRemoteEngine::aWorkerThatHangsIsEnded()
{
    const auto end =
        run(flashOf(2.0), striking(Fault::Hang, 4), sidePlan(), std::chrono::milliseconds(1500)).endOf("ab");
    QCOMPARE(end.cause, Cause::Deadline);
    QCOMPARE(end.reason, std::string("the worker of side B had not answered after 1.5 s and was ended"));
}

void TestRemoteEngine::theNextStepHasANewWorker()
{
    auto plan = sidePlan();
    plan.jobs.push_back(plan.jobs.back());
    plan.jobs.back().id = "again";
    QTemporaryDir folder;
    auto script = striking(Fault::Kill, 4);
    script.faultOnceFile = folder.filePath(QStringLiteral("struck")).toStdString();
    const auto told = run(flashOf(2.0), script, plan);
    QCOMPARE(told.endOf("ab").cause, Cause::WorkerDied);
    QCOMPARE(told.endOf("again").outcome, Outcome::Passed);
}

void TestRemoteEngine::wrongNumbersAreJudgedBySide()
{
    FakeScript wrong;
    wrong.inaccurate = {"flash"};
    const auto judged = run(flashOf(2.0), wrong).all<Judged>();
    QCOMPARE(judged.size(), std::size_t{2});
    QCOMPARE(judged[0].judgement->verdict, AccuracyVerdict::Passed);
    QCOMPARE(judged[1].judgement->verdict, AccuracyVerdict::Failed);
}

void TestRemoteEngine::refusalsKeepTheirCause()
{
    FakeScript refusing;
    refusing.refused = {"flash"};
    const auto end = run(flashOf(2.0), refusing).endOf("ab");
    QCOMPARE(end.cases[1].outcome, Outcome::Skipped);
    QCOMPARE(end.cases[1].cause, Cause::NotEligible);
    QCOMPARE(end.cases[1].reason, std::string("No available kernel. Aborting execution."));
}

void TestRemoteEngine::aLostDeviceEndsTheRun()
{
    const auto told = run(flashOf(2.0), striking(Fault::DeviceLost, 4));
    QCOMPARE(told.endOf("ab").cause, Cause::DeviceLost);
}

void TestRemoteEngine::oneWorkerForTwoSidesIsRefused()
{
    FakeEngine one;
    Runner runner(one, [](const Event&) {});
    try
    {
        runner.run(sidePlan(), {"run", 1, 0, {}}, {});
        QFAIL("it ran");
    }
    catch (const EngineError& error)
    {
        QCOMPARE(error.cause(), Cause::Unsupported);
    }
}

void TestRemoteEngine::noWorkerIsASentence()
{
    RemoteEngine engine({{"/no/such/worker"}, {}}, "the worker of side B");
    try
    {
        engine.circumstances({});
        QFAIL("it answered");
    }
    catch (const EngineError& error)
    {
        QVERIFY2(std::string(error.what()).starts_with("the worker /no/such/worker could not be started"),
                 error.what());
    }
}

void TestRemoteEngine::stepsComeBackFromTheirLine()
{
    Case measured{AttentionProblem{}, Backend::Flash};
    measured.side = Side::B;
    for (const Request& request : {Request(BeginRequest{sidePlan()}), Request(WorkRequest{sidePlan().jobs[0]}),
                                   Request(PrepareRequest{measured}), Request(CaseRequest{3, CaseStep::Peak}),
                                   Request(TelemetryRequest{}), Request(ReleaseRequest{})})
    {
        QCOMPARE(requestFromLine(toLine(request)), request);
    }
    CaseReply reply{.number = 4};
    reply.ns = 1.5;
    reply.evidence = RunEvidence{};
    QCOMPARE(replyFromLine(toLine(Reply(reply))), Reply(reply));
    QCOMPARE(replyFromLine(toLine(Reply(TelemetryReply{}))), Reply(TelemetryReply{}));
}

QTEST_GUILESS_MAIN(TestRemoteEngine)
#include "tst_remote_engine.moc"
