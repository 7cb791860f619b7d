// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/history/history_parts.h"

#include "app/cli/arguments.h"
#include "app/cli/run_options.h"
#include "app/cli/terminal.h"
#include "core/report/table.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <unistd.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kDescription = "List the runs of the history, the latest first";

constexpr const char* kExamples = "Examples\n"
                                  "  headroom-cli history list --since 7d --device H200\n"
                                  "  headroom-cli history list --tag nightly --json | jq '.[].speedUps'\n"
                                  "  headroom-cli history list --state unfinished   what can be resumed\n"
                                  "\n"
                                  "Exit status: 0, also when none is found; 3 usage or set-up error.";

constexpr std::int64_t kShown = 20;

struct ListOptions
{
    FilterOptions which;
    std::optional<std::int64_t> atMost;
    bool json = false;
};

Cell resultCell(const RunRow& row)
{
    if (row.state != RunState::Finished || !row.conclusion)
    {
        const Tone tone = row.state == RunState::Unreadable ? Tone::Bad : Tone::Caution;
        return {toString(row.state), tone};
    }
    const Tone tone = *row.conclusion == Conclusion::Passed       ? Tone::Good
                      : *row.conclusion == Conclusion::CannotTell ? Tone::Caution
                                                                  : Tone::Bad;
    return {toString(*row.conclusion), tone};
}

Cell speedUpCell(const RunRow& row, const Format& format)
{
    std::vector<std::string> ratios;
    for (const RunSpeedUp& one : row.speedUps)
    {
        ratios.push_back(one.ratio ? format.ratio(*one.ratio) : format.dash());
    }
    return ratios.empty() ? Cell(format.dash(), Tone::Muted) : Cell(fmt::format("{}", fmt::join(ratios, ", ")));
}

/// "validate: encoder d_model 64, ...", or why the file cannot be read.
std::string whatOf(const RunRow& row)
{
    if (row.state == RunState::Unreadable)
    {
        return row.problem;
    }
    return row.title.empty() ? row.command : fmt::format("{}: {}", row.command, row.title);
}

std::string marksOfRow(const RunRow& row)
{
    std::vector<std::string> words = row.tags;
    for (const std::string& baseline : row.baselines)
    {
        words.push_back(fmt::format("[{}]", baseline));
    }
    return fmt::format("{}", fmt::join(words, " "));
}

Table tableOf(const std::vector<RunRow>& rows, const Format& format)
{
    const bool marked = std::any_of(rows.begin(), rows.end(),
                                    [](const RunRow& row) { return !row.tags.empty() || !row.baselines.empty(); });
    Table table;
    table.columns = {{"run"}, {"what"}, {"device"}, {"result"}, {"speed-up", Align::Right}};
    if (marked)
    {
        table.columns.push_back({"tags"});
    }
    for (const RunRow& row : rows)
    {
        table.rows.push_back({row.id, format.plain(whatOf(row)),
                              row.device.empty() ? format.dash() : format.plain(row.device), resultCell(row),
                              speedUpCell(row, format)});
        if (marked)
        {
            table.rows.back().push_back(format.plain(marksOfRow(row)));
        }
    }
    return table;
}

int list(const ListOptions& options)
{
    checkAtMost(options.atMost);
    RunIndex index = readIndex(runFolderOf(options.which.history));
    RunFilter filter = options.which.filter;
    if (options.json)
    {
        filter.atMost = options.atMost;
        fmt::print("{}\n", toJsonDocument(Json(index.list(filter))));
        return kDone;
    }
    const std::int64_t shown = options.atMost.value_or(kShown);
    std::vector<RunRow> rows = index.list(filter);
    const std::size_t all = rows.size();
    if (rows.empty())
    {
        const bool any = filter == RunFilter{};
        fmt::print("{} {}.\n", any ? "No run is kept in" : "No run of this kind is kept in",
                   index.folder().path().string());
        return kDone;
    }
    rows.resize(std::min(all, static_cast<std::size_t>(shown)));
    const Terminal terminal = lookAtTerminal(STDOUT_FILENO);
    Table table = tableOf(rows, terminal.format());
    if (rows.size() < all)
    {
        table.notes.push_back(fmt::format("{} of {} runs; --at-most shows more.", rows.size(), all));
    }
    fmt::print("{}", textTable(table, terminal.layout()));
    return kDone;
}

void declareList(CLI::App& app, ListOptions& options)
{
    declareFilter(app, options.which);
    present(addNumber(app, "--at-most", options.atMost, "the latest of them"), "Output",
            fmt::format("{}, and all with --json", kShown));
    present(addSwitch(app, "--json", options.json, "print the rows as JSON"), "Output");
}

} // namespace

Command addHistoryList(CLI::App& history)
{
    CLI::App* app = history.add_subcommand("list", kDescription)->footer(kExamples);
    const auto options = std::make_shared<ListOptions>();
    declareList(*app, *options);
    declareList(history, *options); // which lists without a command
    return {app, [options] { return list(*options); }};
}

} // namespace headroom::cli
