// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/prices.h"

#include <filesystem>
#include <optional>

namespace headroom
{

/// Where a user keeps prices: XDG_CONFIG_HOME/headroom/prices.json, or below ~/.config; empty without either.
std::filesystem::path defaultPriceFile();

/// The prices in \a file. \throws SetUpError with the path and a sentence when it cannot be read or is no file of
/// prices; one for a file that is not there says what to write into it.
Prices readPrices(const std::filesystem::path& file);

/// Those of defaultPriceFile(); nothing where there is no such file. \throws SetUpError for one that is mistaken.
std::optional<Prices> keptPrices();

} // namespace headroom
