// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/fastest.h"

#include "core/plan/sweep_plan.h"
#include "core/report/case_cells.h"
#include "core/report/summary.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom
{
namespace
{

using Rows = std::vector<const CaseReport*>;

/// Whether \a fastest is told apart from \a other: by the stored comparison of the two, or a new one.
bool isFaster(const Report& report, const std::vector<const ComparisonReport*>& stored, const CaseReport& fastest,
              const CaseReport& other)
{
    for (const auto* comparison : stored)
    {
        if (comparison->baselineCase == other.result.caseId && comparison->candidateCase == fastest.result.caseId)
        {
            return comparison->comparison.verdict == ComparisonVerdict::Faster;
        }
        if (comparison->baselineCase == fastest.result.caseId && comparison->candidateCase == other.result.caseId)
        {
            return comparison->comparison.verdict == ComparisonVerdict::Slower;
        }
    }
    return comparePairs(report, other, fastest).verdict == ComparisonVerdict::Faster;
}

FastestReport fastestOf(const Report& report, const std::string& jobId, Rows ranked,
                        const std::vector<const ComparisonReport*>& stored)
{
    FastestReport result;
    result.jobId = jobId;
    result.ranked = static_cast<std::int64_t>(ranked.size());
    if (ranked.empty())
    {
        return result;
    }
    std::sort(ranked.begin(), ranked.end(),
              [](const CaseReport* left, const CaseReport* right)
              { return left->device->medianNs < right->device->medianNs; });
    result.fastest = ranked.front()->measured.backend;
    if (ranked.size() > 1)
    {
        result.second = ranked[1]->measured.backend;
        result.ratio = ranked[1]->device->medianNs / ranked[0]->device->medianNs;
    }
    for (std::size_t i = 1; i < ranked.size() && !isFaster(report, stored, *ranked[0], *ranked[i]); ++i)
    {
        result.close.push_back(ranked[i]->measured.backend);
    }
    return result;
}

std::string count(std::int64_t value, std::string_view noun)
{
    return fmt::format("{} {}{}", value, noun, value == 1 ? "" : "s");
}

} // namespace

bool isKernelSweep(const Report& report)
{
    return report.plan.command == kSweepCommand;
}

std::vector<FastestReport> fastestCases(const Report& report)
{
    std::vector<FastestReport> all;
    if (!isKernelSweep(report))
    {
        return all;
    }
    std::map<std::string, Rows> ranked;
    for (const auto& row : report.cases)
    {
        if (isMeasured(row) && whyUnranked(row).empty())
        {
            ranked[row.jobId].push_back(&row);
        }
    }
    std::map<std::string, std::vector<const ComparisonReport*>> comparisons;
    for (const auto& comparison : report.comparisons)
    {
        comparisons[comparison.jobId].push_back(&comparison);
    }
    std::map<std::string_view, bool> finished;
    for (const auto& job : report.jobs)
    {
        finished[job.id] = job.finished;
    }
    for (const auto& job : report.plan.jobs)
    {
        const auto* compare = std::get_if<CompareJob>(&job.work);
        if (compare != nullptr && !compare->cases.empty() && finished[job.id])
        {
            all.push_back(fastestOf(report, job.id, ranked[job.id], comparisons[job.id]));
        }
    }
    return all;
}

Wins winsOf(const Report& report, Backend backend)
{
    Wins wins;
    for (const auto& entry : report.fastest)
    {
        const bool first = entry.fastest == backend;
        const bool close = std::find(entry.close.begin(), entry.close.end(), backend) != entry.close.end();
        wins.alone += first && entry.ranked == 1 ? 1 : 0;
        wins.first += first && entry.ranked > 1 && entry.close.empty() ? 1 : 0;
        wins.close += (first && !entry.close.empty()) || close ? 1 : 0;
    }
    return wins;
}

std::string fastestSentence(const Report& report)
{
    std::int64_t contested = 0;
    std::int64_t close = 0;
    std::int64_t alone = 0;
    for (const auto& entry : report.fastest)
    {
        contested += entry.ranked > 1 ? 1 : 0;
        close += entry.close.empty() ? 0 : 1;
        alone += entry.ranked == 1 ? 1 : 0;
    }
    std::vector<std::pair<std::int64_t, std::string_view>> winners;
    for (const auto& [backend, name] : EnumNames<Backend>::names)
    {
        if (const auto wins = winsOf(report, backend).first; wins > 0)
        {
            winners.emplace_back(wins, name);
        }
    }
    std::stable_sort(winners.begin(), winners.end(),
                     [](const auto& left, const auto& right) { return left.first > right.first; });
    std::vector<std::string> clauses;
    for (const auto& [wins, name] : winners)
    {
        clauses.push_back(fmt::format("{} {}in {}", name, clauses.empty() ? "is fastest " : "", wins));
    }
    if (contested == 0)
    {
        return alone == 0 ? std::string()
                          : fmt::format("In {} one backend alone could be ranked; there was none to compare it with.",
                                        count(alone, "comparison"));
    }
    std::string text = fmt::format("Of {}, ", count(contested, "comparison"));
    text += clauses.empty() ? std::string() : fmt::format("{}", fmt::join(clauses, ", "));
    if (close > 0)
    {
        text += fmt::format("{}{} too close to call", clauses.empty() ? "" : "; ",
                            close == 1 ? "1 is" : fmt::format("{} are", close));
    }
    return text + (alone > 0 ? fmt::format("; in {} more one backend alone could be ranked.", alone) : ".");
}

} // namespace headroom
