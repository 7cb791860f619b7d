// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/report_tables.h"

#include "core/report/audit_trials.h"
#include "core/report/case_cells.h"
#include "core/report/case_figures.h"
#include "core/report/queries.h"
#include "core/report/sweep.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace headroom
{
namespace
{

template <typename Value, typename Text>
Cell orDash(const std::optional<Value>& value, const Format& format, const Text& text)
{
    return value ? Cell(text(*value)) : Cell(format.dash(), Tone::Muted);
}

std::string clockText(double mhz)
{
    return fmt::format("{:.0f} MHz", mhz);
}

std::string energyText(double joules)
{
    return joules >= 1 ? fmt::format("{:.3g} J", joules) : fmt::format("{:.3g} mJ", joules * 1e3);
}

std::string temperatureText(const DeviceStateReport& state, const Format& format)
{
    const std::string_view unit = format.ascii() ? "C" : "°C";
    const double low = *state.lowestTemperatureC;
    const double high = *state.highestTemperatureC;
    return low == high ? fmt::format("{:.0f} {}", high, unit) : fmt::format("{:.0f} to {:.0f} {}", low, high, unit);
}

/// "2 low clock, 1 outlier" of 40 samples; a dash where each is ordinary.
std::string labelText(const CaseReport& row, const Format& format)
{
    std::string text;
    for (const auto& [label, name] : EnumNames<SampleLabel>::names)
    {
        const auto count = label == SampleLabel::None ? 0 : countLabel(row, label);
        if (count > 0)
        {
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, spaced(name));
        }
    }
    return text.empty() ? format.dash() : text;
}

struct HardwareColumn
{
    Column column;
    Cell (*cell)(const CaseReport& row, const Format& format);
    bool compact = false;
};

const std::vector<HardwareColumn>& columns()
{
    static const std::vector<HardwareColumn> all{
        {{"backend"}, [](const CaseReport& row, const Format&) { return Cell(toString(row.measured.backend)); }, true},
        {{"done, unmasked", Align::Right},
         [](const CaseReport& row, const Format& format)
         { return Cell(format.metric(row.roofline->flopsPerSecond, "FLOP/s")); },
         true},
        {{"by convention", Align::Right},
         [](const CaseReport& row, const Format& format)
         { return Cell(format.metric(row.roofline->conventionFlopsPerSecond, "FLOP/s")); }},
        {{"fewest bytes", Align::Right},
         [](const CaseReport& row, const Format& format)
         { return Cell(format.metric(row.roofline->bytesPerSecond, "B/s")); }},
        {{"FLOP a byte", Align::Right},
         [](const CaseReport& row, const Format&) { return Cell(fmt::format("{:.3g}", row.roofline->flopsPerByte)); }},
        {{"of attainable", Align::Right},
         [](const CaseReport& row, const Format& format) {
             return orDash(row.roofline->shareOfAttainable, format,
                           [&](double share) { return format.percent(share); });
         },
         true},
        {{"bound by"},
         [](const CaseReport& row, const Format& format)
         { return orDash(row.roofline->boundBy, format, [](Roof roof) { return std::string(toString(roof)); }); },
         true},
        {{"of specification", Align::Right},
         [](const CaseReport& row, const Format& format) {
             return orDash(row.roofline->shareOfSpecification, format,
                           [&](double share) { return format.percent(share); });
         },
         true},
        {{"SM clock", Align::Right},
         [](const CaseReport& row, const Format& format) { return orDash(row.roofline->smMhz, format, clockText); }},
        {{"median at full clock", Align::Right},
         [](const CaseReport& row, const Format& format)
         { return orDash(row.medianAtMaxClockNs, format, [&](double ns) { return format.duration(ns); }); }},
        {{"energy a run", Align::Right},
         [](const CaseReport& row, const Format& format) {
             return orDash(row.energy, format,
                           [](const EnergyReport& energy) { return energyText(energy.joulesPerRun); });
         },
         true},
        {{"mean power", Align::Right},
         [](const CaseReport& row, const Format& format)
         {
             return orDash(row.energy, format,
                           [](const EnergyReport& energy) { return fmt::format("{:.0f} W", energy.meanPowerW); });
         }},
        {{"temperature", Align::Right},
         [](const CaseReport& row, const Format& format)
         {
             const bool known = row.deviceState && row.deviceState->highestTemperatureC;
             return known ? Cell(temperatureText(*row.deviceState, format)) : Cell(format.dash(), Tone::Muted);
         }},
        {{"slowed by"},
         [](const CaseReport& row, const Format& format)
         {
             const bool slowed = row.deviceState && !row.deviceState->throttleReasons.empty();
             return slowed ? Cell(fmt::format("{}", fmt::join(row.deviceState->throttleReasons, ", ")), Tone::Caution)
                           : Cell(format.dash(), Tone::Muted);
         }},
        {{"odd samples"},
         [](const CaseReport& row, const Format& format) { return Cell(labelText(row, format), Tone::Muted); }},
    };
    return all;
}

/// Columns that say nothing in any row are left out.
Table withoutEmptyColumns(Table table, const Format& format)
{
    for (std::size_t at = table.columns.size(); at-- > 0;)
    {
        const bool empty = std::all_of(table.rows.begin(), table.rows.end(),
                                       [&](const std::vector<Cell>& row) { return row[at].text == format.dash(); });
        if (empty)
        {
            table.columns.erase(table.columns.begin() + static_cast<std::ptrdiff_t>(at));
            for (auto& row : table.rows)
            {
                row.erase(row.begin() + static_cast<std::ptrdiff_t>(at));
            }
        }
    }
    return table;
}

void addNotes(const Report& report, const Format& format, Table& table)
{
    const auto* device = report.circumstances ? report.circumstances->selectedDevice() : nullptr;
    if (!report.peaks)
    {
        table.notes.emplace_back(
            "The peaks of this device were not measured, so no share of what it can reach is shown.");
    }
    if (device != nullptr && device->kind == DeviceKind::Cuda && findSpecification(*device) == nullptr)
    {
        table.notes.push_back(format.plain("No percent of a specification: " + whyNoSpecification(*device) + "."));
    }
}

std::string titleOf(const JobReport& job)
{
    return job.title.empty() ? job.id : job.title;
}

/// The cases of \a jobs in one table; with several jobs each row says which one it is of.
Table casesTable(const Report& report, const std::vector<const JobReport*>& jobs, const Format& format, Detail detail)
{
    Table table;
    const bool several = jobs.size() > 1;
    if (several)
    {
        table.columns.push_back({"case"});
    }
    for (const auto& entry : columns())
    {
        if (detail == Detail::Full || entry.compact)
        {
            table.columns.push_back(entry.column);
        }
    }
    for (const auto* job : jobs)
    {
        for (const auto* row : casesOfJob(report, job->id))
        {
            if (!isMeasured(*row) || !row->roofline)
            {
                continue;
            }
            std::vector<Cell> cells;
            if (several)
            {
                cells.emplace_back(format.plain(titleOf(*job)));
            }
            for (const auto& entry : columns())
            {
                if (detail == Detail::Full || entry.compact)
                {
                    cells.push_back(entry.cell(*row, format));
                }
            }
            table.rows.push_back(std::move(cells));
        }
    }
    table.title = several ? "points of sweeps" : jobs.empty() ? std::string() : titleOf(*jobs.front());
    return withoutEmptyColumns(std::move(table), format);
}

std::string lengthText(const std::optional<std::int64_t>& length, const Format& format)
{
    return length ? format.count(*length) : format.dash();
}

/// The try that settled \a length.
const FrontierTry* tryAt(const FrontierResult& frontier, const std::optional<std::int64_t>& length)
{
    const auto found = std::find_if(frontier.tries.rbegin(), frontier.tries.rend(),
                                    [&](const FrontierTry& each) { return length && each.queryLength == *length; });
    return found == frontier.tries.rend() ? nullptr : &*found;
}

} // namespace

