// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/validate/plausibility.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace headroom
{
namespace
{

bool isUsable(const SweepPoint& point)
{
    return std::isfinite(point.ns) && point.ns > 0 && std::isfinite(point.work) && point.work > 0;
}

double timePerWork(const SweepPoint& point)
{
    return point.ns / point.work;
}

/// Against the neighbours on both sides.
std::string flagBetween(const SweepPoint& before, const SweepPoint& point, const SweepPoint& after,
                        const PlausibilityLimits& limits)
{
    const double worstNeighbour = std::max(timePerWork(before), timePerWork(after));
    const double slower = timePerWork(point) / worstNeighbour;
    if (slower > limits.slowerThanNeighbours)
    {
        return fmt::format("at least {:.2f} times as slow for its work as at {:g} and at {:g}", slower, before.axis,
                           after.axis);
    }
    if (slower > (1.0 + point.noise + std::max(before.noise, after.noise)) / (1.0 - limits.dip))
    {
        return fmt::format("a dip: {:.0f} % less work per time than at {:g} and at {:g}", 100.0 * (1.0 - 1.0 / slower),
                           before.axis, after.axis);
    }
    return {};
}

std::string flagGrowth(const SweepPoint& before, const SweepPoint& point, const PlausibilityLimits& limits)
{
    const double timeGrowth = point.ns / before.ns;
    const double workGrowth = point.work / before.work;
    if (workGrowth > 1.0 && timeGrowth > limits.superlinear * workGrowth)
    {
        return fmt::format("time grows {:.2f} times from {:g} to {:g}, the work only {:.2f} times", timeGrowth,
                           before.axis, point.axis, workGrowth);
    }
    return {};
}

std::string flagAgainstBest(const SweepPoint& best, const SweepPoint& point, const PlausibilityLimits& limits)
{
    const double slower = timePerWork(point) / timePerWork(best);
    if (slower > (1.0 + point.noise + best.noise) / (1.0 - limits.dip))
    {
        return fmt::format("{:.0f} % less work per time than at {:g}, its best", 100.0 * (1.0 - 1.0 / slower),
                           best.axis);
    }
    return {};
}

} // namespace

std::optional<std::string> flagKernels(Backend requested, std::optional<Backend> seen, std::int64_t expectedCalls)
{
    if (requested == Backend::Naive || requested == Backend::Fp64 || expectedCalls == 0)
    {
        return std::nullopt;
    }
    if (!seen)
    {
        return fmt::format("{} was asked for, but no kernel or operator of it was recorded", toString(requested));
    }
    if (requested != Backend::Default && *seen != requested)
    {
        return fmt::format("{} was asked for, but {} ran", toString(requested), toString(*seen));
    }
    return std::nullopt;
}

std::optional<std::string> flagAbovePeak(double work, double ns, double peakFlopsPerSecond, std::string_view source)
{
    if (!(ns > 0) || !(work > 0) || !(peakFlopsPerSecond > 0))
    {
        return std::nullopt;
    }
    const double rate = work / (ns * 1e-9);
    if (rate <= peakFlopsPerSecond)
    {
        return std::nullopt;
    }
    return fmt::format("{:.3g} TFLOP/s is above {}, {:.3g}: the work was not done, or the clock is wrong", rate * 1e-12,
                       source, peakFlopsPerSecond * 1e-12);
}

std::optional<std::string> flagSwitch(std::string_view name, double withoutNs, double withNs, double noise,
                                      SwitchRule rule)
{
    constexpr double kNoEffect = 0.005;
    constexpr double kGain = 0.01;
    if (!(withoutNs > 0) || !(withNs > 0) || !(noise >= 0))
    {
        return std::nullopt;
    }
    const double change = withNs / withoutNs - 1.0;
    if (change < -(kGain + noise))
    {
        return fmt::format("{} makes it {:.1f} % faster: was it obeyed?", name, -100.0 * change);
    }
    if (rule == SwitchRule::MustCost && std::abs(change) <= std::max(kNoEffect, noise))
    {
        return fmt::format("{} has no effect on its time ({:+.1f} %): was it obeyed?", name, 100.0 * change);
    }
    return std::nullopt;
}

std::vector<PlausibilityFlag> flagSweep(std::span<const SweepPoint> points, const PlausibilityLimits& limits)
{
    std::vector<std::size_t> usable;
    for (std::size_t i = 0; i < points.size(); ++i)
    {
        if (isUsable(points[i]))
        {
            usable.push_back(i);
        }
    }
    std::vector<PlausibilityFlag> flags;
    std::size_t best = 0;
    for (std::size_t k = 1; k < usable.size(); ++k)
    {
        best = timePerWork(points[usable[k - 1]]) < timePerWork(points[usable[best]]) ? k - 1 : best;
        const auto& before = points[usable[k - 1]];
        const auto& point = points[usable[k]];
        std::string reason;
        if (k + 1 < usable.size())
        {
            reason = flagBetween(before, point, points[usable[k + 1]], limits);
        }
        if (reason.empty())
        {
            reason = flagGrowth(before, point, limits);
        }
        if (reason.empty())
        {
            reason = flagAgainstBest(points[usable[best]], point, limits);
        }
        if (!reason.empty())
        {
            flags.push_back({usable[k], reason});
        }
    }
    return flags;
}

} // namespace headroom
