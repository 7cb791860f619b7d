// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/run_exchange.h"

#include "core/encoding/whole_file.h"
#include "core/history/baseline.h"
#include "core/history/run_marks.h"
#include "core/report/export.h"
#include "core/run/journal_lock.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom
{
namespace
{

namespace fs = std::filesystem;

bool isJournal(const fs::path& file)
{
    return file.filename().string().ends_with(kJournalEnding);
}

/// A name for \a file in \a folder that no other journal has.
fs::path placeOf(const RunFolder& folder, const fs::path& file, const std::string& run)
{
    const fs::path place = folder.path() / file.filename();
    std::error_code error;
    return fs::exists(place, error) || place.filename().string().starts_with('.')
               ? folder.path() / (fileNameOf(run) + std::string(kJournalEnding))
               : place;
}

void removeFile(const fs::path& file)
{
    std::error_code error;
    fs::remove(file, error);
    if (error)
    {
        throw std::runtime_error(fmt::format("{} cannot be removed: {}.", file.string(), error.message()));
    }
}

void removeFromBaselines(const RunFolder& folder, const std::string& id)
{
    for (Baseline baseline : readBaselines(folder))
    {
        if (std::erase(baseline.runs, id) == 0)
        {
            continue;
        }
        if (baseline.runs.empty())
        {
            removeBaseline(folder, baseline.name);
        }
        else
        {
            writeBaseline(folder, baseline);
        }
    }
}

} // namespace

fs::path importRun(const RunFolder& folder, const fs::path& file)
{
    if (isBeingWritten(file))
    {
        throw std::runtime_error(fmt::format("{} is being written by a run that still goes on; import it when it is "
                                             "done.",
                                             file.string()));
    }
    const Report report = readRun(file);
    if (report.run.empty())
    {
        throw std::runtime_error(
            fmt::format("{} names no run, so the history cannot tell it from others.", file.string()));
    }
    RunIndex index(folder);
    index.sync();
    if (const auto known = index.find(report.run); known && (!isJournal(file) || !known->isImported()))
    {
        throw std::runtime_error(fmt::format("The run {} of {} is in the history already, as {}.", report.run,
                                             file.string(), (folder.path() / known->file.name).string()));
    }
    const fs::path place = isJournal(file) ? placeOf(folder, file, report.run) : folder.importedFile(report.run);
    writeFileAtomically(place, wholeFile(file));
    return place;
}

std::vector<RunRow> filesOfRun(RunIndex& index, const std::string& id)
{
    std::vector<RunRow> rows = index.beginningWith(id);
    std::erase_if(rows, [&](const RunRow& row) { return row.id != id; });
    return rows;
}

std::string whyKept(RunIndex& index, const std::string& id, bool force)
{
    const auto rows = filesOfRun(index, id);
    if (rows.empty())
    {
        return fmt::format("There is no run '{}' in {}; a run is removed by its whole id.", id,
                           index.folder().path().string());
    }
    for (const RunRow& row : rows)
    {
        if (row.state == RunState::Running)
        {
            return fmt::format("The run {} still goes on; wait for it, or cancel it.", id);
        }
        if (!row.baselines.empty() && !force)
        {
            return fmt::format("The run {} is part of the baseline {}, which would be less without it; --force removes "
                               "it all the same.",
                               id, fmt::join(row.baselines, ", "));
        }
    }
    return {};
}

void removeRun(RunIndex& index, const std::string& id)
{
    if (const std::string why = whyKept(index, id, true); !why.empty())
    {
        throw std::runtime_error(why);
    }
    for (const RunRow& row : filesOfRun(index, id))
    {
        removeFile(index.folder().path() / row.file.name);
    }
    if (!marksOf(index.folder(), id).isEmpty())
    {
        changeMarks(index.folder(), id, [](RunMarks& marks) { marks = {}; });
    }
    removeFromBaselines(index.folder(), id);
}

} // namespace headroom
