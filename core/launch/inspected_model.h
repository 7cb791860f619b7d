// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audit/audit_finding.h"
#include "core/hardware/circumstances.h"
#include "core/run/supervisor.h"

#include <optional>
#include <string>
#include <vector>

namespace headroom
{

/// A model that a worker has looked at, with all that an audit or a validation of it is planned with.
struct InspectedModel
{
    Circumstances machine; ///< with the device of the model as the selected one
    DeviceFacts device;
    ModelInspection inspection;
    std::vector<AuditFinding> findings;
};

/// \a request with its paths made absolute, for a worker that runs in another folder, after they were looked at: the
/// model and its input must be there to be read, and a model that is a folder must hold a config.json.
/// \throws SetUpError with a sentence.
InspectionRequest checkedModelFile(InspectionRequest request);

/// Has a worker look at the model of \a request on \a device (nothing: a GPU where there is one), which is checked
/// already. \throws SetUpError with the reason when it cannot.
InspectedModel inspectModel(Supervisor& supervisor, const InspectionRequest& request,
                            const std::optional<DeviceSelection>& device);

} // namespace headroom
