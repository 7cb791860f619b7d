// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/ab_command.h"
#include "app/cli/audit_command.h"
#include "app/cli/baseline_command.h"
#include "app/cli/battery_command.h"
#include "app/cli/compare_command.h"
#include "app/cli/cost_command.h"
#include "app/cli/devices_command.h"
#include "app/cli/diff_fingerprint_command.h"
#include "app/cli/doctor_command.h"
#include "app/cli/explain_command.h"
#include "app/cli/export_command.h"
#include "app/cli/frontier_command.h"
#include "app/cli/gate_command.h"
#include "app/cli/help_formatter.h"
#include "app/cli/history_command.h"
#include "app/cli/inspect_command.h"
#include "app/cli/monitor_command.h"
#include "app/cli/report_command.h"
#include "app/cli/resume_command.h"
#include "app/cli/serve_sides_command.h"
#include "app/cli/standard_streams.h"
#include "app/cli/sweep_command.h"
#include "app/cli/usage.h"
#include "app/cli/validate_command.h"
#include "core/version/build_info.h"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace
{

using namespace headroom::cli;

constexpr const char* kDescription = "headroom-cli tells which attention kernel really runs on this machine, whether "
                                     "its numbers are right, how fast it is, how "
                                     "sure that is, and what one change would make it better.";

constexpr const char* kStart = "Start with\n"
                               "  headroom-cli validate --preset quick\n"
                               "\n"
                               "Each command has its own --help. The manual is docs/cli.md.";

std::vector<Command> addCommands(CLI::App& program)
{
    const auto formatter = std::make_shared<HelpFormatter>();
    formatter->label("Positionals", "Arguments");
    program.formatter(formatter);
    program.footer(kStart);
    program.set_version_flag(
        "--version", [] { return "headroom-cli " + headroom::buildInfo().version; }, "print the version");
    std::vector<Command> commands{
        addValidateCommand(program), addInspectCommand(program),  addAuditCommand(program),
        addSweepCommand(program),    addAbCommand(program),       addReportCommand(program),
        addExportCommand(program),   addCompareCommand(program),  addCostCommand(program),
        addMonitorCommand(program),  addResumeCommand(program),   addHistoryCommand(program),
        addExplainCommand(program),  addFrontierCommand(program), addBatteryCommand(program),
        addBaselineCommand(program), addGateCommand(program),     addDiffFingerprintCommand(program),
        addDevicesCommand(program),  addDoctorCommand(program),   addServeSidesCommand(program)};
    for (const Command& command : commands)
    {
        // Anew, to come last; what no option takes is looked at in usage.h.
        command.app->set_help_flag("-h,--help", "print this text")->group("Help");
        command.app->allow_extras();
    }
    program.set_help_flag("-h,--help", "print this text");
    program.allow_extras();
    program.require_subcommand(0, 1);
    return commands;
}

/// Tells the command that was asked for that its words are none.
void refuse(const std::vector<Command>& commands, int argc, char** argv)
{
    const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    for (const Command& command : commands)
    {
        if (command.refused && !words.empty() && words.front() == command.app->get_name())
        {
            command.refused(words);
        }
    }
}

int runCommand(CLI::App& program, const std::vector<Command>& commands, int argc, char** argv)
{
    try
    {
        program.parse(argc, argv);
    }
    catch (const CLI::Success& request) // --help or --version
    {
        std::ostringstream text;
        const int status = program.exit(request, text, text);
        fmt::print("{}", text.str());
        return status;
    }
    catch (const CLI::ParseError& error)
    {
        refuse(commands, argc, argv);
        return complain(sentenceFor(program, error));
    }
    if (const std::string mistake = misuse(program); !mistake.empty())
    {
        refuse(commands, argc, argv);
        return complain(mistake);
    }
    for (const Command& command : commands)
    {
        if (command.app->parsed())
        {
            return command.run();
        }
    }
    fmt::print(stderr, "{}", program.help());
    return kSetUpFailed;
}

int runProgram(int argc, char** argv)
{
    try
    {
        CLI::App program(kDescription, "headroom-cli");
        const std::vector<Command> commands = addCommands(program);
        return runCommand(program, commands, argc, argv);
    }
    catch (const std::exception& error)
    {
        return complain(error.what());
    }
}

} // namespace

int main(int argc, char** argv)
{
    outliveReaders();
    const int status = runProgram(argc, argv);
    const std::string lost = finishOutput();
    if (lost.empty())
    {
        return status;
    }
    const int failed = complain(lost);
    return status == kDone ? failed : status; // a verdict stays what it is
}
