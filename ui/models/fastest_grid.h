// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace headroom::ui
{

/// What a comparison of a sweep says of who is fastest.
enum class GridState
{
    Absent,      ///< no such comparison in the report
    Waiting,     ///< not measured yet
    Winner,      ///< one backend is faster than every other
    Tie,         ///< too close to call
    Alone,       ///< the only one that is ranked
    Unverified,  ///< measured, and none of the numbers is verified
    OutOfMemory, ///< nothing could be measured: memory
    Failed,      ///< nothing could be measured: another reason
    NotRun       ///< nothing was tried: the run's time was spent, it was stopped, or nothing is eligible
};

/// One comparison: a batch size and a length.
struct GridCell
{
    GridState state = GridState::Absent;
    std::string jobId;
    std::vector<Backend> backends;          ///< the winner, or those that are too close
    std::vector<const CaseReport*> cases;   ///< of all backends; they live as long as the report
    std::int64_t outOfMemory = 0;           ///< of the cases
    bool overBudget = false;                ///< there was no time left for any of the cases
    std::optional<Backend> second;          ///< the next after the fastest
    std::optional<double> ratio;            ///< its time over that of the fastest: of pairs, else of medians
    const FastestReport* fastest = nullptr; ///< what the report says of it; null in a validation of a model
};

/// Who is fastest, batch by length, among comparisons that are alike in all else.
struct FastestGrid
{
    std::string title; ///< "forward, bfloat16, causal, 16 heads, head_dim 64"
    std::vector<std::int64_t> batches;
    std::vector<std::int64_t> lengths; ///< of the query, or of the keys where the query's is always one
    bool byKeys = false;
    std::vector<GridCell> cells; ///< batch by batch

    /// In how many cells each backend alone is fastest, the most first; ties count for nobody.
    std::vector<std::pair<Backend, std::int64_t>> wins() const;
    std::int64_t ties() const;

    const GridCell& at(std::size_t batch, std::size_t length) const { return cells[batch * lengths.size() + length]; }
};

/// The grids of a report, in its order: of a sweep over attention calls by what it says is fastest, of a model's by its
/// comparisons of two cases, and where it has none of two, by whether the intervals of their medians overlap. None
/// where one size alone was measured.
std::vector<FastestGrid> fastestGridsOf(const Report& report);

} // namespace headroom::ui
