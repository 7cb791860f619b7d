// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/comparison.h"

#include "core/measure/bootstrap.h"
#include "core/measure/comparison_apart.h"
#include "core/measure/comparison_verdict.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

namespace headroom
{
namespace
{

constexpr std::int64_t kFewestPairsForBootstrap = 15;

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

double detectableLogEffect(const Interval& logInterval, double confidence)
{
    const double z = normalQuantile(0.5 + confidence / 2.0);
    return (logInterval.high - logInterval.low) / 2.0 * (z + normalQuantile(kPower)) / z;
}

/// ", some 340 pairs would", from the standard error's fall with the square root of n; empty where that says nothing.
std::string proposal(double detectable, double logEffect, std::int64_t pairs)
{
    const double wanted = std::ceil(static_cast<double>(pairs) * std::pow(detectable / logEffect, 2.0));
    if (wanted <= static_cast<double>(pairs))
    {
        return {};
    }
    return proposalOf(wanted);
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
