// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/comparison_verdict.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <boost/math/distributions/normal.hpp>
#include <fmt/format.h>

namespace headroom
{
namespace
{

constexpr double kMostPairsToPropose = 1e6;

} // namespace

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

std::size_t firstUnusable(std::span<const double> timesNs)
{
    const auto found =
        std::ranges::find_if_not(timesNs, [](double timeNs) { return std::isfinite(timeNs) && timeNs > 0.0; });
    return static_cast<std::size_t>(found - timesNs.begin());
}

double normalQuantile(double probability)
{
    return quantile(boost::math::normal_distribution<double>(), probability);
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

std::string proposalOf(double pairs)
{
    if (!(pairs <= kMostPairsToPropose))
    {
        return "; more pairs will hardly help, less noise would";
    }
    return fmt::format("; about {:.0f} pairs as noisy as these would show a difference that small", pairs);
}

} // namespace headroom
