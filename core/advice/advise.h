// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"
#include "core/validate/recommendation.h"

#include <vector>

namespace headroom
{

/// What the measured facts of \a report advise, most valuable first. Pure: no rule looks at anything but the report,
/// and no gain is stated that was not measured in it.
std::vector<Recommendation> advise(const Report& report);

} // namespace headroom
