// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/case_timing.h"

#include <QtTest>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

using namespace headroom;

namespace
{

/// What was asked of the cases, in its order: "launch flash", "take flash", "telemetry".
using Calls = std::vector<std::string>;

class RecordedCase : public PreparedCase
{
public:
    RecordedCase(Calls& calls, std::string name, int failingLaunch)
        : m_calls(calls), m_name(std::move(name)), m_failingLaunch(failingLaunch)
    {
    }

    void launchSample() override
    {
        if (++m_launches == m_failingLaunch)
        {
            throw std::runtime_error("it broke");
        }
        m_calls.push_back("launch " + m_name);
    }
    Sample takeSample() override
    {
        m_calls.push_back("take " + m_name);
        return {ns + waitNs, std::nullopt, waitNs};
    }
    std::optional<Sample> wallSample() override { return std::nullopt; }
    RunEvidence observe() override { return {}; }
    std::optional<double> peakBytes() override { return std::nullopt; }
    std::optional<double> firstCallNs() const override { return std::nullopt; }
    std::optional<double> warmRunNs() const override { return warmRun; }
    std::optional<double> eventOverheadNs() const override { return std::nullopt; }

    std::optional<double> warmRun;
    double ns = 1e6;
    double waitNs = 0; ///< beside it

private:
    Calls& m_calls;
    std::string m_name;
    int m_failingLaunch;
    int m_launches = 0;
};

class RecordingEngine : public Engine
{
public:
    Circumstances circumstances(const DeviceSelection&) override { return {}; }
    LayerEvidence explain(const AttentionProblem&) override { return {}; }
    ModelInspection inspect(const InspectionRequest&) override { return {}; }
    void begin(const Plan&) override {}
    void probe(const ProbeJob&, const EventDataSink&, std::stop_token) override {}
    void judge(const JudgeJob&, const EventDataSink&, std::stop_token) override {}
    void check(const CheckJob&, const EventDataSink&, std::stop_token) override {}
    void releaseMemory() override {}
    std::unique_ptr<PreparedCase> prepare(const Case& wanted) override
    {
        const auto name = std::string(toString(wanted.backend));
        auto prepared = std::make_unique<RecordedCase>(calls, name, failingLaunch[name]);
        prepared->warmRun = warmRunNs;
        prepared->ns = ns.contains(name) ? ns[name] : 1e6;
        prepared->waitNs = waitNs[name];
        return prepared;
    }
    Telemetry telemetry() override
    {
        calls.emplace_back("telemetry");
        return {};
    }

    Calls calls;
    std::optional<double> warmRunNs;
    std::map<std::string, int> failingLaunch; ///< of a backend; 0: none fails
    std::map<std::string, double> ns;         ///< of a sample of a backend; else a millisecond
    std::map<std::string, double> waitNs;     ///< of each of them, waiting for a core
};

std::vector<Case> casesOf(const std::vector<Backend>& backends)
{
    std::vector<Case> cases;
    for (const auto backend : backends)
    {
        cases.push_back({AttentionProblem{}, backend, Pass::Forward});
    }
    return cases;
}

/// Of \a rounds samples each, after \a warmups warm-up runs.
std::vector<CaseResult> timed(RecordingEngine& engine, const std::vector<Case>& cases, std::int64_t rounds,
                              std::optional<std::int64_t> warmups = 1)
{
    MeasurementPolicy policy;
    policy.iterations = rounds;
    policy.warmup = warmups;
    policy.warmupMaxSeconds = 0.5;
    CaseTiming timing(engine, policy, {60, 60}, 7, [](EventData) {}, nullptr, {});
    return timing.run(cases);
}

/// Pairs of two cases until their verdict, \a mostPairs at most.
std::vector<CaseResult> decided(RecordingEngine& engine, std::int64_t mostPairs, double seconds = 60)
{
    MeasurementPolicy policy;
    policy.untilVerdict = true;
    policy.warmup = 1;
    policy.maxSamples = mostPairs;
    CaseTiming timing(engine, policy, {seconds, 60}, 7, [](EventData) {}, nullptr, {});
    return timing.run(casesOf({Backend::Math, Backend::Flash}));
}

} // namespace

