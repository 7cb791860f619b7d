// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/fake_engine.h"
#include "core/run/supervisor.h"

#include "fake_plan.h"

#include <QTemporaryDir>
#include <QtTest>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

using namespace headroom;

/// The supervisor over the real worker service, in a process of its own.
class TestSupervisor : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_next = 0;

    std::filesystem::path newPath(const char* ending)
    {
        return std::filesystem::path(m_folder.path().toStdString()) / (std::to_string(m_next++) + ending);
    }

    static WorkerCommand commandFor(const FakeScript& script)
    {
        return {{HEADROOM_FAKE_WORKER}, {{"HEADROOM_FAKE", toJsonLine(Json(script))}}};
    }

    static std::map<std::string, JobFinished> endsOf(const std::vector<Event>& events)
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

    struct Result
    {
        Outcome outcome = Outcome::Passed;
        std::vector<Event> events; ///< as announced
        std::vector<Event> journal;
    };

    Result run(const FakeScript& script, const Plan& plan, const std::filesystem::path& path)
    {
        Result result;
        Supervisor supervisor(commandFor(script));
        {
            auto journal = Journal::open(path);
            result.outcome = supervisor.run(
                plan, journal, [&](const Event& event) { result.events.push_back(event); },
                [](std::span<const Event>) { return std::vector<Recommendation>(1); });
        }
        result.journal = readJournal(path).events;
        return result;
    }

