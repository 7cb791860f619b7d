// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gate/gate_verdict.h"
#include "core/measure/run_to_run.h"

#include <span>
#include <vector>

namespace headroom
{

/// A case of the baseline as each run has it; null where a run has not. Pointers are into the reports.
struct CaseInRuns
{
    std::string id;
    const CaseReport* shown = nullptr; ///< the first that there is
    std::vector<const CaseReport*> baseline;
    std::vector<const CaseReport*> candidate;
};

/// Whether \a report is of a run that ended before its plan did.
bool wasCutOff(const Report& report);

/// The cases that a baseline run has, in their order, each once by meetingId() (a case that a run measured twice counts
/// by its first job), and what the candidate alone has, described.
struct CasesInRuns
{
    std::vector<CaseInRuns> cases;
    std::vector<std::string> onlyCandidate;
};

CasesInRuns casesInRuns(std::span<const Report> baseline, std::span<const Report> candidate);

/// Everything about \a in but its time: who measured it, its accuracy and the backend that ran.
GateCase gateCaseOf(const CaseInRuns& in, std::span<const Report> candidate, const CaseThresholds& asked);

/// The medians of \a in for compareRuns(). Of a case that is not measured, NaN.
CaseRuns caseRunsOf(const CaseInRuns& in, const CaseThresholds& asked);

/// Puts \a change into \a one, and what it means for the gate into its findings. \a asked is of this case, \a
/// thresholds of all.
void addTime(GateCase& one, const RunToRunChange& change, const CaseThresholds& asked,
             const GateThresholds& thresholds);

} // namespace headroom