std::vector<Table> hardwareTables(const Report& report, const Format& format, Detail detail)
{
    const auto inSweeps = jobsOf(sweepsOf(report));
    std::vector<Table> tables;
    std::vector<const JobReport*> points;
    for (const auto& job : report.jobs)
    {
        const bool isMain = job.id == kForwardJob || job.id == kTrainingJob;
        if (inSweeps.contains(job.id))
        {
            points.push_back(&job);
        }
        else if (!isTrial(report, job.id) && (detail == Detail::Full || isMain))
        {
            tables.push_back(casesTable(report, {&job}, format, detail));
        }
    }
    std::erase_if(tables, [](const Table& table) { return table.rows.empty(); });
    if (auto table = casesTable(report, points, format, detail);
        !table.rows.empty() && (detail == Detail::Full || tables.empty()))
    {
        tables.push_back(std::move(table));
    }
    if (!tables.empty())
    {
        addNotes(report, format, tables.back());
    }
    return tables;
}

Table peaksTable(const PeakRates& peaks, const Format& format)
{
    Table table;
    table.title = fmt::format("Peaks of {}, measured {}", format.plain(peaks.deviceName), peaks.utc.substr(0, 10));
    table.columns = {{"what"},
                     {"size", Align::Right},
                     {"reached", Align::Right},
                     {"fastest", Align::Right},
                     {"n", Align::Right},
                     {"spread", Align::Right},
                     {"SM clock", Align::Right}};
    const auto add = [&](const std::string& what, const std::string& size, const MeasuredRate& rate, const char* unit)
    {
        table.rows.push_back({what, size, format.metric(rate.perSecond, unit), format.metric(rate.best, unit),
                              format.count(rate.n), format.percent(rate.spread),
                              orDash(rate.smMhz, format, clockText)});
    };
    for (const auto& product : peaks.matmul)
    {
        const std::string unit = product.unit == MatrixUnit::Native ? "" : fmt::format(", {}", toString(product.unit));
        add(fmt::format("matrix product, {}{}", toString(product.dtype), unit), format.count(product.size),
            product.rate, "FLOP/s");
    }
    if (peaks.copy)
    {
        add("copy, read and written", format.bytes(static_cast<double>(peaks.copyBytes)), *peaks.copy, "B/s");
    }
    return table;
}

