// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/fastest_grid.h"

#include "core/report/case_cells.h"
#include "core/report/fastest.h"
#include "core/report/kernel_table.h"

#include <algorithm>
#include <map>
#include <set>

namespace headroom::ui
{
namespace
{

const AttentionProblem& problemOf(const CaseReport& row)
{
    return std::get<AttentionProblem>(row.measured.subject);
}

/// The comparisons of one title, by job.
struct Group
{
    std::string title;
    std::vector<std::string_view> jobs;
    std::map<std::string_view, std::vector<const CaseReport*>> cases;
};

std::vector<Group> groupsOf(const Report& report)
{
    std::vector<Group> groups;
    std::map<std::string, std::size_t> places;
    std::map<std::string_view, std::size_t> placeOfJob;
    for (const auto& row : report.cases)
    {
        if (!std::holds_alternative<AttentionProblem>(row.measured.subject))
        {
            continue;
        }
        auto known = placeOfJob.find(row.jobId);
        if (known == placeOfJob.end())
        {
            const auto title = kernelGroupTitle(row);
            const auto [place, isNew] = places.try_emplace(title, groups.size());
            if (isNew)
            {
                groups.push_back({title, {}, {}});
            }
            known = placeOfJob.emplace(row.jobId, place->second).first;
            groups[place->second].jobs.push_back(row.jobId);
        }
        groups[known->second].cases[row.jobId].push_back(&row);
    }
    return groups;
}

/// What there is to say where nobody could win.
GridState stateWithoutRank(const GridCell& cell)
{
    const bool measured =
        std::any_of(cell.cases.begin(), cell.cases.end(), [](const CaseReport* row) { return isMeasured(*row); });
    if (measured)
    {
        return cell.fastest == nullptr ? GridState::Waiting : GridState::Unverified;
    }
    if (cell.outOfMemory > 0)
    {
        return GridState::OutOfMemory;
    }
    const bool over = std::all_of(cell.cases.begin(), cell.cases.end(),
                                  [](const CaseReport* row) { return row->outcome != Outcome::Passed; });
    return over ? GridState::Failed : GridState::Waiting;
}

void judge(GridCell& cell)
{
    cell.outOfMemory = std::count_if(cell.cases.begin(), cell.cases.end(),
                                     [](const CaseReport* row) { return row->cause == Cause::OutOfMemory; });
    if (cell.fastest == nullptr || !cell.fastest->fastest)
    {
        cell.state = stateWithoutRank(cell);
        return;
    }
    cell.backends = {*cell.fastest->fastest};
    cell.backends.insert(cell.backends.end(), cell.fastest->close.begin(), cell.fastest->close.end());
    cell.state = cell.fastest->ranked == 1     ? GridState::Alone
                 : cell.fastest->close.empty() ? GridState::Winner
                                               : GridState::Tie;
}

FastestGrid gridOf(const Group& group, const std::map<std::string_view, const FastestReport*>& fastest)
{
    std::set<std::int64_t> batches;
    std::set<std::int64_t> queries;
    std::set<std::int64_t> keys;
    for (const auto& [job, cases] : group.cases)
    {
        const auto& problem = problemOf(*cases.front());
        batches.insert(problem.batch);
        queries.insert(problem.queryLength);
        keys.insert(problem.kvLength);
    }
    FastestGrid grid;
    grid.title = group.title;
    grid.byKeys = queries.size() == 1 && keys.size() > 1;
    grid.batches.assign(batches.begin(), batches.end());
    const auto& lengths = grid.byKeys ? keys : queries;
    grid.lengths.assign(lengths.begin(), lengths.end());
    grid.cells.resize(grid.batches.size() * grid.lengths.size());
    for (const auto job : group.jobs)
    {
        const auto& cases = group.cases.at(job);
        const auto& problem = problemOf(*cases.front());
        const auto row = std::distance(batches.begin(), batches.find(problem.batch));
        const auto column =
            std::distance(lengths.begin(), lengths.find(grid.byKeys ? problem.kvLength : problem.queryLength));
        auto& cell = grid.cells[static_cast<std::size_t>(row) * grid.lengths.size() + static_cast<std::size_t>(column)];
        if (cell.state != GridState::Absent)
        {
            continue; // other keys at the same query: the first stands for them
        }
        cell.jobId = job;
        cell.cases = cases;
        const auto found = fastest.find(job);
        cell.fastest = found == fastest.end() ? nullptr : found->second;
        judge(cell);
    }
    return grid;
}

} // namespace

std::vector<FastestGrid> fastestGridsOf(const Report& report)
{
    std::vector<FastestGrid> grids;
    if (!isKernelSweep(report))
    {
        return grids;
    }
    std::map<std::string_view, const FastestReport*> fastest;
    for (const auto& entry : report.fastest)
    {
        fastest[entry.jobId] = &entry;
    }
    for (const auto& group : groupsOf(report))
    {
        grids.push_back(gridOf(group, fastest));
    }
    return grids;
}

} // namespace headroom::ui
