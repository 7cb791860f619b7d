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
    if (slower > 1.0 / (1.0 - limits.dip))
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

std::optional<std::string> flagAbovePeak(double work, double ns, double peakFlopsPerSecond)
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
    return fmt::format(
        "{:.3g} TFLOP/s is above the device's peak of {:.3g}: the work was not done, or the clock is wrong",
        rate * 1e-12, peakFlopsPerSecond * 1e-12);
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
    for (std::size_t k = 1; k < usable.size(); ++k)
    {
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
        if (!reason.empty())
        {
            flags.push_back({usable[k], reason});
        }
    }
    return flags;
}

} // namespace headroom
