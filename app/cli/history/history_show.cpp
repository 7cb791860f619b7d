// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/history/history_parts.h"

#include "app/cli/arguments.h"
#include "app/cli/run_options.h"
#include "app/cli/terminal.h"
#include "core/launch/output_files.h"
#include "core/launch/run_lookup.h"
#include "core/launch/set_up_error.h"
#include "core/report/export.h"
#include "core/report/table.h"
#include "core/report/terminal_report.h"

#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <unistd.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kShowDescription = "Show a run: where it is kept, its marks, and its report";

constexpr const char* kShowExamples = "Examples\n"
                                      "  headroom-cli history show last\n"
                                      "  headroom-cli history show 20261130T191737 --json | jq .tags\n"
                                      "\n"
                                      "Exit status: 0 when it could be read, 3 when not.";

constexpr const char* kExportDescription = "Write the report of a run, or its journal, to a file or a folder";

constexpr const char* kExportExamples =
    "Examples\n"
    "  headroom-cli history export last report.html\n"
    "  headroom-cli history export nightly results   NAME.json, .md, .csv and the journal in this folder\n"
    "  headroom-cli history export last run.journal.jsonl\n"
    "\n"
    "Exit status: 0 when it was written, 3 when not.";

struct ShowOptions
{
    std::string run;
    std::string history;
    bool json = false;
};

struct ExportOptions
{
    std::string run;
    std::string target;
    std::string history;
    bool force = false;
};

int show(const ShowOptions& options)
{
    RunIndex index = readIndex(runFolderOf(options.history));
    const RunRow row = rowOf(index, options.run);
    const auto file = index.folder().path() / row.file.name;
    if (options.json)
    {
        Json document = row;
        document["path"] = file.string();
        fmt::print("{}\n", toJsonDocument(document));
        return kDone;
    }
    const Terminal terminal = lookAtTerminal(STDOUT_FILENO);
    const auto line = [&](const char* name, const std::string& text)
    {
        if (!text.empty())
        {
            fmt::print("{}", paragraph(fmt::format("{:<10}", name), terminal.format().plain(text), terminal.layout()));
        }
    };
    line("run", row.id);
    line("file", file.string());
    line("state", std::string(toString(row.state)) +
                      (row.canResume() ? fmt::format("; `headroom-cli resume {}` goes on", row.id) : ""));
    line("tags", fmt::format("{}", fmt::join(row.tags, " ")));
    line("note", row.note);
    line("baselines", fmt::format("{}", fmt::join(row.baselines, ", ")));
    fmt::print("\n{}", writeTerminalReport(readRun(file), terminal.format(), terminal.layout()));
    return kDone;
}

void refuseToReplace(const std::filesystem::path& file, bool force)
{
    std::error_code error;
    if (!force && std::filesystem::exists(file, error))
    {
        throw SetUpError(fmt::format(
            "{} is there already and is kept. Replace it with --force, or choose another name.", file.string()));
    }
}

/// \a to may be another name of the journal itself, which would be written into, so it goes first.
void copyFile(const std::filesystem::path& from, const std::filesystem::path& to)
{
    std::error_code error;
    if (std::filesystem::weakly_canonical(to, error) == std::filesystem::weakly_canonical(from, error) &&
        !std::filesystem::is_symlink(to, error))
    {
        throw SetUpError(fmt::format("{} is the run's own file; choose another name.", to.string()));
    }
    std::filesystem::remove(to, error);
    std::filesystem::copy_file(from, to, error);
    if (error)
    {
        throw SetUpError(fmt::format("{} cannot be copied to {}: {}.", from.string(), to.string(), error.message()));
    }
}

void exportToFolder(const RunRow& row, const std::filesystem::path& source, const ExportOptions& options)
{
    const OutputFiles files = outputFilesFor(options.target, fileNameOf(row.id));
    for (const auto& file : {files.json, files.markdown, files.csv, files.journal})
    {
        refuseToReplace(file, options.force);
    }
    writeReports(files, readRun(source));
    if (!row.isImported())
    {
        copyFile(source, files.journal);
    }
    fmt::print("{}\n", files.json.string());
}

int exportRun(const ExportOptions& options)
{
    RunIndex index = readIndex(runFolderOf(options.history));
    const RunRow row = rowOf(index, options.run);
    const auto source = index.folder().path() / row.file.name;
    std::error_code error;
    if (std::filesystem::is_directory(options.target, error) || options.target.ends_with('/'))
    {
        exportToFolder(row, source, options);
        return kDone;
    }
    refuseToReplace(options.target, options.force);
    if (isJournalName(options.target))
    {
        if (row.isImported())
        {
            throw SetUpError(fmt::format("{} was imported without a journal; export it as .json.", row.id));
        }
        copyFile(source, options.target);
        return kDone;
    }
    const auto format = formatOfFile(options.target);
    if (!format)
    {
        throw SetUpError(
            fmt::format("'{}' names no format: end it in .json, .md, .csv, .html, .txt or .journal.jsonl, or "
                        "name a folder (a new one with / behind it).",
                        options.target));
    }
    writeFileAtomically(options.target, writeReport(readRun(source), *format));
    return kDone;
}

} // namespace

Command addHistoryShow(CLI::App& history)
{
    CLI::App* app = history.add_subcommand("show", kShowDescription)->footer(kShowExamples);
    const auto options = std::make_shared<ShowOptions>();
    addText(*app, "RUN", "", options->run, "id, the beginning of it, last, last~2, or a tag")->required();
    declareHistory(*app, options->history);
    present(addSwitch(*app, "--json", options->json, "print the row as JSON, and no report"), "Output");
    return {app, [options] { return show(*options); }};
}

Command addHistoryExport(CLI::App& history)
{
    CLI::App* app = history.add_subcommand("export", kExportDescription)->footer(kExportExamples);
    const auto options = std::make_shared<ExportOptions>();
    addText(*app, "RUN", "", options->run, "id, the beginning of it, last, last~2, or a tag")->required();
    addText(*app, "TARGET", "", options->target, "file (.json, .md, .csv, .html, .txt, .journal.jsonl) or folder")
        ->required();
    declareHistory(*app, options->history);
    present(addSwitch(*app, "--force", options->force, "replace files that are there"), "Output");
    return {app, [options] { return exportRun(*options); }};
}

} // namespace headroom::cli
