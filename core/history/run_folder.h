// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// How the name of a journal ends.
inline constexpr std::string_view kJournalEnding = ".journal.jsonl";

/// A file of the run folder, as the file system knows it. Two that are equal hold the same.
struct RunFile
{
    std::string name; ///< below the run folder: "NAME.journal.jsonl", "imported/RUN.json", "marks/RUN.json"
    std::int64_t bytes = 0;
    std::int64_t changedNs = 0; ///< time of the last change, since 1970
    std::int64_t inode = 0;     ///< a file that was replaced whole has another one

    bool operator==(const RunFile&) const = default;
};

/// Where runs are kept. The files in it are the truth of the history; the index beside them can be made anew:
///
///     NAME.journal.jsonl   a run's journal
///     imported/RUN.json    a report that came without a journal
///     marks/RUN.json       tags and note (run_marks.h)
///     baselines/NAME.json  runs that others are held against (baseline.h)
///     index.sqlite         what lists and trends are made from (run_index.h)
///
/// A name of the folder, and no more: nothing is opened or made before it is asked for. Thread-safe.
class RunFolder
{
public:
    explicit RunFolder(std::filesystem::path path) : m_path(std::move(path)) {}

    /// HEADROOM_HISTORY, else headroom/runs in XDG_DATA_HOME or in ~/.local/share. Empty without any of them.
    static std::filesystem::path defaultPath();

    const std::filesystem::path& path() const { return m_path; }
    std::filesystem::path indexFile() const { return m_path / "index.sqlite"; }
    std::filesystem::path importedFile(std::string_view run) const;
    std::filesystem::path marksFile(std::string_view run) const;
    std::filesystem::path baselineFile(std::string_view name) const;

    /// Where a run that begins now may keep its journal: "20261130-191737-123-flash-forward.journal.jsonl", by the
    /// local time and \a title. No file has this name; none is made.
    std::filesystem::path newJournal(std::string_view title) const;

    /// Makes the file of newJournal(), and the folder where it is missing, for the caller alone: no other program is
    /// given the same. \throws std::runtime_error with a sentence when the folder cannot be written, or its disk has
    /// less than 16 MiB left.
    std::filesystem::path makeJournal(std::string_view title) const;

    /// Journals and imported reports, by name. None where there is no folder. \throws std::runtime_error with the
    /// system's reason when the folder cannot be read.
    std::vector<RunFile> runFiles() const;
    std::vector<RunFile> marksFiles() const;
    std::vector<RunFile> baselineFiles() const;

private:
    std::filesystem::path m_path;
};

/// \a name, of a run or a baseline, as a file name without a folder: what is no letter, digit, '.', '_' or '-' as %XX.
/// Names that differ stay different.
std::string fileNameOf(std::string_view name);

/// What fileNameOf() was given, for a file of marks or a baseline.
std::string decodedFileName(const std::filesystem::path& file);

/// The report of a run: the fold of a journal, or a report of Headroom's own. \throws std::runtime_error with the path
/// and a sentence when it is neither.
Report readRun(const std::filesystem::path& file);

} // namespace headroom
