// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/journal_lookup.h"

#include "core/launch/output_files.h"
#include "core/launch/set_up_error.h"
#include "core/run/journal.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom
{
namespace
{

namespace fs = std::filesystem;

std::vector<fs::path> journalsIn(const fs::path& folder)
{
    std::vector<fs::path> journals;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error))
    {
        if (isJournalName(entry.path()))
        {
            journals.push_back(entry.path());
        }
    }
    std::sort(journals.begin(), journals.end());
    return journals;
}

fs::path journalInFolder(const fs::path& folder)
{
    std::vector<fs::path> journals = journalsIn(folder);
    if (journals.empty())
    {
        throw SetUpError(
            fmt::format("There is no run in {}: no file whose name ends in .journal.jsonl.", folder.string()));
    }
    if (journals.size() > 1)
    {
        std::erase_if(journals, [](const fs::path& path) { return stateOfJournal(path) != JournalState::Unfinished; });
    }
    if (journals.size() == 1)
    {
        return journals.front();
    }
    if (journals.empty())
    {
        throw SetUpError(
            fmt::format("All runs in {} are finished. Name one of its journals to have its report written again.",
                        folder.string()));
    }
    std::vector<std::string> names;
    for (const auto& journal : journals)
    {
        names.push_back(journal.string());
    }
    throw SetUpError(fmt::format("There are {} unfinished runs in {}; name one: {}.", names.size(), folder.string(),
                                 fmt::join(names, ", ")));
}

} // namespace

JournalState stateOfJournal(const std::filesystem::path& path)
{
    try
    {
        const auto events = readJournal(path).events;
        const auto* started = events.empty() ? nullptr : std::get_if<RunStarted>(&events.front().data);
        if (started == nullptr)
        {
            return JournalState::Unreadable;
        }
        const bool ended = std::holds_alternative<RunFinished>(events.back().data);
        return ended && remainingJobs(started->plan, events).empty() ? JournalState::Finished
                                                                     : JournalState::Unfinished;
    }
    catch (const std::exception&)
    {
        return JournalState::Unreadable;
    }
}

std::filesystem::path findJournal(const std::filesystem::path& run)
{
    std::error_code error;
    if (fs::is_directory(run, error))
    {
        return journalInFolder(run);
    }
    if (isJournalName(run))
    {
        if (!fs::exists(run, error))
        {
            throw SetUpError(fmt::format("There is no journal {}.", run.string()));
        }
        return run;
    }
    if (!fs::exists(run, error))
    {
        throw SetUpError(
            fmt::format("There is no run {}: name a journal, a report or the folder they are in.", run.string()));
    }
    const fs::path journal = outputFilesFor(run.parent_path(), run.stem().string()).journal;
    if (!fs::exists(journal, error))
    {
        throw SetUpError(fmt::format("{} has no journal beside it ({}), so there is nothing to go on with.",
                                     run.string(), journal.string()));
    }
    return journal;
}

} // namespace headroom
