// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/run_filter.h"
#include "core/history/run_folder.h"
#include "core/history/run_row.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace SQLite
{
class Database;
class Exception;
} // namespace SQLite

namespace headroom
{

/// What sync() has found.
struct IndexChanges
{
    std::int64_t added = 0;
    std::int64_t changed = 0;
    std::int64_t gone = 0;
    bool stopped = false; ///< by its caller, before all was read

    bool operator==(const IndexChanges&) const = default;
};

/// A case that runs of the history have a figure of.
struct IndexedCase
{
    std::string caseId;
    std::string title;
    Backend backend = Backend::Default;
    Pass pass = Pass::Forward;
    DType dtype = DType::Float32;
    std::int64_t runs = 0; ///< that have a figure of it
    std::string lastUtc;   ///< the start of the latest of them

    bool operator==(const IndexedCase&) const = default;
};

/// A figure with the run that it is of.
struct DatedFigure
{
    std::string run;
    std::string file; ///< of the run, below the run folder
    std::string startedUtc;
    std::string device; ///< its name
    RunFigure figure;

    bool operator==(const DatedFigure&) const = default;
};

/// Files read so far and files to read; false: stop here, and keep what was read.
using IndexProgress = std::function<bool(std::size_t done, std::size_t total)>;

/// The rows of a run folder in SQLite (its index.sqlite): what lists, filters and trends are made from in an instant.
/// It holds nothing that the files do not: when it is missing, damaged, or of an older or a newer schema, it is emptied
/// and the next sync() makes it anew. Where it cannot be written (a folder that may only be read, a full disk, a file
/// system without locks) it is kept in memory, and notes() says so.
///
/// Two programs may use the same index at once: each change is one transaction, and one that finds the file locked
/// waits up to five seconds. It keeps SQLite's rollback journal and not its write-ahead log, which needs memory that
/// programs share, so it would not do for a home folder on a network, nor for one that may only be read.
///
/// For one thread at a time; objects in several threads do not disturb each other.
class RunIndex
{
public:
    static constexpr int kSchemaVersion = 3;

    explicit RunIndex(RunFolder folder);
    ~RunIndex();
    RunIndex(RunIndex&&) noexcept;
    RunIndex& operator=(RunIndex&&) noexcept;

    const RunFolder& folder() const { return m_folder; }
    /// What is odd about the index itself, a sentence each.
    const std::vector<std::string>& notes() const { return m_notes; }

    /// Reads what is new or has changed in the folder, by size and time of change, and forgets what is gone.
    /// \throws std::runtime_error with a sentence when the folder cannot be read.
    IndexChanges sync(const IndexProgress& progress = {});

    /// Reads all files anew. What was known of them stays until then, so that another program lists all runs meanwhile.
    IndexChanges rebuild(const IndexProgress& progress = {});

    /// The questions below are answered as of the last sync(). \throws std::runtime_error with a sentence when SQLite
    /// cannot go on even in memory.

    /// Runs that \a filter lets pass, the latest first. A run that is there twice (a copy, or a report that was
    /// imported beside its journal) has a row for each file.
    std::vector<RunRow> list(const RunFilter& filter = {});

    /// The run \a id: its journal before an imported report, and the larger of two copies. Nothing when there is none.
    std::optional<RunRow> find(std::string_view id);

    /// Runs whose id or file name begins with \a beginning, the latest first.
    std::vector<RunRow> beginningWith(std::string_view beginning);

    /// The cases of the runs that \a filter lets pass, those in most runs first.
    std::vector<IndexedCase> cases(const RunFilter& filter = {});

    /// The figures of the case \a caseId in the runs that \a filter lets pass, by time. Of a case that was measured in
    /// several jobs of a run, that with the most samples.
    std::vector<DatedFigure> figures(std::string_view caseId, const RunFilter& filter = {});

private:
    template <typename Work> auto guarded(Work work);
    void open();
    void recover(const SQLite::Exception& error, int trouble);
    void moveToMemory(const std::string& reason, bool copied);
    IndexChanges readChanges(const IndexProgress& progress);
    void readMarks();
    std::vector<RunRow> withBaselines(std::vector<RunRow> rows) const;

    RunFolder m_folder;
    std::unique_ptr<SQLite::Database> m_database;
    std::vector<std::string> m_notes;
    bool m_inMemory = false;
    bool m_emptied = false;  ///< and not yet read again
    bool m_noFolder = false; ///< when it was opened
};

} // namespace headroom
