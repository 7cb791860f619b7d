// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/false_discovery.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

namespace headroom
{

std::vector<double> falseDiscoveryAdjusted(std::span<const double> pValues)
{
    std::vector<double> adjusted(pValues.begin(), pValues.end());
    std::vector<std::size_t> descending;
    for (std::size_t at = 0; at < pValues.size(); ++at)
    {
        if (std::isnan(pValues[at]))
        {
            continue;
        }
        if (pValues[at] < 0.0 || pValues[at] > 1.0)
        {
            throw std::invalid_argument(fmt::format("a p-value lies between 0 and 1, not {}", pValues[at]));
        }
        descending.push_back(at);
    }
    std::ranges::stable_sort(descending, [&](std::size_t a, std::size_t b) { return pValues[a] > pValues[b]; });
    const auto tests = static_cast<double>(descending.size());
    double least = 1.0;
    double rank = tests;
    for (const std::size_t at : descending)
    {
        least = std::min(least, tests * pValues[at] / rank);
        adjusted[at] = least;
        rank -= 1.0;
    }
    return adjusted;
}

} // namespace headroom
