// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/output_files.h"

#include "core/history/run_folder.h"
#include "core/launch/journal_lookup.h"
#include "core/launch/set_up_error.h"
#include "core/report/csv_report.h"
#include "core/report/export.h"
#include "core/report/json_report.h"
#include "core/report/markdown_report.h"
#include "core/run/journal_lock.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>

#include <unistd.h>

namespace headroom
{
namespace
{

namespace fs = std::filesystem;

constexpr std::size_t kLongestName = 200; ///< file systems take 255 bytes, of which the endings need some

fs::path withEnding(const fs::path& folder, const std::string& stem, std::string_view ending)
{
    return folder / (stem + std::string(ending));
}

OutputFiles filesOf(const fs::path& folder, const std::string& stem)
{
    return {withEnding(folder, stem, ".json"), withEnding(folder, stem, ".md"), withEnding(folder, stem, ".csv"),
            withEnding(folder, stem, kJournalEnding)};
}

/// \a folder, or the nearest folder above it that is there.
fs::path nearestExisting(const fs::path& folder)
{
    std::error_code error;
    fs::path place = fs::absolute(folder, error).lexically_normal();
    while (!fs::exists(fs::symlink_status(place, error)) && place.has_parent_path() && place != place.parent_path())
    {
        place = place.parent_path();
    }
    return place;
}

/// Permission bits do not say it all (root, read-only file systems, full disks): a file is made, and at once removed.
void checkWritable(const fs::path& folder)
{
    const fs::path place = nearestExisting(folder);
    std::error_code error;
    if (!fs::is_directory(place, error))
    {
        throw SetUpError(fmt::format("Cannot write to {}: {} is no folder. Name another one with --output-dir.",
                                     folder.string(), place.string()));
    }
    std::string probe = (place / ".headroom-XXXXXX").string();
    const int descriptor = ::mkstemp(probe.data());
    if (descriptor < 0)
    {
        throw SetUpError(fmt::format("Cannot write to {}: {}. Name another folder with --output-dir.", place.string(),
                                     std::strerror(errno)));
    }
    ::close(descriptor);
    ::unlink(probe.c_str());
}

} // namespace

OutputFiles outputFilesFor(const std::filesystem::path& folder, const std::string& reportName)
{
    constexpr std::string_view kSuffix = ".json";
    const std::string stem =
        reportName.ends_with(kSuffix) ? reportName.substr(0, reportName.size() - kSuffix.size()) : reportName;
    if (stem.find('/') != std::string::npos)
    {
        throw SetUpError(
            fmt::format("The report name '{}' holds a folder. Name the folder with --output-dir.", reportName));
    }
    if (stem.empty() || stem == "." || stem == ".." || stem.find('\0') != std::string::npos)
    {
        throw SetUpError(
            fmt::format("'{}' is no name for a report. Give a file name, such as validation.json.", reportName));
    }
    if (stem.size() > kLongestName)
    {
        throw SetUpError(fmt::format("The report name has {} characters; use at most {}.", stem.size(), kLongestName));
    }
    return filesOf(folder.empty() ? fs::path(".") : folder, stem);
}

bool isJournalName(const std::filesystem::path& path)
{
    return path.filename().string().ends_with(kJournalEnding);
}

OutputFiles outputFilesOfJournal(const std::filesystem::path& journal)
{
    std::string stem = journal.filename().string();
    if (isJournalName(journal))
    {
        stem.resize(stem.size() - kJournalEnding.size());
    }
    OutputFiles files = filesOf(journal.has_parent_path() ? journal.parent_path() : fs::path("."), stem);
    files.journal = journal;
    return files;
}

void checkOutput(const OutputFiles& files, bool force)
{
    checkWritable(files.folder());
    std::error_code error;
    for (const auto& file : {files.json, files.markdown, files.csv, files.journal})
    {
        if (fs::is_directory(file, error))
        {
            throw SetUpError(fmt::format("{} is a folder. Choose another --report-name.", file.string()));
        }
    }
    if (force)
    {
        return;
    }
    if (fs::exists(files.journal, error) && stateOfJournal(files.journal) == JournalState::Unfinished)
    {
        throw SetUpError(
            fmt::format("{} holds a run that has not finished. Go on with it by `headroom-cli resume {}`, or start "
                        "anew with --force.",
                        files.journal.string(), files.journal.string()));
    }
    for (const auto& file : {files.json, files.journal, files.markdown, files.csv})
    {
        if (fs::exists(file, error))
        {
            throw SetUpError(fmt::format("{} is there already and is kept. Replace it with --force, or choose another "
                                         "--report-name or --output-dir.",
                                         file.string()));
        }
    }
}

void removeEarlier(const OutputFiles& files)
{
    if (isBeingWritten(files.journal))
    {
        throw SetUpError(fmt::format("{} is being written by a run that still goes on. Wait for it, or choose another "
                                     "--report-name.",
                                     files.journal.string()));
    }
    for (const auto& file : {files.json, files.markdown, files.csv, files.journal})
    {
        std::error_code error;
        fs::remove(file, error);
        if (error)
        {
            throw SetUpError(fmt::format("{} cannot be replaced: {}.", file.string(), error.message()));
        }
    }
}

std::string writeReports(const OutputFiles& files, const Report& report)
{
    std::string json = writeJsonReport(report);
    writeFileAtomically(files.markdown, writeMarkdownReport(report));
    writeFileAtomically(files.csv, writeCsvReport(report));
    writeFileAtomically(files.json, json);
    return json;
}

NewFolder::NewFolder(const std::filesystem::path& folder)
{
    std::error_code error;
    std::vector<fs::path> missing;
    for (fs::path place = fs::absolute(folder, error).lexically_normal(); !fs::exists(place, error);
         place = place.parent_path())
    {
        if (!place.has_filename())
        {
            continue; // what follows a trailing slash
        }
        missing.push_back(place);
    }
    for (auto place = missing.rbegin(); place != missing.rend(); ++place)
    {
        fs::create_directory(*place, error);
        if (error)
        {
            const std::string reason = error.message();
            takeAway();
            throw SetUpError(fmt::format("Cannot make the folder {}: {}.", place->string(), reason));
        }
        m_made.push_back(*place);
    }
}

NewFolder::~NewFolder()
{
    takeAway();
}

void NewFolder::takeAway()
{
    for (auto place = m_made.rbegin(); place != m_made.rend(); ++place)
    {
        std::error_code error;
        std::filesystem::remove(*place, error); // takes none that is not empty
    }
    m_made.clear();
}

} // namespace headroom
