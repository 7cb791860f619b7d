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
ValidationRequest requestOf(const ValidateOptions& options, const DeviceSelection& device);

} // namespace headroom::cli
