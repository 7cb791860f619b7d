// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/history_command.h"

#include "app/cli/history/history_parts.h"
#include "core/launch/set_up_error.h"

#include <algorithm>
#include <memory>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kDescription =
    "Look through the runs that were kept: list, show, mark, compare over time, export\n"
    "Every run of Headroom keeps its journal in the run folder. Needs no LibTorch. Without a command it lists.";

constexpr const char* kExamples =
    "Examples\n"
    "  headroom-cli history                       the latest runs\n"
    "  headroom-cli history --tag nightly         those with a tag; the options are those of list\n"
    "  headroom-cli history show last             the latest of them\n"
    "  headroom-cli history tag last h200         a tag, by which it is found everywhere\n"
    "  headroom-cli history trend flash forward   what became faster or slower, and what else changed\n"
    "\n"
    "A run is named by its id, the beginning of it, last, last~2 (two before that one), or a tag.\n"
    "\n"
    "Exit status: 0 when it was done, 3 usage or set-up error.";

/// Options of the bare command are those of its list; before another command they would be lost.
void refuseOptionsBefore(const CLI::App& history, const CLI::App& command)
{
    for (const CLI::Option* option : history.get_options())
    {
        if (option->count() > 0)
        {
            throw SetUpError(fmt::format("{0} stands before '{1}'; write it behind, as in headroom-cli history {1} "
                                         "... {0}, where {1} has it.",
                                         option->get_name(), command.get_name()));
        }
    }
}

} // namespace

Command addHistoryCommand(CLI::App& program)
{
    CLI::App* app = program.add_subcommand("history", kDescription)->footer(kExamples);
    app->require_subcommand(0, 1);
    const auto commands = std::make_shared<std::vector<Command>>(
        std::vector<Command>{addHistoryList(*app), addHistoryShow(*app), addHistoryTrend(*app), addHistoryTag(*app),
                             addHistoryUntag(*app), addHistoryNote(*app), addHistoryRemove(*app),
                             addHistoryImport(*app), addHistoryExport(*app), addHistoryReindex(*app)});
    for (const Command& command : *commands)
    {
        command.app->set_help_flag("-h,--help", "print this text")->group("Help");
        command.app->allow_extras();
    }
    return {app, [app, commands]
            {
                const auto chosen = std::find_if(commands->begin(), commands->end(),
                                                 [](const Command& command) { return command.app->parsed(); });
                if (chosen == commands->begin() || chosen == commands->end())
                {
                    return commands->front().run();
                }
                refuseOptionsBefore(*app, *chosen->app);
                return chosen->run();
            }};
}

} // namespace headroom::cli
