// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/runner.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace headroom
{

/// How long the cases of one job may take together, in seconds from its first call, pauses left out.
struct TimingBudget
{
    double sampling = 0; ///< of their sampling, once each has its fewest samples
    double all = 0;      ///< of everything: then they stop with what they have
};

/// Times the cases of one job by a policy: prepares all of them, observes each, warms each up, samples them interleaved
/// (each once a round, in a random order that the seed fixes), then takes wall times and peak memory. A case that fails
/// at any point keeps its reason and the rest goes on.
///
/// With MeasurementPolicy::untilVerdict the rounds are pairs of each case with the first one, and go on until every
/// pair of cases has its verdict (SequentialComparison, looked at after each round), one that stands without the waits
/// for cores (standsWithoutWaits()), or the samples or the seconds are spent. Where only one case is left there is
/// nothing to compare, and it stops.
class CaseTiming
{
public:
    /// \a sink receives samples, telemetry and evidence between timed regions. \a seed fixes the order of the rounds.
    /// \a threads are LibTorch's on the CPU, on which the prediction of memory depends.
    CaseTiming(Engine& engine, const MeasurementPolicy& policy, const TimingBudget& budget, std::uint64_t seed,
               EventDataSink sink, PauseGate* pause, std::stop_token stop, int threads = 1);

    /// \returns one result a case, in their order. \throws EngineError(DeviceLost) alone; all else is in the results.
    std::vector<CaseResult> run(const std::vector<Case>& cases);

    /// The sum of all samples over the time that the rounds took, of the last run; nothing before one.
    std::optional<double> busyShare() const { return m_busyShare; }

private:
    struct Timed
    {
        Case measured;
        CaseResult result;
        std::unique_ptr<PreparedCase> prepared;
        std::vector<double> ns;     ///< of all samples so far
        std::vector<double> waitNs; ///< of each, waiting for a core; fewer where that is not known
        SamplesTaken pending;       ///< not yet announced
        bool live() const { return prepared != nullptr; }
    };

    template <typename Work> void guarded(Timed& timed, const Work& work);
    void prepare(Timed& timed);
    void observe(Timed& timed);
    void warmUp(Timed& timed);
    void sampleRounds(std::vector<Timed>& all);
    void sampleUntilVerdict(std::vector<Timed>& all);
    void playRound(std::vector<Timed>& all, std::vector<std::size_t>& order, std::int64_t round);
    void sampleRound(std::vector<Timed>& all, const std::vector<std::size_t>& order, std::int64_t round);
    void takeSample(Timed& timed, std::int64_t round);
    void takeWallTimes(Timed& timed);
    void announce(std::vector<Timed>& all, bool now);
    void announceTelemetry();
    double secondsRun() const;
    bool interrupted() const { return m_stop.stop_requested(); }

    Engine& m_engine;
    const MeasurementPolicy& m_policy;
    TimingBudget m_budget;
    std::mt19937_64 m_generator;
    EventDataSink m_sink;
    PauseGate* m_pause;
    std::stop_token m_stop;
    int m_threads;
    std::chrono::steady_clock::time_point m_start;
    double m_heldBefore;
    std::chrono::steady_clock::time_point m_lastAnnounced;
    std::chrono::steady_clock::time_point m_lastTelemetry;
    std::optional<double> m_busyShare;
};

} // namespace headroom
