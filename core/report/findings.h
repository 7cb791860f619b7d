// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <string>
#include <vector>

namespace headroom
{

/// What a report's conclusion rests on: sentences by how serious they are.
struct Findings
{
    std::vector<std::string> setUp;
    std::vector<std::string> failed;
    std::vector<std::string> cannotTell;
    std::vector<std::string> said;
};

/// \a text with a capital letter and a full stop.
std::string sentence(std::string text);

/// The run as a whole, accuracy, and jobs that broke (run_findings.cpp).
void findInRun(const Report& report, Findings& findings);

/// Checks: the model's, the ladder, determinism and batch invariance, known defects (check_findings.cpp).
void findInChecks(const Report& report, Findings& findings);

/// The target, the verdicts of the main comparisons, and what could not be measured (speed_findings.cpp).
void findInSpeed(const Report& report, Findings& findings);

/// A main timing that could not be done at all, and was asked for, leaves its question open (speed_findings.cpp).
void findUnmeasured(const Report& report, Findings& findings);

/// Of an audit, in place of findInSpeed(): results that are wrong as the model is, and trials that tell nothing
/// (audit_findings.cpp).
void findInAudit(const Report& report, Findings& findings);

/// Of an A/B comparison, in place of findInSpeed(): a B that is slower fails; one that is not ranked, or not told
/// apart, leaves the question open (ab.cpp).
void findInAb(const Report& report, Findings& findings);

/// Of a sweep over attention calls, in place of findInSpeed(): who is fastest how often, what did not fit into the
/// time, and whether anything could be measured at all (kernel_findings.cpp).
void findInKernelSweep(const Report& report, Findings& findings);

} // namespace headroom
