// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/encoding/json.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// What an hour of the devices whose name fits costs.
struct DevicePrice
{
    std::string name; ///< a pattern: '*' stands for any text, '?' for any character; letters in either case
    double perHour = 0;

    bool operator==(const DevicePrice&) const = default;
};

/// What a user pays, from a small file of their own:
///
///     {
///       "currency": "EUR",
///       "devices": [{"name": "*H200*", "perHour": 3.2}, {"name": "*", "perHour": 0.15}],
///       "perKwh": 0.31
///     }
struct Prices
{
    std::string currency;
    std::vector<DevicePrice> devices; ///< the first whose pattern fits counts
    std::optional<double> perKwh;

    bool operator==(const Prices&) const = default;

    /// The price of an hour of the device \a name; nothing where no pattern fits.
    std::optional<double> perHour(std::string_view name) const;
};

/// Whether \a text is what \a pattern describes.
bool fitsPattern(std::string_view pattern, std::string_view text);

/// Reads prices strictly: a key that is not known, a price that is no number from 0 to 1e9, a currency that is missing
/// and a file without any price are mistakes, and a mistaken price is worse than none.
/// \throws std::invalid_argument with a sentence that names the place.
Prices pricesFromText(std::string_view text);

} // namespace headroom
