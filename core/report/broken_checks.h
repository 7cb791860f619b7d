// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/event.h"

#include <vector>

namespace headroom
{

/// Whether the end of \a job by \a cause is itself an answer of its check, so that the job needs no row of its own: a
/// step of the ladder or a known defect whose worker died, hung, lost its device or failed.
bool isAnswerOfCheck(const CheckJob& job, Cause cause);

/// The answers that \a finished leaves out of those \a given by the job before it ended: what the end of its worker
/// means. Empty where isAnswerOfCheck() is false.
///
/// A known defect whose symptom is a crash is present (Failed) when its worker died of a signal or lost its device; the
/// last words say how. Otherwise it could not be told: a hang, an error, or a defect that ends nothing. Of a
/// step of the ladder the first backend without an answer is the one that was running: Failed after a crash, a lost
/// device or a hang. The backends behind it were not run.
///
/// SIGKILL is nobody's symptom: it is how the system ends a process when memory runs out, and tells nothing.
std::vector<CheckResult> answersOfBrokenCheck(const CheckJob& job, const JobFinished& finished,
                                              const std::vector<CheckResult>& given);

} // namespace headroom
