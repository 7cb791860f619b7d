// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace headroom
{

/// The files of one run, side by side.
struct OutputFiles
{
    std::filesystem::path json;     ///< FOLDER/NAME.json
    std::filesystem::path markdown; ///< FOLDER/NAME.md
    std::filesystem::path csv;      ///< FOLDER/NAME.csv
    std::filesystem::path journal;  ///< FOLDER/NAME.journal.jsonl

    bool operator==(const OutputFiles&) const = default;
    std::filesystem::path folder() const { return json.parent_path(); }
};

/// Of the report \a reportName in \a folder; ".json" is added where it is missing.
/// \throws SetUpError for a name that is empty or holds a folder.
OutputFiles outputFilesFor(const std::filesystem::path& folder, const std::string& reportName);

/// Of the run that \a journal holds.
OutputFiles outputFilesOfJournal(const std::filesystem::path& journal);

/// Whether \a path ends as a journal does.
bool isJournalName(const std::filesystem::path& path);

/// \throws SetUpError when \a files cannot be written, or hold an earlier run and \a force is off: a report is kept,
/// and for an unfinished journal the sentence names `headroom-cli resume`. Changes nothing.
void checkOutput(const OutputFiles& files, bool force);

/// Removes the files of an earlier run. \throws SetUpError when it still goes on, or when one of them cannot be
/// removed.
void removeEarlier(const OutputFiles& files);

/// Writes the JSON, Markdown and CSV of \a report, each whole or not at all. Returns the text of the JSON.
/// \throws std::runtime_error with a sentence.
std::string writeReports(const OutputFiles& files, const Report& report);

/// Makes a folder with those above it; when it is not kept, takes those that it made away again.
class NewFolder
{
public:
    /// \throws SetUpError with the system's reason.
    explicit NewFolder(const std::filesystem::path& folder);
    NewFolder(const NewFolder&) = delete;
    NewFolder& operator=(const NewFolder&) = delete;
    ~NewFolder();

    void keep() { m_made.clear(); }

private:
    void takeAway();
    std::vector<std::filesystem::path> m_made; ///< the outermost first
};

} // namespace headroom
