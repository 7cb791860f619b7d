// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/run_row.h"

#include "core/report/case_figures.h"
#include "core/report/queries.h"
#include "core/run/journal_lock.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <exception>
#include <set>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace headroom
{
namespace
{

std::string utcOf(std::int64_t ns)
{
    const auto seconds = static_cast<std::time_t>(ns / 1'000'000'000);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(seconds), ns / 1'000'000 % 1000);
}

DType dtypeOf(const Subject& subject)
{
    return std::visit([](const auto& what) { return what.dtype; }, subject);
}

/// "bert-base: BertModel, 12 attention calls, B4 S128 float32"; of a sweep its first call and how many more.
std::string titleOf(const Report& report)
{
    const auto subject = mainSubject(report);
    std::string title = subject ? describe(*subject) : "";
    if (report.plan.modelFile)
    {
        const std::filesystem::path file(report.plan.modelFile->path);
        title = fmt::format("{}: {}", file.filename().string(), title);
    }
    std::set<std::string> calls;
    for (const Job& job : report.plan.jobs)
    {
        for (const Case& one : casesOf(job))
        {
            calls.insert(describe(one.subject));
        }
    }
    if (report.plan.command == "sweep" && calls.size() > 1)
    {
        title += fmt::format(" and {} more", calls.size() - 1);
    }
    if (report.plan.command == "battery")
    {
        title = fmt::format("{} known defects", report.plan.jobs.size());
    }
    return title;
}

RunState stateOf(const Report& report)
{
    if (report.finished && report.finished->outcome == Outcome::Cancelled)
    {
        return RunState::Cancelled;
    }
    const bool allDone =
        std::all_of(report.jobs.begin(), report.jobs.end(),
                    [](const JobReport& job) { return job.finished && job.result.outcome != Outcome::Cancelled; });
    return report.finished && allDone ? RunState::Finished : RunState::Unfinished;
}

void describeMachine(const Report& report, RunRow& row)
{
    row.headroomVersion = report.headroomVersion;
    row.kind = report.plan.device.kind;
    if (!report.circumstances)
    {
        return;
    }
    const Circumstances& facts = *report.circumstances;
    row.driverVersion = facts.driverVersion;
    row.libtorchVersion = facts.libtorchVersion;
    row.cudnnVersion = facts.cudnnVersion;
    if (const DeviceFacts* device = facts.selectedDevice())
    {
        row.device = device->name;
        row.kind = device->kind;
    }
}

void countJobs(const Report& report, RunRow& row)
{
    row.jobs = static_cast<std::int64_t>(report.jobs.size());
    for (const JobReport& job : report.jobs)
    {
        row.finishedJobs += job.finished && job.result.outcome != Outcome::Cancelled ? 1 : 0;
        row.failedJobs += job.finished && job.result.outcome == Outcome::Failed ? 1 : 0;
    }
}

std::optional<RunFigure> figureOf(const CaseReport& one)
{
    if (one.outcome != Outcome::Passed || !one.device)
    {
        return std::nullopt;
    }
    RunFigure figure;
    figure.caseId = one.measured.id();
    figure.job = one.jobId;
    figure.title = describeWithSide(one.measured);
    figure.backend = one.measured.backend;
    figure.pass = one.measured.pass;
    figure.dtype = dtypeOf(one.measured.subject);
    figure.medianNs = one.device->medianNs;
    figure.intervalNs = one.device->medianIntervalNs;
    figure.n = one.device->n;
    figure.smMhz = medianSmMhz(one);
    figure.accuracy = one.accuracy;
    figure.ran = one.evidence ? one.evidence->ran : std::nullopt;
    return figure;
}

std::vector<std::string> dtypesOf(const Report& report)
{
    std::set<std::string> names;
    for (const CaseReport& one : report.cases)
    {
        names.insert(std::string(toString(dtypeOf(one.measured.subject))));
    }
    if (names.empty())
    {
        if (const auto subject = mainSubject(report))
        {
            names.insert(std::string(toString(dtypeOf(*subject))));
        }
    }
    return {names.begin(), names.end()};
}

} // namespace

void to_json(Json& json, const RunRow& row)
{
    json = Json{{"id", row.id},
                {"file", row.file.name},
                {"bytes", row.file.bytes},
                {"state", row.state},
                {"conclusion", row.conclusion},
                {"problem", row.problem},
                {"startedUtc", row.startedUtc},
                {"finishedUtc", row.finishedUtc},
                {"command", row.command},
                {"preset", row.preset},
                {"title", row.title},
                {"device", row.device},
                {"kind", row.kind},
                {"driverVersion", row.driverVersion},
                {"libtorchVersion", row.libtorchVersion},
                {"cudnnVersion", row.cudnnVersion},
                {"headroomVersion", row.headroomVersion},
                {"dtypes", row.dtypes},
                {"jobs", row.jobs},
                {"finishedJobs", row.finishedJobs},
                {"failedJobs", row.failedJobs},
                {"cases", row.cases},
                {"speedUps", row.speedUps},
                {"tags", row.tags},
                {"note", row.note},
                {"baselines", row.baselines}};
}

IndexedRun indexedRun(const Report& report)
{
    IndexedRun indexed;
    RunRow& row = indexed.row;
    row.id = report.run;
    row.state = stateOf(report);
    if (row.state == RunState::Finished)
    {
        row.conclusion = report.conclusion;
    }
    row.startedUtc = report.startedUtc;
    row.finishedUtc = report.finishedUtc;
    row.command = report.plan.command;
    row.preset = report.plan.preset;
    row.title = titleOf(report);
    describeMachine(report, row);
    countJobs(report, row);
    row.dtypes = dtypesOf(report);
    for (const CaseReport& one : report.cases)
    {
        if (auto figure = figureOf(one))
        {
            indexed.figures.push_back(std::move(*figure));
        }
    }
    row.cases = static_cast<std::int64_t>(indexed.figures.size());
    for (const Headline& headline : report.headlines)
    {
        const Comparison& comparison = headline.comparison.comparison;
        row.speedUps.push_back(
            {headline.pass, headline.best, comparison.verdict, comparison.ratio, comparison.interval});
    }
    return indexed;
}

std::optional<IndexedRun> readIndexedRun(const RunFolder& folder, const RunFile& file)
{
    const auto path = folder.path() / file.name;
    const bool isWritten = isBeingWritten(path);
    if (file.bytes == 0 && isWritten)
    {
        return std::nullopt;
    }
    IndexedRun indexed;
    try
    {
        indexed = indexedRun(readRun(path));
    }
    catch (const std::exception& error)
    {
        std::error_code gone;
        if (!std::filesystem::exists(path, gone))
        {
            return std::nullopt;
        }
        indexed.row.problem = error.what();
    }
    RunRow& row = indexed.row;
    row.file = file;
    row.id = row.id.empty() ? stemOf(file) : row.id;
    row.startedUtc = row.startedUtc.empty() ? utcOf(file.changedNs) : row.startedUtc;
    row.state = isWritten ? RunState::Running : row.state;
    return indexed;
}

std::string stemOf(const RunFile& file)
{
    std::string stem = std::filesystem::path(file.name).filename().string();
    const std::string_view ending = stem.ends_with(kJournalEnding) ? kJournalEnding : std::string_view(".json");
    return stem.ends_with(ending) ? stem.substr(0, stem.size() - ending.size()) : stem;
}

} // namespace headroom
