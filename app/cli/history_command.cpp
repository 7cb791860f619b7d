// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/history_command.h"

#include "app/cli/history/history_parts.h"

#include <algorithm>
#include <memory>
#include <vector>

#include <CLI/CLI.hpp>

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
    "  headroom-cli history show last             the latest of them\n"
    "  headroom-cli history tag last h200         a tag, by which it is found everywhere\n"
    "  headroom-cli history trend flash forward   what became faster or slower, and what else changed\n"
    "\n"
    "A run is named by its id, the beginning of it, last, last~2 (two before that one), or a tag.\n"
    "\n"
    "Exit status: 0 when it was done, 3 usage or set-up error.";

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
    return {app, [commands]
            {
                const auto chosen = std::find_if(commands->begin(), commands->end(),
                                                 [](const Command& command) { return command.app->parsed(); });
                return chosen == commands->end() ? commands->front().run() : chosen->run();
            }};
}

} // namespace headroom::cli
