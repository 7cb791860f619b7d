// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/comparison.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// A paired comparison that may be looked at after every pair, and ended at any of the looks.
///
/// An interval for a fixed number of pairs is wrong in 5 of 100 experiments at that number. Looked at again and again
/// until it excludes equal, it is wrong far more often. Here the intervals of all moments together are wrong in at
/// most 5 of 100: whatever made somebody stop, the last interval holds what it promises.
///
/// Let m be the median of the log-ratios x_i = log(baseline_i / candidate_i) and S_n the number of those of the first n
/// that are at most m. Each is so with probability 1/2, so for every density of the mixture the likelihood ratio
///     M_n(S) = 2^n B(a + S, a + n - S) / B(a, a)
/// is a martingale that begins at 1: it reaches 1 / alpha ever, at any n, with probability at most alpha (Ville's
/// inequality; the mixture is that of Robbins, "Statistical Methods Related to the Law of the Iterated Logarithm", The
/// Annals of Mathematical Statistics 41, 1970; for quantiles see Howard and Ramdas, "Sequential estimation of quantiles
/// with applications to A/B testing and best-arm identification", Bernoulli 28, 2022). The values m with M_n < 1 /
/// alpha are those between two order statistics: with u the least rank above n / 2 for which M_n(u) >= 1 / alpha, the
/// closed interval from the (n + 1 - u)-th to the u-th smallest. It is exact for every distribution, normal or not.
/// With ties it covers more often, never less: a coin that decides which of the equal values count lies inside.
///
/// The mixture's density is Beta(a, a) with a = kMedianPrior, which is narrowest near 200 pairs and gives a first
/// interval at 16 (95 %). The uniform one (a = 1) gives one at 8 pairs and is a tenth wider at 200.
///
/// Two things carry the promise. Between different sides the pairs are taken to be independent of each other and of one
/// distribution. Between equal sides nothing is assumed at all, so long as a fair coin decides in each round which side
/// goes first: then the whole series of times, with its drift, its spikes and its autocorrelation, is a given, and the
/// sign of each log-ratio is a coin of its own. So the rate of false alarms does not hang on how quiet a machine is.
///
/// Each interval is of the pairs so far alone. Cutting it with all earlier ones would keep the promise and be narrower;
/// it is not done because a ratio that drifts would leave nothing, and because a report then says the same of a set of
/// pairs whatever their order.
namespace headroom
{

/// The mixture's prior for the median. Half a trial more or less matters little: within 5 % of the narrowest possible
/// from 100 to 500 pairs.
constexpr double kMedianPrior = 12.0;

/// The rank u of the interval above: from the (n + 1 - u)-th to the u-th smallest of \a n. Nothing while no rank is
/// surprising enough. \throws std::invalid_argument for a confidence outside (0, 1).
std::optional<std::int64_t> sequentialUpperRank(std::int64_t n, double confidence = kDefaultConfidence);

/// The fewest values with an interval: 16 at 95 %.
std::int64_t pairsNeededForSequentialInterval(double confidence = kDefaultConfidence);

/// The interval of the median of \a values that is valid at every n. Nothing for too few, or a NaN among them.
std::optional<Interval> sequentialMedianInterval(std::span<const double> values,
                                                 double confidence = kDefaultConfidence);

/// Collects pairs, and answers at any moment. Adding costs O(n) moves, decided() nothing to speak of. For one thread.
class SequentialComparison
{
public:
    /// \throws std::invalid_argument for a rule out of its range.
    explicit SequentialComparison(const ComparisonRule& rule = {});

    /// Times of one round, of any unit. A time that is NaN, infinite, zero or negative ends the comparison: it is
    /// CannotTell from then on.
    void add(double baselineNs, double candidateNs);

    std::int64_t pairs() const { return m_pairs; }

    /// Of the ratio, from the pairs so far; nothing while they are too few, or where one cannot be used.
    std::optional<Interval> interval() const;

    /// Nothing: go on. Else the verdict, by the rule of comparePaired() with the interval that is always valid.
    std::optional<ComparisonVerdict> decided() const;

    /// All that can be said now. While it is not decided: CannotTell, with the reason, how many pairs as noisy as these
    /// would do, and the minimum detectable effect: half the interval plus z(80 %) standard errors of the median, the
    /// standard error being half the interval over the standard errors that its ranks are wide. It is that of this one
    /// look; earlier ones only add to the power.
    Comparison look() const;

private:
    double middle() const;
    std::optional<Interval> logInterval() const;

    ComparisonRule m_rule;
    double m_logThreshold;
    std::int64_t m_pairs = 0;
    std::int64_t m_upperRank = 0;    ///< sequentialUpperRank() of the pairs so far; 0: none
    std::vector<double> m_logRatios; ///< ascending
    std::string m_fault;             ///< of the first time that cannot be used
};

/// SequentialComparison::look() after all pairs: index i of both is of round i. CannotTell for sides of unlike length.
Comparison compareSequentially(std::span<const double> baselineNs, std::span<const double> candidateNs,
                               const ComparisonRule& rule = {});

} // namespace headroom
