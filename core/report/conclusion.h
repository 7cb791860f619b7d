// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <string>

namespace headroom
{

/// Target that is spoken of when none was asked for.
inline constexpr double kUsualTarget = 2.0;

/// Sets the conclusion of \a report and its reasons, the most serious first:
///  * SetUpError: the run failed before any job of it could run;
///  * Failed: a verdict of inaccurate, an explicit target speed-up missed, a worker that died or a job that broke;
///  * CannotTell: not finished, too noisy, or nothing could be measured or verified that was asked for;
///  * Passed: the rest. Backends that are not eligible, sweep points that run out of memory, non-determinism and a
///    missed 2x that nobody asked for are said and are no failure.
///
/// Of a sweep over attention calls: Failed where a judgement failed or a worker died on a case; CannotTell where
/// nothing could be measured or verified, or the run was cancelled; else Passed. Jobs that its time did not reach are
/// said.
///
/// Of an audit: Failed where the model's result is wrong as it is, a fix is not exact enough or a worker died on a
/// trial; CannotTell where a trial that was asked for tells nothing; else Passed, whatever advice there is.
///
/// Of an A/B comparison: Failed where B is slower than A, or a side's numbers are wrong or its worker died; CannotTell
/// where there is no verdict, or none that is ranked; Passed where B is faster or the same.
void concludeReport(Report& report);

/// Why the usual 2x cannot be expected here, in a clause; empty when nothing known stands against it.
std::string whyBelowTarget(const Report& report, Pass pass);

} // namespace headroom
