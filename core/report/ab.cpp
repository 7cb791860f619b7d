// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/ab.h"

#include "core/measure/sequential_comparison.h"
#include "core/plan/ab_plan.h"
#include "core/report/findings.h"
#include "core/report/queries.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom
{
namespace
{

std::string verdictClause(const Report& report, const Comparison& comparison, const Format& format)
{
    const auto a = nameOfSide(report, Side::A);
    const auto b = nameOfSide(report, Side::B);
    const std::string figure =
        comparison.ratio ? format.ratio(*comparison.ratio, comparison.interval) : std::string(format.dash());
    switch (comparison.verdict)
    {
    case ComparisonVerdict::Faster:
        return fmt::format("{} is {} faster than {}", b, figure, a);
    case ComparisonVerdict::Slower:
        return fmt::format("{} is slower than {}: it runs at {} its speed", b, a, figure);
    case ComparisonVerdict::Same:
        return fmt::format("{} is as fast as {} ({})", b, a, figure);
    case ComparisonVerdict::CannotTell:
        break;
    }
    return fmt::format("whether {} is faster than {} cannot be told ({})", b, a, figure);
}

/// What keeps the two from being compared at all.
std::string whyNotCompared(const Report& report)
{
    for (const Side side : {Side::A, Side::B})
    {
        const auto* row = sideOf(report, side);
        if (row != nullptr && row->outcome != Outcome::Passed && !row->reason.empty())
        {
            return fmt::format("{} was not measured: {}", nameOfSide(report, side), row->reason);
        }
    }
    return "they were not measured";
}

} // namespace

bool isAb(const Report& report)
{
    return report.plan.command == kAbCommand;
}

const CaseReport* sideOf(const Report& report, Side side)
{
    const auto found =
        std::ranges::find_if(report.cases, [&](const CaseReport& row) { return row.measured.side == side; });
    return isAb(report) && found != report.cases.end() ? &*found : nullptr;
}

const ComparisonReport* abComparison(const Report& report)
{
    const auto found =
        std::ranges::find_if(report.comparisons, [](const ComparisonReport& row) { return row.jobId == kAbJob; });
    return isAb(report) && found != report.comparisons.end() ? &*found : nullptr;
}

std::string nameOfSide(const Report& report, Side side)
{
    const std::string name(letter(side));
    const auto at = static_cast<std::size_t>(side);
    const bool named = at < report.plan.sides.size() && !report.plan.sides[at].settings.empty();
    return named ? fmt::format("{} ({})", name, fmt::join(report.plan.sides[at].settings, ", ")) : name;
}

std::vector<CircumstanceDifference> differencesOfSides(const Report& report)
{
    const bool two = report.circumstances && !report.circumstances->others.empty();
    return two ? differencesBetween(*report.circumstances, report.circumstances->others.front())
               : std::vector<CircumstanceDifference>();
}

std::int64_t looksOf(const Comparison& comparison)
{
    return std::max<std::int64_t>(0, comparison.pairs - pairsNeededForSequentialInterval(comparison.confidence) + 1);
}

std::string abSentence(const Report& report, const Format& format)
{
    const auto* found = abComparison(report);
    if (found == nullptr)
    {
        return {};
    }
    std::string text = fmt::format("{}, after {}", verdictClause(report, found->comparison, format),
                                   format.plural(found->comparison.pairs, "pair"));
    text += found->ranked ? std::string() : fmt::format("; but nothing is ranked: {}", found->whyUnranked);
    return sentence(text);
}

void findInAb(const Report& report, Findings& findings)
{
    const Format format;
    const auto* found = abComparison(report);
    const auto* job = findJobReport(report, kAbJob);
    if (found == nullptr)
    {
        if (job != nullptr && job->finished && job->result.outcome == Outcome::Passed)
        {
            findings.cannotTell.push_back(sentence("A and B cannot be compared: " + whyNotCompared(report)));
        }
        return;
    }
    const auto& comparison = found->comparison;
    std::string text = abSentence(report, format);
    if (comparison.verdict == ComparisonVerdict::CannotTell)
    {
        text += " " + sentence(comparison.reason);
    }
    if (!found->ranked || comparison.verdict == ComparisonVerdict::CannotTell)
    {
        findings.cannotTell.push_back(text);
        return;
    }
    (comparison.verdict == ComparisonVerdict::Slower ? findings.failed : findings.said).push_back(text);
}

} // namespace headroom
