// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/format.h"
#include "core/report/report.h"
#include "core/report/table.h"

#include <string>
#include <vector>

namespace headroom
{

/// The tables of a sweep over attention calls; none for other runs.

/// A row for each backend: how many cases were measured, rejected and left out, and how many comparisons it won.
std::vector<Table> kernelSummaryTables(const Report& report, const Format& format);

/// For each pass, launch, L2 state, data type, mask, head dims and number of heads: medians by batch and length, a
/// column a backend, the fastest beside them, and why a cell is empty or rejected below. Where batches and lengths make
/// a grid, a second table of the fastest alone, batch by length.
std::vector<Table> kernelTables(const Report& report, const Format& format);

/// What a case of a sweep has in common with those that differ from it in batch and lengths alone: "forward, bfloat16,
/// causal, 16 heads, head_dim 64".
std::string kernelGroupTitle(const CaseReport& row);

} // namespace headroom
