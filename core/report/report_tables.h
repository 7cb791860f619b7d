// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/format.h"
#include "core/report/report.h"
#include "core/report/table.h"

#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// The tables of a report, built once here and drawn by each writer. What has no rows is not among them.

/// How much of a table is wanted.
enum class Detail
{
    Compact, ///< for a terminal of 100 columns
    Full     ///< for a document
};

/// Of an A/B comparison: its sides, what their comparison came to, and in what their workers differ (ab_tables.cpp).
std::vector<Table> abTables(const Report& report, const Format& format, Detail detail);

/// What an audit found: a row for each call that a fix was tried on, and for each finding without one
/// (audit_tables.cpp).
std::vector<Table> auditTables(const Report& report, const Format& format, Detail detail);

/// For each kind of attention call in the model: which backends take it, and if not why not and the smallest fix.
std::vector<Table> compatibilityTables(const Report& report, const Format& format, Detail detail);

/// A row for each backend and place; with Detail::Full a second table tensor by tensor.
std::vector<Table> accuracyTables(const Report& report, const Format& format, Detail detail);

/// A table for each timed job that is no point of a sweep and no trial of an audit (with Detail::Compact: the main
/// ones).
std::vector<Table> performanceTables(const Report& report, const Format& format, Detail detail);

/// What the times of a job's cases mean on this device: rates, roofline, clock, energy, odd samples. With
/// Detail::Compact the main jobs alone. Columns that would be empty are left out.
std::vector<Table> hardwareTables(const Report& report, const Format& format, Detail detail);

/// Measured peak rates, a row each.
Table peaksTable(const PeakRates& peaks, const Format& format);

/// Where each backend that was searched runs out of memory.
std::vector<Table> frontierTables(const Report& report, const Format& format);

std::vector<Table> sweepTables(const Report& report, const Format& format);

/// The model's checks; for each call the ladder (with Detail::Full also step by step), determinism and batch
/// invariance; and the battery of known defects (check_tables.cpp).
std::vector<Table> checkTables(const Report& report, const Format& format, Detail detail);

/// Jobs that did not pass, with their reasons.
std::vector<Table> unfinishedTables(const Report& report, const Format& format);

/// Two columns: what the figures were taken on and with.
Table circumstancesTable(const Report& report, const Format& format, Detail detail);

/// "PRESENT", "not present", "not applicable", "could not tell" of a known defect.
Cell presenceCell(CheckStatus status);

/// "not verified", "passed", "FAILED", "NaN or infinity".
Cell verdictCell(AccuracyVerdict verdict);

/// A word of the core with its dashes as spaces: "out of memory".
std::string spaced(std::string_view word);

} // namespace headroom
