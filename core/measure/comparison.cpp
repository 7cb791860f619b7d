// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/comparison.h"

#include "core/measure/bootstrap.h"
#include "core/measure/comparison_apart.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include <boost/math/distributions/normal.hpp>
#include <fmt/format.h>

namespace headroom
{
namespace
{

constexpr std::int64_t kFewestPairsForBootstrap = 15;
constexpr double kPower = 0.8;
constexpr double kMostPairsToPropose = 1e6;

void requireUsable(const ComparisonRule& rule)
{
    if (!(rule.confidence > 0.0 && rule.confidence < 1.0))
    {
        throw std::invalid_argument(
            fmt::format("the confidence of a comparison lies between 0 and 1, not {}", rule.confidence));
    }
    if (!(rule.minimumEffect >= 0.0 && std::isfinite(rule.minimumEffect)))
    {
        throw std::invalid_argument(
            fmt::format("the minimum effect of a comparison is a share of at least 0, not {}", rule.minimumEffect));
    }
}

/// The index of the first time that has no logarithm, or the size.
std::size_t firstUnusable(std::span<const double> timesNs)
{
    const auto found =
        std::ranges::find_if_not(timesNs, [](double timeNs) { return std::isfinite(timeNs) && timeNs > 0.0; });
    return static_cast<std::size_t>(found - timesNs.begin());
}

/// Empty when the samples can be compared.
std::string faultOf(std::span<const double> baselineNs, std::span<const double> candidateNs)
{
    if (baselineNs.size() != candidateNs.size())
    {
        return fmt::format("the sides have {} and {} samples and cannot be paired", baselineNs.size(),
                           candidateNs.size());
    }
    for (const auto& [side, timesNs] : {std::pair{"baseline", baselineNs}, std::pair{"candidate", candidateNs}})
    {
        const std::size_t index = firstUnusable(timesNs);
        if (index < timesNs.size())
        {
            return fmt::format("sample {} of the {} is not a time above 0 ({} ns)", index + 1, side, timesNs[index]);
        }
    }
    return {};
}

std::vector<double> logRatios(std::span<const double> baselineNs, std::span<const double> candidateNs)
{
    std::vector<double> ratios(baselineNs.size());
    std::ranges::transform(baselineNs, candidateNs, ratios.begin(),
                           [](double baseline, double candidate) { return std::log(baseline) - std::log(candidate); });
    return ratios;
}

double zOf(double probability)
{
    return quantile(boost::math::normal_distribution<double>(), probability);
}

double detectableLogEffect(const Interval& logInterval, double confidence)
{
    const double z = zOf(0.5 + confidence / 2.0);
    return (logInterval.high - logInterval.low) / 2.0 * (z + zOf(kPower)) / z;
}

ComparisonVerdict verdictOf(double logRatio, const Interval& logInterval, double logEffect)
{
    if (logInterval.low >= -logEffect && logInterval.high <= logEffect)
    {
        return ComparisonVerdict::Same;
    }
    if (logInterval.low > 0.0 && logRatio >= logEffect)
    {
        return ComparisonVerdict::Faster;
    }
    if (logInterval.high < 0.0 && logRatio <= -logEffect)
    {
        return ComparisonVerdict::Slower;
    }
    return ComparisonVerdict::CannotTell;
}

/// ", some 340 pairs would", from the standard error's fall with the square root of n; empty where that says nothing.
std::string proposal(double detectable, double logEffect, std::int64_t pairs)
{
    const double wanted = std::ceil(static_cast<double>(pairs) * std::pow(detectable / logEffect, 2.0));
    if (wanted <= static_cast<double>(pairs))
    {
        return {};
    }
    if (!(wanted <= kMostPairsToPropose))
    {
        return "; more pairs will hardly help, less noise would";
    }
    return fmt::format("; about {:.0f} pairs as noisy as these would show a difference that small", wanted);
}

std::string reasonFor(const Comparison& comparison, double minimumEffect, const std::string& proposed)
{
    const std::string seen =
        fmt::format("{:.4g} times as fast, {:.4g} % interval {:.4g} to {:.4g}", *comparison.ratio,
                    comparison.confidence * 100.0, comparison.interval->low, comparison.interval->high);
    const std::string effect = fmt::format("{:.4g} %", minimumEffect * 100.0);
    switch (comparison.verdict)
    {
    case ComparisonVerdict::Same:
        return seen + ": all of it within " + effect + " of equal";
    case ComparisonVerdict::Faster:
    case ComparisonVerdict::Slower:
        return seen + ": equal is excluded, and the difference is " + effect + " or more";
    case ComparisonVerdict::CannotTell:
        break;
    }
    const bool excludesEqual = comparison.interval->low > 1.0 || comparison.interval->high < 1.0;
    return seen +
           (excludesEqual ? ": there is a difference, but whether it reaches "
                          : ": equal is possible, and so is a difference above ") +
           effect + (excludesEqual ? " is open" : "") + proposed;
}

/// The median of the logarithms and its interval; nothing with too few values.
struct LogMedian
{
    double middle = 0;
    Interval interval;
};

std::optional<LogMedian> logMedian(std::span<const double> timesNs, double confidence)
{
    std::vector<double> logs(timesNs.size());
    std::ranges::transform(timesNs, logs.begin(), [](double time) { return std::log(time); });
    const auto middle = median(logs);
    const auto interval = static_cast<std::int64_t>(logs.size()) < kFewestPairsForBootstrap
                              ? medianInterval(logs, confidence)
                              : bootstrapMedianInterval(logs, confidence);
    return middle && interval ? std::optional(LogMedian{*middle, *interval}) : std::nullopt;
}

/// Why one side cannot be used; empty when it can.
std::string faultOfSide(std::span<const double> timesNs, std::string_view side)
{
    if (timesNs.empty())
    {
        return fmt::format("the {} has no samples", side);
    }
    const std::size_t at = firstUnusable(timesNs);
    return at < timesNs.size() ? fmt::format("the {} has a time that is no positive number", side) : std::string();
}

} // namespace

Comparison comparePaired(std::span<const double> baselineNs, std::span<const double> candidateNs,
                         const ComparisonRule& rule)
{
    requireUsable(rule);
    Comparison result;
    result.confidence = rule.confidence;
    result.pairs = static_cast<std::int64_t>(std::min(baselineNs.size(), candidateNs.size()));
    result.reason = faultOf(baselineNs, candidateNs);
    if (!result.reason.empty())
    {
        return result;
    }
    const std::vector<double> ratios = logRatios(baselineNs, candidateNs);
    const std::optional<double> middle = median(ratios);
    result.ratio = middle ? std::optional(std::exp(*middle)) : std::nullopt;
    const std::int64_t missing = samplesNeededForQuantileInterval(0.5, rule.confidence) - result.pairs;
    if (missing > 0)
    {
        result.reason = fmt::format("needs {} more pair{}", missing, missing == 1 ? "" : "s");
        return result;
    }
    const Interval interval = result.pairs < kFewestPairsForBootstrap
                                  ? *medianInterval(ratios, rule.confidence)
                                  : *bootstrapMedianInterval(ratios, rule.confidence);
    const double logEffect = std::log1p(rule.minimumEffect);
    const double detectable = detectableLogEffect(interval, rule.confidence);
    result.interval = Interval{std::exp(interval.low), std::exp(interval.high)};
    result.minimumDetectableEffect = std::expm1(detectable);
    result.verdict = verdictOf(*middle, interval, logEffect);
    result.reason = reasonFor(result, rule.minimumEffect, proposal(detectable, logEffect, result.pairs));
    return result;
}

Comparison compareApart(std::span<const double> baselineNs, std::span<const double> candidateNs,
                        const ComparisonRule& rule)
{
    requireUsable(rule);
    Comparison result;
    result.confidence = rule.confidence;
    result.pairs = static_cast<std::int64_t>(std::min(baselineNs.size(), candidateNs.size()));
    result.reason = faultOfSide(baselineNs, "baseline");
    result.reason = result.reason.empty() ? faultOfSide(candidateNs, "candidate") : result.reason;
    if (!result.reason.empty())
    {
        return result;
    }
    const auto baselineMedian = median(baselineNs);
    const auto candidateMedian = median(candidateNs);
    result.ratio = *baselineMedian / *candidateMedian;
    const auto baseline = logMedian(baselineNs, rule.confidence);
    const auto candidate = logMedian(candidateNs, rule.confidence);
    if (!baseline || !candidate)
    {
        const auto missing = samplesNeededForQuantileInterval(0.5, rule.confidence) - result.pairs;
        result.reason = fmt::format("needs {} more sample{}", missing, missing == 1 ? "" : "s");
        return result;
    }
    const double middle = baseline->middle - candidate->middle;
    const Interval interval{
        middle - std::hypot(baseline->middle - baseline->interval.low, candidate->interval.high - candidate->middle),
        middle + std::hypot(baseline->interval.high - baseline->middle, candidate->middle - candidate->interval.low)};
    result.interval = Interval{std::exp(interval.low), std::exp(interval.high)};
    result.minimumDetectableEffect = std::expm1(detectableLogEffect(interval, rule.confidence));
    result.verdict = verdictOf(middle, interval, std::log1p(rule.minimumEffect));
    result.reason = reasonFor(result, rule.minimumEffect, {});
    return result;
}

} // namespace headroom
