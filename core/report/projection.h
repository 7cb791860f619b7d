// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/statistics.h"
#include "core/plan/projection_request.h"
#include "core/report/format.h"
#include "core/report/report.h"
#include "core/report/table.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace headroom
{

/// What a training run would come to with one backend, by its measured training step. Intervals are those of the
/// step's median, times the steps: they hold for the steps alone, and for nothing that a training run does beside them.
struct Projection
{
    Backend backend = Backend::Default;
    double seconds = 0;
    std::optional<Interval> secondsInterval;
    std::optional<double> joules; ///< of the device; nothing where its energy was not measured
    std::optional<double> cost;   ///< of one device; nothing without a price
    std::optional<Interval> costInterval;

    bool operator==(const Projection&) const = default;
};

/// \a step, a measured training step, over \a request. Its wall time where that is known, since a run waits for the
/// host as well, else its device time; nothing where it was not measured.
std::optional<Projection> project(const CaseReport& step, const ProjectionRequest& request);

/// What the run feeds the model: batch times sequence times steps tokens; or batch times steps images, where the
/// lengths follow from the model.
struct ProjectedInput
{
    std::int64_t count = 0;
    bool images = false;

    bool operator==(const ProjectedInput&) const = default;
};
ProjectedInput projectedInput(const ModelInput& input, std::int64_t steps);

/// A row for each backend of the training step's comparison; none where the plan asks for no projection, or the step
/// was not measured.
std::vector<Table> projectionTables(const Report& report, const Format& format);

} // namespace headroom
