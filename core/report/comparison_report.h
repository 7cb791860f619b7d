// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/backend.h"
#include "core/measure/comparison.h"
#include "core/plan/case.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headroom
{

/// One candidate against the baseline of its job.
struct ComparisonReport
{
    std::string jobId;
    std::string baselineCase;
    std::string candidateCase;
    Comparison comparison;
    std::optional<double> memoryRatio; ///< baseline peak / candidate peak
    bool ranked = false;               ///< both sides verified; otherwise shown, never a winner
    std::string whyUnranked;

    bool operator==(const ComparisonReport&) const = default;
};

/// Who is fastest in one comparison of a sweep.
struct FastestReport
{
    std::string jobId;
    std::int64_t ranked = 0;        ///< cases that could win: measured, seen to run, and verified
    std::optional<Backend> fastest; ///< by its median; nothing when none is ranked
    std::optional<Backend> second;
    std::optional<double> ratio; ///< median of the second over that of the fastest
    std::vector<Backend> close;  ///< not told apart from the fastest; then there is no winner

    bool operator==(const FastestReport&) const = default;
};

/// The main answer of a validation: the best accepted fused backend against math.
struct Headline
{
    Pass pass = Pass::Forward;
    Backend best = Backend::Math;
    ComparisonReport comparison;

    bool operator==(const Headline&) const = default;
};

} // namespace headroom
