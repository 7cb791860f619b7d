// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/encoding/json.h"

#include <cstdint>
#include <optional>
#include <span>

/// Statistics of a set of samples. Pure functions, thread-safe; the input keeps its order and figures have its unit.
///
/// One rule for what cannot be computed:
///  * too few values, or a NaN among them: nothing (std::nullopt), never a guess;
///  * an infinite value: nothing for what is made of sums (mean, deviation, standard error, interval of the mean),
///    whereas order statistics (minimum, maximum, median, quantiles and their intervals) take it in its place;
///  * a wrong argument, which is a fault of the caller and not of the data (p or confidence out of range, NaN
///    included): std::invalid_argument with a sentence.
///
/// All intervals are two-sided with equal tails and take the samples to be independent.
namespace headroom
{

constexpr double kDefaultConfidence = 0.95;

/// A closed range, low <= high.
struct Interval
{
    double low = 0.0;
    double high = 0.0;

    bool operator==(const Interval&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Interval, low, high)

/// n >= 1. Equal values have exactly themselves as mean, and so no deviation.
std::optional<double> mean(std::span<const double> values);

/// Divides by n - 1; n >= 2.
std::optional<double> sampleStandardDeviation(std::span<const double> values);

/// Standard error of the mean as a share of the mean: deviation / (mean * sqrt(n)). n >= 2 and a mean above 0.
std::optional<double> relativeStandardError(std::span<const double> values);

std::optional<double> minimum(std::span<const double> values); ///< n >= 1
std::optional<double> maximum(std::span<const double> values); ///< n >= 1

/// Mean of the two middle values when n is even; n >= 1.
std::optional<double> median(std::span<const double> values);

/// Type 7 of Hyndman and Fan (The American Statistician 50, 1996), the default of R and NumPy: linear between the
/// values whose ranks enclose 1 + (n - 1) p. n >= 1 and 0 <= p <= 1. Answers for any n: to show a percentile, use
/// honestQuantile().
std::optional<double> quantile(std::span<const double> values, double p);

/// Median of |value - median|, not scaled to the normal distribution; n >= 1, finite values.
std::optional<double> medianAbsoluteDeviation(std::span<const double> values);

/// Student's t interval of the mean; n >= 2. Exact for normal samples; one large outlier makes it wide.
std::optional<Interval> meanInterval(std::span<const double> values, double confidence = kDefaultConfidence);

/// Distribution-free interval of the p-quantile between two order statistics: the narrowest ranks j < k with
/// P(B < j) <= a and P(B >= k) <= a for B ~ Binomial(n, p) and a = (1 - confidence) / 2 (Conover, Practical
/// Nonparametric Statistics, 3.2; Hahn and Meeker, Statistical Intervals, 5.2). It covers the quantile at least as
/// often as promised, whatever the distribution. Needs samplesNeededForQuantileInterval(); 0 < p < 1.
std::optional<Interval> quantileInterval(std::span<const double> values, double p,
                                         double confidence = kDefaultConfidence);

/// quantileInterval() of the median; n >= 6 at 95 %.
std::optional<Interval> medianInterval(std::span<const double> values, double confidence = kDefaultConfidence);

/// The least n for which quantileInterval() exists: max(p, 1 - p)^n <= (1 - confidence) / 2, that is, an extreme
/// value lies beyond the quantile surely enough. At 95 %: 6 for the median, 72 for p95, 368 for p99. 0 < p < 1.
std::int64_t samplesNeededForQuantileInterval(double p, double confidence = kDefaultConfidence);

/// A percentile that is shown only where n supports it.
struct HonestQuantile
{
    std::optional<double> value;      ///< type 7
    std::optional<Interval> interval; ///< distribution-free; set together with value
    std::int64_t samplesMissing = 0;  ///< "needs N more"; 0 with no value: a sample is not a number

    bool operator==(const HonestQuantile&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(HonestQuantile, value, interval, samplesMissing)

/// 0 < p < 1.
HonestQuantile honestQuantile(std::span<const double> values, double p, double confidence = kDefaultConfidence);

/// What is shown of the samples of one case; intervals are at 95 %.
struct LatencySummary
{
    std::int64_t n = 0;
    double meanNs = 0.0;
    std::optional<double> standardDeviationNs; ///< n >= 2: one sample says nothing of the spread
    double medianNs = 0.0;
    double minimumNs = 0.0;
    double maximumNs = 0.0;
    std::optional<Interval> medianIntervalNs;    ///< n >= 6
    std::optional<double> relativeStandardError; ///< of the mean; n >= 2 and a mean above 0
    HonestQuantile p95Ns;
    HonestQuantile p99Ns;

    bool operator==(const LatencySummary&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(LatencySummary, n, meanNs, standardDeviationNs, medianNs, minimumNs,
                                                maximumNs, medianIntervalNs, relativeStandardError, p95Ns, p99Ns)

/// Nothing for an empty set, and for one with a value that is NaN or infinite: that is no measurement.
std::optional<LatencySummary> summarizeLatency(std::span<const double> samplesNs);

} // namespace headroom
