// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/stalled_samples.h"

#include "core/measure/statistics.h"

#include <algorithm>
#include <cmath>

namespace headroom
{
namespace
{

bool endsAtTick(double ns)
{
    const double off = std::remainder(ns, kSchedulerTickNs);
    return ns > (kFewestTicks - 0.5) * kSchedulerTickNs && off >= -kBelowTickNs && off <= kAboveTickNs;
}

} // namespace

bool mostlyStalled(std::span<const double> samplesNs, double flops)
{
    const auto middle = median(samplesNs);
    if (!middle || !(*middle > 0))
    {
        return false;
    }
    if (*middle > kStalledRatio * *std::ranges::min_element(samplesNs))
    {
        return true;
    }
    const bool isSlow = flops > 0 && flops < kLeastFlopsPerSecond * *middle * 1e-9;
    return isSlow && 2 * std::ranges::count_if(samplesNs, endsAtTick) >= std::ssize(samplesNs);
}

} // namespace headroom
