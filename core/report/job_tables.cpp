// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/broken_checks.h"
#include "core/report/queries.h"
#include "core/report/report_tables.h"

namespace headroom
{
namespace
{

/// Whether the end of the job stands as an answer among the checks.
bool isAnswered(const Report& report, const JobReport& row)
{
    const auto* job = findJob(report, row.id);
    const auto* check = job != nullptr ? std::get_if<CheckJob>(&job->work) : nullptr;
    return check != nullptr && isAnswerOfCheck(*check, row.result.cause);
}

} // namespace

std::vector<Table> unfinishedTables(const Report& report, const Format& format)
{
    Table table;
    table.columns = {{"job"}, {"outcome"}, {"reason"}};
    for (const auto& job : report.jobs)
    {
        if (job.finished && (job.result.outcome == Outcome::Passed || isAnswered(report, job)))
        {
            continue;
        }
        const std::string outcome = !job.finished                     ? (job.started ? "not ended" : "not started")
                                    : job.result.cause != Cause::None ? spaced(toString(job.result.cause))
                                                                      : spaced(toString(job.result.outcome));
        const bool failed = job.finished && job.result.outcome == Outcome::Failed;
        table.rows.push_back({job.title.empty() ? job.id : job.title, Cell(outcome, failed ? Tone::Bad : Tone::Caution),
                              format.plain(job.result.reason)});
    }
    return table.rows.empty() ? std::vector<Table>() : std::vector<Table>{table};
}

} // namespace headroom
