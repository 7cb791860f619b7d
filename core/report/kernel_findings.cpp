// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/case_cells.h"
#include "core/report/fastest.h"
#include "core/report/findings.h"
#include "core/report/queries.h"
#include "core/report/summary.h"

#include <fmt/format.h>

#include <algorithm>

namespace headroom
{
namespace
{

/// Jobs that the run's time did not reach: what was asked for with --max-seconds, and no failure.
void sayBudget(const Report& report, Findings& findings)
{
    const auto spent = std::count_if(report.jobs.begin(), report.jobs.end(),
                                     [](const JobReport& row) { return row.result.cause == Cause::Budget; });
    if (spent > 0)
    {
        findings.said.push_back(fmt::format("{} of {} jobs did not fit into the {:g} s of --max-seconds.", spent,
                                            report.jobs.size(), report.plan.maxSeconds.value_or(0)));
    }
}

/// Jobs that could not be done for a reason that is no failure, told once a reason.
void saySkippedJobs(const Report& report, Findings& findings)
{
    std::vector<std::pair<std::string, std::int64_t>> reasons;
    for (const auto& row : report.jobs)
    {
        const bool skipped =
            row.finished && row.result.outcome == Outcome::Skipped && row.result.cause != Cause::Budget;
        if (!skipped)
        {
            continue;
        }
        const auto found = std::find_if(reasons.begin(), reasons.end(),
                                        [&](const auto& entry) { return entry.first == row.result.reason; });
        if (found == reasons.end())
        {
            reasons.emplace_back(row.result.reason, 1);
        }
        else
        {
            ++found->second;
        }
    }
    for (const auto& [reason, count] : reasons)
    {
        findings.said.push_back(sentence(
            fmt::format("{} could not be done: {}", count == 1 ? "1 job" : fmt::format("{} jobs", count), reason)));
    }
}

/// The first reason why a case that was measured can win nothing.
std::string firstWhyUnranked(const Report& report)
{
    for (const auto& row : report.cases)
    {
        if (isMeasured(row))
        {
            if (auto why = whyUnranked(row); !why.empty())
            {
                return why;
            }
        }
    }
    return {};
}

void findMeasured(const Report& report, Findings& findings)
{
    std::size_t planned = 0;
    bool timing = false; // a plan of checks alone has nothing to time
    for (const auto& job : report.plan.jobs)
    {
        planned += casesOf(job).size();
        timing = timing || std::holds_alternative<CompareJob>(job.work) || std::holds_alternative<MeasureJob>(job.work);
    }
    if (!timing)
    {
        return;
    }
    const auto measured = std::count_if(report.cases.begin(), report.cases.end(), isMeasured);
    if (planned == 0)
    {
        findings.cannotTell.emplace_back("No backend that was asked for takes any of these calls.");
    }
    else if (measured == 0)
    {
        findings.cannotTell.emplace_back("Nothing could be measured.");
    }
    else if (const std::string text = fastestSentence(report); !text.empty())
    {
        findings.said.push_back(text);
    }
    else if (const std::string why = firstWhyUnranked(report); !why.empty())
    {
        findings.said.push_back(sentence("Nothing is ranked: " + why));
    }
}

} // namespace

void findInKernelSweep(const Report& report, Findings& findings)
{
    if (!isSkipped(report, Stage::Performance))
    {
        findMeasured(report, findings);
    }
    sayBudget(report, findings);
    saySkippedJobs(report, findings);
}

} // namespace headroom
