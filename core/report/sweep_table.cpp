// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/report_tables.h"

#include "core/report/case_cells.h"
#include "core/report/queries.h"
#include "core/report/sweep.h"

#include <fmt/format.h>

#include <algorithm>

namespace headroom
{
namespace
{

std::vector<Backend> backendsOf(const Sweep& sweep)
{
    std::vector<Backend> backends;
    for (const auto& row : sweep.rows)
    {
        for (const auto* measured : row.cases)
        {
            if (std::find(backends.begin(), backends.end(), measured->measured.backend) == backends.end())
            {
                backends.push_back(measured->measured.backend);
            }
        }
    }
    return backends;
}

/// The fastest candidate of a point against its baseline.
Cell bestOf(const Report& report, const SweepRow& row, const Format& format)
{
    const ComparisonReport* best = nullptr;
    const CaseReport* winner = nullptr;
    for (const auto* measured : row.cases)
    {
        const auto* comparison = comparisonOf(report, *measured);
        if (comparison != nullptr && comparison->comparison.ratio && isFused(measured->measured.backend) &&
            (best == nullptr || *comparison->comparison.ratio > *best->comparison.ratio))
        {
            best = comparison;
            winner = measured;
        }
    }
    if (best == nullptr)
    {
        return {format.dash(), Tone::Muted};
    }
    auto cell = comparisonCell(*best, format);
    cell.text = fmt::format("{} {}", toString(winner->measured.backend), cell.text);
    return cell;
}

Cell latencyCell(const CaseReport* measured, const Format& format)
{
    if (measured == nullptr)
    {
        return {format.dash(), Tone::Muted};
    }
    return isMeasured(*measured) ? Cell(format.duration(measured->device->medianNs))
                                 : Cell(whyEmpty(*measured), Tone::Caution);
}

/// Why a point has no figures, once for all backends that have the same reason, and what is odd about those it has.
void addNotes(const SweepRow& row, const Format& format, Table& table)
{
    const auto add = [&](std::string note)
    {
        note = format.plain(note);
        if (std::find(table.notes.begin(), table.notes.end(), note) == table.notes.end())
        {
            table.notes.push_back(std::move(note));
        }
    };
    const bool allAlike =
        std::all_of(row.cases.begin(), row.cases.end(),
                    [&](const CaseReport* measured) { return measured->reason == row.cases.front()->reason; });
    for (const auto* measured : row.cases)
    {
        const std::string place = fmt::format("{} at {}", toString(measured->measured.backend), row.value);
        if (!isMeasured(*measured) && !measured->reason.empty())
        {
            add(fmt::format("{}: {}", allAlike ? fmt::format("at {}", row.value) : place, measured->reason));
        }
        for (const auto& flag : measured->flags)
        {
            add(fmt::format("{}, odd: {}", place, flag));
        }
    }
}

Table sweepTable(const Report& report, const Sweep& sweep, const Format& format)
{
    Table table;
    const bool byBatch = sweep.axis == SweepAxis::Batch;
    const std::string_view held = byBatch ? "sequence length" : "batch";
    table.title =
        fmt::format("{} by {}, {} {}", toString(sweep.pass), byBatch ? "batch" : "sequence length", held, sweep.fixed);
    table.columns = {{byBatch ? "batch" : "sequence", Align::Right}};
    const auto backends = backendsOf(sweep);
    for (const auto backend : backends)
    {
        table.columns.push_back({std::string(toString(backend)), Align::Right});
    }
    table.columns.push_back({"best fused"});
    for (const auto& row : sweep.rows)
    {
        std::vector<Cell> cells{format.count(row.value)};
        for (const auto backend : backends)
        {
            cells.push_back(latencyCell(caseOf(row, backend), format));
        }
        cells.push_back(bestOf(report, row, format));
        table.rows.push_back(std::move(cells));
        addNotes(row, format, table);
    }
    return table;
}

} // namespace

std::vector<Table> sweepTables(const Report& report, const Format& format)
{
    std::vector<Table> tables;
    for (const auto& sweep : sweepsOf(report))
    {
        tables.push_back(sweepTable(report, sweep, format));
    }
    return tables;
}

} // namespace headroom
