// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/case.h"
#include "core/plan/plan.h"
#include "core/report/report.h"

#include <optional>
#include <string>

namespace headroom
{

/// The command line that measures a case again as \a plan did: same device, seed, policy and its changes.
///
/// A case of an attention call becomes a `headroom-cli sweep` of that call, its backend and pass, with \a baseline
/// timed beside it; a case of a model becomes the `headroom-cli validate` that holds it. Parsed again, either makes a
/// plan with a case of the same id. A case of a model from a file becomes the `audit` or `validate` that holds it.
/// A side of an A/B comparison becomes the `ab` of both. Empty for what no command line can say.
std::string reproLine(const Plan& plan, const Case& measured, const std::optional<Backend>& baseline);

/// All command lines of \a report, each once behind the cases that it measures as comments, to be copied from; empty
/// where there is none.
std::string reproLines(const Report& report);

} // namespace headroom
