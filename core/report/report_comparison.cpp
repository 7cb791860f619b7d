// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/report_comparison.h"

#include "core/report/case_cells.h"
#include "core/report/error_ratios.h"
#include "core/report/shared_cases.h"
#include "core/report/stalls.h"
#include "core/report/summary.h"
#include "core/report/unlike_circumstances.h"

#include <span>

namespace headroom
{
namespace
{

bool isWrong(AccuracyVerdict verdict)
{
    return verdict == AccuracyVerdict::Failed || verdict == AccuracyVerdict::NotFinite;
}

CaseSide sideOf(const Report& report, std::size_t index, const std::optional<double>& errorRatio)
{
    const CaseReport& row = report.cases[index];
    CaseSide side;
    side.index = index;
    side.outcome = row.outcome;
    side.accuracy = row.accuracy;
    side.errorRatio = errorRatio;
    side.peakBytes = row.result.peakBytes;
    if (row.evidence)
    {
        side.ran = row.evidence->ran;
        side.kernels = row.evidence->kernels;
    }
    if (isMeasured(row))
    {
        side.medianNs = row.device->medianNs;
        side.medianIntervalNs = row.device->medianIntervalNs;
    }
    else
    {
        side.whyUntimed = whyEmpty(row);
    }
    return side;
}

std::string whyUnrankedPair(const CaseReport& first, const CaseReport& second)
{
    const std::string why = whyUnranked(first);
    return why.empty() ? whyUnranked(second) : why;
}

CaseComparison comparisonOf(const Report& first, const Report& second, const SharedCase& met, CaseSide ours,
                            CaseSide theirs, const ComparisonRule& rule)
{
    const CaseReport& one = first.cases[met.first];
    const CaseReport& other = second.cases[met.second];
    CaseComparison result;
    result.id = met.id;
    result.measured = one.measured;
    result.first = std::move(ours);
    result.second = std::move(theirs);
    result.whyUnranked = whyUnrankedPair(one, other);
    const auto timesOf = [](const CaseReport& row)
    { return isMeasured(row) ? std::span<const double>(row.deviceNs) : std::span<const double>(); };
    result.time = compareApart(timesOf(one), timesOf(other), rule);
    doubtStalls(result.time, rule, one, other);
    if (result.first.peakBytes && result.second.peakBytes && *result.second.peakBytes > 0)
    {
        result.memoryRatio = *result.first.peakBytes / *result.second.peakBytes;
    }
    return result;
}

void countTime(const CaseComparison& one, const ComparisonRule& rule, ComparisonCounts& counts)
{
    switch (one.time.verdict)
    {
    case ComparisonVerdict::Faster:
        ++counts.faster;
        break;
    case ComparisonVerdict::Slower:
        ++counts.slower;
        break;
    case ComparisonVerdict::Same:
        ++counts.same;
        break;
    case ComparisonVerdict::CannotTell:
        ++counts.cannotTell;
        counts.maybeSlower += one.time.interval && one.time.interval->low * (1 + rule.minimumEffect) >= 1 ? 0 : 1;
        break;
    }
}

ComparisonCounts countsOf(const ReportComparison& comparison)
{
    ComparisonCounts counts;
    for (const auto& one : comparison.cases)
    {
        counts.backendChanged += one.backendChanged() ? 1 : 0;
        counts.accuracyWorse += one.accuracyIsWorse() ? 1 : 0;
        counts.accuracyBetter += one.accuracyIsBetter() ? 1 : 0;
        counts.lost += one.isLost() ? 1 : 0;
        counts.unranked += one.isRanked() ? 0 : 1;
        if (one.isRanked() && comparison.judged)
        {
            countTime(one, comparison.rule, counts);
        }
    }
    return counts;
}

std::vector<std::string> describeKept(const Report& report, const std::vector<std::size_t>& cases,
                                      const CaseFilter& filter)
{
    std::vector<std::string> texts;
    for (const std::size_t at : cases)
    {
        if (filter.keeps(report.cases[at].measured))
        {
            texts.push_back(describeWithSide(report.cases[at].measured));
        }
    }
    return texts;
}

} // namespace

bool CaseComparison::backendChanged() const
{
    return first.ran && second.ran && *first.ran != *second.ran;
}

bool CaseComparison::kernelsChanged() const
{
    return !backendChanged() && !first.kernels.empty() && !second.kernels.empty() && first.kernels != second.kernels;
}

bool CaseComparison::accuracyIsWorse() const
{
    return isWrong(second.accuracy) && first.accuracy != second.accuracy &&
           first.accuracy != AccuracyVerdict::NotFinite;
}

bool CaseComparison::accuracyIsBetter() const
{
    return isWrong(first.accuracy) && second.accuracy == AccuracyVerdict::Passed;
}

bool CaseComparison::isLost() const
{
    return first.medianNs && !second.medianNs &&
           (second.outcome == Outcome::Failed || second.outcome == Outcome::Skipped) &&
           second.whyUntimed != toString(Cause::Budget);
}

void to_json(Json& json, const ReportComparison& comparison)
{
    Json cases = Json::array();
    for (const auto& one : comparison.cases)
    {
        Json row = one;
        row["description"] = describeWithSide(one.measured);
        row["ranked"] = one.isRanked();
        row["verdict"] = comparison.judged && one.isRanked() ? Json(one.time.verdict) : Json();
        row["backendChanged"] = one.backendChanged();
        row["kernelsChanged"] = one.kernelsChanged();
        row["accuracyIsWorse"] = one.accuracyIsWorse();
        row["lost"] = one.isLost();
        cases.push_back(std::move(row));
    }
    json = Json{{"differences", comparison.differences},
                {"alike", comparison.alike},
                {"judged", comparison.judged},
                {"rule", comparison.rule},
                {"counts", comparison.counts},
                {"conclusion", concludeComparison(comparison)},
                {"cases", std::move(cases)},
                {"onlyFirst", comparison.onlyFirst},
                {"onlySecond", comparison.onlySecond}};
}

ReportComparison compareReports(const Report& first, const Report& second, const ComparisonRequest& request)
{
    const CaseMeeting meeting = meetCases(first, second);
    const auto errors = errorRatiosOf(first);
    const auto otherErrors = errorRatiosOf(second);
    ReportComparison result;
    result.rule = request.rule;
    result.differences = unlikenessOf(first, second, meeting);
    result.alike = areAlike(result.differences);
    result.judged = result.alike || request.force;
    for (const auto& met : meeting.shared)
    {
        if (request.filter.keeps(first.cases[met.first].measured))
        {
            result.cases.push_back(comparisonOf(first, second, met, sideOf(first, met.first, errors[met.first]),
                                                sideOf(second, met.second, otherErrors[met.second]), request.rule));
        }
    }
    result.onlyFirst = describeKept(first, meeting.onlyFirst, request.filter);
    result.onlySecond = describeKept(second, meeting.onlySecond, request.filter);
    result.counts = countsOf(result);
    return result;
}

Conclusion concludeComparison(const ReportComparison& comparison)
{
    const ComparisonCounts& counts = comparison.counts;
    if (counts.slower + counts.accuracyWorse + counts.backendChanged + counts.lost > 0)
    {
        return Conclusion::Failed;
    }
    return counts.judged() == 0 || counts.maybeSlower > 0 ? Conclusion::CannotTell : Conclusion::Passed;
}

} // namespace headroom
