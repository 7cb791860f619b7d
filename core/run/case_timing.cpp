// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/case_timing.h"

#include "core/attention/attention_memory.h"
#include "core/measure/stopping.h"
#include "core/measure/waited_pairs.h"
#include "core/model/model_memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace headroom
{
namespace
{

using SteadyClock = std::chrono::steady_clock;

constexpr double kAnnounceEverySeconds = 0.1;
constexpr double kTelemetryEverySeconds = 0.25; ///< NVML takes two to five milliseconds to answer
constexpr std::size_t kMostWallSamples = 20;
constexpr double kWallShare = 0.1;     ///< of the time that sampling took
constexpr double kWallSeconds = 0.005; ///< or as long as this: a longer run does not wait for its launches

double secondsSince(SteadyClock::time_point start)
{
    return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

WarmupRule warmupRuleOf(const MeasurementPolicy& policy)
{
    WarmupRule rule;
    rule.minSeconds = policy.warmupMinSeconds;
    rule.maxSeconds = policy.warmupMaxSeconds;
    rule.window = policy.warmupWindow;
    rule.exactCount = policy.warmup;
    return rule;
}

SamplingRule samplingRuleOf(const MeasurementPolicy& policy, double maxSeconds, double hardMaxSeconds)
{
    SamplingRule rule;
    rule.targetRelativeStandardError = policy.targetRelativeError;
    rule.minSamples = policy.minSamples;
    rule.maxSamples = policy.maxSamples;
    rule.minSeconds = policy.minSeconds;
    rule.maxSeconds = maxSeconds;
    rule.hardMaxSeconds = hardMaxSeconds;
    rule.exactCount = policy.iterations;
    return rule;
}

/// A shuffle that is the same with every standard library (std::shuffle is not).
void shuffle(std::vector<std::size_t>& order, std::mt19937_64& generator)
{
    for (std::size_t left = order.size(); left > 1; --left)
    {
        std::swap(order[left - 1], order[static_cast<std::size_t>(generator() % left)]);
    }
}

double predictedBytesOf(const Case& measured, int threads)
{
    if (const auto* problem = std::get_if<AttentionProblem>(&measured.subject))
    {
        return static_cast<double>(predictMemory(*problem, measured.backend, useOf(measured.pass), threads).peakBytes);
    }
    const auto& input = std::get<ModelInput>(measured.subject);
    return static_cast<double>(estimateMemory(input, measured.backend, measured.pass != Pass::Forward).totalBytes());
}

void failWith(CaseResult& result, Cause cause, const std::string& reason)
{
    const bool skipped = cause == Cause::NotEligible || cause == Cause::OutOfMemory || cause == Cause::Unsupported;
    result.outcome = skipped ? Outcome::Skipped : Outcome::Failed;
    result.cause = cause;
    result.reason = reason;
    result.stop = StopReason::Interrupted;
}

} // namespace

CaseTiming::CaseTiming(Engine& engine, const MeasurementPolicy& policy, const TimingBudget& budget, std::uint64_t seed,
                       EventDataSink sink, PauseGate* pause, std::stop_token stop, int threads)
    : m_engine(engine), m_policy(policy), m_budget(budget), m_generator(seed), m_sink(std::move(sink)), m_pause(pause),
      m_stop(std::move(stop)), m_threads(threads), m_start(SteadyClock::now()),
      m_heldBefore(pause ? pause->secondsHeld() : 0), m_lastAnnounced(m_start)
{
}

/// Since this object was made, pauses left out.
double CaseTiming::secondsRun() const
{
    return secondsSince(m_start) - (m_pause ? m_pause->secondsHeld() - m_heldBefore : 0);
}

std::vector<CaseResult> CaseTiming::run(const std::vector<Case>& cases)
{
    std::vector<Timed> all(cases.size());
    for (std::size_t at = 0; at < cases.size() && !interrupted(); ++at)
    {
        all[at].measured = cases[at];
        all[at].result.caseId = cases[at].id();
        all[at].pending.caseId = all[at].result.caseId;
        prepare(all[at]);
        observe(all[at]);
    }
    for (auto& timed : all)
    {
        warmUp(timed);
    }
    const double before = secondsRun();
    m_policy.untilVerdict && !m_policy.iterations ? sampleUntilVerdict(all) : sampleRounds(all);
    const double sampling = secondsRun() - before;
    announce(all, true);
    double timedNs = 0;
    for (const auto& timed : all)
    {
        timedNs += std::accumulate(timed.ns.begin(), timed.ns.end(), 0.0);
    }
    m_busyShare = sampling > 0 ? std::optional(timedNs * 1e-9 / sampling) : std::nullopt;
    std::vector<CaseResult> results;
    for (auto& timed : all)
    {
        takeWallTimes(timed);
        guarded(timed, [&] { timed.result.peakBytes = timed.prepared->peakBytes(); });
        results.push_back(timed.result);
    }
    return results;
}

/// Runs \a work for a case that still lives; an exception ends that case with its reason. A lost device ends the run.
template <typename Work> void CaseTiming::guarded(Timed& timed, const Work& work)
{
    if (!timed.live() || interrupted())
    {
        return;
    }
    try
    {
        work();
    }
    catch (const EngineError& error)
    {
        if (error.cause() == Cause::DeviceLost)
        {
            throw;
        }
        failWith(timed.result, error.cause(), error.what());
        timed.prepared.reset();
    }
    catch (const std::exception& error)
    {
        failWith(timed.result, Cause::Error, error.what());
        timed.prepared.reset();
    }
}

void CaseTiming::prepare(Timed& timed)
{
    timed.result.predictedBytes = predictedBytesOf(timed.measured, m_threads);
    try
    {
        timed.prepared = m_engine.prepare(timed.measured);
        timed.result.firstCallNs = timed.prepared->firstCallNs();
    }
    catch (const EngineError& error)
    {
        if (error.cause() == Cause::DeviceLost)
        {
            throw;
        }
        failWith(timed.result, error.cause(), error.what());
    }
    catch (const std::exception& error)
    {
        failWith(timed.result, Cause::Error, error.what());
    }
}

void CaseTiming::observe(Timed& timed)
{
    guarded(timed,
            [&]
            {
                auto evidence = timed.prepared->observe();
                const bool wrong = !evidence.asPredicted;
                const auto ran = evidence.ran ? std::string(toString(*evidence.ran)) : std::string("no known backend");
                m_sink(EvidenceSeen{std::nullopt, std::move(evidence)});
                if (wrong)
                {
                    throw EngineError(Cause::Error, fmt::format("{} was asked for and {} ran; the case is not timed",
                                                                toString(timed.measured.backend), ran));
                }
            });
}

void CaseTiming::warmUp(Timed& timed)
{
    const auto rule = warmupRuleOf(m_policy);
    const auto start = SteadyClock::now();
    guarded(timed,
            [&]
            {
                // The first call of all is not counted: on CUDA it may be half a second of planning and a microsecond
                // of work. Where the call was judged before, the run that prepared it was not the first.
                const auto warmRun = rule.exactCount ? std::nullopt : timed.prepared->warmRunNs();
                const double already = 1e-9 * warmRun.value_or(0);
                std::vector<double> samples;
                auto stop = rule.decide(samples, already);
                while (!stop && !interrupted())
                {
                    samples.push_back(timed.prepared->sample().ns);
                    stop = rule.decide(samples, already + secondsSince(start));
                }
                timed.result.warmupRuns = static_cast<std::int64_t>(samples.size()) + (warmRun ? 1 : 0);
                timed.result.warmupSettled = stop == StopReason::Settled;
                timed.result.eventOverheadNs = timed.prepared->eventOverheadNs();
            });
}

void CaseTiming::sampleRounds(std::vector<Timed>& all)
{
    const double before = secondsRun();
    const auto rule = samplingRuleOf(m_policy, m_budget.sampling, std::max(0.0, m_budget.all - before));
    std::vector<std::size_t> order(all.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::int64_t round = 0; !interrupted(); ++round)
    {
        // Pairs need whole rounds: every live case is sampled until the last of them is precise enough.
        bool wanted = false;
        for (auto& timed : all)
        {
            if (timed.live())
            {
                const auto stop = rule.decide(timed.ns, secondsRun() - before);
                timed.result.stop = stop.value_or(StopReason::Interrupted);
                wanted = wanted || !stop;
            }
        }
        if (!wanted)
        {
            return;
        }
        playRound(all, order, round);
    }
}

/// In an order of its own: each side of a pair goes first as often as a fair coin has it, which the verdict rests on.
void CaseTiming::playRound(std::vector<Timed>& all, std::vector<std::size_t>& order, std::int64_t round)
{
    shuffle(order, m_generator);
    sampleRound(all, order, round);
    announce(all, false);
    if (m_pause)
    {
        m_pause->wait(m_stop);
    }
}

/// Pairs of each case with the first one, until all have their verdict.
void CaseTiming::sampleUntilVerdict(std::vector<Timed>& all)
{
    const ComparisonRule rule{m_policy.confidence, m_policy.minimumEffect};
    std::vector<WaitedComparison> comparisons(all.size(), WaitedComparison(rule));
    std::vector<std::size_t> order(all.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::optional<StopReason> stop;
    for (std::int64_t round = 0; !stop && std::ranges::count_if(all, &Timed::live) > 1; ++round)
    {
        playRound(all, order, round);
        if (interrupted())
        {
            return;
        }
        bool open = false;
        for (std::size_t at = 1; at < all.size() && all[0].live(); ++at)
        {
            if (all[at].live())
            {
                comparisons[at].addLast({all[0].ns, all[0].waitNs}, {all[at].ns, all[at].waitNs});
                open = open || !comparisons[at].isDecided();
            }
        }
        if (!open)
        {
            stop = StopReason::Decided;
        }
        else if (round + 1 >= m_policy.maxSamples)
        {
            stop = StopReason::SampleCap;
        }
        else if (secondsRun() >= std::min(m_budget.sampling, m_budget.all))
        {
            stop = StopReason::TimeCap;
        }
    }
    for (auto& timed : all)
    {
        timed.result.stop = timed.live() ? stop.value_or(StopReason::Interrupted) : timed.result.stop;
    }
}

/// Each sample is launched while the one before it runs.
void CaseTiming::sampleRound(std::vector<Timed>& all, const std::vector<std::size_t>& order, std::int64_t round)
{
    Timed* running = nullptr;
    for (const auto at : order)
    {
        guarded(all[at], [&] { all[at].prepared->launchSample(); });
        // Energy is counted from the first reading, in the first round, to the one after the last.
        if (secondsSince(m_lastTelemetry) >= kTelemetryEverySeconds)
        {
            announceTelemetry();
        }
        if (running)
        {
            takeSample(*running, round);
        }
        running = all[at].live() ? &all[at] : nullptr;
    }
    if (running)
    {
        takeSample(*running, round);
    }
}

void CaseTiming::takeSample(Timed& timed, std::int64_t round)
{
    guarded(timed,
            [&]
            {
                const auto sample = timed.prepared->takeSample();
                timed.ns.push_back(sample.ns);
                timed.pending.ns.push_back(sample.ns);
                timed.pending.round.push_back(round);
                // All or none: a case whose first samples were too short for a reading stays without.
                const auto keep = [&timed](std::vector<double>& readings, const std::optional<double>& reading)
                {
                    if (reading && readings.size() + 1 == timed.pending.ns.size())
                    {
                        readings.push_back(*reading);
                    }
                };
                keep(timed.pending.smMhz, sample.smMhz);
                keep(timed.pending.waitNs, sample.waitNs);
                if (sample.waitNs && timed.waitNs.size() + 1 == timed.ns.size())
                {
                    timed.waitNs.push_back(*sample.waitNs);
                }
            });
}

void CaseTiming::takeWallTimes(Timed& timed)
{
    guarded(timed,
            [&]
            {
                SamplesTaken taken{timed.result.caseId, Clock::Wall, {}, {}, {}};
                const auto wanted = std::min(timed.ns.size(), kMostWallSamples);
                const double sampled = 1e-9 * std::accumulate(timed.ns.begin(), timed.ns.end(), 0.0);
                const double once = sampled / static_cast<double>(std::max<std::size_t>(timed.ns.size(), 1));
                const double granted = std::max(kWallShare * sampled, kWallSeconds);
                const auto start = SteadyClock::now();
                while (taken.ns.size() < wanted && !interrupted())
                {
                    if (secondsSince(start) + once > granted)
                    {
                        break;
                    }
                    const auto sample = secondsRun() < m_budget.all ? timed.prepared->wallSample() : std::nullopt;
                    if (!sample)
                    {
                        break;
                    }
                    taken.ns.push_back(sample->ns);
                }
                if (!taken.ns.empty())
                {
                    m_sink(std::move(taken));
                }
            });
}

/// Announces what was sampled since the last time: at most ten times a second, or \a now.
void CaseTiming::announce(std::vector<Timed>& all, bool now)
{
    if (!now && secondsSince(m_lastAnnounced) < kAnnounceEverySeconds)
    {
        return;
    }
    for (auto& timed : all)
    {
        if (!timed.pending.ns.empty())
        {
            for (auto* readings : {&timed.pending.smMhz, &timed.pending.waitNs})
            {
                if (readings->size() != timed.pending.ns.size())
                {
                    readings->clear();
                }
            }
            auto taken = std::exchange(timed.pending, {timed.result.caseId, Clock::Device, {}, {}, {}});
            m_sink(std::move(taken));
        }
    }
    if (now)
    {
        announceTelemetry();
    }
    m_lastAnnounced = SteadyClock::now();
}

void CaseTiming::announceTelemetry()
{
    m_lastTelemetry = SteadyClock::now();
    if (const auto telemetry = m_engine.telemetry(); !(telemetry == Telemetry{}))
    {
        m_sink(telemetry);
    }
}

} // namespace headroom
