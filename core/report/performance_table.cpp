// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/report_tables.h"

#include "core/report/audit_trials.h"
#include "core/report/case_cells.h"
#include "core/report/kernel_name.h"
#include "core/report/queries.h"
#include "core/report/sweep.h"

#include <fmt/format.h>

#include <algorithm>

namespace headroom
{
namespace
{

Cell againstBaseline(const Report& report, const CaseReport& row, const Format& format)
{
    if (!isMeasured(row))
    {
        return {whyEmpty(row), Tone::Caution};
    }
    if (const auto* comparison = comparisonOf(report, row))
    {
        return comparisonCell(*comparison, format);
    }
    const auto cases = casesOfJob(report, row.jobId);
    return cases.size() > 1 && cases.front() == &row ? Cell("baseline", Tone::Muted) : Cell(format.dash(), Tone::Muted);
}

std::string medianText(const std::optional<LatencySummary>& latency, const Format& format)
{
    return latency ? format.duration(latency->medianNs, latency->medianIntervalNs) : format.dash();
}

std::string meanText(const LatencySummary& latency, const Format& format)
{
    return latency.standardDeviationNs ? format.durationWithin(latency.meanNs, *latency.standardDeviationNs)
                                       : format.duration(latency.meanNs);
}

std::string rateText(const std::optional<double>& rate, const Format& format)
{
    if (!rate)
    {
        return format.dash();
    }
    const std::string text = format.rate(*rate, "");
    return text.substr(0, text.find_last_not_of(' ') + 1);
}

std::vector<Cell> compactRow(const Report& report, const CaseReport& row, const Format& format)
{
    const bool measured = isMeasured(row);
    return {toString(row.measured.backend),
            measured ? medianText(row.device, format) : format.dash(),
            measured ? rateText(row.tokensPerSecond, format) : format.dash(),
            format.bytes(row.result.peakBytes),
            againstBaseline(report, row, format),
            verdictCell(row.accuracy)};
}

std::vector<Column> compactColumns(std::string_view baseline)
{
    return {{"backend"},
            {"median, 95 %", Align::Right},
            {"tokens/s", Align::Right},
            {"peak", Align::Right},
            {"against " + std::string(baseline)},
            {"accuracy"}};
}

std::string kernelText(const CaseReport& row)
{
    if (!row.evidence)
    {
        return {};
    }
    const auto& names = row.evidence->kernels.empty() ? row.evidence->operators : row.evidence->kernels;
    // Calls of one pass may have run in several backends, of which the names are all that can be said.
    const std::string text = row.evidence->ran ? std::string(toString(*row.evidence->ran))
                             : names.empty()   ? std::string("none seen")
                                               : std::string("no one backend");
    return names.empty() ? text : fmt::format("{}: {}", text, shortKernelName(names.front()));
}

std::vector<Cell> fullRow(const Report& report, const CaseReport& row, const Format& format)
{
    const bool measured = isMeasured(row);
    const auto orDash = [&](auto&& text) { return measured ? Cell(text(*row.device)) : Cell(format.dash()); };
    return {toString(row.measured.backend),
            orDash([&](const LatencySummary& latency)
                   { return format.duration(latency.medianNs, latency.medianIntervalNs); }),
            orDash([&](const LatencySummary& latency) { return meanText(latency, format); }),
            orDash([&](const LatencySummary& latency) { return format.quantile(latency.p95Ns); }),
            orDash([&](const LatencySummary& latency) { return format.quantile(latency.p99Ns); }),
            medianText(row.wall, format),
            rateText(row.samplesPerSecond, format),
            rateText(row.tokensPerSecond, format),
            format.bytes(row.result.peakBytes),
            againstBaseline(report, row, format),
            verdictCell(row.accuracy),
            format.count(static_cast<std::int64_t>(row.deviceNs.size())),
            format.duration(row.result.firstCallNs),
            kernelText(row)};
}

std::vector<Column> fullColumns(std::string_view baseline, const Format& format)
{
    return {{"backend"},
            {"median, 95 %", Align::Right},
            {"mean " + format.plusMinus() + " std", Align::Right},
            {"p95", Align::Right},
            {"p99", Align::Right},
            {"wall, median", Align::Right},
            {"samples/s", Align::Right},
            {"tokens/s", Align::Right},
            {"peak memory", Align::Right},
            {"against " + std::string(baseline)},
            {"accuracy"},
            {"n", Align::Right},
            {"first call", Align::Right},
            {"seen to run"}};
}

void removeColumn(Table& table, std::string_view header)
{
    const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                    [&](const Column& column) { return column.header == header; });
    const auto at = found - table.columns.begin();
    table.columns.erase(found);
    for (auto& row : table.rows)
    {
        row.erase(row.begin() + at);
    }
}

void addCaseNotes(const JobReport& job, const CaseReport& row, const Format& format, Table& table)
{
    const auto name = toString(row.measured.backend);
    const bool jobSaysIt = row.reason == job.result.reason;
    if (row.outcome != Outcome::Passed && !row.reason.empty() && !jobSaysIt)
    {
        table.notes.push_back(format.plain(fmt::format("{}: {}", name, row.reason)));
    }
    for (const auto& flag : row.flags)
    {
        table.notes.push_back(format.plain(fmt::format("{}, odd: {}", name, flag)));
    }
}

Table timedTable(const Report& report, const JobReport& job, const Format& format, Detail detail)
{
    Table table;
    table.title = job.title.empty() ? job.id : job.title;
    const auto cases = casesOfJob(report, job.id);
    const auto baseline = toString(cases.front()->measured.backend);
    table.columns = detail == Detail::Full ? fullColumns(baseline, format) : compactColumns(baseline);
    bool anyWall = false;
    for (const auto* row : cases)
    {
        table.rows.push_back(detail == Detail::Full ? fullRow(report, *row, format) : compactRow(report, *row, format));
        addCaseNotes(job, *row, format, table);
        anyWall = anyWall || row->wall;
    }
    if (!job.result.reason.empty())
    {
        table.notes.push_back(format.plain(job.result.reason));
    }
    if (detail == Detail::Full && !anyWall)
    {
        removeColumn(table, "wall, median");
    }
    return table;
}

} // namespace

std::vector<Table> performanceTables(const Report& report, const Format& format, Detail detail)
{
    const auto inSweeps = jobsOf(sweepsOf(report));
    std::vector<Table> tables;
    for (const auto& job : report.jobs)
    {
        const bool isMain = job.id == kForwardJob || job.id == kTrainingJob;
        if (casesOfJob(report, job.id).empty() || isTrial(report, job.id) || inSweeps.contains(job.id) ||
            (detail == Detail::Compact && !isMain))
        {
            continue;
        }
        tables.push_back(timedTable(report, job, format, detail));
    }
    return tables;
}

} // namespace headroom
