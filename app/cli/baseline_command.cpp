// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/baseline_command.h"

#include "app/cli/arguments.h"
#include "app/cli/repeated_plan.h"
#include "app/cli/run_options.h"
#include "app/cli/terminal.h"
#include "core/encoding/whole_file.h"
#include "core/gate/gate_forecast.h"
#include "core/launch/baseline_runs.h"
#include "core/launch/run_lookup.h"
#include "core/launch/set_up_error.h"
#include "core/plan/sweep_preset.h"
#include "core/report/export.h"
#include "core/report/table.h"
#include "core/run/utc_time.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <unistd.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kDescription =
    "Keep runs under a name, for headroom-cli gate to hold others against\n"
    "A baseline is several runs of one plan, each in a worker process of its own, so that it is known how much runs "
    "differ by themselves.";

constexpr const char* kExamples =
    "Examples\n"
    "  headroom-cli baseline record nightly --sweep cpu --runs 5   run a preset of the sweep five times\n"
    "  headroom-cli baseline record release --like last            the plan of the run that began last\n"
    "  headroom-cli baseline make release last last~1 last~2       of runs that there are; a tag means all that have "
    "it\n"
    "  headroom-cli baseline list\n"
    "  headroom-cli baseline show nightly\n"
    "  headroom-cli baseline export nightly --output nightly.baseline.json   for an artifact, or version control\n"
    "  headroom-cli baseline import nightly.baseline.json\n"
    "  headroom-cli baseline remove nightly                        its runs stay in the history\n"
    "\n"
    "Exit status: 0 done, 2 cancelled before all runs were made, 3 usage or set-up error.";

constexpr std::int64_t kFewestRuns = 2;
constexpr std::int64_t kMostRuns = 1000;
constexpr std::int64_t kUsualGate = 3; ///< runs
constexpr int kCancelled = 2;

enum class Action
{
    Record,
    Make,
    List,
    Show,
    Export,
    Import,
    Remove
};

} // namespace
} // namespace headroom::cli

namespace headroom
{

template <> struct EnumNames<cli::Action>
{
    static constexpr std::string_view kind = "thing to do with a baseline";
    static constexpr std::array names{
        std::pair{cli::Action::Record, std::string_view{"record"}},
        std::pair{cli::Action::Make, std::string_view{"make"}},
        std::pair{cli::Action::List, std::string_view{"list"}},
        std::pair{cli::Action::Show, std::string_view{"show"}},
        std::pair{cli::Action::Export, std::string_view{"export"}},
        std::pair{cli::Action::Import, std::string_view{"import"}},
        std::pair{cli::Action::Remove, std::string_view{"remove"}},
    };
};

} // namespace headroom

