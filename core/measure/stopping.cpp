// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/stopping.h"

#include "core/measure/statistics.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace headroom
{
namespace
{

/// Part of the window that is left out at each end before its range is taken.
constexpr std::size_t kTrimDivisor = 10;

bool agree(std::span<const double> samplesNs, double agreement)
{
    if (!std::ranges::all_of(samplesNs, [](double sample) { return std::isfinite(sample); }))
    {
        return false;
    }
    std::vector<double> ascending(samplesNs.begin(), samplesNs.end());
    std::ranges::sort(ascending);
    const std::size_t trim = ascending.size() / kTrimDivisor;
    const double range = ascending[ascending.size() - 1 - trim] - ascending[trim];
    const double middle = *median(ascending);
    return middle > 0.0 && range <= agreement * middle;
}

/// Seconds that are NaN count as past, so that a broken clock ends a phase instead of never ending it.
bool isPast(double elapsedSeconds, double limitSeconds)
{
    return !(elapsedSeconds < limitSeconds);
}

/// The half-width of the median's interval over the normal quantile is its standard error. Looked at every time while n
/// is small and every sixteenth time after: it sorts.
bool medianIsKnown(std::span<const double> samplesNs, double target)
{
    constexpr std::size_t kAlways = 64;
    constexpr std::size_t kSeldom = 16;
    constexpr double kNormalQuantile = 1.959964; // of kDefaultConfidence
    if (samplesNs.size() > kAlways && samplesNs.size() % kSeldom != 0)
    {
        return false;
    }
    const auto interval = medianInterval(samplesNs);
    const auto middle = median(samplesNs);
    return interval && middle && *middle > 0 &&
           (interval->high - interval->low) / 2 / kNormalQuantile <= target * *middle;
}

} // namespace

std::optional<StopReason> WarmupRule::decide(std::span<const double> samplesNs, double elapsedSeconds) const
{
    const auto n = static_cast<std::int64_t>(samplesNs.size());
    if (exactCount)
    {
        return n >= *exactCount ? std::optional(StopReason::CountReached) : std::nullopt;
    }
    const std::int64_t recent = std::max<std::int64_t>(window, 1);
    if (n >= recent && elapsedSeconds >= minSeconds &&
        agree(samplesNs.last(static_cast<std::size_t>(recent)), agreement))
    {
        return StopReason::Settled;
    }
    return isPast(elapsedSeconds, maxSeconds) ? std::optional(StopReason::TimeCap) : std::nullopt;
}

std::optional<StopReason> SamplingRule::decide(std::span<const double> samplesNs, double elapsedSeconds) const
{
    const auto n = static_cast<std::int64_t>(samplesNs.size());
    if (exactCount)
    {
        return n >= *exactCount ? std::optional(StopReason::CountReached) : std::nullopt;
    }
    if (n >= minSamples && elapsedSeconds >= minSeconds)
    {
        const std::optional<double> error = relativeStandardError(samplesNs);
        // Samples that have no mean to speak of are no measurement, whatever their median.
        if (error && (*error <= targetRelativeStandardError || medianIsKnown(samplesNs, targetRelativeStandardError)))
        {
            return StopReason::Precise;
        }
    }
    if (n >= maxSamples)
    {
        return StopReason::SampleCap;
    }
    const bool capReached = n >= minSamples && isPast(elapsedSeconds, maxSeconds);
    const bool hardCapReached = hardMaxSeconds && isPast(elapsedSeconds, *hardMaxSeconds);
    return capReached || hardCapReached ? std::optional(StopReason::TimeCap) : std::nullopt;
}

} // namespace headroom
