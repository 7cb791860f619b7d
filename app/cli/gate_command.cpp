// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/gate_command.h"

#include "app/cli/arguments.h"
#include "app/cli/gate_outputs.h"
#include "app/cli/repeated_plan.h"
#include "app/cli/run_options.h"
#include "app/cli/terminal.h"
#include "core/gate/gate.h"
#include "core/gate/gate_writers.h"
#include "core/launch/baseline_runs.h"
#include "core/launch/run_lookup.h"
#include "core/launch/set_up_error.h"
#include "core/report/export.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <unistd.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kDescription =
    "Hold this machine as it is now against a baseline: slower, wrong or another backend fails\n"
    "Runs the baseline's plan several times, each time in a worker process of its own, and corrects for the number of "
    "cases: 200 unchanged ones raise no alarm 95 times in 100.";

constexpr const char* kExamples =
    "Examples\n"
    "  headroom-cli baseline record nightly --sweep cpu --runs 5   once, while all is well\n"
    "  headroom-cli gate --baseline nightly                        three new runs against it\n"
    "  headroom-cli gate --baseline nightly --junit gate.xml --markdown gate.md\n"
    "  headroom-cli gate --baseline nightly.baseline.json --thresholds gate.json   both under version control\n"
    "  headroom-cli gate --baseline nightly --candidate last last~1 last~2         runs that there are\n"
    "\n"
    "Exit status: 0 pass, 1 a regression, 2 cannot tell, 3 usage or set-up error.";

constexpr std::int64_t kFewestRuns = 2;
constexpr std::int64_t kMostRuns = 1000;

struct GateOptions
{
    std::string baseline;
    std::int64_t runs = 3;
    bool runsGiven = false;
    std::vector<std::string> candidates;
    std::string thresholds;
    bool force = false;
    std::string junit;
    std::string markdown;
    std::string history;
    Speech speech;
};

/// Before anything else is looked at: no mistake in the options leaves a result of yesterday where today's is expected.
void forgetEarlier(const GateOptions& options, const RunFolder& folder)
{
    std::vector<std::string> inputs{options.thresholds, options.baseline};
    inputs.insert(inputs.end(), options.candidates.begin(), options.candidates.end());
    clearOutputs({{options.junit, "--junit"}, {options.markdown, "--markdown"}}, inputs, folder);
}

void refuseMistakes(const GateOptions& options)
{
    if (!options.candidates.empty() && options.runsGiven)
    {
        throw SetUpError("--candidate names runs that there are, and --runs makes new ones; leave one of them out.");
    }
    if (options.runs < kFewestRuns || options.runs > kMostRuns)
    {
        throw SetUpError(
            fmt::format("--runs is from {} to {}: a single run may be a bad one.", kFewestRuns, kMostRuns));
    }
}

std::vector<Report> namedCandidates(const GateOptions& options, const Baseline& baseline, const RunFolder& folder)
{
    std::vector<Report> reports;
    for (const std::string& reference : options.candidates)
    {
        for (const FoundRun& found : findRuns(reference, folder))
        {
            Report report = readRun(found.file);
            if (std::ranges::find(baseline.runs, report.run) != baseline.runs.end())
            {
                throw SetUpError(
                    fmt::format("{} is one of the baseline's own runs, {}; a gate holds others against it.", reference,
                                report.run));
            }
            if (std::ranges::find(reports, report.run, &Report::run) == reports.end())
            {
                reports.push_back(std::move(report));
            }
        }
    }
    return reports;
}

std::vector<Report> newCandidates(const GateOptions& options, const Plan& plan, const RunFolder& folder)
{
    checkDeviceOf(plan);
    std::vector<Report> reports;
    for (RepeatedRun& run : repeatPlan(plan, options.runs, folder, options.speech.quiet))
    {
        reports.push_back(std::move(run.report));
    }
    return reports;
}

