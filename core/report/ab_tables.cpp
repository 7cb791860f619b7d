// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/report_tables.h"

#include "core/report/ab.h"
#include "core/report/case_cells.h"
#include "core/report/fact_rows.h"
#include "core/report/queries.h"

#include <fmt/format.h>

namespace headroom
{
namespace
{

std::string kernelOf(const CaseReport& row, const Format& format)
{
    if (!row.evidence)
    {
        return format.dash();
    }
    const auto& names = row.evidence->kernels.empty() ? row.evidence->operators : row.evidence->kernels;
    const std::string ran = row.evidence->ran ? std::string(toString(*row.evidence->ran)) : "none seen";
    return names.empty() ? ran : fmt::format("{}: {}", ran, names.front());
}

Table sidesTable(const Report& report, const Format& format, Detail detail)
{
    Table table;
    const bool full = detail == Detail::Full;
    table.columns = {{"side"}, {"what"}, {"median, 95 %", Align::Right}, {"peak", Align::Right}, {"accuracy"}};
    if (full)
    {
        table.columns.insert(table.columns.begin() + 3, {{"p95", Align::Right}, {"n", Align::Right}});
    }
    table.columns.push_back({"seen to run"});
    for (const Side side : {Side::A, Side::B})
    {
        const auto* row = sideOf(report, side);
        if (row == nullptr)
        {
            continue;
        }
        Case shown = row->measured;
        shown.side.reset();
        const bool measured = isMeasured(*row);
        std::vector<Cell> cells{nameOfSide(report, side), describe(shown),
                                measured ? format.duration(row->device->medianNs, row->device->medianIntervalNs)
                                         : format.dash(),
                                format.bytes(row->result.peakBytes), verdictCell(row->accuracy)};
        if (full)
        {
            const std::string p95 = measured ? format.quantile(row->device->p95Ns) : format.dash();
            cells.insert(cells.begin() + 3, {p95, format.count(static_cast<std::int64_t>(row->deviceNs.size()))});
        }
        cells.emplace_back(kernelOf(*row, format));
        table.rows.push_back(std::move(cells));
        for (const auto& flag : row->flags)
        {
            table.notes.push_back(format.plain(fmt::format("{}, odd: {}", letter(side), flag)));
        }
    }
    return table;
}

std::string whyStopped(StopReason reason, const Comparison& comparison, const Plan& plan)
{
    switch (reason)
    {
    case StopReason::Decided: // and taken back, where the pattern of the times is that of waits for a core
        return comparison.verdict == ComparisonVerdict::CannotTell ? "the interval was narrow enough"
                                                                   : "the verdict was in";
    case StopReason::TimeCap:
        return fmt::format("the {:g} s of --max-seconds were spent", plan.maxSeconds.value_or(0));
    case StopReason::SampleCap:
        return fmt::format("the {} pairs of --max-pairs were taken", plan.measurement.maxSamples);
    case StopReason::CountReached:
        return "the pairs that were asked for were taken";
    default:
        return "it was interrupted";
    }
}

Table verdictTable(const Report& report, const ComparisonReport& found, const Format& format)
{
    FactRows rows;
    rows.table.columns = {{""}, {""}};
    const auto& comparison = found.comparison;
    rows.table.rows.push_back({Cell("B against A", Tone::Muted), comparisonCell(found, format)});
    rows.add("interval",
             fmt::format("{} of the median ratio, valid at every look", format.percent(comparison.confidence)));
    rows.add("pairs", format.count(comparison.pairs));
    rows.add("looks", format.count(looksOf(comparison)));
    if (const auto* row = sideOf(report, Side::B))
    {
        rows.add("stopped", whyStopped(row->result.stop, comparison, report.plan));
    }
    if (comparison.minimumDetectableEffect)
    {
        rows.add("detectable", fmt::format("a difference of {} at this look, in 4 of 5 experiments",
                                           format.percent(*comparison.minimumDetectableEffect)));
    }
    if (found.memoryRatio)
    {
        rows.add("peak of A / B", format.ratio(*found.memoryRatio));
    }
    rows.add("reason", format.plain(comparison.reason));
    return std::move(rows.table);
}

Table differencesTable(const std::vector<CircumstanceDifference>& differences, const Format& format)
{
    Table table;
    table.title = "In what the workers differ";
    table.columns = {{"circumstance"}, {"A"}, {"B"}};
    for (const auto& one : differences)
    {
        const auto cell = [&](const std::string& text)
        { return Cell(text.empty() ? format.dash() : text, one.matters ? Tone::Plain : Tone::Muted); };
        table.rows.push_back(
            {Cell(one.name, one.matters ? Tone::Plain : Tone::Muted), cell(one.first), cell(one.second)});
    }
    return table;
}

} // namespace

std::vector<Table> abTables(const Report& report, const Format& format, Detail detail)
{
    std::vector<Table> tables;
    if (!isAb(report) || sideOf(report, Side::A) == nullptr)
    {
        return tables;
    }
    tables.push_back(sidesTable(report, format, detail));
    if (const auto* found = abComparison(report))
    {
        tables.push_back(verdictTable(report, *found, format));
    }
    if (const auto differences = differencesOfSides(report); !differences.empty())
    {
        tables.push_back(differencesTable(differences, format));
    }
    return tables;
}

} // namespace headroom
