// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <cstdint>
#include <string>
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
    Failed       ///< nothing could be measured: another reason
};

/// One comparison: a batch size and a length.
struct GridCell
{
    GridState state = GridState::Absent;
    std::string jobId;
    std::vector<Backend> backends;        ///< the winner, or those that are too close
    std::vector<const CaseReport*> cases; ///< of all backends; they live as long as the report
    std::int64_t outOfMemory = 0;         ///< of the cases
    const FastestReport* fastest = nullptr;
};

/// Who is fastest, batch by length, among comparisons that are alike in all else.
struct FastestGrid
{
    std::string title; ///< "forward, bfloat16, causal, 16 heads, head_dim 64"
    std::vector<std::int64_t> batches;
    std::vector<std::int64_t> lengths; ///< of the query, or of the keys where the query's is always one
    bool byKeys = false;
    std::vector<GridCell> cells; ///< batch by batch

    const GridCell& at(std::size_t batch, std::size_t length) const { return cells[batch * lengths.size() + length]; }
};

/// The grids of a sweep over attention calls, in its order; none for other reports.
std::vector<FastestGrid> fastestGridsOf(const Report& report);

} // namespace headroom::ui
