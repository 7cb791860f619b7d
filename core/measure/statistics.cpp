// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/statistics.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>
#include <vector>

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <fmt/format.h>

namespace headroom
{
namespace
{

/// Tails are compared with this relative slack, so that an exact tie (0.5^6 against 1/64) is not lost to rounding.
constexpr double kTailSlack = 1e-9;

/// Keeps the count of samples that a p next to 0 or 1 needs inside std::int64_t.
constexpr double kMostSamples = 1e18;

bool hasNan(std::span<const double> values)
{
    return std::ranges::any_of(values, [](double value) { return std::isnan(value); });
}

bool allFinite(std::span<const double> values)
{
    return std::ranges::all_of(values, [](double value) { return std::isfinite(value); });
}

/// Half of what the interval leaves out. Written so that NaN is refused too.
double tailOf(double confidence)
{
    if (!(confidence > 0.0 && confidence < 1.0))
    {
        throw std::invalid_argument(
            fmt::format("a confidence lies between 0 and 1, both excluded, not {}", confidence));
    }
    return (1.0 - confidence) / 2.0;
}

void requireInnerQuantile(double p)
{
    if (!(p > 0.0 && p < 1.0))
    {
        throw std::invalid_argument(
            fmt::format("a quantile with an interval lies between 0 and 1, both excluded, not {}", p));
    }
}

/// Empty when there is nothing to sort or when NaN, which has no place in an order, is among the values.
std::vector<double> sorted(std::span<const double> values)
{
    if (hasNan(values))
    {
        return {};
    }
    std::vector<double> copy(values.begin(), values.end());
    std::ranges::sort(copy);
    return copy;
}

double between(double low, double high, double share)
{
    // Weighing with 0, or taking a difference, would make NaN of an infinite value.
    if (share == 0.0 || low == high)
    {
        return low;
    }
    if (std::isfinite(low) && std::isfinite(high))
    {
        return std::lerp(low, high, share);
    }
    return low + high;
}

std::optional<double> quantileOfSorted(std::span<const double> values, double p)
{
    if (values.empty())
    {
        return std::nullopt;
    }
    const double position = static_cast<double>(values.size() - 1) * p;
    const auto below = static_cast<std::size_t>(position);
    const std::size_t above = std::min(below + 1, values.size() - 1);
    const double result = between(values[below], values[above], position - std::floor(position));
    return std::isnan(result) ? std::nullopt : std::optional(result); // halfway between the two infinities
}

/// How many i = 0, 1, ... have P(Binomial(n, p) <= i) <= tail.
std::int64_t ranksInTail(std::int64_t n, double p, double tail)
{
    const boost::math::binomial_distribution<double> successes(static_cast<double>(n), p);
    std::int64_t inside = 0;
    std::int64_t outside = n; // P(B <= n) = 1
    while (inside < outside)
    {
        const std::int64_t middle = inside + (outside - inside) / 2;
        if (cdf(successes, static_cast<double>(middle)) <= tail * (1.0 + kTailSlack))
        {
            inside = middle + 1;
        }
        else
        {
            outside = middle;
        }
    }
    return inside;
}

std::optional<Interval> intervalOfSorted(std::span<const double> values, double p, double confidence)
{
    const auto n = static_cast<std::int64_t>(values.size());
    const double tail = tailOf(confidence);
    if (n < samplesNeededForQuantileInterval(p, confidence))
    {
        return std::nullopt;
    }
    const std::int64_t fromBottom = std::max<std::int64_t>(ranksInTail(n, p, tail), 1);
    const std::int64_t fromTop = std::max<std::int64_t>(ranksInTail(n, 1.0 - p, tail), 1);
    return Interval{values[static_cast<std::size_t>(fromBottom - 1)], values[static_cast<std::size_t>(n - fromTop)]};
}

/// \a n is the number of samples before NaN made them unsortable.
HonestQuantile honestOfSorted(std::span<const double> values, std::size_t n, double p, double confidence)
{
    const std::int64_t needed = samplesNeededForQuantileInterval(p, confidence);
    HonestQuantile result;
    result.samplesMissing = std::max<std::int64_t>(0, needed - static_cast<std::int64_t>(n));
    result.interval = intervalOfSorted(values, p, confidence);
    if (result.interval)
    {
        result.value = quantileOfSorted(values, p);
    }
    return result;
}

} // namespace

std::optional<double> mean(std::span<const double> values)
{
    if (values.empty() || !allFinite(values))
    {
        return std::nullopt;
    }
    double running = 0.0;
    double count = 0.0;
    for (const double value : values) // a running mean: a sum may overflow, and may not give equal values back
    {
        count += 1.0;
        running += (value - running) / count;
    }
    return std::isfinite(running) ? std::optional(running) : std::nullopt; // opposite values near the largest double
}

std::optional<double> sampleStandardDeviation(std::span<const double> values)
{
    const std::optional<double> centre = mean(values);
    if (!centre || values.size() < 2)
    {
        return std::nullopt;
    }
    double squares = 0.0;
    for (const double value : values)
    {
        squares += (value - *centre) * (value - *centre);
    }
    const double result = std::sqrt(squares / static_cast<double>(values.size() - 1));
    return std::isfinite(result) ? std::optional(result) : std::nullopt;
}

std::optional<double> relativeStandardError(std::span<const double> values)
{
    const std::optional<double> centre = mean(values);
    const std::optional<double> deviation = sampleStandardDeviation(values);
    if (!deviation || *centre <= 0.0)
    {
        return std::nullopt;
    }
    return *deviation / (*centre * std::sqrt(static_cast<double>(values.size())));
}

std::optional<double> minimum(std::span<const double> values)
{
    return values.empty() || hasNan(values) ? std::nullopt : std::optional(*std::ranges::min_element(values));
}

std::optional<double> maximum(std::span<const double> values)
{
    return values.empty() || hasNan(values) ? std::nullopt : std::optional(*std::ranges::max_element(values));
}

std::optional<double> median(std::span<const double> values)
{
    return quantile(values, 0.5);
}

std::optional<double> quantile(std::span<const double> values, double p)
{
    if (!(p >= 0.0 && p <= 1.0))
    {
        throw std::invalid_argument(fmt::format("a quantile lies between 0 and 1, not {}", p));
    }
    return quantileOfSorted(sorted(values), p);
}

std::optional<double> medianAbsoluteDeviation(std::span<const double> values)
{
    if (!allFinite(values))
    {
        return std::nullopt;
    }
    const std::optional<double> centre = median(values);
    std::vector<double> deviations;
    deviations.reserve(values.size());
    for (const double value : values)
    {
        deviations.push_back(std::abs(value - *centre));
    }
    return median(deviations);
}

std::optional<Interval> meanInterval(std::span<const double> values, double confidence)
{
    const double tail = tailOf(confidence);
    const std::optional<double> deviation = sampleStandardDeviation(values);
    if (!deviation)
    {
        return std::nullopt;
    }
    const auto n = static_cast<double>(values.size());
    const boost::math::students_t_distribution<double> student(n - 1.0);
    const double reach = quantile(complement(student, tail)) * *deviation / std::sqrt(n);
    const double centre = *mean(values);
    return Interval{centre - reach, centre + reach};
}

std::optional<Interval> quantileInterval(std::span<const double> values, double p, double confidence)
{
    return intervalOfSorted(sorted(values), p, confidence);
}

std::optional<Interval> medianInterval(std::span<const double> values, double confidence)
{
    return quantileInterval(values, 0.5, confidence);
}

std::int64_t samplesNeededForQuantileInterval(double p, double confidence)
{
    requireInnerQuantile(p);
    const double tail = tailOf(confidence) * (1.0 + kTailSlack);
    const double needed = std::ceil(std::log(tail) / std::log1p(-std::min(p, 1.0 - p)));
    return static_cast<std::int64_t>(std::clamp(needed, 1.0, kMostSamples));
}

HonestQuantile honestQuantile(std::span<const double> values, double p, double confidence)
{
    return honestOfSorted(sorted(values), values.size(), p, confidence);
}

std::optional<LatencySummary> summarizeLatency(std::span<const double> samplesNs)
{
    const std::optional<double> meanNs = mean(samplesNs);
    if (!meanNs)
    {
        return std::nullopt;
    }
    const std::vector<double> ascending = sorted(samplesNs);
    LatencySummary summary;
    summary.n = static_cast<std::int64_t>(ascending.size());
    summary.meanNs = *meanNs;
    summary.standardDeviationNs = sampleStandardDeviation(samplesNs);
    summary.medianNs = *quantileOfSorted(ascending, 0.5);
    summary.minimumNs = ascending.front();
    summary.maximumNs = ascending.back();
    summary.medianIntervalNs = intervalOfSorted(ascending, 0.5, kDefaultConfidence);
    summary.relativeStandardError = relativeStandardError(samplesNs);
    summary.p95Ns = honestOfSorted(ascending, ascending.size(), 0.95, kDefaultConfidence);
    summary.p99Ns = honestOfSorted(ascending, ascending.size(), 0.99, kDefaultConfidence);
    return summary;
}

} // namespace headroom
