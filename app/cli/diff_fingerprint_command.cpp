// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/diff_fingerprint_command.h"

#include "app/cli/arguments.h"
#include "app/cli/run_options.h"
#include "core/launch/run_lookup.h"
#include "core/launch/set_up_error.h"
#include "app/cli/terminal.h"
#include "core/hardware/circumstances_diff.h"
#include "core/report/export.h"
#include "core/report/table.h"

#include <algorithm>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <unistd.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kDescription =
    "Say what differs in the circumstances of two runs\n"
    "Figures of two runs can be compared only as far as their circumstances agree. Needs no LibTorch.";

constexpr const char* kExamples =
    "Examples\n"
    "  headroom-cli diff-fingerprint yesterday.json today.json\n"
    "  headroom-cli diff-fingerprint a.json b.json --json | jq '.[] | select(.matters)'\n"
    "\n"
    "Exit status: 0 when nothing differs that a figure may depend on, 1 when something does, 3 when a file cannot be "
    "read.";

constexpr int kDifferent = 1;

Circumstances circumstancesIn(const std::string& file, const std::string& history)
{
    const AnyReport report = openReport(findRun(file, runFolderOf(history)).file);
    const auto* own = std::get_if<Report>(&report);
    if (!own || !own->circumstances)
    {
        throw SetUpError(fmt::format("{} does not say under which circumstances it was measured; name a report or a "
                                     "journal of Headroom's own.",
                                     file));
    }
    return *own->circumstances;
}

Table tableOf(const std::vector<CircumstanceDifference>& differences, const std::string& first,
              const std::string& second, const Format& format)
{
    const auto cell = [&](const std::string& value, Tone tone)
    { return Cell(value.empty() ? format.dash() : format.plain(value), tone); };
    Table table;
    table.columns = {{"what"}, {first}, {second}};
    for (const auto& difference : differences)
    {
        const Tone tone = difference.matters ? Tone::Plain : Tone::Muted;
        table.rows.push_back(
            {Cell(difference.name, tone), cell(difference.first, tone), cell(difference.second, tone)});
    }
    return table;
}

int printDifferences(const std::string& first, const std::string& second, const std::string& history, bool json)
{
    const auto differences = differencesBetween(circumstancesIn(first, history), circumstancesIn(second, history));
    const auto weighty = std::count_if(differences.begin(), differences.end(),
                                       [](const CircumstanceDifference& one) { return one.matters; });
    if (json)
    {
        fmt::print("{}\n", toJsonDocument(Json(differences)));
    }
    else
    {
        const Terminal terminal = lookAtTerminal(STDOUT_FILENO);
        const Format format = terminal.format();
        if (!differences.empty())
        {
            fmt::print("{}\n", textTable(tableOf(differences, first, second, format), terminal.layout()));
        }
        fmt::print("{}\n", weighty == 0
                               ? std::string("Nothing differs that a figure may depend on.")
                               : fmt::format("{} that a figure may depend on.", format.plural(weighty, "difference")));
    }
    return weighty == 0 ? kDone : kDifferent;
}

} // namespace

Command addDiffFingerprintCommand(CLI::App& program)
{
    CLI::App* app = program.add_subcommand("diff-fingerprint", kDescription)->footer(kExamples);
    struct Options
    {
        std::string first;
        std::string second;
        std::string history;
        bool json = false;
    };
    const auto options = std::make_shared<Options>();
    addText(*app, "A", "", options->first, "report (.json), journal (.journal.jsonl) or run of the history")
        ->required();
    addText(*app, "B", "", options->second, "another")->required();
    declareHistory(*app, options->history);
    present(addSwitch(*app, "--json", options->json, "print the differences as JSON"), "Output");
    return {app,
            [options] { return printDifferences(options->first, options->second, options->history, options->json); }};
}

} // namespace headroom::cli
