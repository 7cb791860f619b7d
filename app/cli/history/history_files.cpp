// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/history/history_parts.h"

#include "app/cli/arguments.h"
#include "app/cli/run_options.h"
#include "core/history/run_exchange.h"
#include "core/launch/set_up_error.h"

#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace headroom::cli
{
namespace
{

struct FileOptions
{
    std::vector<std::string> names;
    std::string history;
    bool force = false;
};

/// All or none: what keeps one of them is said before any is removed.
int removeRuns(const FileOptions& options)
{
    RunIndex index = readIndex(runFolderOf(options.history));
    for (const std::string& run : options.names)
    {
        if (const std::string why = whyKept(index, run, options.force); !why.empty())
        {
            throw SetUpError(why);
        }
    }
    for (const std::string& run : options.names)
    {
        removeRun(index, run);
    }
    index.sync();
    return kDone;
}

int importRuns(const FileOptions& options)
{
    const RunFolder folder = runFolderOf(options.history);
    int status = kDone;
    for (const std::string& name : options.names)
    {
        try
        {
            fmt::print("{}\n", importRun(folder, name).string());
        }
        catch (const std::runtime_error& error)
        {
            fmt::print(stderr, "headroom-cli: {}\n", error.what());
            status = kSetUpFailed;
        }
    }
    return status;
}

int reindex(const FileOptions& options)
{
    RunIndex index = readIndex(runFolderOf(options.history), true);
    fmt::print("{} files of {} are indexed.\n", index.list().size(), index.folder().path().string());
    return kDone;
}

} // namespace

Command addHistoryRemove(CLI::App& history)
{
    CLI::App* app = history.add_subcommand("remove", "Remove runs and their marks from the history")
                        ->footer("Examples\n"
                                 "  headroom-cli history remove 20261130T191737-1f0c33aa\n"
                                 "\n"
                                 "Runs are named by their whole id. Reports that were written elsewhere stay, and so\n"
                                 "does the journal beside them, unless that is on another file system.\n"
                                 "\n"
                                 "Exit status: 0 when all are removed; 3 when one is unknown, goes on or belongs to a\n"
                                 "baseline: then none is.");
    const auto options = std::make_shared<FileOptions>();
    addTexts(*app, "RUN", options->names, "whole id of a run; several may be given")->required();
    declareHistory(*app, options->history);
    present(addSwitch(*app, "--force", options->force, "also runs of a baseline, which is then less by them"),
            "Output");
    return {app, [options] { return removeRuns(*options); }};
}

Command addHistoryImport(CLI::App& history)
{
    CLI::App* app = history.add_subcommand("import", "Copy reports and journals into the history")
                        ->footer("Examples\n"
                                 "  headroom-cli history import results/*/*.json\n"
                                 "\n"
                                 "Exit status: 0 when all are in; 3 when one could not be read or is there already.");
    const auto options = std::make_shared<FileOptions>();
    addTexts(*app, "FILE", options->names, "reports of Headroom (.json) or journals (.journal.jsonl)")->required();
    declareHistory(*app, options->history);
    return {app, [options] { return importRuns(*options); }};
}

Command addHistoryReindex(CLI::App& history)
{
    CLI::App* app =
        history.add_subcommand("reindex", "Make the index anew from the files")
            ->footer("Examples\n"
                     "  headroom-cli history reindex\n"
                     "\n"
                     "It is never needed: an index that is missing, damaged or old is made anew by itself.\n"
                     "\n"
                     "Exit status: 0 when it is made, 3 when not.");
    const auto options = std::make_shared<FileOptions>();
    declareHistory(*app, options->history);
    return {app, [options] { return reindex(*options); }};
}

} // namespace headroom::cli