class TestCaseTiming : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aSampleIsLaunchedWhileTheOneBeforeItRuns()
    {
        RecordingEngine engine;
        timed(engine, casesOf({Backend::Flash, Backend::Math, Backend::Cudnn}), 2);
        int inFlight = 0;
        int most = 0;
        int alone = 0;
        for (const auto& call : engine.calls)
        {
            if (call.starts_with("launch"))
            {
                most = std::max(most, ++inFlight);
            }
            else if (call.starts_with("take"))
            {
                alone += inFlight == 1 ? 1 : 0;
                --inFlight;
            }
        }
        QCOMPARE(most, 2);
        QCOMPARE(inFlight, 0);
        QCOMPARE(alone, 3 + 2); // three warm-up runs, and the last sample of each round
    }

    void theFirstReadingOfTelemetryIsTakenWhileASampleRuns()
    {
        RecordingEngine engine;
        timed(engine, casesOf({Backend::Flash}), 1);
        QCOMPARE(engine.calls,
                 (Calls{"launch flash", "take flash", "launch flash", "telemetry", "take flash", "telemetry"}));
    }

    void aRunThatPreparedAJudgedCaseCountsAsWarmUp()
    {
        RecordingEngine engine;
        engine.warmRunNs = 1e9; // longer than the warm-up may take
        const auto results = timed(engine, casesOf({Backend::Flash}), 2, std::nullopt);
        QCOMPARE(std::ranges::count(engine.calls, "launch flash"), 2);
        QCOMPARE(results[0].warmupRuns, std::int64_t{1});
    }

    void anExactNumberOfWarmUpRunsIsObeyed()
    {
        RecordingEngine engine;
        engine.warmRunNs = 1e9;
        const auto results = timed(engine, casesOf({Backend::Flash}), 2, 3);
        QCOMPARE(std::ranges::count(engine.calls, "launch flash"), 2 + 3);
        QCOMPARE(results[0].warmupRuns, std::int64_t{3});
    }

    void aCaseThatFailsToLaunchLeavesTheOthersTheirSamples()
    {
        RecordingEngine engine;
        engine.failingLaunch["math"] = 3;
        const auto results = timed(engine, casesOf({Backend::Flash, Backend::Math, Backend::Cudnn}), 3);
        QCOMPARE(results[1].outcome, Outcome::Failed);
        QCOMPARE(results[1].reason, std::string("it broke"));
        QCOMPARE(std::ranges::count(engine.calls, "take flash"), 1 + 3);
        QCOMPARE(std::ranges::count(engine.calls, "take cudnn"), 1 + 3);
        QCOMPARE(std::ranges::count(engine.calls, "take math"), 1 + 1);
    }

    void pairsEndWithTheVerdict()
    {
        RecordingEngine engine;
        engine.ns["flash"] = 2e6;
        const auto results = decided(engine, 1000);
        QCOMPARE(results[0].stop, StopReason::Decided);
        QCOMPARE(results[1].stop, StopReason::Decided);
        QCOMPARE(std::ranges::count(engine.calls, "take flash"), 1 + 16); // the fewest with an interval
        QCOMPARE(std::ranges::count(engine.calls, "take math"), 1 + 16);
    }

    /// Flash takes as long as math and waits as long again: that it is slower would be taken back.
    void pairsGoOnWhereWaitsMadeTheVerdict()
    {
        RecordingEngine engine;
        engine.waitNs["flash"] = 1e6;
        QCOMPARE(decided(engine, 100)[1].stop, StopReason::SampleCap);
        RecordingEngine slower;
        slower.ns["flash"] = 3e6;
        slower.waitNs["flash"] = 1e6;
        QCOMPARE(decided(slower, 100)[1].stop, StopReason::Decided);
    }

    void pairsEndWhenTheirNumberIsReached()
    {
        RecordingEngine engine;
        const auto results = decided(engine, 10);
        QCOMPARE(results[1].stop, StopReason::SampleCap);
        QCOMPARE(std::ranges::count(engine.calls, "take flash"), 1 + 10);
    }

    void pairsEndWhenTheTimeIsSpent()
    {
        RecordingEngine engine;
        const auto results = decided(engine, 1000, 0);
        QCOMPARE(results[0].stop, StopReason::TimeCap);
        QCOMPARE(std::ranges::count(engine.calls, "take math"), 1 + 1);
    }

    void pairsEndWithOneSideAlone()
    {
        RecordingEngine engine;
        engine.failingLaunch["flash"] = 5;
        const auto results = decided(engine, 1000);
        QCOMPARE(results[1].outcome, Outcome::Failed);
        QCOMPARE(results[0].outcome, Outcome::Passed);
        QVERIFY(std::ranges::count(engine.calls, "take math") <= 1 + 4);
    }
};

QTEST_APPLESS_MAIN(TestCaseTiming)
#include "tst_case_timing.moc"
