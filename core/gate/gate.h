// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gate/gate_verdict.h"

#include <span>
#include <string>

namespace headroom
{

/// Holds candidate runs against those of a baseline, all of one plan, each run a process of its own.
///
/// A case fails when it is slower by more than its minimum effect (compareRuns()), when its numbers are wrong and were
/// not before, when another backend ran, or when it could be measured and now breaks. It cannot be told of when runs
/// are too few or too noisy, when it was not reached, or when what ran was not seen. Cases that only the candidate has
/// are named. Checks, judgements of whole models, and what LibTorch chose by itself are held against each other
/// likewise.
///
/// Runs whose circumstances differ in what may not differ (GateThresholds::mayDiffer()) get no verdict of time unless
/// \a force is set; what fails otherwise fails all the same.
///
/// The conclusion is Failed when anything fails; else CannotTell when there is nothing to compare, when times may not
/// be compared, or when more of the cases are unclear than the thresholds allow; else Passed. Pure and thread-safe.
/// Reports whose case has no time in some run are taken as they are. \throws std::invalid_argument for thresholds out
/// of their range.
GateVerdict judgeGate(std::span<const Report> baseline, std::span<const Report> candidate,
                      const GateThresholds& thresholds = {}, bool force = false);

} // namespace headroom
