// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/attention_problem.h"

#include <cstdint>
#include <optional>

namespace CLI
{
class App;
}

namespace headroom::cli
{

/// The shape of one attention call as it was given on the command line.
struct ShapeOptions
{
    AttentionProblem problem;
    std::optional<std::int64_t> kvHeads;  ///< nothing: as many as query heads
    std::optional<std::int64_t> kvLength; ///< nothing: the query's length
    std::optional<std::int64_t> headDimV; ///< nothing: that of query and key
    bool inference = false;

    ShapeOptions();
};

/// Declares every option of a shape on \a app; parsing fills \a options, which must outlive it.
void declareShapeOptions(CLI::App& app, ShapeOptions& options);

/// The call on \a device, with what follows from other options filled in. \throws SetUpError with what is wrong.
AttentionProblem problemOf(const ShapeOptions& options, DeviceKind device);

} // namespace headroom::cli
