// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/comparison_text.h"

#include <string>
#include <vector>

namespace headroom
{

/// One of the reports that are compared.
struct ComparedReport
{
    std::string label; ///< "A": what the columns call it
    std::string name;  ///< a file or a run, as it was named
    std::string run;
    std::string startedUtc;
    std::string device; ///< empty where it is not recorded

    bool operator==(const ComparedReport&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ComparedReport, label, name, run, startedUtc, device)

/// Several reports against their first, in the order in which they were named.
struct ComparisonDocument
{
    std::vector<ComparedReport> reports;
    std::vector<NamedComparison> comparisons; ///< one less

    bool operator==(const ComparisonDocument&) const = default;
};

/// Compares each of \a reports with the first. \a names has a name for each; labels are A, B and so on.
/// \throws std::invalid_argument for fewer than two reports, or a rule out of its range.
ComparisonDocument compareAll(const std::vector<Report>& reports, const std::vector<std::string>& names,
                              const ComparisonRequest& request);

/// The worst of all: Failed before CannotTell before Passed.
Conclusion concludeComparison(const ComparisonDocument& document);

/// For a terminal: which reports, unlike circumstances, then a table and a sentence for each comparison. \a advice
/// stands behind a sentence without verdicts ("--force gives them all the same").
std::string writeComparisonText(const ComparisonDocument& document, const Format& format, const TextLayout& layout,
                                bool changesAlone, const std::string& advice);

std::string writeComparisonMarkdown(const ComparisonDocument& document, bool changesAlone);

/// {"reports": [...], "comparisons": [{"first": "A", "second": "B", ...}], "conclusion": "..."}
Json comparisonJson(const ComparisonDocument& document);

} // namespace headroom
