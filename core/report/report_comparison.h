// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/circumstances_diff.h"
#include "core/measure/comparison_apart.h"
#include "core/plan/case_filter.h"
#include "core/report/report.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headroom
{

/// How two reports are to be compared.
struct ComparisonRequest
{
    ComparisonRule rule;
    bool force = false; ///< verdicts of time although circumstances that matter are unlike
    CaseFilter filter;  ///< the cases to look at; all when empty

    bool operator==(const ComparisonRequest&) const = default;
};

/// A case as one of the two reports has it.
struct CaseSide
{
    std::size_t index = 0; ///< into the report's cases
    Outcome outcome = Outcome::Passed;
    std::string whyUntimed; ///< empty when it was timed: "out of memory"
    std::optional<double> medianNs;
    std::optional<Interval> medianIntervalNs;
    AccuracyVerdict accuracy = AccuracyVerdict::Unverified;
    std::optional<double> errorRatio; ///< errorRatiosOf()
    std::optional<Backend> ran;       ///< by the evidence
    std::vector<std::string> kernels;
    std::optional<double> peakBytes;

    bool operator==(const CaseSide&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CaseSide, index, outcome, whyUntimed, medianNs, medianIntervalNs,
                                                accuracy, errorRatio, ran, kernels, peakBytes)

/// One case of both reports. Ratios are the first's over the second's: above 1 the second is faster, or needs less.
struct CaseComparison
{
    std::string id; ///< meetingId()
    Case measured;  ///< as the first has it
    CaseSide first;
    CaseSide second;
    Comparison time;         ///< by compareApart(); CannotTell without samples on both sides
    std::string whyUnranked; ///< why there can be no verdict of time: a side is not measured, not verified, not what it
                             ///< is called; empty when there can
    std::optional<double> memoryRatio;

    bool operator==(const CaseComparison&) const = default;

    bool isRanked() const { return whyUnranked.empty(); }
    /// Another backend was seen to run. False where one side has no evidence.
    bool backendChanged() const;
    /// The same backend ran other kernels, as after an update of a library.
    bool kernelsChanged() const;
    /// The second's numbers are wrong, and the first's were less so.
    bool accuracyIsWorse() const;
    bool accuracyIsBetter() const;
    /// The first was timed and the second could not be: it failed, or is refused or out of memory.
    bool isLost() const;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CaseComparison, id, measured, first, second, time, whyUnranked,
                                                memoryRatio)

/// How many of the shared cases. Verdicts of time count ranked cases alone, and none where they are withheld.
struct ComparisonCounts
{
    std::int64_t faster = 0;
    std::int64_t slower = 0;
    std::int64_t same = 0;
    std::int64_t cannotTell = 0;
    std::int64_t maybeSlower = 0; ///< among cannotTell: a slowdown of the minimum effect is not excluded
    std::int64_t unranked = 0;
    std::int64_t backendChanged = 0;
    std::int64_t accuracyWorse = 0;
    std::int64_t accuracyBetter = 0;
    std::int64_t lost = 0;

    std::int64_t judged() const { return faster + slower + same + cannotTell; }
    bool operator==(const ComparisonCounts&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ComparisonCounts, faster, slower, same, cannotTell, maybeSlower,
                                                unranked, backendChanged, accuracyWorse, accuracyBetter, lost)

/// A second report against a first, like for like by case.
struct ReportComparison
{
    std::vector<CircumstanceDifference> differences; ///< unlikenessOf()
    bool alike = true;                               ///< nothing that matters differs
    bool judged = true;                              ///< verdicts of time are given: alike, or forced
    ComparisonRule rule;
    std::vector<CaseComparison> cases;   ///< that both have, in the first's order
    std::vector<std::string> onlyFirst;  ///< described
    std::vector<std::string> onlySecond; ///< described
    ComparisonCounts counts;

    bool operator==(const ReportComparison&) const = default;
};

void to_json(Json& json, const ReportComparison& comparison);

/// Compares \a second with \a first: cases meet by meetingId(); each gets an interval, a minimum detectable effect and
/// one of four verdicts by compareApart(), and beside its time the backend that ran, its accuracy and its memory. A
/// verdict needs cases that are measured and verified on both sides, and circumstances that are alike unless \a request
/// forces it. The interval knows the noise inside each run, not that between runs. Pure and thread-safe.
/// \throws std::invalid_argument for a rule out of its range.
ReportComparison compareReports(const Report& first, const Report& second, const ComparisonRequest& request = {});

/// Failed: something is slower, less accurate, lost, or another backend ran. Those are seen whatever the circumstances,
/// but for slower, which needs a verdict. CannotTell: no case has a verdict, or a slowdown of the minimum effect cannot
/// be excluded in one. Else Passed.
Conclusion concludeComparison(const ReportComparison& comparison);

} // namespace headroom
