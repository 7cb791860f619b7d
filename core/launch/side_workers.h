// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/plan.h"
#include "core/run/supervisor.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// The command of headroom-cli that serves the protocol of a worker over one worker for each side.
inline constexpr std::string_view kServeSides = "serve-sides";

/// How the workers of both sides are started: the one that is found, or the one that a side names, with what is set for
/// it. Both have OMP_WAIT_POLICY=passive and GOMP_SPINCOUNT=0, unless a side or the environment of this process sets
/// them: threads of OpenMP that spin after a sample of A would take the processor from the sample of B that follows.
/// \throws SetUpError with a sentence for a worker that cannot be started.
std::array<WorkerCommand, 2> sideWorkers(const std::vector<SideSettings>& sides);

/// The one worker that a Supervisor of \a plan is to keep: the one that is found; or, where the sides of an A/B
/// comparison need processes of their own, headroom-cli, which keeps both. The one worker of an A/B comparison waits
/// passively too: on busy cores a thread that spins keeps the one that it waits for from its core for a whole slice of
/// the scheduler. \throws SetUpError as above.
WorkerCommand workerFor(const Plan& plan);

/// Of the sides of such a comparison.
WorkerCommand workerFor(const std::vector<SideSettings>& sides);

/// A command and its environment as one word of a command line, and back. \throws std::invalid_argument.
std::string toText(const WorkerCommand& command);
WorkerCommand parseWorkerCommand(const std::string& text);

} // namespace headroom
