// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/device_facts.h"
#include "core/model/model_inspection.h"

#include <optional>
#include <string>

namespace CLI
{
class App;
}

namespace headroom::cli
{

/// Declares MODEL and how it is loaded and fed, for the commands that are about a model from a file; targets must
/// outlive \a app.
void declareModelFile(CLI::App& app, InspectionRequest& model, std::optional<DeviceSelection>& device);

/// --input and --allow-native-code alone; \a group is the heading in the help.
void declareModelFileAccess(CLI::App& app, InspectionRequest& model, const std::string& group);

} // namespace headroom::cli
