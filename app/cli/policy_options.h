// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/preset.h"

#include <functional>
#include <string>
#include <vector>

namespace CLI
{
class App;
}

namespace headroom::cli
{

/// Changes to a preset's policy, in the order of the command line.
using PolicyChanges = std::vector<std::function<void(MeasurementPolicy&)>>;

/// Declares each option of the measurement policy on \a app, under the heading \a group, from its one declaration;
/// parsing fills \a changes, which must outlive \a app.
void declarePolicy(CLI::App& app, PolicyChanges& changes, const std::string& group);

/// The policy of \a preset with \a changes.
MeasurementPolicy changedPolicy(Preset preset, const PolicyChanges& changes);

} // namespace headroom::cli
