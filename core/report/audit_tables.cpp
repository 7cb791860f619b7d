// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/report_tables.h"

#include "core/audit/call_places.h"
#include "core/report/audit_trials.h"
#include "core/report/case_cells.h"

#include <fmt/format.h>

namespace headroom
{
namespace
{

Cell muted(const Format& format)
{
    return {format.dash(), Tone::Muted};
}

Cell timeCell(const CaseReport* row, const Format& format)
{
    if (row == nullptr)
    {
        return muted(format);
    }
    return isMeasured(*row) ? Cell(format.duration(row->device->medianNs)) : Cell(whyEmpty(*row), Tone::Caution);
}

Cell gainCell(const ComparisonReport* comparison, const Format& format)
{
    return comparison == nullptr ? muted(format) : comparisonCell(*comparison, format);
}

Cell ruleCell(const AuditFinding& finding)
{
    return {finding.rule, isProblem(finding) ? Tone::Bad : Tone::Plain};
}

std::vector<Cell> trialRow(const TriedFinding& tried, const AuditTrial& trial, const Format& format, Detail detail)
{
    std::vector<Cell> row{ruleCell(tried.finding),
                          fmt::format("{}", trial.call),
                          Cell(describe(tried.finding.change)),
                          timeCell(trial.before, format),
                          timeCell(trial.after, format),
                          gainCell(trial.forward, format),
                          trial.after == nullptr ? muted(format) : verdictCell(trial.after->accuracy)};
    if (detail == Detail::Full)
    {
        row.push_back(gainCell(trial.training, format));
    }
    return row;
}

std::vector<Cell> untriedRow(const TriedFinding& tried, const Format& format, Detail detail)
{
    std::vector<Cell> row{ruleCell(tried.finding),
                          numberRanges(tried.finding.calls),
                          Cell("no change of the call", Tone::Muted),
                          muted(format),
                          muted(format),
                          muted(format),
                          muted(format)};
    if (detail == Detail::Full)
    {
        row.push_back(muted(format));
    }
    return row;
}

} // namespace

std::vector<Table> auditTables(const Report& report, const Format& format, Detail detail)
{
    Table table;
    table.columns = {{"rule"},          {"call"},    {"tried"}, {"before", Align::Right}, {"after", Align::Right},
                     {"gain, forward"}, {"accuracy"}};
    if (detail == Detail::Full)
    {
        table.columns.push_back({"gain, training step"});
    }
    for (const auto& tried : triedFindings(report))
    {
        for (const auto& trial : tried.trials)
        {
            table.rows.push_back(trialRow(tried, trial, format, detail));
        }
        if (tried.trials.empty())
        {
            table.rows.push_back(untriedRow(tried, format, detail));
        }
        table.notes.push_back(format.plain(fmt::format("{}: {}.", tried.finding.rule, tried.finding.title)));
    }
    return table.rows.empty() ? std::vector<Table>() : std::vector<Table>{table};
}

} // namespace headroom
