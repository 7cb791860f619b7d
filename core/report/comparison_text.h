// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/format.h"
#include "core/report/report_comparison.h"
#include "core/report/report_tables.h"
#include "core/report/table.h"

#include <string>
#include <vector>

namespace headroom
{

/// A comparison with what its two reports are called.
struct NamedComparison
{
    std::string first;
    std::string second;
    ReportComparison comparison;

    bool operator==(const NamedComparison&) const = default;
};

/// "Of 12 verified cases in common, B is faster in 3, slower in 1 and the same in 6; 2 cannot be told. Another backend
/// ran in 1." Where no verdict of time is given, why; what changed beside time is said all the same.
std::string comparisonSentence(const NamedComparison& named, const Format& format);

/// What changed in a case beside its time, a few words each: "flash → math", "accuracy passed → FAILED", "error 1.1× →
/// 1.8× of the yardstick's", "peak 1.2 GiB → 2.4 GiB". Errors and peaks that hardly differ (10 %, 1 %) are left out.
std::vector<std::string> besideTime(const CaseComparison& one, const Format& format);

/// "1.32× (1.30 – 1.34) faster": the verdict where there is one, else "not ranked", or the ratio alone where the
/// circumstances keep verdicts back.
Cell comparedRatio(const CaseComparison& one, bool judged, const Format& format);

/// Unlike circumstances: a row each, a column for each report; no rows where all is alike.
Table unlikeTable(const std::vector<NamedComparison>& all, const Format& format);

/// Cases in common, a row each: both medians, their ratio with interval and verdict, the minimum detectable effect, and
/// what changed beside. With Detail::Full in columns of their own, for a document. \a changesAlone leaves out the cases
/// that are the same in all.
Table comparisonTable(const NamedComparison& named, const Format& format, Detail detail, bool changesAlone = false);

/// What only one of the reports has, a line each, the first \a most of them.
std::vector<std::string> lonelyLines(const NamedComparison& named, const Format& format, std::size_t most);

} // namespace headroom
