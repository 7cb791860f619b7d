// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/policy_options.h"
#include "app/cli/run_options.h"
#include "core/plan/validation_plan.h"

#include <cstdint>
#include <optional>
#include <string>

namespace CLI
{
class App;
}

namespace headroom::cli
{

/// What `headroom-cli validate` was given, before anything is looked up.
struct ValidateOptions
{
    ValidationRequest request;
    InspectionRequest modelFile; ///< a model from a file, where it has a path
    std::optional<std::int64_t> maxSequence;
    std::optional<std::int64_t> feedForward; ///< nothing: the model preset's, or 4 times the width
    std::optional<std::int64_t> batch;       ///< nothing: the preset's
    std::optional<DeviceSelection> device;   ///< nothing: a GPU when there is one
    OutputOptions output{.folder = "results/flash_attention",
                         .reportName = "flash_attention_validation.json",
                         .force = false,
                         .speech = {}};
    PolicyChanges policyChanges;
};

/// Declares every option of `validate` on \a app; parsing fills \a options, which must outlive it.
void declareValidateOptions(CLI::App& app, ValidateOptions& options);

/// The request, with what follows from other options filled in: the preset's policies with their changes, the
/// feed-forward size, the batch size, the longest sequence (the larger of 1024 and the sequence length), the device's
/// kind.
/// With a model from a file, of which nothing is seen yet, the sizes are left as they are.
ValidationRequest requestOf(const ValidateOptions& options, const DeviceSelection& device);

/// Takes over what both kinds of models have options for, of what was given to \a app, which was parsed.
void readModelFile(const CLI::App& app, ValidateOptions& options);

/// Options of the built-in model beside --model, or the other way round, in a sentence; empty when all is well.
std::string contradictionIn(const CLI::App& app, const ValidateOptions& options);

} // namespace headroom::cli
