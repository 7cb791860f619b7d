// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace headroom::ui
{

/// Counts in bins of equal width.
struct Histogram
{
    double from = 0;
    double width = 0;
    std::vector<std::int64_t> counts;

    bool operator==(const Histogram&) const = default;
};

/// Bins by Freedman and Diaconis (2 IQR / n^(1/3) wide), at least one and at most \a most of them, from the lowest to
/// the highest value: none is cut off. Values that are not finite are left out; nothing for none. Equal values are one
/// bin of no width.
Histogram histogramOf(std::span<const double> values, int most);

} // namespace headroom::ui
