// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/run_index.h"
#include "core/history/run_marks.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// Values into the tables of the index and out of them. All throw SQLite::Exception. Those that write are called within
/// a transaction.

void writeRun(SQLite::Database& database, const IndexedRun& run);
void eraseRun(SQLite::Database& database, const std::string& file);
void writeMarks(SQLite::Database& database, const RunFile& file, const RunMarks& marks);
void eraseMarks(SQLite::Database& database, const std::string& file);
/// Makes every file one that has changed. What was read of it stays until it is read again.
void distrustFiles(SQLite::Database& database);

/// A file as the index knows it.
struct KnownFile
{
    RunFile file;
    RunState state = RunState::Unreadable;
};
std::map<std::string, KnownFile> knownRuns(SQLite::Database& database);
std::map<std::string, RunFile> knownMarks(SQLite::Database& database);

std::vector<RunRow> selectRuns(SQLite::Database& database, const RunFilter& filter);
std::vector<RunRow> selectRun(SQLite::Database& database, std::string_view id);
std::vector<RunRow> selectBeginning(SQLite::Database& database, std::string_view beginning);
std::vector<IndexedCase> selectCases(SQLite::Database& database, const RunFilter& filter);
std::vector<DatedFigure> selectFigures(SQLite::Database& database, std::string_view caseId, const RunFilter& filter);

} // namespace headroom
