// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <QString>

#include <cstdint>
#include <optional>
#include <vector>

namespace headroom::ui
{

enum class ScalingAxis
{
    Sequence, ///< at one batch
    Batch,    ///< at one sequence length
    Tokens,   ///< sequence length at one product of batch and length
    Keys      ///< key length at one query length (decoding)
};

/// One size with the case that was measured, or was to be measured, there.
struct ScalingPoint
{
    std::int64_t value = 0;
    const CaseReport* row = nullptr;
};

struct ScalingLine
{
    Backend backend = Backend::Math;
    std::vector<ScalingPoint> points; ///< ascending
};

/// What one set of scaling charts shows: the cases of one pass that differ in one size and in the backend alone.
struct ScalingGroup
{
    ScalingAxis axis = ScalingAxis::Sequence;
    std::int64_t fixed = 0; ///< the batch, the length, or the product that is held
    Pass pass = Pass::Forward;
    QString family; ///< familyOf(): all else that is the same
    std::vector<ScalingLine> lines;

    bool sameAs(const ScalingGroup& other) const
    {
        return axis == other.axis && fixed == other.fixed && pass == other.pass && family == other.family;
    }
};

/// All of them, in the order of the report's cases, each with at least two sizes. Pointers are into \a report.
std::vector<ScalingGroup> scalingGroupsOf(const Report& report);

/// Who is fastest at one size, among cases that can win.
struct SizeWinner
{
    std::int64_t value = 0;
    std::optional<Backend> fastest; ///< nothing: too close to call
    std::vector<Backend> close;     ///< then these are
};

/// Size by size; sizes where nothing can win are left out. By the report's own comparisons in a sweep over attention
/// calls, else by the intervals of the medians.
std::vector<SizeWinner> winnersOf(const Report& report, const ScalingGroup& group);

/// The sentence of the page: who is fastest where, and from which size on it changes.
QString crossoverSentence(const Report& report, const ScalingGroup& group);

/// "sequence length", "batch"; and what is held: "batch 4", "16 384 tokens".
QString axisName(ScalingAxis axis);
QString heldText(const ScalingGroup& group);

} // namespace headroom::ui
