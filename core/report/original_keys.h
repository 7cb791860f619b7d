// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <string>
#include <utility>
#include <vector>

namespace headroom
{

/// The part of a JSON report that users of the original tool read, key by key in its order.
std::vector<std::pair<std::string, Json>> originalKeys(const Report& report);

/// A recommendation as one string, as the original tool has it: title, reason and gain.
std::string recommendationText(const Recommendation& recommendation);

} // namespace headroom
