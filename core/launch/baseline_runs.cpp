// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/baseline_runs.h"

#include "core/encoding/whole_file.h"
#include "core/history/run_index.h"
#include "core/launch/output_files.h"
#include "core/launch/repeated_runs.h"
#include "core/launch/run_lookup.h"
#include "core/launch/set_up_error.h"
#include "core/report/export.h"
#include "core/report/json_report.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace headroom
{
namespace
{

constexpr int kVersion = 1;
constexpr const char* kVersionKey = "headroom_baseline";

BaselineRuns fromHistory(const std::string& name, const RunFolder& folder)
{
    BaselineRuns result;
    result.baseline = readBaseline(folder, name);
    for (const std::string& run : result.baseline.runs)
    {
        try
        {
            result.reports.push_back(readRun(findRun(run, folder).file));
        }
        catch (const std::runtime_error& error)
        {
            throw SetUpError(fmt::format("Run {} of the baseline {} cannot be read: {}", run, name, error.what()));
        }
    }
    return result;
}

/// Runs of a folder: reports, and journals that have no report beside them.
BaselineRuns fromFolder(const std::filesystem::path& path)
{
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(path))
    {
        const auto& file = entry.path();
        if (entry.is_regular_file() && (file.extension() == ".json" || isJournalName(file)))
        {
            files.push_back(file);
        }
    }
    std::ranges::sort(files);
    std::ranges::stable_sort(files, {}, [](const auto& file) { return isJournalName(file); });
    BaselineRuns result;
    result.baseline.name = path.filename().empty() ? path.parent_path().filename().string() : path.filename().string();
    for (const auto& file : files)
    {
        Report report = readRun(file);
        if (std::ranges::find(result.baseline.runs, report.run) == result.baseline.runs.end())
        {
            result.baseline.runs.push_back(report.run);
            result.reports.push_back(std::move(report));
        }
    }
    if (result.reports.empty())
    {
        throw SetUpError(
            fmt::format("The folder {} holds no report (.json) and no journal (.journal.jsonl).", path.string()));
    }
    return result;
}

/// Why a run is none to hold others against.
std::string failureOf(const Report& report)
{
    const bool failed = report.conclusion == Conclusion::Failed || report.conclusion == Conclusion::SetUpError;
    if (!failed)
    {
        return {};
    }
    return fmt::format(
        "Run {} failed{}{} What is wrong in a baseline is no news to a gate or a monitor; make the runs anew when it "
        "is right, or take it with --force.",
        report.run, report.conclusionReasons.empty() ? "." : ": ",
        report.conclusionReasons.empty() ? "" : report.conclusionReasons.front());
}

} // namespace

void checkBaselineRuns(std::span<const Report> reports, FailedRuns failed)
{
    if (reports.size() < kFewestBaselineRuns)
    {
        throw SetUpError(fmt::format("A baseline needs {} runs or more, and {}; five are better.", kFewestBaselineRuns,
                                     reports.empty() ? "there are none" : "there is one"));
    }
    for (auto one = reports.begin(); one != reports.end(); ++one)
    {
        if (std::find_if(reports.begin(), one, [one](const Report& other) { return other.run == one->run; }) != one)
        {
            throw SetUpError(
                fmt::format("Run {} is there twice; a baseline is several runs, each a process of its own.", one->run));
        }
        if (planAgain(*one).jobs != planAgain(reports.front()).jobs)
        {
            throw SetUpError(
                fmt::format("The runs {} and {} are of different plans; a baseline is several runs of one.",
                            reports.front().run, one->run));
        }
        if (const std::string why = failureOf(*one); failed == FailedRuns::Refused && !why.empty())
        {
            throw SetUpError(why);
        }
    }
}

BaselineRuns openBaseline(const std::string& nameOrPath, const RunFolder& folder)
{
    const auto names = baselineNames(folder);
    std::error_code error;
    const bool isThere = std::filesystem::exists(nameOrPath, error);
    if (std::ranges::find(names, nameOrPath) != names.end() || !isThere)
    {
        return fromHistory(nameOrPath, folder);
    }
    if (isJournalName(nameOrPath) && !std::filesystem::is_directory(nameOrPath))
    {
        throw SetUpError(
            fmt::format("{} is the journal of one run, and a baseline is several: `headroom-cli history import "
                        "{}` and others of its plan, then `headroom-cli baseline make NAME RUN RUN ...`; or "
                        "name a folder with several journals.",
                        nameOrPath, nameOrPath));
    }
    try
    {
        return std::filesystem::is_directory(nameOrPath) ? fromFolder(nameOrPath)
                                                         : baselineFromText(wholeFile(nameOrPath));
    }
    catch (const std::invalid_argument& problem)
    {
        throw SetUpError(fmt::format("{}: {}.", nameOrPath, problem.what()));
    }
}

std::string exportedBaseline(const BaselineRuns& runs)
{
    Json document{{kVersionKey, kVersion},
                  {"name", runs.baseline.name},
                  {"createdUtc", runs.baseline.createdUtc},
                  {"note", runs.baseline.note},
                  {"reports", Json::array()}};
    for (const Report& report : runs.reports)
    {
        document["reports"].push_back(parseReportText(writeJsonReport(report)));
    }
    return toJsonLine(document) + "\n";
}

BaselineRuns baselineFromText(std::string_view text)
{
    const Json document = parseJson(text);
    const auto version = document.is_object() ? document.find(kVersionKey) : document.end();
    if (version == document.end())
    {
        throw std::invalid_argument("this is no baseline; `headroom-cli baseline export` writes one");
    }
    if (*version != Json(kVersion))
    {
        throw std::invalid_argument("a newer Headroom wrote this baseline");
    }
    BaselineRuns result;
    try
    {
        result.baseline = document.get<Baseline>();
        for (const Json& report : document.at("reports"))
        {
            result.reports.push_back(reportFromDocument(report));
            result.baseline.runs.push_back(result.reports.back().run);
        }
    }
    catch (const Json::exception&)
    {
        throw std::invalid_argument("the baseline is damaged: a part of it is missing or of another kind");
    }
    return result;
}

Baseline importBaseline(const RunFolder& folder, const BaselineRuns& runs, const std::string& name)
{
    Baseline baseline = runs.baseline;
    baseline.name = name.empty() ? baseline.name : name;
    RunIndex index(folder);
    index.sync();
    for (const Report& report : runs.reports)
    {
        if (!index.find(report.run))
        {
            writeFileAtomically(folder.importedFile(report.run), writeJsonReport(report));
        }
    }
    writeBaseline(folder, baseline);
    return baseline;
}

} // namespace headroom
