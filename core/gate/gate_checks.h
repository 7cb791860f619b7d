// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gate/gate_verdict.h"

#include <span>
#include <vector>

namespace headroom
{

/// What the runs say beside their cases: checks (when \a thresholds ask for them), judgements by place and backend, and
/// which backend LibTorch chose by itself. Of several runs the worst answer counts. What the baseline has no answer to
/// is left out.
std::vector<GateCheck> gateChecks(std::span<const Report> baseline, std::span<const Report> candidate,
                                  const GateThresholds& thresholds);

} // namespace headroom
