// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/format.h"
#include "core/report/table.h"
#include "core/run/explanation.h"

#include <vector>

namespace headroom
{

/// An explanation as tables: who takes the call, every rule of every backend with its value and limit, and what would
/// make each backend that does not take it do so.
std::vector<Table> explanationTables(const Explanation& explanation, const Format& format);

/// A support matrix as tables, one for each data type: a row for each head_dim, a column for each backend.
std::vector<Table> supportTables(const std::vector<SupportCell>& cells, const Format& format);

} // namespace headroom
