// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/fastest_grid.h"

#include "core/report/case_cells.h"
#include "core/report/fastest.h"
#include "core/report/kernel_table.h"
#include "core/report/summary.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include <fmt/format.h>

namespace headroom::ui
{
namespace
{

/// What a cell is placed by.
struct Size
{
    std::int64_t batch = 0;
    std::int64_t queries = 0;
    std::int64_t keys = 0;
};

Size sizeOf(const CaseReport& row)
{
    if (const auto* input = std::get_if<ModelInput>(&row.measured.subject))
    {
        return {input->batch, input->sequence, input->sequence};
    }
    const auto& problem = std::get<AttentionProblem>(row.measured.subject);
    return {problem.batch, problem.queryLength, problem.kvLength};
}

/// "forward, BenchmarkTransformer, 12 layers, float32, causal" of a model's case.
std::string modelTitle(const CaseReport& row)
{
    const auto& input = std::get<ModelInput>(row.measured.subject);
    std::string title =
        fmt::format("{}, {}, d_model {}, {} layers, {}", toString(row.measured.pass), input.model.architecture,
                    input.model.dModel, input.model.layers, toString(input.dtype));
    title += input.autocast ? ", autocast" : "";
    title += input.causal ? ", causal" : "";
    title += row.measured.launch == Launch::Graph ? ", CUDA graph" : "";
    return title + (row.measured.l2 == L2State::Cold ? ", cold L2" : "");
}

std::string titleOf(const CaseReport& row)
{
    return std::holds_alternative<ModelInput>(row.measured.subject) ? modelTitle(row) : kernelGroupTitle(row);
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
        auto known = placeOfJob.find(row.jobId);
        if (known == placeOfJob.end())
        {
            const auto title = titleOf(row);
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
GridState stateWithoutRank(const GridCell& cell, bool finished)
{
    const bool measured =
        std::any_of(cell.cases.begin(), cell.cases.end(), [](const CaseReport* row) { return isMeasured(*row); });
    if (measured)
    {
        return finished ? GridState::Unverified : GridState::Waiting;
    }
    if (cell.outOfMemory > 0)
    {
        return GridState::OutOfMemory;
    }
    const auto all = [&cell](const auto& holds) { return std::all_of(cell.cases.begin(), cell.cases.end(), holds); };
    if (!all([](const CaseReport* row) { return row->outcome != Outcome::Passed; }))
    {
        return GridState::Waiting;
    }
    return all([](const CaseReport* row) { return row->outcome != Outcome::Failed; }) ? GridState::NotRun
                                                                                      : GridState::Failed;
}

void setWinner(GridCell& cell, std::vector<Backend> close, std::int64_t ranked)
{
    cell.state = ranked == 1 ? GridState::Alone : close.size() == 1 ? GridState::Winner : GridState::Tie;
    cell.backends = std::move(close);
}

/// By what the report says of the comparison.
void judgeByReport(GridCell& cell)
{
    if (cell.fastest == nullptr || !cell.fastest->fastest)
    {
        cell.state = stateWithoutRank(cell, cell.fastest != nullptr);
        return;
    }
    std::vector<Backend> close{*cell.fastest->fastest};
    close.insert(close.end(), cell.fastest->close.begin(), cell.fastest->close.end());
    cell.second = cell.fastest->second;
    cell.ratio = cell.fastest->ratio;
    setWinner(cell, std::move(close), cell.fastest->ranked);
}

bool overlap(const CaseReport& first, const CaseReport& second)
{
    const auto& a = first.device->medianIntervalNs;
    const auto& b = second.device->medianIntervalNs;
    return !a || !b || (a->low <= b->high && b->low <= a->high);
}

/// How many times as fast a case is as another one, by their paired samples.
struct PairedVerdict
{
    ComparisonVerdict verdict = ComparisonVerdict::CannotTell;
    std::optional<double> ratio;
};

/// What \a report says of \a first against \a other; nothing where the two were not compared.
std::optional<PairedVerdict> pairedVerdict(const Report& report, const CaseReport& first, const CaseReport& other)
{
    for (const auto& one : report.comparisons)
    {
        if (!one.ranked || one.jobId != first.jobId)
        {
            continue;
        }
        const auto verdict = one.comparison.verdict;
        const auto ratio = one.comparison.ratio;
        if (one.candidateCase == first.result.caseId && one.baselineCase == other.result.caseId)
        {
            return PairedVerdict{verdict, ratio};
        }
        if (one.baselineCase == first.result.caseId && one.candidateCase == other.result.caseId)
        {
            const auto turned = verdict == ComparisonVerdict::Faster   ? ComparisonVerdict::Slower
                                : verdict == ComparisonVerdict::Slower ? ComparisonVerdict::Faster
                                                                       : verdict;
            return PairedVerdict{turned, ratio && *ratio > 0 ? std::optional(1 / *ratio) : std::nullopt};
        }
    }
    return std::nullopt;
}

bool isToldApart(const Report& report, const CaseReport& fastest, const CaseReport& other)
{
    const auto paired = pairedVerdict(report, fastest, other);
    return paired ? paired->verdict == ComparisonVerdict::Faster : !overlap(fastest, other);
}

/// By the medians of the verified cases. Whether two are told apart the report's comparison of the two says, and where
/// it has none, whether their intervals overlap.
void judgeByMedians(GridCell& cell, const Report& report)
{
    std::vector<const CaseReport*> ranked;
    std::copy_if(cell.cases.begin(), cell.cases.end(), std::back_inserter(ranked),
                 [](const CaseReport* row) { return isMeasured(*row) && whyUnranked(*row).empty(); });
    if (ranked.empty())
    {
        cell.state = stateWithoutRank(cell, true);
        return;
    }
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](const CaseReport* left, const CaseReport* right)
                     { return left->device->medianNs < right->device->medianNs; });
    for (std::size_t at = 1; at < ranked.size(); ++at)
    {
        const auto paired = pairedVerdict(report, *ranked[at], *ranked.front());
        if (paired && paired->verdict == ComparisonVerdict::Faster)
        {
            std::rotate(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(at),
                        ranked.begin() + static_cast<std::ptrdiff_t>(at) + 1);
        }
    }
    std::vector<Backend> close{ranked.front()->measured.backend};
    for (std::size_t at = 1; at < ranked.size() && !isToldApart(report, *ranked.front(), *ranked[at]); ++at)
    {
        close.push_back(ranked[at]->measured.backend);
    }
    if (ranked.size() > 1 && ranked.front()->device->medianNs > 0)
    {
        cell.second = ranked[1]->measured.backend;
        const auto paired = pairedVerdict(report, *ranked[0], *ranked[1]);
        cell.ratio =
            paired && paired->ratio ? *paired->ratio : ranked[1]->device->medianNs / ranked[0]->device->medianNs;
    }
    setWinner(cell, std::move(close), static_cast<std::int64_t>(ranked.size()));
}

void judge(GridCell& cell, const Report& report, bool byReport)
{
    cell.outOfMemory = std::count_if(cell.cases.begin(), cell.cases.end(),
                                     [](const CaseReport* row) { return row->cause == Cause::OutOfMemory; });
    cell.overBudget = std::all_of(cell.cases.begin(), cell.cases.end(),
                                  [](const CaseReport* row) { return row->cause == Cause::Budget; });
    byReport ? judgeByReport(cell) : judgeByMedians(cell, report);
}

/// The comparisons that a run still has before it, or has begun: their cases are as those of a run that was cancelled.
std::set<std::string_view> openJobs(const Report& report)
{
    std::set<std::string_view> jobs;
    for (const auto& job : report.jobs)
    {
        if (!report.finished && !job.finished)
        {
            jobs.insert(job.id);
        }
    }
    return jobs;
}

FastestGrid gridOf(const Report& report, const Group& group,
                   const std::map<std::string_view, const FastestReport*>& fastest,
                   const std::set<std::string_view>& open, bool byReport)
{
    std::set<std::int64_t> batches;
    std::set<std::int64_t> queries;
    std::set<std::int64_t> keys;
    for (const auto& [job, cases] : group.cases)
    {
        const Size size = sizeOf(*cases.front());
        batches.insert(size.batch);
        queries.insert(size.queries);
        keys.insert(size.keys);
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
        const Size size = sizeOf(*cases.front());
        const auto row = std::distance(batches.begin(), batches.find(size.batch));
        const auto column = std::distance(lengths.begin(), lengths.find(grid.byKeys ? size.keys : size.queries));
        auto& cell = grid.cells[static_cast<std::size_t>(row) * grid.lengths.size() + static_cast<std::size_t>(column)];
        if (cell.state != GridState::Absent)
        {
            continue; // other keys at the same query: the first stands for them
        }
        cell.jobId = job;
        cell.cases = cases;
        const auto found = fastest.find(job);
        cell.fastest = found == fastest.end() ? nullptr : found->second;
        judge(cell, report, byReport);
        cell.state = cell.state == GridState::NotRun && open.contains(job) ? GridState::Waiting : cell.state;
    }
    return grid;
}

} // namespace

std::vector<std::pair<Backend, std::int64_t>> FastestGrid::wins() const
{
    std::vector<std::pair<Backend, std::int64_t>> counts;
    for (const auto& cell : cells)
    {
        if (cell.state != GridState::Winner && cell.state != GridState::Alone)
        {
            continue;
        }
        const auto found = std::find_if(counts.begin(), counts.end(),
                                        [&](const auto& entry) { return entry.first == cell.backends.front(); });
        if (found == counts.end())
        {
            counts.emplace_back(cell.backends.front(), 1);
        }
        else
        {
            ++found->second;
        }
    }
    std::stable_sort(counts.begin(), counts.end(),
                     [](const auto& left, const auto& right) { return left.second > right.second; });
    return counts;
}

std::int64_t FastestGrid::ties() const
{
    return std::count_if(cells.begin(), cells.end(), [](const GridCell& cell) { return cell.state == GridState::Tie; });
}

std::vector<FastestGrid> fastestGridsOf(const Report& report)
{
    std::vector<FastestGrid> grids;
    const bool byReport = isKernelSweep(report);
    std::map<std::string_view, const FastestReport*> fastest;
    for (const auto& entry : report.fastest)
    {
        fastest[entry.jobId] = &entry;
    }
    const auto open = openJobs(report);
    for (const auto& group : groupsOf(report))
    {
        auto grid = gridOf(report, group, fastest, open, byReport);
        if (byReport || grid.cells.size() > 1)
        {
            grids.push_back(std::move(grid));
        }
    }
    return grids;
}

} // namespace headroom::ui
