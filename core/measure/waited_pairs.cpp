// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/waited_pairs.h"

#include "core/measure/core_waits.h"
#include "core/measure/statistics.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace headroom
{
namespace
{

bool isKnown(const WaitedSamples& side)
{
    return side.waitNs.size() == side.ns.size();
}

bool hasWaited(const WaitedSamples& side)
{
    return isKnown(side) && std::ranges::any_of(side.waitNs, [](double ns) { return ns > 0; });
}

std::vector<double> withoutWaits(const WaitedSamples& side)
{
    std::vector<double> rest(side.ns.begin(), side.ns.end());
    if (isKnown(side))
    {
        std::ranges::transform(rest, side.waitNs, rest.begin(), std::minus());
    }
    return rest;
}

bool isStalled(const WaitedSamples& side)
{
    return isKnown(side) && waitedShare(side.ns, side.waitNs).value_or(0) > kStalledShare;
}

} // namespace

std::optional<double> middleRatio(std::span<const double> baselineNs, std::span<const double> candidateNs)
{
    std::vector<double> ratios;
    for (std::size_t at = 0; at < std::min(baselineNs.size(), candidateNs.size()); ++at)
    {
        if (baselineNs[at] > 0 && candidateNs[at] > 0)
        {
            ratios.push_back(baselineNs[at] / candidateNs[at]);
        }
    }
    return median(ratios);
}

bool holdsFor(ComparisonVerdict verdict, std::optional<double> ratio, double minimumEffect)
{
    if (!ratio)
    {
        return false;
    }
    const double logRatio = std::log(*ratio);
    const double logEffect = std::log1p(minimumEffect);
    switch (verdict)
    {
    case ComparisonVerdict::Same:
        return std::abs(logRatio) <= logEffect;
    case ComparisonVerdict::Faster:
        return logRatio >= logEffect;
    case ComparisonVerdict::Slower:
        return logRatio <= -logEffect;
    case ComparisonVerdict::CannotTell:
        break;
    }
    return true;
}

bool standsWithoutWaits(ComparisonVerdict verdict, double minimumEffect, const WaitedSamples& baseline,
                        const WaitedSamples& candidate)
{
    if (verdict == ComparisonVerdict::CannotTell || (!hasWaited(baseline) && !hasWaited(candidate)))
    {
        return true;
    }
    if (verdict == ComparisonVerdict::Same && (isStalled(baseline) || isStalled(candidate)))
    {
        return false;
    }
    return holdsFor(verdict, middleRatio(withoutWaits(baseline), withoutWaits(candidate)), minimumEffect);
}

WaitedComparison::WaitedComparison(const ComparisonRule& rule) : m_comparison(rule), m_minimumEffect(rule.minimumEffect)
{
}

void WaitedComparison::addLast(const WaitedSamples& baseline, const WaitedSamples& candidate)
{
    constexpr std::int64_t kMorePairs = 20; // a twentieth
    m_comparison.add(baseline.ns.back(), candidate.ns.back());
    const auto verdict = m_comparison.decided();
    const bool isNew = verdict != m_verdict;
    m_verdict = verdict;
    if (verdict && (isNew || m_comparison.pairs() >= m_nextLook))
    {
        m_stands = standsWithoutWaits(*verdict, m_minimumEffect, baseline, candidate);
        m_nextLook = m_comparison.pairs() + 1 + m_comparison.pairs() / kMorePairs;
    }
}

} // namespace headroom
