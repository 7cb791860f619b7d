// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/history/history_parts.h"

#include "app/cli/arguments.h"
#include "app/cli/run_options.h"
#include "core/history/run_exchange.h"
#include "core/launch/set_up_error.h"
#include "core/report/format.h"

#include <algorithm>
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

struct RemoveOptions
{
    std::vector<std::string> names;
    FilterOptions which;
    bool force = false;
    bool yes = false;
};

void removeAll(RunIndex& index, const std::vector<std::string>& runs)
{
    for (const std::string& run : runs)
    {
        removeRun(index, run);
    }
    index.sync();
}

/// All or none: what keeps one of them is said before any is removed.
int removeNamed(RunIndex& index, const RemoveOptions& options)
{
    for (const std::string& run : options.names)
    {
        if (const std::string why = whyKept(index, run, options.force); !why.empty())
        {
            throw SetUpError(why);
        }
    }
    removeAll(index, options.names);
    return kDone;
}

/// Those that may be removed, and says why the others stay. Nobody named them, so that says what a filter means, and
/// nothing is removed before it is agreed to.
int removeChosen(RunIndex& index, const RemoveOptions& options)
{
    std::vector<std::string> runs;
    for (const RunRow& row : index.list(options.which.filter))
    {
        if (const std::string why = whyKept(index, row.id, options.force); !why.empty())
        {
            fmt::print(stderr, "{}\n", why);
        }
        else if (std::ranges::find(runs, row.id) == runs.end())
        {
            runs.push_back(row.id);
            fmt::print("{}  {}\n", row.id, Format().plain(row.title));
        }
    }
    const auto count = Format().plural(static_cast<std::int64_t>(runs.size()), "run");
    if (runs.empty())
    {
        fmt::print("There is no such run to remove.\n");
        return kDone;
    }
    if (!options.yes)
    {
        fmt::print("{} would be removed; add --yes to remove {}.\n", count, runs.size() == 1 ? "it" : "them");
        return kDone;
    }
    removeAll(index, runs);
    fmt::print("{} removed.\n", count);
    return kDone;
}

int removeRuns(const RemoveOptions& options)
{
    const bool chosen = options.which.filter != RunFilter{};
    if (chosen && !options.names.empty())
    {
        throw SetUpError("Name the runs to remove, or choose them by --tag, --until and the like; not both.");
    }
    if (!chosen && options.names.empty())
    {
        throw SetUpError("Nothing says which runs to remove: name them by their whole ids, or choose them by --tag, "
                         "--until and the like.");
    }
    RunIndex index = readIndex(runFolderOf(options.which.history));
    return chosen ? removeChosen(index, options) : removeNamed(index, options);
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
    const auto files = static_cast<std::int64_t>(index.list().size());
    fmt::print("The index has {} of {}.\n", Format().plural(files, "file"), index.folder().path().string());
    return kDone;
}

} // namespace

Command addHistoryRemove(CLI::App& history)
{
    CLI::App* app =
        history.add_subcommand("remove", "Remove runs and their marks from the history")
            ->footer("Examples\n"
                     "  headroom-cli history remove 20261130T191737-1f0c33aa\n"
                     "  headroom-cli history remove --tag monitor --until 30d         which these are\n"
                     "  headroom-cli history remove --tag monitor --until 30d --yes   removes them\n"
                     "\n"
                     "Runs are named by their whole id, or chosen as list chooses them. Reports that were\n"
                     "written elsewhere stay, and so does the journal beside them, unless that is on\n"
                     "another file system.\n"
                     "\n"
                     "Exit status: 0 when they are removed, or were shown. Of those that are named, 3 when\n"
                     "one is unknown, goes on or belongs to a baseline: then none is removed. Of those that\n"
                     "are chosen such are kept, and it is said.");
    const auto options = std::make_shared<RemoveOptions>();
    addTexts(*app, "RUN", options->names, "whole id of a run; several may be given");
    declareFilter(*app, options->which);
    present(addSwitch(*app, "--yes", options->yes, "remove what was chosen; without it they are listed"), "Output");
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
