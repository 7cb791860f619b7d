// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/circumstances.h"
#include "core/report/report.h"
#include "core/run/supervisor.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace headroom
{

/// What surrounds a run, the same for the command line and the desktop.

/// Asks a worker what there is. \throws SetUpError that points to `headroom-cli doctor` when none answers.
Circumstances describeMachine(Supervisor& supervisor);

/// Supervisor::run() with core/advice as its adviser.
Outcome runWithAdvice(Supervisor& supervisor, const Plan& plan, Journal& journal, const EventSink& sink);

/// Keeps the peaks that \a report has measured, in the default store. Returns a sentence when they could not be kept.
std::optional<std::string> keepMeasuredPeaks(const Report& report);

/// The plan that the run in \a journal began with. \throws SetUpError when \a events do not begin with one.
const Plan& planOf(const std::vector<Event>& events, const std::filesystem::path& journal);

/// A sentence for a run that goes on on another machine than it began on: figures of two machines do not belong in one
/// comparison. Nothing when it is the same, or not known.
std::optional<std::string> otherMachineNote(const Report& before, const Circumstances& now, const DeviceFacts& device);

} // namespace headroom
