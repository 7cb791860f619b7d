// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/core_waits.h"

#include "core/measure/statistics.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace headroom
{

namespace
{

constexpr double kLeastRun = 0.01;    ///< of the call, of a thread that takes part in it
constexpr double kLeastDemand = 0.10; ///< likewise, with its waits

} // namespace

double coreWaitNs(std::span<const ThreadTurns> before, std::span<const ThreadTurns> after, double callNs, int cores)
{
    double longest = 0;
    double sum = 0;
    double mostRun = 0;
    int takePart = 0;
    for (std::size_t at = 0; at < std::min(before.size(), after.size()); ++at)
    {
        const double ran = after[at].ranNs - before[at].ranNs;
        const double waited = after[at].waitedNs - before[at].waitedNs;
        const auto turns = static_cast<double>(after[at].turns - before[at].turns);
        const double kept = std::max(0.0, waited - kWakeUpNs * turns);
        longest = std::max(longest, kept);
        sum += kept;
        mostRun = std::max(mostRun, ran);
        takePart += ran >= kLeastRun * callNs && ran + waited >= kLeastDemand * callNs ? 1 : 0;
    }
    const double oneByOne = std::min(sum, callNs - mostRun);
    return takePart > cores ? 0.0 : std::min(std::max(longest, oneByOne), callNs);
}

std::optional<double> waitedShare(std::span<const double> samplesNs, std::span<const double> waitsNs)
{
    const auto middle = median(samplesNs);
    if (samplesNs.size() != waitsNs.size() || !middle || !std::isfinite(*middle) || !(*middle > 0))
    {
        return std::nullopt;
    }
    std::vector<double> without(samplesNs.begin(), samplesNs.end());
    for (std::size_t at = 0; at < without.size(); ++at)
    {
        without[at] -= waitsNs[at];
    }
    const auto rest = median(without);
    return rest ? std::optional(std::clamp(1 - *rest / *middle, 0.0, 1.0)) : std::nullopt;
}

} // namespace headroom