private Q_SLOTS:
    void runsAPlanAndKeepsAJournal()
    {
        const auto result = run({}, fakePlan(), newPath(".jsonl"));
        QCOMPARE(result.outcome, Outcome::Passed);
        QVERIFY(result.events == result.journal);
        QVERIFY(std::holds_alternative<RunStarted>(result.journal.front().data));
        QVERIFY(std::holds_alternative<RunFinished>(result.journal.back().data));
        QCOMPARE(endsOf(result.journal).size(), std::size_t{4});
        for (std::size_t at = 0; at < result.journal.size(); ++at)
        {
            QCOMPARE(result.journal[at].seq, static_cast<std::int64_t>(at));
            QCOMPARE(result.journal[at].run, result.journal.front().run);
        }
    }

    void describesAndExplains()
    {
        Supervisor supervisor(commandFor({}));
        QCOMPARE(supervisor.describe({}).libtorchVersion, std::string("fake"));
        QCOMPARE(supervisor.explain({}, {}).answers.size(), std::size_t{4});
        QVERIFY_EXCEPTION_THROWN(supervisor.describe({DeviceKind::Cuda, 3}), EngineError);
        QCOMPARE(supervisor.describe({}).libtorchVersion, std::string("fake")); // it goes on
    }

    void anIsolatedJobHasAWorkerOfItsOwn()
    {
        auto plan = fakePlan(); // 22 samples a comparison, warm-up, first calls and wall times among them
        plan.jobs[2].isolated = true;
        FakeScript script;
        script.fault = Fault::Kill;
        script.faultAtSample = 24; // reached where two comparisons share a process
        const auto result = run(script, plan, newPath(".jsonl"));
        QCOMPARE(result.outcome, Outcome::Passed);
        QCOMPARE(endsOf(result.journal).size(), std::size_t{4});
        plan.jobs[2].isolated = false;
        QCOMPARE(run(script, plan, newPath(".jsonl")).outcome, Outcome::Failed);
    }

    void aWorkerThatDiesFailsItsJobAlone_data()
    {
        QTest::addColumn<int>("fault");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("kill") << static_cast<int>(Fault::Kill) << QByteArray("SIGKILL");
        QTest::newRow("segfault") << static_cast<int>(Fault::Segfault) << QByteArray("SIGSEGV");
    }

    void aWorkerThatDiesFailsItsJobAlone()
    {
        QFETCH(int, fault);
        QFETCH(QByteArray, says);
        FakeScript script;
        script.fault = static_cast<Fault>(fault);
        script.faultAtSample = 5;
        script.faultOnceFile = newPath(".struck").string();
        const auto result = run(script, fakePlan(), newPath(".jsonl"));
        const auto ends = endsOf(result.journal);
        QCOMPARE(result.outcome, Outcome::Failed);
        QCOMPARE(ends.size(), std::size_t{4});
        QCOMPARE(ends.at("forward").cause, Cause::WorkerDied);
        QVERIFY2(ends.at("forward").reason.find(says.toStdString()) != std::string::npos,
                 ends.at("forward").reason.c_str());
        QCOMPARE(ends.at("again").outcome, Outcome::Passed);
        QCOMPARE(result.journal.back().attempt, 2);
    }

    void aLostDeviceGetsANewWorker()
    {
        FakeScript script;
        script.fault = Fault::DeviceLost;
        script.faultAtStep = "judge";
        const auto ends = endsOf(run(script, fakePlan(), newPath(".jsonl")).journal);
        QCOMPARE(ends.at("judge").cause, Cause::DeviceLost);
        QCOMPARE(ends.at("again").outcome, Outcome::Passed);
    }

    /// A step of the ladder that kills its worker is a row, and the next step gets a new one.
    void aStepThatKillsItsWorkerIsARow()
    {
        AttentionProblem own;
        own.queryLength = own.kvLength = 64;
        Plan plan;
        for (const char* step : {"own-call", "one-query", "one-key"})
        {
            plan.jobs.push_back({step, Stage::Accuracy, step, 0.1,
                                 CheckJob{CheckKind::Ladder, own, {Backend::Math, Backend::Flash}, step}});
        }
        FakeScript script;
        script.fault = Fault::Kill;
        script.faultAtStep = "check one-query flash";
        const auto result = run(script, plan, newPath(".jsonl"));
        const auto ends = endsOf(result.journal);
        QCOMPARE(ends.at("own-call").outcome, Outcome::Passed);
        QCOMPARE(ends.at("one-query").cause, Cause::WorkerDied);
        QCOMPARE(ends.at("one-key").outcome, Outcome::Passed);
        std::vector<std::string> answered;
        for (const auto& event : result.journal)
        {
            if (const auto* judged = std::get_if<Judged>(&event.data))
            {
                answered.push_back(judged->check->item + " " + std::string(toString(judged->check->backend)));
            }
        }
        QCOMPARE(answered, (std::vector<std::string>{"own-call math", "own-call flash", "one-query math",
                                                     "one-key math", "one-key flash"}));
    }

    void aHangIsEndedAtTheDeadline()
    {
        FakeScript script;
        script.fault = Fault::Hang;
        script.faultAtStep = "judge";
        auto plan = fakePlan();
        plan.measurement.deadlineCapSeconds = 0.5; // the cap wins over the 30 s floor
        const auto ends = endsOf(run(script, plan, newPath(".jsonl")).journal);
        QCOMPARE(ends.at("judge").cause, Cause::Deadline);
        QCOMPARE(ends.at("again").outcome, Outcome::Passed);
    }

    void aPauseCostsNoDeadline()
    {
        auto plan = fakePlan();
        plan.measurement.deadlineCapSeconds = 1.0;
        Supervisor supervisor(commandFor({}));
        auto journal = Journal::open(newPath(".jsonl"));
        std::jthread resumer;
        std::map<std::string, JobFinished> ends;
        const auto outcome = supervisor.run(
            plan, journal,
            [&](const Event& event)
            {
                if (const auto* finished = std::get_if<JobFinished>(&event.data))
                {
                    ends[event.job] = *finished;
                }
                if (event.job == "judge" && std::holds_alternative<JobStarted>(event.data))
                {
                    supervisor.pause();
                    resumer = std::jthread(
                        [&]
                        {
                            std::this_thread::sleep_for(std::chrono::milliseconds(1500));
                            supervisor.resume();
                        });
                }
            },
            [](std::span<const Event>) { return std::vector<Recommendation>(); });
        QCOMPARE(outcome, Outcome::Passed);
        QCOMPARE(ends.size(), std::size_t{4});
    }

    /// A worker's own child may hold its standard error open for as long as it likes.
    void anEndIsDescribedThoughAGrandchildLivesOn()
    {
        Supervisor supervisor(WorkerCommand{{"/bin/sh", "-c", "echo broken >&2; sleep 60 >/dev/null & exit 7"}, {}});
        try
        {
            supervisor.describe({});
            QFAIL("there was an answer");
        }
        catch (const EngineError& error)
        {
            const std::string said = error.what();
            QVERIFY2(said.find("status 7") != std::string::npos && said.find("broken") != std::string::npos,
                     said.c_str());
        }
    }

    void printingToStandardOutputDoesNoHarm()
    {
        FakeScript script;
        script.fault = Fault::Garbage;
        script.faultAtStep = "judge";
        QCOMPARE(run(script, fakePlan(), newPath(".jsonl")).outcome, Outcome::Passed);
    }

    void aWorkerThatCannotStartEndsTheRunWithASentence()
    {
        Supervisor supervisor(WorkerCommand{{"/nonexistent/worker"}, {}});
        auto journal = Journal::open(newPath(".jsonl"));
        std::string said;
        const auto outcome = supervisor.run(
            fakePlan(), journal,
            [&](const Event& event)
            {
                if (const auto* end = std::get_if<RunFinished>(&event.data))
                {
                    said = end->reason;
                }
            },
            [](std::span<const Event>) { return std::vector<Recommendation>(); });
        QCOMPARE(outcome, Outcome::Failed);
        QVERIFY(said.find("/nonexistent/worker") != std::string::npos);
    }

    void cancelEndsTheJobInFlight()
    {
        FakeScript script;
        script.sampleSleepMs = 5;
        auto plan = fakePlan();
        plan.measurement.iterations = 1'000'000;
        Supervisor supervisor(commandFor(script));
        auto journal = Journal::open(newPath(".jsonl"));
        std::vector<Event> events;
        const auto outcome = supervisor.run(
            plan, journal,
            [&](const Event& event)
            {
                events.push_back(event);
                if (std::holds_alternative<SamplesTaken>(event.data))
                {
                    supervisor.cancel();
                }
            },
            [](std::span<const Event>) { return std::vector<Recommendation>(); });
        QCOMPARE(outcome, Outcome::Cancelled);
        QCOMPARE(endsOf(events).at("forward").outcome, Outcome::Cancelled);
        QVERIFY(!endsOf(events).contains("again"));
    }

    void resumesFromEveryPointOfAJournal()
    {
        const auto whole = run({}, fakePlan(), newPath(".jsonl")).journal;
        for (std::size_t kept = 1; kept < whole.size(); ++kept)
        {
            const auto path = newPath(".jsonl");
            {
                std::ofstream file(path);
                for (std::size_t at = 0; at < kept; ++at)
                {
                    file << toLine(whole[at]) << '\n';
                }
                file << "{\"torn";
            }
            const auto resumed = run({}, fakePlan(), path);
            QCOMPARE(endsOf(resumed.journal).size(), std::size_t{4});
            QCOMPARE(resumed.journal.back().seq, static_cast<std::int64_t>(resumed.journal.size() - 1));
            QCOMPARE(resumed.journal.front().run, whole.front().run);
        }
    }
};

QTEST_GUILESS_MAIN(TestSupervisor)
#include "tst_supervisor.moc"
