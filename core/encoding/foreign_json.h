// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/encoding/json.h"

#include <string_view>

namespace headroom
{

/// The value of \a text that comes from outside, such as a model's config.json. Parsing ends at the first bracket that
/// is nested deeper than \a deepest, before anything is built of it. Strings stay strings.
/// \throws std::invalid_argument with the place of the fault in a sentence when \a text is not JSON, or nested deeper.
Json parseForeignJson(std::string_view text, int deepest);

} // namespace headroom
