// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/price_file.h"

#include "core/encoding/whole_file.h"
#include "core/launch/set_up_error.h"

#include <cstdlib>
#include <stdexcept>

#include <fmt/format.h>

namespace headroom
{
namespace
{

constexpr const char* kExample =
    R"({"currency": "EUR", "devices": [{"name": "*H200*", "perHour": 3.2}], "perKwh": 0.31})";

} // namespace

std::filesystem::path defaultPriceFile()
{
    const char* config = std::getenv("XDG_CONFIG_HOME");
    if (config != nullptr && *config == '/') // a relative one is invalid (XDG Base Directory Specification)
    {
        return std::filesystem::path(config) / "headroom" / "prices.json";
    }
    const char* home = std::getenv("HOME");
    return home != nullptr && *home != '\0' ? std::filesystem::path(home) / ".config" / "headroom" / "prices.json"
                                            : std::filesystem::path();
}

Prices readPrices(const std::filesystem::path& file)
{
    std::error_code unreadable;
    const std::string text = wholeFile(file, unreadable);
    if (unreadable == std::errc::no_such_file_or_directory)
    {
        throw SetUpError(fmt::format("There is no file of prices {}. Write one: {}", file.string(), kExample));
    }
    if (unreadable)
    {
        throw SetUpError(fmt::format("The prices in {} cannot be read: {}.", file.string(), unreadable.message()));
    }
    try
    {
        return pricesFromText(text);
    }
    catch (const std::invalid_argument& mistake)
    {
        throw SetUpError(fmt::format("{}: {}", file.string(), mistake.what()));
    }
}

std::optional<Prices> keptPrices()
{
    const auto file = defaultPriceFile();
    std::error_code error;
    return !file.empty() && std::filesystem::exists(file, error) ? std::optional(readPrices(file)) : std::nullopt;
}

} // namespace headroom
