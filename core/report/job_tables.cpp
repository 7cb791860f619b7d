// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/report_tables.h"

#include <fmt/format.h>

namespace headroom
{

std::vector<Table> checkTables(const Report& report, const Format& format)
{
    if (report.checks.empty())
    {
        return {};
    }
    Table table;
    table.columns = {{"check"}, {"backend"}, {"result"}, {"what was seen"}};
    for (const auto& check : report.checks)
    {
        const Tone tone = check.status == CheckStatus::Passed   ? Tone::Good
                          : check.status == CheckStatus::Failed ? Tone::Bad
                                                                : Tone::Caution;
        std::string text = check.summary;
        if (!check.details.empty())
        {
            text += fmt::format(" ({}{})", check.details.front(),
                                check.details.size() > 1 ? fmt::format(", and {} more", check.details.size() - 1) : "");
        }
        table.rows.push_back({toString(check.check), toString(check.backend),
                              Cell(spaced(toString(check.status)), tone), format.plain(text)});
    }
    return {table};
}

std::vector<Table> unfinishedTables(const Report& report, const Format& format)
{
    Table table;
    table.columns = {{"job"}, {"outcome"}, {"reason"}};
    for (const auto& job : report.jobs)
    {
        if (job.finished && job.result.outcome == Outcome::Passed)
        {
            continue;
        }
        const std::string outcome = !job.finished                     ? (job.started ? "in flight" : "not started")
                                    : job.result.cause != Cause::None ? spaced(toString(job.result.cause))
                                                                      : spaced(toString(job.result.outcome));
        const bool failed = job.finished && job.result.outcome == Outcome::Failed;
        table.rows.push_back({job.title.empty() ? job.id : job.title, Cell(outcome, failed ? Tone::Bad : Tone::Caution),
                              format.plain(job.result.reason)});
    }
    return table.rows.empty() ? std::vector<Table>() : std::vector<Table>{table};
}

} // namespace headroom
