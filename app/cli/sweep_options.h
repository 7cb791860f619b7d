// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/policy_options.h"
#include "app/cli/run_options.h"
#include "core/plan/sweep_plan.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace CLI
{
class App;
}

namespace headroom::cli
{

/// What `headroom-cli sweep` was given, before anything is looked up.
struct SweepOptions
{
    std::string preset;                                   ///< empty: none
    std::vector<std::function<void(SweepSpec&)>> changes; ///< to the preset's specs, in the order of the command line
    bool maskGiven = false;
    CaseFilter filter;
    std::optional<DeviceSelection> device; ///< nothing: a GPU when there is one
    std::optional<int> computeCapability;  ///< of a GPU that is not here, for a dry run
    std::optional<Preset> policy;          ///< nothing: the preset's
    PolicyChanges policyChanges;
    SweepRequest request; ///< what needs no preset: seed, skips, checks, budget
    OutputOptions output{.folder = "results/sweep", .reportName = "sweep.json", .force = false, .speech = {}};
    bool dryRun = false;
    bool listPresets = false;
};

/// Declares every option of `sweep` on \a app; parsing fills \a options, which must outlive it.
void declareSweepOptions(CLI::App& app, SweepOptions& options);

/// Two options that say the same of \a app's command line, as a sentence; empty when there are none.
std::string contradictionIn(const CLI::App& app);

/// The request on \a device, with the preset's lists where none were given.
SweepRequest requestOf(const SweepOptions& options, const DeviceSelection& device);

} // namespace headroom::cli
