// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/sequential_comparison.h"

#include "core/measure/comparison_verdict.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>

#include <boost/math/special_functions/gamma.hpp>
#include <fmt/format.h>

namespace headroom
{
namespace
{

constexpr std::int64_t kMostPairs = 10'000'000; ///< that a search for a number of pairs goes to

/// std::lgamma writes a global.
double logBeta(double a, double b)
{
    return boost::math::lgamma(a) + boost::math::lgamma(b) - boost::math::lgamma(a + b);
}

/// log M_n(count).
double logMixture(std::int64_t count, std::int64_t n)
{
    const auto below = static_cast<double>(count);
    const auto above = static_cast<double>(n - count);
    return static_cast<double>(n) * std::numbers::ln2 + logBeta(kMedianPrior + below, kMedianPrior + above) -
           logBeta(kMedianPrior, kMedianPrior);
}

double logThreshold(double confidence)
{
    if (!(confidence > 0.0 && confidence < 1.0))
    {
        throw std::invalid_argument(fmt::format("a confidence lies between 0 and 1, not {}", confidence));
    }
    return -std::log1p(-confidence);
}

/// How many standard errors of the median the ranks lie from the middle.
double standardErrorsOf(std::int64_t upperRank, std::int64_t n)
{
    return static_cast<double>(2 * upperRank - n - 1) / std::sqrt(static_cast<double>(n));
}

/// The standard error of the median of \a pairs pairs from their interval's half-width.
double standardErrorOf(const Interval& logInterval, double standardErrors)
{
    return (logInterval.high - logInterval.low) / 2.0 / standardErrors;
}

/// The least number of pairs that would detect \a logEffect where one pair has the deviation \a perPair.
double pairsThatDetect(double logEffect, double perPair, double confidence)
{
    const auto detects = [&](std::int64_t n)
    {
        const auto rank = sequentialUpperRank(n, confidence);
        const double error = perPair / std::sqrt(static_cast<double>(n));
        return rank && error * (standardErrorsOf(*rank, n) + normalQuantile(kPower)) <= logEffect;
    };
    std::int64_t enough = 1;
    while (!detects(enough))
    {
        if (enough > kMostPairs)
        {
            return std::numeric_limits<double>::infinity();
        }
        enough *= 2;
    }
    std::int64_t tooFew = enough / 2;
    while (enough - tooFew > 1)
    {
        const std::int64_t between = tooFew + (enough - tooFew) / 2;
        (detects(between) ? enough : tooFew) = between;
    }
    return static_cast<double>(enough);
}

} // namespace

std::optional<std::int64_t> sequentialUpperRank(std::int64_t n, double confidence)
{
    const double threshold = logThreshold(confidence);
    if (n < 1 || logMixture(n, n) < threshold)
    {
        return std::nullopt;
    }
    // From n / 2 on the mixture grows with the count.
    std::int64_t unsurprising = n / 2;
    std::int64_t surprising = n;
    while (surprising - unsurprising > 1)
    {
        const std::int64_t between = unsurprising + (surprising - unsurprising) / 2;
        (logMixture(between, n) >= threshold ? surprising : unsurprising) = between;
    }
    return surprising;
}

std::int64_t pairsNeededForSequentialInterval(double confidence)
{
    std::int64_t n = 1;
    while (!sequentialUpperRank(n, confidence))
    {
        ++n;
    }
    return n;
}

std::optional<Interval> sequentialMedianInterval(std::span<const double> values, double confidence)
{
    const auto n = static_cast<std::int64_t>(values.size());
    const auto rank = sequentialUpperRank(n, confidence);
    if (!rank || std::ranges::any_of(values, [](double value) { return std::isnan(value); }))
    {
        return std::nullopt;
    }
    std::vector<double> ascending(values.begin(), values.end());
    std::ranges::sort(ascending);
    return Interval{ascending[static_cast<std::size_t>(n - *rank)], ascending[static_cast<std::size_t>(*rank - 1)]};
}

SequentialComparison::SequentialComparison(const ComparisonRule& rule) : m_rule(rule)
{
    requireUsable(rule);
    m_logThreshold = logThreshold(rule.confidence);
}

void SequentialComparison::add(double baselineNs, double candidateNs)
{
    ++m_pairs;
    if (!m_fault.empty())
    {
        return;
    }
    for (const auto& [side, time] : {std::pair{"baseline", baselineNs}, std::pair{"candidate", candidateNs}})
    {
        if (firstUnusable(std::span(&time, 1)) == 0)
        {
            m_fault = fmt::format("sample {} of the {} is not a time above 0 ({} ns)", m_pairs, side, time);
            return;
        }
    }
    const double ratio = std::log(baselineNs) - std::log(candidateNs);
    m_logRatios.insert(std::ranges::upper_bound(m_logRatios, ratio), ratio);
    // A martingale's value lies between its two next ones: the rank grows by one or stays, and the first is n itself.
    const std::int64_t tried = m_upperRank == 0 ? m_pairs : m_upperRank;
    const bool surprising = logMixture(tried, m_pairs) >= m_logThreshold;
    m_upperRank = surprising ? tried : m_upperRank == 0 ? 0 : m_upperRank + 1;
}

/// The median; there are pairs.
double SequentialComparison::middle() const
{
    const std::size_t half = m_logRatios.size() / 2;
    return m_logRatios.size() % 2 == 1 ? m_logRatios[half] : (m_logRatios[half - 1] + m_logRatios[half]) / 2.0;
}

std::optional<Interval> SequentialComparison::logInterval() const
{
    if (m_upperRank == 0 || !m_fault.empty())
    {
        return std::nullopt;
    }
    return Interval{m_logRatios[static_cast<std::size_t>(m_pairs - m_upperRank)],
                    m_logRatios[static_cast<std::size_t>(m_upperRank - 1)]};
}

std::optional<Interval> SequentialComparison::interval() const
{
    const auto seen = logInterval();
    return seen ? std::optional(Interval{std::exp(seen->low), std::exp(seen->high)}) : std::nullopt;
}

std::optional<ComparisonVerdict> SequentialComparison::decided() const
{
    if (!m_fault.empty())
    {
        return ComparisonVerdict::CannotTell;
    }
    const auto seen = logInterval();
    if (!seen)
    {
        return std::nullopt;
    }
    const auto verdict = verdictOf(middle(), *seen, std::log1p(m_rule.minimumEffect));
    return verdict == ComparisonVerdict::CannotTell ? std::nullopt : std::optional(verdict);
}

Comparison SequentialComparison::look() const
{
    Comparison result;
    result.confidence = m_rule.confidence;
    result.pairs = m_pairs;
    result.reason = m_fault;
    if (!m_fault.empty())
    {
        return result;
    }
    result.ratio = m_logRatios.empty() ? std::nullopt : std::optional(std::exp(middle()));
    const auto seen = logInterval();
    if (!seen)
    {
        const std::int64_t missing = pairsNeededForSequentialInterval(m_rule.confidence) - m_pairs;
        result.reason = fmt::format("needs {} more pair{}", missing, missing == 1 ? "" : "s");
        return result;
    }
    const double logEffect = std::log1p(m_rule.minimumEffect);
    const double wide = standardErrorsOf(m_upperRank, m_pairs);
    const double error = standardErrorOf(*seen, wide);
    result.interval = interval();
    result.minimumDetectableEffect = std::expm1(error * (wide + normalQuantile(kPower)));
    result.verdict = verdictOf(middle(), *seen, logEffect);
    std::string proposed;
    if (result.verdict == ComparisonVerdict::CannotTell && *result.minimumDetectableEffect > m_rule.minimumEffect)
    {
        proposed =
            proposalOf(pairsThatDetect(logEffect, error * std::sqrt(static_cast<double>(m_pairs)), m_rule.confidence));
    }
    result.reason = reasonFor(result, m_rule.minimumEffect, proposed);
    return result;
}

Comparison compareSequentially(std::span<const double> baselineNs, std::span<const double> candidateNs,
                               const ComparisonRule& rule)
{
    SequentialComparison comparison(rule);
    if (baselineNs.size() != candidateNs.size())
    {
        Comparison result = comparison.look();
        result.pairs = static_cast<std::int64_t>(std::min(baselineNs.size(), candidateNs.size()));
        result.reason =
            fmt::format("the sides have {} and {} samples and cannot be paired", baselineNs.size(), candidateNs.size());
        return result;
    }
    for (std::size_t i = 0; i < baselineNs.size(); ++i)
    {
        comparison.add(baselineNs[i], candidateNs[i]);
    }
    return comparison.look();
}

} // namespace headroom
