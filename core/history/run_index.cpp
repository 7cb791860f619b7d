// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/run_index.h"

#include "core/history/baseline.h"
#include "core/history/index_rows.h"
#include "core/history/index_schema.h"
#include "core/history/run_marks.h"
#include "core/run/journal_lock.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

namespace headroom
{
namespace
{

constexpr int kBusyMs = 5000;
constexpr std::size_t kBatch = 64; ///< files that are read between two transactions
constexpr int kMostTroubles = 3;

bool isThere(const std::filesystem::path& folder)
{
    std::error_code error;
    return !folder.empty() && std::filesystem::is_directory(folder, error);
}

/// An index that an earlier program has left and that may not be written: as much as is right of it.
void copyInto(SQLite::Database& memory, const std::filesystem::path& file)
{
    try
    {
        SQLite::Database disk(file.string(), SQLite::OPEN_READONLY, kBusyMs);
        if (hasSchema(disk, RunIndex::kSchemaVersion))
        {
            SQLite::Backup(memory, disk).executeStep();
        }
    }
    catch (const SQLite::Exception&)
    {
        return; // then all files are read
    }
}

/// A run whose state depends on whether a program still writes it.
bool mayHaveBegunOrEnded(const KnownFile& known, const std::filesystem::path& path)
{
    const bool open =
        known.state == RunState::Running || known.state == RunState::Unfinished || known.state == RunState::Cancelled;
    return open && isBeingWritten(path) != (known.state == RunState::Running);
}

} // namespace

RunIndex::RunIndex(RunFolder folder) : m_folder(std::move(folder))
{
    open();
}

RunIndex::~RunIndex() = default;
RunIndex::RunIndex(RunIndex&&) noexcept = default;
RunIndex& RunIndex::operator=(RunIndex&&) noexcept = default;

/// Calls \a work until it succeeds, or SQLite cannot be helped. What asks an index that was emptied has it read before.
template <typename Work> auto RunIndex::guarded(Work work)
{
    for (int trouble = 0;; ++trouble)
    {
        try
        {
            if (m_emptied)
            {
                readChanges({});
                m_emptied = false;
            }
            return work();
        }
        catch (const SQLite::Exception& error)
        {
            recover(error, trouble);
        }
    }
}

void RunIndex::open()
{
    m_noFolder = !isThere(m_folder.path());
    m_inMemory = m_noFolder; // there is nothing to index, and to look at a history makes no folder
    if (m_noFolder)
    {
        m_database = std::make_unique<SQLite::Database>(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        prepareSchema(*m_database, kSchemaVersion);
        return;
    }
    for (int trouble = 0;; ++trouble)
    {
        try
        {
            if (!m_database)
            {
                m_database = std::make_unique<SQLite::Database>(m_folder.indexFile().string(),
                                                                SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, kBusyMs);
            }
            m_emptied = prepareSchema(*m_database, kSchemaVersion);
            return;
        }
        catch (const SQLite::Exception& problem)
        {
            recover(problem, trouble);
        }
    }
}

/// First what is least: tables that another program took away are made again. Then the file is emptied; at last it is
/// left alone.
void RunIndex::recover(const SQLite::Exception& error, int trouble)
{
    if (trouble >= kMostTroubles)
    {
        throw std::runtime_error(fmt::format("The index of the history in {} cannot be used: {}.",
                                             m_folder.path().string(), reasonOf(error)));
    }
    if (saysMoved(error) && trouble == 0)
    {
        m_database.reset();
        open();
        m_emptied = true;
        return;
    }
    const bool damaged = saysDamaged(error) || (saysNoTable(error) && trouble > 0);
    if (!m_database || m_inMemory || (!damaged && !saysNoTable(error)))
    {
        moveToMemory(reasonOf(error), !damaged && trouble == 0);
        return;
    }
    try
    {
        if (damaged)
        {
            emptyDatabase(*m_database);
        }
        prepareSchema(*m_database, kSchemaVersion);
        m_emptied = true;
    }
    catch (const SQLite::Exception& again)
    {
        moveToMemory(reasonOf(again), false);
    }
}

/// \a copied: what the file has is right.
void RunIndex::moveToMemory(const std::string& reason, bool copied)
{
    if (!m_inMemory)
    {
        m_notes.push_back(fmt::format("The index of the history in {} cannot be kept ({}); it is made in memory each "
                                      "time.",
                                      m_folder.path().string(), reason));
    }
    m_inMemory = true;
    m_emptied = true;
    m_database = std::make_unique<SQLite::Database>(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    if (copied)
    {
        copyInto(*m_database, m_folder.indexFile());
    }
    prepareSchema(*m_database, kSchemaVersion);
}

IndexChanges RunIndex::sync(const IndexProgress& progress)
{
    if (m_noFolder && isThere(m_folder.path())) // made by the first run
    {
        m_database.reset();
        open();
    }
    for (int trouble = 0;; ++trouble)
    {
        try
        {
            const IndexChanges changes = readChanges(progress);
            m_emptied = false;
            return changes;
        }
        catch (const SQLite::Exception& error)
        {
            recover(error, trouble);
        }
    }
}

/// In place, row by row, so that another program never lists a part of the runs; an index with a fault in it is
/// emptied.
IndexChanges RunIndex::rebuild(const IndexProgress& progress)
{
    guarded(
        [&]
        {
            if (!isSound(*m_database))
            {
                emptyDatabase(*m_database);
                prepareSchema(*m_database, kSchemaVersion);
            }
            SQLite::Transaction transaction(*m_database, SQLite::TransactionBehavior::IMMEDIATE);
            distrustFiles(*m_database);
            transaction.commit();
        });
    return sync(progress);
}

IndexChanges RunIndex::readChanges(const IndexProgress& progress)
{
    IndexChanges changes;
    auto known = knownRuns(*m_database);
    std::vector<RunFile> unread;
    for (const RunFile& file : m_folder.runFiles())
    {
        const auto found = known.find(file.name);
        const bool isKnown = found != known.end();
        if (!isKnown || found->second.file != file || mayHaveBegunOrEnded(found->second, m_folder.path() / file.name))
        {
            unread.push_back(file);
            (isKnown ? changes.changed : changes.added) += 1;
        }
        if (isKnown)
        {
            known.erase(found);
        }
    }
    changes.gone = static_cast<std::int64_t>(known.size());
    if (!known.empty())
    {
        SQLite::Transaction transaction(*m_database, SQLite::TransactionBehavior::IMMEDIATE);
        for (const auto& [name, file] : known)
        {
            eraseRun(*m_database, name);
        }
        transaction.commit();
    }
    readMarks();
    for (std::size_t begin = 0; begin < unread.size() && !changes.stopped; begin += kBatch)
    {
        const std::size_t end = std::min(begin + kBatch, unread.size());
        std::vector<std::pair<std::string, std::optional<IndexedRun>>> batch; // read before the index is locked
        for (std::size_t i = begin; i < end && !changes.stopped; ++i)
        {
            batch.emplace_back(unread[i].name, readIndexedRun(m_folder, unread[i]));
            changes.stopped = progress && !progress(i + 1, unread.size());
        }
        SQLite::Transaction transaction(*m_database, SQLite::TransactionBehavior::IMMEDIATE);
        for (const auto& [name, run] : batch)
        {
            run ? writeRun(*m_database, *run) : eraseRun(*m_database, name);
        }
        transaction.commit();
    }
    return changes;
}

void RunIndex::readMarks()
{
    auto known = knownMarks(*m_database);
    std::vector<std::pair<RunFile, RunMarks>> changed;
    for (const RunFile& file : m_folder.marksFiles())
    {
        const auto found = known.find(file.name);
        if (found == known.end() || found->second != file)
        {
            const std::string run = decodedFileName(file.name);
            try
            {
                changed.emplace_back(file, marksOf(m_folder, run));
            }
            catch (const std::runtime_error& error)
            {
                changed.emplace_back(file, RunMarks{run, {}, error.what()}); // shown where the note would be
            }
        }
        if (found != known.end())
        {
            known.erase(found);
        }
    }
    if (changed.empty() && known.empty())
    {
        return;
    }
    SQLite::Transaction transaction(*m_database, SQLite::TransactionBehavior::IMMEDIATE);
    for (const auto& [name, file] : known)
    {
        eraseMarks(*m_database, name);
    }
    for (const auto& [file, marks] : changed)
    {
        writeMarks(*m_database, file, marks);
    }
    transaction.commit();
}

std::vector<RunRow> RunIndex::withBaselines(std::vector<RunRow> rows) const
{
    std::map<std::string, std::vector<std::string>> members;
    for (const Baseline& baseline : readBaselines(m_folder))
    {
        for (const std::string& run : baseline.runs)
        {
            members[run].push_back(baseline.name);
        }
    }
    for (RunRow& row : rows)
    {
        if (const auto found = members.find(row.id); found != members.end())
        {
            row.baselines = found->second;
        }
    }
    return rows;
}

std::vector<RunRow> RunIndex::list(const RunFilter& filter)
{
    return withBaselines(guarded([&] { return selectRuns(*m_database, filter); }));
}

std::optional<RunRow> RunIndex::find(std::string_view id)
{
    auto rows = withBaselines(guarded([&] { return selectRun(*m_database, id); }));
    return rows.empty() ? std::nullopt : std::optional(std::move(rows.front()));
}

std::vector<RunRow> RunIndex::beginningWith(std::string_view beginning)
{
    return withBaselines(guarded([&] { return selectBeginning(*m_database, beginning); }));
}

std::vector<IndexedCase> RunIndex::cases(const RunFilter& filter)
{
    return guarded([&] { return selectCases(*m_database, filter); });
}

std::vector<DatedFigure> RunIndex::figures(std::string_view caseId, const RunFilter& filter)
{
    return guarded([&] { return selectFigures(*m_database, caseId, filter); });
}

} // namespace headroom
