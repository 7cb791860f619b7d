// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/run_options.h"
#include "app/cli/shape_options.h"
#include "core/plan/ab_plan.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace CLI
{
class App;
}

namespace headroom::cli
{

/// One attention call, or a model from a file, and how it is run: what both sides have in common, and what each can
/// change by a setting.
struct AbCaseOptions
{
    ShapeOptions shape;
    InspectionRequest model; ///< in place of the call, where it has a path; its sizes only where they were given
    Backend backend = Backend::Default;
    Pass pass = Pass::Forward;
    Launch launch = Launch::Eager;
    L2State l2 = L2State::Warm;
};

/// The command line of `ab` as it was given.
struct AbOptions
{
    const CLI::App* app = nullptr; ///< it was given to: a model's sizes are its own unless they were given
    AbCaseOptions common;
    std::array<std::vector<std::string>, 2> settings; ///< of A and of B: "backend=math", "causal", "OMP_NUM_THREADS=1"
    std::array<std::string, 2> workers;               ///< command lines; empty: the one that is found
    std::optional<DeviceSelection> device;
    Preset preset = Preset::Standard;
    double minimumEffect = MeasurementPolicy{}.minimumEffect;
    double confidence = kAbConfidence;
    std::int64_t mostPairs = 20000;
    std::optional<std::int64_t> warmup;
    double maxSeconds = AbRequest{}.maxSeconds;
    std::optional<double> deadlineSeconds; ///< a comparison that takes longer is ended
    std::uint64_t seed = AbRequest{}.seed;
    OutputOptions output{.folder = "results/ab", .reportName = "ab.json", .force = false, .speech = {}};
};

void declareAbOptions(CLI::App& app, AbOptions& options);

/// What was asked for on a device of \a kind. Of models from files it holds what is to be looked at: A's as modelFile,
/// and B's in its side where that is another one. \throws SetUpError with a sentence for a setting that there is not,
/// or whose value cannot be.
AbRequest requestOf(const AbOptions& options, DeviceKind kind);

} // namespace headroom::cli
