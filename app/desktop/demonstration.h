// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/circumstances.h"
#include "core/plan/plan.h"

namespace headroom::desktop
{

/// A validation of a small transformer on the CPU of \a machine, held to about 20 seconds: enough to fill every page
/// with figures that were really measured.
Plan demonstrationPlan(const Circumstances& machine);

} // namespace headroom::desktop
