// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/model_inspection.h"
#include "core/plan/plan.h"

#include <span>
#include <string>
#include <vector>

namespace headroom
{

/// What the plans of a validation and of an audit share: jobs over a whole model.

/// The model of \a seen with the input that it was inspected with, on \a device. \a request says how it is computed.
ModelInput modelInputOf(const ModelInspection& seen, const InspectionRequest& request, DeviceKind device);

/// Math first, which takes all that a model asks for, then the fused backends whose rules let every attention call of
/// \a input through.
std::vector<Backend> eligibleBackends(const ModelInput& input, Pass pass, const DeviceFacts& device);

/// Compares \a backends over \a input, the first as the baseline; Backend::Default alone is timed as it is.
JobWork timingOf(const ModelInput& input, Pass pass, L2State l2, std::span<const Backend> backends);

/// "forward, batch 4, sequence 128"
std::string timingTitle(const ModelInput& input, Pass pass);

/// Puts a job with its estimate at the end of \a plan; of a model from a file with what loading it took.
void addJob(Plan& plan, const DeviceFacts& device, std::string id, Stage stage, std::string title, JobWork work);

} // namespace headroom
