// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/model_inspection.h"
#include "core/plan/plan.h"
#include "core/plan/preset.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headroom
{

/// What a user asks of a validation.
struct ValidationRequest
{
    ModelInput input;
    DeviceSelection device;
    Preset preset = Preset::Standard;
    MeasurementPolicy measurement; ///< of the preset, with the user's changes
    AccuracyPolicy accuracy;
    std::uint64_t seed = 42;
    bool skipAccuracy = false;
    bool skipPerformance = false;
    bool fullValidation = false; ///< overrides both skips; adds gradients per layer, autocast and determinism
    bool extendedBenchmarks = false;
    std::vector<std::int64_t> batchSizes{1, 2, 4, 8, 16, 32};
    std::vector<std::int64_t> sequenceLengths{32, 64, 128, 256, 512, 1024};
    std::int64_t scalingSequence = 128; ///< of the batch sweep
    std::int64_t scalingBatch = 4;      ///< of the sequence sweep
    std::optional<double> targetSpeedup;
    std::optional<double> maxSeconds;
    std::string weightsFile;
    std::string compiledPackage;
    std::optional<InspectionRequest> modelFile; ///< a model from a file in place of the built-in one
    std::optional<ModelInspection> inspection;  ///< what was seen in it: a plan needs it, `input` then follows from it
};

/// What is wrong with \a request, a sentence each; empty when all is well. Includes problemsWith its input and its
/// policy.
std::vector<std::string> problemsWith(const ValidationRequest& request);

/// The jobs of a validation in their order: "probe"; "check-autocast" (full validation of float32 weights);
/// "check-compiled" (with a package); "judge"; "check-determinism" (full validation); "forward" and "training-step",
/// each comparing math with every eligible fused backend and naive (left out of quick's training step); on CUDA
/// "forward-cold" and "training-step-cold" without naive; and for the sweeps "batch-N" and "sequence-N", forward,
/// without naive.
///
/// Backends that the rules refuse on \a device are left out of the timed cases; the probe says why. Those judged are
/// the ones that can run forward: where one of them cannot train (head_dim 200 on compute capability 8.9), its
/// gradients are not there to be judged. A model without attention layers is not judged, and timed with
/// Backend::Default alone.
///
/// Of a model from a file, what its loader cannot do is left out: without gradients there is no "training-step", no
/// judgement and no check; where its backends cannot be switched it is timed with Backend::Default alone. Naive is not
/// among its timed backends, and its lengths are not swept where they follow from the model.
///
/// Sweeps longer than the model's position table get a longer one, the same at all points of both sweeps; with a
/// weights file, whose table is what it is, problemsWith() refuses them. Asks for a request that problemsWith() finds
/// nothing in.
Plan makeValidationPlan(const ValidationRequest& request, const DeviceFacts& device);

} // namespace headroom
