// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/histogram.h"

#include "core/measure/statistics.h"

#include <algorithm>
#include <cmath>

namespace headroom::ui
{

Histogram histogramOf(std::span<const double> values, int most)
{
    std::vector<double> finite;
    std::copy_if(values.begin(), values.end(), std::back_inserter(finite),
                 [](double value) { return std::isfinite(value); });
    Histogram histogram;
    if (finite.empty() || most < 1)
    {
        return histogram;
    }
    const auto [low, high] = std::minmax_element(finite.begin(), finite.end());
    histogram.from = *low;
    if (*low == *high)
    {
        histogram.counts = {static_cast<std::int64_t>(finite.size())};
        return histogram;
    }
    const double spread = quantile(finite, 0.75).value_or(0) - quantile(finite, 0.25).value_or(0);
    const double wanted = 2 * spread / std::cbrt(static_cast<double>(finite.size()));
    const double range = *high - *low;
    const int bins =
        wanted > 0 ? static_cast<int>(std::min(std::ceil(range / wanted), static_cast<double>(most))) : most;
    histogram.width = range / bins;
    histogram.counts.assign(static_cast<std::size_t>(bins), 0);
    for (const double value : finite)
    {
        const auto bin = static_cast<std::size_t>((value - histogram.from) / histogram.width);
        ++histogram.counts[std::min(bin, histogram.counts.size() - 1)];
    }
    return histogram;
}

} // namespace headroom::ui
