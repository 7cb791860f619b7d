// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/report_command.h"

#include "app/cli/arguments.h"
#include "app/cli/run_options.h"
#include "app/cli/terminal.h"
#include "core/launch/run_lookup.h"
#include "core/report/export.h"
#include "core/report/terminal_report.h"

#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <unistd.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kDescription = "Print a report readably\n"
                                     "It may be Headroom's JSON, the journal of a run that is not done, or a report of "
                                     "the original tool. Needs no LibTorch.";

constexpr const char* kExamples =
    "Examples\n"
    "  headroom-cli report results/flash_attention/flash_attention_validation.json\n"
    "  headroom-cli report results/flash_attention/flash_attention_validation.journal.jsonl\n"
    "  headroom-cli report last                  the run of the history that began last\n"
    "\n"
    "Exit status: 0 when the report could be read, whatever it says; 3 when not.";

int printReport(const std::string& run, const std::string& history)
{
    const Terminal terminal = lookAtTerminal(STDOUT_FILENO);
    const AnyReport report = openReport(findRun(run, runFolderOf(history)).file);
    if (const auto* original = std::get_if<OriginalReport>(&report))
    {
        fmt::print("{}", writeOriginalText(*original, terminal.format(), terminal.layout()));
    }
    else
    {
        fmt::print("{}", writeTerminalReport(std::get<Report>(report), terminal.format(), terminal.layout()));
    }
    return kDone;
}

} // namespace

Command addReportCommand(CLI::App& program)
{
    CLI::App* app = program.add_subcommand("report", kDescription)->footer(kExamples);
    struct Options
    {
        std::string run;
        std::string history;
    };
    const auto options = std::make_shared<Options>();
    addText(*app, "FILE", "", options->run, "report (.json), journal (.journal.jsonl) or run of the history")
        ->required();
    declareHistory(*app, options->history);
    return {app, [options] { return printReport(options->run, options->history); }};
}

} // namespace headroom::cli
