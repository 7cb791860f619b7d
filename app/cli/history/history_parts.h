// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"
#include "core/history/run_index.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headroom::cli
{

/// The commands below `headroom-cli history`, and what they share.

/// Its options are those of \a history too, which lists without a command.
Command addHistoryList(CLI::App& history);
Command addHistoryShow(CLI::App& history);
Command addHistoryTrend(CLI::App& history);
Command addHistoryTag(CLI::App& history);
Command addHistoryUntag(CLI::App& history);
Command addHistoryNote(CLI::App& history);
Command addHistoryRemove(CLI::App& history);
Command addHistoryImport(CLI::App& history);
Command addHistoryExport(CLI::App& history);
Command addHistoryReindex(CLI::App& history);

/// What chooses runs.
struct FilterOptions
{
    RunFilter filter;
    std::string history;
};

/// --text, --device, --dtype, --state, --conclusion, --command, --tag, --since, --until and --history.
void declareFilter(CLI::App& app, FilterOptions& options);

/// \throws SetUpError with a sentence for an --at-most below one.
void checkAtMost(const std::optional<std::int64_t>& atMost);

/// "2026-11-23", "2026-11-23T05:23", or a time ago ("7d", "12h") as RunFilter has it. \throws std::invalid_argument
/// with a sentence.
std::string timeInFilter(const std::string& text);

/// The index of \a folder, with what has changed read, and its notes said on standard error; in a terminal with how far
/// it is where that takes long. \a rebuild: everything anew.
RunIndex readIndex(const RunFolder& folder, bool rebuild = false);

/// The run of \a index that \a reference means, by findRun(), or those, by findRuns(). \throws SetUpError as they do,
/// and for a file that is no run of the history.
RunRow rowOf(RunIndex& index, const std::string& reference);
std::vector<RunRow> rowsOf(RunIndex& index, const std::string& reference);

} // namespace headroom::cli
