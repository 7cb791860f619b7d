// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/device_facts.h"
#include "core/hardware/peak_rates.h"
#include "core/model/model_inspection.h"
#include "core/plan/job.h"
#include "core/plan/policies.h"
#include "core/plan/projection_request.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headroom
{

/// What a run is asked to do: the jobs in order and all that they need to know. A plan is written whole into the
/// journal's first line, so that a journal can be resumed without anything else.
struct Plan
{
    int planVersion = 1;
    std::string command; ///< "validate"
    std::string preset = "standard";
    DeviceSelection device;
    std::uint64_t seed = 0;
    MeasurementPolicy measurement;
    AccuracyPolicy accuracy;
    std::optional<double> targetSpeedup; ///< asked for explicitly; a miss is then a failure
    std::optional<double> maxSeconds;    ///< budget of the whole run; jobs that do not fit are skipped and say so
    std::vector<Stage> skippedStages;
    std::string weightsFile;                     ///< safetensors with the model's weights; empty: random from the seed
    std::string compiledPackage;                 ///< AOTInductor .pt2 of the same model; empty: none
    bool failOnPresent = false;                  ///< of a battery: a known defect that is present is a failure
    std::optional<InspectionRequest> modelFile;  ///< the model that model subjects are; nothing: the built-in one
    std::optional<ModelInspection> inspection;   ///< what was seen in it before the plan was made
    std::optional<ProjectionRequest> projection; ///< of an audit: the training run that its training step stands for
    std::vector<SideSettings> sides;             ///< of an A/B comparison: of A and of B
    std::optional<PeakRates> peaks; ///< of the device, where they are known already; else a job measures them
    std::vector<Job> jobs;

    bool operator==(const Plan&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Plan, planVersion, command, preset, device, seed, measurement, accuracy,
                                                targetSpeedup, maxSeconds, skippedStages, weightsFile, compiledPackage,
                                                failOnPresent, modelFile, inspection, projection, sides, peaks, jobs)

} // namespace headroom