namespace headroom::cli
{
namespace
{

struct BaselineOptions
{
    Action action = Action::List;
    std::string name; ///< of the baseline; of an import the file
    std::vector<std::string> runs;
    std::int64_t count = 5;
    PlanSource source;
    std::string note;
    std::string output;
    bool force = false;
    std::string history;
    Speech speech;
};

void needName(const BaselineOptions& options)
{
    if (options.name.empty())
    {
        throw SetUpError(fmt::format("headroom-cli baseline {} needs {}.", toString(options.action),
                                     options.action == Action::Import ? "the file of a baseline" : "a name"));
    }
}

void refuseToReplace(const RunFolder& folder, const std::string& name, bool force)
{
    const auto names = baselineNames(folder);
    if (!force && std::ranges::find(names, name) != names.end())
    {
        throw SetUpError(
            fmt::format("There is a baseline {} already, and it is kept. Replace it with --force, or choose "
                        "another name.",
                        name));
    }
}

FailedRuns failedRunsOf(const BaselineOptions& options)
{
    return options.force ? FailedRuns::Taken : FailedRuns::Refused;
}

/// What a gate against \a reports would find; a warning where it could miss what is asked for, or would be told
/// nothing.
void forecast(const std::vector<Report>& reports)
{
    const GateForecast found = forecastGate(reports, kUsualGate);
    const std::string sentence = forecastSentence(found, kUsualGate);
    if (sentence.empty())
    {
        return;
    }
    const bool missesSome = found.unclear > 0 || found.waited > 0;
    const Terminal terminal = lookAtTerminal(missesSome ? STDERR_FILENO : STDOUT_FILENO);
    const std::string advice = " Make it anew on an idle machine with a locked clock, or with more runs.";
    fmt::print(missesSome ? stderr : stdout, "{}",
               paragraph(missesSome ? "Warning: " : "",
                         terminal.format().plain(sentence + (missesSome ? advice : std::string())), terminal.layout()));
}

std::vector<std::string> idsOf(const std::vector<Report>& reports)
{
    std::vector<std::string> ids;
    std::ranges::transform(reports, std::back_inserter(ids), &Report::run);
    return ids;
}

int keep(const BaselineOptions& options, const RunFolder& folder, const std::vector<Report>& reports)
{
    writeBaseline(folder, {options.name, idsOf(reports), utcNow(), options.note});
    if (!options.speech.quiet)
    {
        fmt::print("Baseline {}: {} runs. `headroom-cli gate --baseline {}` holds new runs against it.\n", options.name,
                   reports.size(), options.name);
        forecast(reports);
    }
    return kDone;
}

int record(const BaselineOptions& options, const RunFolder& folder)
{
    needName(options);
    if (!options.runs.empty())
    {
        throw SetUpError(
            fmt::format("headroom-cli baseline record makes new runs and does not take '{}'; `baseline make` "
                        "takes runs that there are.",
                        options.runs.front()));
    }
    if (options.count < kFewestRuns || options.count > kMostRuns)
    {
        throw SetUpError(fmt::format("--runs is from {} to {}: of a single run it is not known how much runs differ.",
                                     kFewestRuns, kMostRuns));
    }
    refuseToReplace(folder, options.name, options.force);
    const Plan plan = planFrom(options.source, folder);
    std::vector<Report> reports;
    for (RepeatedRun& run : repeatPlan(plan, options.count, folder, options.speech.quiet))
    {
        reports.push_back(std::move(run.report));
    }
    if (static_cast<std::int64_t>(reports.size()) < options.count)
    {
        fmt::print(stderr, "Cancelled after {} of {} runs, which stay in the history; no baseline was made.\n",
                   reports.size(), options.count);
        return kCancelled;
    }
    checkBaselineRuns(reports, failedRunsOf(options));
    return keep(options, folder, reports);
}

int make(const BaselineOptions& options, const RunFolder& folder)
{
    needName(options);
    refuseToReplace(folder, options.name, options.force);
    std::vector<std::string> ids;
    std::vector<Report> reports;
    for (const std::string& reference : options.runs)
    {
        for (const FoundRun& found : findRuns(reference, folder))
        {
            Report report = readRun(found.file);
            if (found.run.empty())
            {
                throw SetUpError(
                    fmt::format("{} is a file and not a run of the history, and a baseline names runs of it: "
                                "`headroom-cli history import {}` first.",
                                reference, reference));
            }
            if (std::ranges::find(ids, report.run) == ids.end())
            {
                ids.push_back(report.run);
                reports.push_back(std::move(report));
            }
        }
    }
    checkBaselineRuns(reports, failedRunsOf(options));
    return keep(options, folder, reports);
}

int list(const BaselineOptions& options, const RunFolder& folder)
{
    std::vector<std::string> leftOut;
    const auto baselines = readBaselines(folder, &leftOut);
    for (const std::string& sentence : leftOut)
    {
        fmt::print(stderr, "{}\n", sentence);
    }
    if (options.speech.json)
    {
        fmt::print("{}", toJsonDocument(Json(baselines)));
        return kDone;
    }
    if (baselines.empty() && !leftOut.empty())
    {
        return kDone;
    }
    if (baselines.empty())
    {
        fmt::print("No baselines in {}. `headroom-cli baseline record NAME` makes one.\n", folder.path().string());
        return kDone;
    }
    const Terminal terminal = lookAtTerminal(STDOUT_FILENO);
    Table table;
    table.columns = {{"baseline"}, {"runs", Align::Right}, {"made"}, {"note"}};
    for (const Baseline& one : baselines)
    {
        table.rows.push_back({Cell(terminal.format().plain(one.name)), Cell(std::to_string(one.runs.size())),
                              Cell(one.createdUtc.substr(0, 16)), Cell(terminal.format().plain(one.note))});
    }
    fmt::print("{}", textTable(table, terminal.layout()));
    return kDone;
}

int show(const BaselineOptions& options, const RunFolder& folder)
{
    needName(options);
    const BaselineRuns runs = openBaseline(options.name, folder);
    if (options.speech.json)
    {
        fmt::print("{}", toJsonDocument(Json(runs.baseline)));
        return kDone;
    }
    const Terminal terminal = lookAtTerminal(STDOUT_FILENO);
    const Format format = terminal.format();
    Table table;
    table.columns = {{"run"}, {"started"}, {"device"}, {"LibTorch"}, {"cases", Align::Right}, {"conclusion"}};
    for (const Report& report : runs.reports)
    {
        const DeviceFacts* device = report.circumstances ? report.circumstances->selectedDevice() : nullptr;
        table.rows.push_back({Cell(format.plain(report.run)), Cell(report.startedUtc.substr(0, 16)),
                              Cell(device ? format.plain(device->name) : format.dash()),
                              Cell(report.circumstances ? report.circumstances->libtorchVersion : format.dash()),
                              Cell(std::to_string(report.cases.size())), Cell(toString(report.conclusion))});
    }
    const std::string forecast = forecastSentence(forecastGate(runs.reports, kUsualGate), kUsualGate);
    fmt::print("Baseline {}{}{}\n\n{}{}", runs.baseline.name, runs.baseline.note.empty() ? "" : ": ",
               format.plain(runs.baseline.note), textTable(table, terminal.layout()),
               forecast.empty() ? "" : "\n" + paragraph("", format.plain(forecast), terminal.layout()));
    return kDone;
}

int exportTo(const BaselineOptions& options, const RunFolder& folder)
{
    needName(options);
    const std::string text = exportedBaseline(openBaseline(options.name, folder));
    std::error_code error;
    if (options.output.empty())
    {
        fmt::print("{}", text);
        return kDone;
    }
    if (!options.force && std::filesystem::exists(options.output, error))
    {
        throw SetUpError(fmt::format("{} is there already and is kept. Replace it with --force, or choose another "
                                     "--output.",
                                     options.output));
    }
    writeFileAtomically(options.output, text);
    return kDone;
}

int importFrom(const BaselineOptions& options, const RunFolder& folder)
{
    needName(options);
    if (options.runs.size() > 1)
    {
        throw SetUpError("headroom-cli baseline import takes a file and, where it is to have another, a name.");
    }
    BaselineRuns runs;
    try
    {
        runs = baselineFromText(wholeFile(options.name));
    }
    catch (const std::invalid_argument& error)
    {
        throw SetUpError(fmt::format("{}: {}.", options.name, error.what()));
    }
    checkBaselineRuns(runs.reports, failedRunsOf(options));
    const std::string name = options.runs.empty() ? runs.baseline.name : options.runs.front();
    refuseToReplace(folder, name, options.force);
    const Baseline made = importBaseline(folder, runs, name);
    if (!options.speech.quiet)
    {
        fmt::print("Baseline {}: {} runs.\n", made.name, made.runs.size());
    }
    return kDone;
}

int removeOne(const BaselineOptions& options, const RunFolder& folder)
{
    needName(options);
    if (!removeBaseline(folder, options.name))
    {
        (void)readBaseline(folder, options.name); // says which there are
    }
    return kDone;
}

/// Words that an action would not look at are no mistake to pass over: `remove a b` removes no b.
void refuseMoreWords(const BaselineOptions& options)
{
    const bool takesRuns =
        options.action == Action::Make || options.action == Action::Record || options.action == Action::Import;
    const bool takesName = options.action != Action::List;
    if ((takesName || options.name.empty()) && (takesRuns || options.runs.empty()))
    {
        return;
    }
    throw SetUpError(fmt::format("headroom-cli baseline {} does not take '{}'{}.", toString(options.action),
                                 takesName ? options.runs.front() : options.name,
                                 takesName ? "; it is of one baseline" : ""));
}

int act(const BaselineOptions& options)
{
    refuseMoreWords(options);
    const RunFolder folder = runFolderOf(options.history);
    switch (options.action)
    {
    case Action::Record:
        return record(options, folder);
    case Action::Make:
        return make(options, folder);
    case Action::List:
        return list(options, folder);
    case Action::Show:
        return show(options, folder);
    case Action::Export:
        return exportTo(options, folder);
    case Action::Import:
        return importFrom(options, folder);
    case Action::Remove:
        break;
    }
    return removeOne(options, folder);
}

std::string sweepNames()
{
    std::vector<std::string_view> names;
    for (const SweepPreset& preset : sweepPresets())
    {
        names.push_back(preset.name);
    }
    return fmt::format("{}", fmt::join(names, ", "));
}

void declareBaselineOptions(CLI::App& app, BaselineOptions& options)
{
    constexpr const char* kRecord = "What record runs";
    constexpr const char* kOutput = "Output";
    addText(
        app, "ACTION", "", [&options](const std::string& text) { options.action = parseEnum<Action>(text); },
        namesOf<Action>())
        ->required();
    addText(app, "NAME", "", options.name, "of the baseline; of import the file");
    app.add_option("RUN", options.runs, "runs for make: ids, the beginning of one, tags, last; a new name for import");
    present(addNumber(app, "--runs", options.count, "how many runs, each in a worker process of its own"), kRecord,
            std::to_string(options.count));
    present(addText(app, "--like", "RUN", options.source.like, "the plan of this run, report or journal"), kRecord);
    present(addText(app, "--preset", namesOf<Preset>("|"), options.source.preset,
                    "validate's default model by this preset"),
            kRecord);
    present(addText(app, "--sweep", "NAME", options.source.sweep, "a preset of the sweep: " + sweepNames()), kRecord);
    declareDevice(app, options.source.device, "where to run", kRecord);
    present(addText(app, "--note", "TEXT", options.note, "what the baseline stands for"), kOutput);
    present(addText(app, "--output", "FILE", options.output, "where export writes"), kOutput, "standard output");
    present(
        addSwitch(app, "--force", options.force, "replace a baseline or a file of this name; take runs that failed"),
        kOutput);
    declareSpeech(app, options.speech, "print list and show as JSON");
    declareHistory(app, options.history);
}

} // namespace

Command addBaselineCommand(CLI::App& program)
{
    CLI::App* app = program.add_subcommand("baseline", kDescription)->footer(kExamples);
    const auto options = std::make_shared<BaselineOptions>();
    declareBaselineOptions(*app, *options);
    return {app, [options] { return act(*options); }};
}

} // namespace headroom::cli
