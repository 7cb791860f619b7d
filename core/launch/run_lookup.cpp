// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/run_lookup.h"

#include "core/history/run_index.h"
#include "core/launch/set_up_error.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom
{
namespace
{

constexpr std::size_t kMostCandidates = 8; ///< that a sentence lists
constexpr std::string_view kLast = "last";

FoundRun found(const RunRow& row, const RunFolder& folder)
{
    return {folder.path() / row.file.name, row.id};
}

/// 0 of "last", 2 of "last~2"; nothing for another text.
std::optional<std::size_t> stepsBack(std::string_view reference)
{
    if (!reference.starts_with(kLast))
    {
        return std::nullopt;
    }
    reference.remove_prefix(kLast.size());
    if (reference.empty())
    {
        return 0;
    }
    std::size_t steps = 0;
    const char* const end = reference.data() + reference.size();
    const auto parsed = std::from_chars(reference.data() + 1, end, steps);
    return reference.front() == '~' && reference.size() > 1 && parsed.ec == std::errc() && parsed.ptr == end
               ? std::optional(steps)
               : std::nullopt;
}

std::string listed(const std::vector<RunRow>& rows)
{
    std::vector<std::string> lines;
    for (const RunRow& row : rows)
    {
        if (lines.size() == kMostCandidates)
        {
            lines.push_back(fmt::format("and {} more", rows.size() - kMostCandidates));
            break;
        }
        lines.push_back(fmt::format("{} ({}{}{})", row.id, row.command, row.command.empty() ? "" : " of ",
                                    row.startedUtc.substr(0, 16)));
    }
    return fmt::format("{}", fmt::join(lines, ", "));
}

/// One row a run; the first of those that are there twice.
std::vector<RunRow> distinct(std::vector<RunRow> rows)
{
    std::vector<RunRow> once;
    for (RunRow& row : rows)
    {
        if (std::none_of(once.begin(), once.end(), [&](const RunRow& other) { return other.id == row.id; }))
        {
            once.push_back(std::move(row));
        }
    }
    return once;
}

[[noreturn]] void refuseUnknown(const std::string& reference, RunIndex& index)
{
    RunFilter latest;
    latest.atMost = kMostCandidates;
    const auto rows = index.list(latest);
    throw SetUpError(
        fmt::format("There is no run '{}': no file of this name, and no run, tag or beginning of an id in {}. {}",
                    reference, index.folder().path().string(),
                    rows.empty() ? "No run is kept there." : fmt::format("The last runs are {}.", listed(rows))));
}

FoundRun stepBack(std::size_t steps, const std::string& reference, RunIndex& index)
{
    auto rows = index.list();
    std::erase_if(rows, [](const RunRow& row)
                  { return row.state == RunState::Running || row.state == RunState::Unreadable; });
    rows = distinct(std::move(rows));
    if (steps >= rows.size())
    {
        throw SetUpError(fmt::format("There is no run '{}': {} holds {} that ended.", reference,
                                     index.folder().path().string(),
                                     rows.size() == 1 ? "one run" : fmt::format("{} runs", rows.size())));
    }
    return found(rows[steps], index.folder());
}

/// The rows that \a reference means; several only for a tag.
std::vector<FoundRun> lookUp(const std::string& reference, const RunFolder& folder)
{
    std::error_code error;
    if (std::filesystem::exists(reference, error) && !std::filesystem::is_directory(reference, error))
    {
        return {{reference, {}}};
    }
    RunIndex index(folder);
    index.sync();
    if (reference.empty())
    {
        refuseUnknown(reference, index);
    }
    if (const auto row = index.find(reference))
    {
        return {found(*row, folder)};
    }
    const auto beginning = distinct(index.beginningWith(reference));
    for (const RunRow& row : beginning)
    {
        if (stemOf(row.file) == reference)
        {
            return {found(row, folder)};
        }
    }
    if (const auto steps = stepsBack(reference))
    {
        return {stepBack(*steps, reference, index)};
    }
    RunFilter tagged;
    tagged.tag = reference;
    std::vector<FoundRun> runs;
    const auto withTag = distinct(index.list(tagged));
    for (auto row = withTag.rbegin(); row != withTag.rend(); ++row)
    {
        runs.push_back(found(*row, folder));
    }
    if (!runs.empty())
    {
        return runs;
    }
    if (beginning.size() > 1)
    {
        throw SetUpError(fmt::format("'{}' is the beginning of {} runs: {}. Write more of one id.", reference,
                                     beginning.size(), listed(beginning)));
    }
    if (beginning.empty())
    {
        refuseUnknown(reference, index);
    }
    return {found(beginning.front(), folder)};
}

} // namespace

FoundRun findRun(const std::string& reference, const RunFolder& folder)
{
    const auto runs = findRuns(reference, folder);
    if (runs.size() > 1)
    {
        std::vector<std::string> ids;
        for (const FoundRun& run : runs)
        {
            ids.push_back(run.run);
        }
        throw SetUpError(
            fmt::format("'{}' is the tag of {} runs; name one: {}.", reference, runs.size(), fmt::join(ids, ", ")));
    }
    return runs.front();
}

std::vector<FoundRun> findRuns(const std::string& reference, const RunFolder& folder)
{
    try
    {
        return lookUp(reference, folder);
    }
    catch (const SetUpError&)
    {
        throw;
    }
    catch (const std::runtime_error& error) // of a folder that cannot be read
    {
        throw SetUpError(error.what());
    }
}

} // namespace headroom