void write(const GateVerdict& verdict, const GateOptions& options)
{
    if (!options.junit.empty())
    {
        writeFileAtomically(options.junit, writeGateJunit(verdict));
    }
    if (!options.markdown.empty())
    {
        writeFileAtomically(options.markdown, writeGateMarkdown(verdict));
    }
    if (options.speech.json)
    {
        fmt::print("{}", toJsonDocument(Json(verdict)));
    }
    else if (!options.speech.quiet)
    {
        const Terminal terminal = lookAtTerminal(STDOUT_FILENO);
        fmt::print("{}", writeGateText(verdict, terminal.format(), terminal.layout()));
    }
}

int gate(const GateOptions& options)
{
    const RunFolder folder = runFolderOf(options.history);
    forgetEarlier(options, folder);
    refuseMistakes(options);
    const GateThresholds thresholds =
        options.thresholds.empty() ? GateThresholds{} : readThresholds(options.thresholds);
    const BaselineRuns baseline = openBaseline(options.baseline, folder);
    if (baseline.reports.empty())
    {
        throw SetUpError(fmt::format("The baseline {} has no runs; `headroom-cli baseline record {}` makes some.",
                                     options.baseline, options.baseline));
    }
    checkBaselineRuns(baseline.reports, FailedRuns::Taken);
    const std::vector<Report> candidates = options.candidates.empty()
                                               ? newCandidates(options, planAgain(baseline.reports.front()), folder)
                                               : namedCandidates(options, baseline.baseline, folder);
    GateVerdict verdict = judgeGate(baseline.reports, candidates, thresholds, options.force);
    verdict.baseline = baseline.baseline.name;
    if (options.candidates.empty() && static_cast<std::int64_t>(candidates.size()) < options.runs)
    {
        verdict.reasons.push_back(fmt::format("Cancelled after {} of {} runs.", candidates.size(), options.runs));
        verdict.conclusion = verdict.conclusion == Conclusion::Passed ? Conclusion::CannotTell : verdict.conclusion;
    }
    write(verdict, options);
    return static_cast<int>(verdict.conclusion);
}

void declareGateOptions(CLI::App& app, GateOptions& options)
{
    constexpr const char* kWhat = "What is compared";
    constexpr const char* kOutput = "Output";
    present(addText(app, "--baseline", "NAME|FILE|FOLDER", options.baseline,
                    "a baseline of the history, an exported one, or a folder of reports of one plan")
                ->required(),
            kWhat);
    present(addText(
                app, "--runs", "N",
                [&options](const std::string& text)
                {
                    options.runs = wholeNumber(text);
                    options.runsGiven = true;
                },
                "new runs of the baseline's plan, each in a worker process of its own"),
            kWhat, "3");
    present(app.add_option("--candidate", options.candidates,
                           "runs that there are, in place of new ones: files, ids, tags, last")
                ->type_name("RUN..."),
            kWhat);
    present(addText(app, "--thresholds", "FILE", options.thresholds,
                    "what fails and what may differ (docs/gate.md); built-in ones without it"),
            kWhat);
    present(addSwitch(app, "--force", options.force,
                      "verdicts of time although the machine, its clock or its settings are unlike"),
            kWhat);
    present(addText(app, "--junit", "FILE", options.junit, "write JUnit XML; an earlier file is replaced"), kOutput);
    present(addText(app, "--markdown", "FILE", options.markdown, "write a summary for the page of a job"), kOutput);
    declareSpeech(app, options.speech, "print the verdict as JSON on standard output");
    declareHistory(app, options.history);
}

} // namespace

Command addGateCommand(CLI::App& program)
{
    CLI::App* app = program.add_subcommand("gate", kDescription)->footer(kExamples);
    const auto options = std::make_shared<GateOptions>();
    declareGateOptions(*app, *options);
    return {app, [options] { return gate(*options); }, clearRecognisedOutputs};
}

} // namespace headroom::cli
