// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/encoding/json.h"

#include <cstdint>
#include <optional>
#include <span>

/// When to end the warm-up of a case and when to end its sampling.
///
/// Both rules are values without state and without a clock: the caller hands in all samples so far and the seconds
/// since the phase began, before each sample (so also before the first), and stops at the first answer. Thread-safe.
namespace headroom
{

/// Why warm-up or sampling ended. A closed list.
enum class StopReason
{
    Settled,      ///< warm-up: the last samples agree
    Precise,      ///< sampling: the standard error is small enough
    Decided,      ///< sampling: each comparison with the baseline has its verdict (sequential_comparison.h)
    CountReached, ///< the count that was asked for
    SampleCap,    ///< sampling: most samples, before it was precise
    TimeCap,      ///< most seconds, before it was settled or precise
    Interrupted   ///< from outside: failed, cancelled, or never begun. No rule answers this
};

template <> struct EnumNames<StopReason>
{
    static constexpr std::string_view kind = "stop reason";
    static constexpr std::array names{std::pair{StopReason::Settled, std::string_view{"settled"}},
                                      std::pair{StopReason::Precise, std::string_view{"precise"}},
                                      std::pair{StopReason::Decided, std::string_view{"decided"}},
                                      std::pair{StopReason::CountReached, std::string_view{"count-reached"}},
                                      std::pair{StopReason::SampleCap, std::string_view{"sample-cap"}},
                                      std::pair{StopReason::TimeCap, std::string_view{"time-cap"}},
                                      std::pair{StopReason::Interrupted, std::string_view{"interrupted"}}};
};

/// Ends the warm-up when clocks, caches and the autotuner have settled.
///
/// Settled: at least minSeconds have passed, there are `window` samples, and the last `window` of them agree. They
/// agree when their range, a tenth of the window left out at each end (of ten samples the fastest and the slowest),
/// is at most `agreement` times their median. One spike in ten, which says nothing of warmth, thus does not hold up
/// the warm-up, while a steady drift does. Where noise alone exceeds the agreement, as on a busy CPU, maxSeconds ends
/// it with TimeCap: then the case is marked as not settled.
///
/// Samples that are NaN, infinite, or have a median of 0 or less never agree. The 25 ms are Triton's
/// (triton/testing.py, do_bench), the agreement of ten samples is Headroom's own (docs/method.md).
struct WarmupRule
{
    double minSeconds = 0.025;
    double maxSeconds = 2.0; ///< a hard cap: 0 means no warm-up
    std::int64_t window = 10;
    double agreement = 0.01;
    std::optional<std::int64_t> exactCount; ///< obeyed exactly, whatever the rest says; 0 (or less): no warm-up

    bool operator==(const WarmupRule&) const = default;

    /// Nothing: go on. Else Settled, CountReached or TimeCap, in this precedence.
    std::optional<StopReason> decide(std::span<const double> samplesNs, double elapsedSeconds) const;
};

/// Ends the sampling when the mean or the median is known well enough.
///
/// Precise: at least minSamples samples and minSeconds seconds, and a relative standard error of at most the target, of
/// the mean (nvbench's stdrel criterion takes 0.5 % and 0.5 s) or of the median (the half-width of its 95 % interval
/// over 1.96). What is reported first and compared is the median; a host that is late once in fifty launches keeps the
/// mean from that target for thousands of samples, and the median not. Otherwise it ends at maxSamples, or at
/// maxSeconds, whichever comes first. Caps win over minima, save for one: maxSeconds waits for minSamples, so that a
/// slow case has a spread. hardMaxSeconds waits for nothing.
///
/// Costs O(n) from minSamples on. Stopping at the first precise moment favours sets that look quiet by chance, which
/// makes small sets a little too sure of themselves; minSamples bounds this (Chow and Robbins 1965).
struct SamplingRule
{
    double targetRelativeStandardError = 0.005;
    std::int64_t minSamples = 10;
    std::int64_t maxSamples = 2000;
    double minSeconds = 0.0;
    double maxSeconds = 8.0;
    std::optional<double> hardMaxSeconds;   ///< none: only minSamples slow samples bound the time
    std::optional<std::int64_t> exactCount; ///< obeyed exactly, whatever the rest says; 0 (or less): no samples

    bool operator==(const SamplingRule&) const = default;

    /// Nothing: go on. Else Precise, CountReached, SampleCap or TimeCap; Precise has precedence over the caps.
    std::optional<StopReason> decide(std::span<const double> samplesNs, double elapsedSeconds) const;
};

} // namespace headroom
