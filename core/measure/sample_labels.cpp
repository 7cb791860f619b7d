// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/sample_labels.h"

#include "core/measure/core_waits.h"
#include "core/measure/statistics.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

namespace headroom
{
namespace
{

// What the two deviations are multiplied by to estimate the standard deviation of normal values.
constexpr double kMadToSigma = 1.4826;           // 1 / normal quantile of 3/4
constexpr double kMeanDeviationToSigma = 1.2533; // sqrt(pi / 2)

std::vector<SampleLabel> labelLowClocks(std::size_t n, std::span<const double> smMhz,
                                        std::optional<double> defaultSmMhz)
{
    std::vector<SampleLabel> labels(n, SampleLabel::None);
    if (!smMhz.empty() && defaultSmMhz && *defaultSmMhz > 0.0)
    {
        std::ranges::transform(smMhz, labels.begin(),
                               [limit = kLowClockShare * *defaultSmMhz](double clock)
                               { return clock < limit ? SampleLabel::LowClock : SampleLabel::None; });
    }
    return labels;
}

double spreadOf(std::span<const double> values, double centre)
{
    const double mad = *medianAbsoluteDeviation(values);
    if (mad > 0.0)
    {
        return kMadToSigma * mad;
    }
    std::vector<double> deviations;
    deviations.reserve(values.size());
    for (const double value : values)
    {
        deviations.push_back(std::abs(value - centre));
    }
    return kMeanDeviationToSigma * *mean(deviations);
}

/// The distance from the median up to which a sample is ordinary, and the median.
struct Fence
{
    double centreNs = 0.0;
    double reachNs = 0.0;

    /// Written so that NaN is outside.
    bool encloses(double sampleNs) const { return std::abs(sampleNs - centreNs) <= reachNs; }
};

Fence fenceOf(std::span<const double> samplesNs)
{
    if (samplesNs.empty())
    {
        return {};
    }
    const double centre = *median(samplesNs);
    return {centre, std::max(kOutlierScore * spreadOf(samplesNs, centre), kOutlierFloorShare * std::abs(centre))};
}

} // namespace

std::vector<SampleLabel> labelSamples(std::span<const double> samplesNs, std::span<const double> smMhz,
                                      std::optional<double> defaultSmMhz, std::span<const double> waitsNs)
{
    if (!smMhz.empty() && smMhz.size() != samplesNs.size())
    {
        throw std::invalid_argument(
            fmt::format("there are {} clock readings for {} samples", smMhz.size(), samplesNs.size()));
    }
    if (!waitsNs.empty() && waitsNs.size() != samplesNs.size())
    {
        throw std::invalid_argument(fmt::format("there are {} waits for {} samples", waitsNs.size(), samplesNs.size()));
    }
    std::vector<SampleLabel> labels = labelLowClocks(samplesNs.size(), smMhz, defaultSmMhz);
    for (std::size_t i = 0; i < waitsNs.size(); ++i)
    {
        if (labels[i] == SampleLabel::None && waitsNs[i] > kStalledShare * samplesNs[i])
        {
            labels[i] = SampleLabel::CoreWait;
        }
    }
    std::vector<double> usual;
    for (std::size_t i = 0; i < samplesNs.size(); ++i)
    {
        if (labels[i] == SampleLabel::None && std::isfinite(samplesNs[i]))
        {
            usual.push_back(samplesNs[i]);
        }
    }
    const Fence fence = fenceOf(usual);
    for (std::size_t i = 0; i < samplesNs.size(); ++i)
    {
        if (labels[i] == SampleLabel::None && !fence.encloses(samplesNs[i]))
        {
            labels[i] = SampleLabel::Outlier;
        }
    }
    return labels;
}

} // namespace headroom
