// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/attention/backend_trial.h"
#include "core/run/engine.h"

#include <string>

namespace headroom::engine
{

/// Makes the smallest case of the row \a id of the battery (core/plan/defects.h), runs it and says what was seen:
/// Failed means present, Passed not present. A row that does not fit the device is NotApplicable with the reason; one
/// that the device has no memory for CouldNotTell with the figure. A row whose symptom is a crash does not come back
/// from it: what the end of its worker means is the report's to say (core/report/broken_checks.h).
/// \throws EngineError(Unsupported) for an id that there is not; c10::AcceleratorError when the context is lost.
void checkDefect(const std::string& id, const CheckSetting& setting, const EventDataSink& sink);

} // namespace headroom::engine
