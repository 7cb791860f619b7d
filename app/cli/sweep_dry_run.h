// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/encoding/json.h"
#include "core/plan/plan.h"
#include "core/report/format.h"
#include "core/report/table.h"

#include <string>

namespace headroom::cli
{

/// What a sweep would do, without doing it.

/// A row for each problem: what is timed of it, what is left out, and how long all of it is estimated to take; the sum
/// stands below.
Table dryRunTable(const Plan& plan, const Format& format);

/// {device, estimateSeconds, jobs, problems: [{problem, estimateSeconds, cases: [{id, job, backend, pass, launch, l2,
/// leftOut, reason}]}]}.
Json dryRunJson(const Plan& plan, const std::string& device);

/// A row for each preset: its name, what it is, its number of cases with all backends.
Table presetTable(const Format& format);

} // namespace headroom::cli
