// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/statistics.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace headroom
{

/// What a comparison says of the candidate.
enum class ComparisonVerdict
{
    Same,      ///< the whole interval lies within the minimum effect
    Faster,    ///< the interval excludes equal, and the ratio reaches the minimum effect
    Slower,    ///< likewise, the other way round
    CannotTell ///< too few pairs, unusable samples, or too much noise; the reason says which
};

template <> struct EnumNames<ComparisonVerdict>
{
    static constexpr std::string_view kind = "comparison verdict";
    static constexpr std::array names{std::pair{ComparisonVerdict::Same, std::string_view{"same"}},
                                      std::pair{ComparisonVerdict::Faster, std::string_view{"faster"}},
                                      std::pair{ComparisonVerdict::Slower, std::string_view{"slower"}},
                                      std::pair{ComparisonVerdict::CannotTell, std::string_view{"cannot-tell"}}};
};

/// What counts as a difference, and how sure to be of it.
struct ComparisonRule
{
    double confidence = kDefaultConfidence; ///< inside (0, 1)
    double minimumEffect = 0.01;            ///< share, at least 0: 0.01 makes 1/1.01 to 1.01 "the same"

    bool operator==(const ComparisonRule&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ComparisonRule, confidence, minimumEffect)

/// The outcome of a paired comparison. Ratios are speed-ups of the candidate, baseline time / candidate time: 1.25
/// means that in the middle round the baseline took 1.25 times as long.
struct Comparison
{
    ComparisonVerdict verdict = ComparisonVerdict::CannotTell;
    std::optional<double> ratio;      ///< none without usable pairs
    std::optional<Interval> interval; ///< of the ratio; none with too few pairs
    /// The smallest true difference, as a share (0.02 is 2 %), that as many and as noisy pairs would show in four of
    /// five experiments. About the noise alone: it can lie below the minimum effect. None with too few pairs.
    std::optional<double> minimumDetectableEffect;
    std::int64_t pairs = 0;
    double confidence = kDefaultConfidence;
    std::string reason; ///< a sentence for the reader, for every verdict

    bool operator==(const Comparison&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Comparison, verdict, ratio, interval, minimumDetectableEffect, pairs,
                                                confidence, reason)

/// Compares two sides that were measured in turns: the samples at index i are of round i, and share its clocks and
/// its neighbours on the machine. Times in nanoseconds (any unit will do, if both sides have it).
///
/// Estimate: the median over the rounds of baseline_i / candidate_i. What a round has in common cancels inside it,
/// and a spike on one side spoils one round and not the estimate. In simulations the ratio of the two sides' medians
/// had an interval nearly twice as wide when the clock drifted, and the mean of the log-ratios one about ten times as
/// wide when one sample in ten was a spike. So the ratio may differ a little from the quotient of the two medians that
/// a table shows. All is computed on log-ratios: exchanging the sides inverts the result and swaps the verdict (but
/// for rounding). Rounds are taken to be independent of each other.
///
/// Interval: below 15 pairs, too few distinct values for a bootstrap of their median, the exact interval by order
/// statistics (medianInterval(), 6 pairs at 95 %); from 15 on bootstrapMedianInterval() over the rounds. Tests hold
/// both to a coverage of at least 92 %, and A against A to less than 5 % of false differences.
///
/// Verdict, after criterion.rs (report.rs: a change only when the whole interval is past a noise threshold of 1 %)
/// with a fourth answer: Same when the interval lies within 1/(1 + e) to 1 + e; else Faster or Slower when it
/// excludes 1 and the ratio is outside that range; else CannotTell. Equal samples make the interval a point: Same.
///
/// Minimum detectable effect: (z(confidence) + z(80 % power)) standard errors (Bloom, Evaluation Review 19, 1995),
/// the standard error being the interval's half-width / z(confidence), on log-ratios.
///
/// CannotTell with a reason, no throw, for data that cannot be used: sides of different length, no pairs, fewer pairs
/// than the confidence needs ("needs N more pairs"), a time that is NaN, infinite, zero or negative.
/// Whether the clocks of the two sides agreed is for the caller to see to. Thread-safe.
/// \throws std::invalid_argument for a rule out of its range.
Comparison comparePaired(std::span<const double> baselineNs, std::span<const double> candidateNs,
                         const ComparisonRule& rule = {});

} // namespace headroom
