// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gate/gate_verdict.h"

#include <span>
#include <vector>

namespace headroom
{

/// In what the runs of a gate differ from the first of the baseline: circumstances that a figure may depend on
/// (unlikenessOf()), and "measurement policy" and "accuracy policy" of their plans. Each difference is named once, by
/// the first run that has it.
std::vector<GateDifference> gateDifferences(std::span<const Report> baseline, std::span<const Report> candidate,
                                            const GateThresholds& thresholds);

/// A sentence for \a difference: "driver version is 580.1, and was 570.2 in the baseline".
std::string differenceSentence(const GateDifference& difference);

} // namespace headroom
