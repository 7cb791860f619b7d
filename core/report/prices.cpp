// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/prices.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <span>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom
{
namespace
{

constexpr std::array<std::string_view, 3> kKeys{"currency", "devices", "perKwh"};
constexpr std::array<std::string_view, 2> kDeviceKeys{"name", "perHour"};
constexpr double kHighestPrice = 1e9; ///< what is more is a slip, in whatever currency

char lower(char letter)
{
    return static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
}

void refuseUnknown(const Json& object, std::span<const std::string_view> known, const std::string& where)
{
    for (const auto& [key, value] : object.items())
    {
        if (std::find(known.begin(), known.end(), key) == known.end())
        {
            throw std::invalid_argument(
                fmt::format("{} knows no \"{}\"; known are {}.", where, key, fmt::join(known, ", ")));
        }
    }
}

double priceAt(const Json& object, const char* key, const std::string& where)
{
    const auto found = object.find(key);
    if (found == object.end())
    {
        throw std::invalid_argument(fmt::format("{} lacks \"{}\".", where, key));
    }
    const double price = found->is_number() ? found->get<double>() : -1;
    if (!(price >= 0) || !std::isfinite(price))
    {
        throw std::invalid_argument(
            fmt::format("\"{}\" of {} is a number of at least 0, not {}.", key, where, toJsonLine(*found)));
    }
    if (price > kHighestPrice)
    {
        throw std::invalid_argument(
            fmt::format("\"{}\" of {} is at most 1e9, and {} is more.", key, where, toJsonLine(*found)));
    }
    return price;
}

std::string textAt(const Json& object, const char* key, const std::string& where)
{
    const auto found = object.find(key);
    if (found == object.end() || !found->is_string() || found->get_ref<const std::string&>().empty())
    {
        throw std::invalid_argument(fmt::format("{} needs \"{}\", a text that is not empty.", where, key));
    }
    return found->get<std::string>();
}

std::vector<DevicePrice> devicesOf(const Json& list)
{
    if (!list.is_array())
    {
        throw std::invalid_argument("\"devices\" is a list of {\"name\": PATTERN, \"perHour\": PRICE}.");
    }
    std::vector<DevicePrice> devices;
    for (const auto& entry : list)
    {
        const std::string where = fmt::format("device {} of the prices", devices.size() + 1);
        if (!entry.is_object())
        {
            throw std::invalid_argument(fmt::format("{} is no {{\"name\": PATTERN, \"perHour\": PRICE}}.", where));
        }
        refuseUnknown(entry, kDeviceKeys, where);
        devices.push_back({textAt(entry, "name", where), priceAt(entry, "perHour", where)});
    }
    return devices;
}

} // namespace

bool fitsPattern(std::string_view pattern, std::string_view text)
{
    std::size_t at = 0;
    std::size_t place = 0;
    std::size_t star = std::string_view::npos; // the last '*', and what of the text it covers for now
    std::size_t covered = 0;
    while (place < text.size())
    {
        const bool same = at < pattern.size() && pattern[at] != '*' &&
                          (pattern[at] == '?' || lower(pattern[at]) == lower(text[place]));
        if (same)
        {
            ++at;
            ++place;
        }
        else if (at < pattern.size() && pattern[at] == '*')
        {
            star = at++;
            covered = place;
        }
        else if (star != std::string_view::npos)
        {
            at = star + 1;
            place = ++covered;
        }
        else
        {
            return false;
        }
    }
    return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

std::optional<double> Prices::perHour(std::string_view name) const
{
    const auto found = std::find_if(devices.begin(), devices.end(),
                                    [&](const DevicePrice& price) { return fitsPattern(price.name, name); });
    return found == devices.end() ? std::nullopt : std::optional(found->perHour);
}

Prices pricesFromText(std::string_view text)
{
    const Json document = parseJson(text);
    if (!document.is_object())
    {
        throw std::invalid_argument("Prices are an object: {\"currency\": ..., \"devices\": [...], \"perKwh\": ...}.");
    }
    refuseUnknown(document, kKeys, "The file of prices");
    Prices prices;
    prices.currency = textAt(document, "currency", "The file of prices");
    if (const auto devices = document.find("devices"); devices != document.end())
    {
        prices.devices = devicesOf(*devices);
    }
    if (document.contains("perKwh"))
    {
        prices.perKwh = priceAt(document, "perKwh", "the file of prices");
    }
    if (prices.devices.empty() && !prices.perKwh)
    {
        throw std::invalid_argument("The file of prices has no price: give \"devices\", \"perKwh\" or both.");
    }
    return prices;
}

} // namespace headroom
