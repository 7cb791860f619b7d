// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gate/gate_verdict.h"
#include "core/measure/run_to_run.h"
#include "core/report/stalls.h"

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

/// The medians of \a rows, the runs of one case, with what of them is waiting.
std::vector<RunMedian> runMediansOf(std::span<const CaseReport* const> rows);

/// Puts \a change of \a in into \a one, and what it means for the gate into its findings. \a asked is of this case, \a
/// thresholds of all. A case that is slower only by waiting for its cores cannot be told of, and so is one whose
/// baseline waited.
void addTime(GateCase& one, const CaseInRuns& in, RunToRunChange change, const CaseThresholds& asked,
             const GateThresholds& thresholds);

} // namespace headroom