std::vector<Table> frontierTables(const Report& report, const Format& format)
{
    Table table;
    table.columns = {{"call"},
                     {"pass"},
                     {"backend"},
                     {"longest", Align::Right},
                     {"does not fit", Align::Right},
                     {"predicted peak", Align::Right},
                     {"measured peak", Align::Right},
                     {"free before", Align::Right},
                     {"how it is known"}};
    for (const auto& frontier : report.frontiers)
    {
        const auto* last = tryAt(frontier, frontier.longest);
        const auto predicted = last != nullptr ? std::optional(last->predictedBytes) : std::nullopt;
        const auto measured = last != nullptr ? last->measuredBytes : std::nullopt;
        const std::string how = fmt::format("{}, {}", frontier.predicted ? "predicted" : "run",
                                            format.plural(static_cast<std::int64_t>(frontier.tries.size()), "length"));
        table.rows.push_back({format.plain(describe(frontier.problem)), toString(frontier.pass),
                              toString(frontier.backend), lengthText(frontier.longest, format),
                              lengthText(frontier.shortestNot, format), format.bytes(predicted), format.bytes(measured),
                              format.bytes(frontier.availableBytes), how});
        if (!frontier.reason.empty())
        {
            table.notes.push_back(format.plain(fmt::format("{}: {}", toString(frontier.backend), frontier.reason)));
        }
    }
    return table.rows.empty() ? std::vector<Table>() : std::vector<Table>{table};
}

} // namespace headroom
