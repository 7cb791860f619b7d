// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audit/audit_finding.h"
#include "core/report/report.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// What a run measured of one finding of an audit on one call. Pointers are into the report that was asked.
struct AuditTrial
{
    std::int64_t call = 0;
    const CaseReport* before = nullptr;         ///< the call as the model makes it; null where it was not planned
    const CaseReport* after = nullptr;          ///< with the change
    const ComparisonReport* forward = nullptr;  ///< of the two; null where not both were measured
    const ComparisonReport* training = nullptr; ///< the same as a training step of the call
    bool forwardWaited = false;  ///< a side of `forward` is stalled: which is faster may stand, but not by how much
    bool trainingWaited = false; ///< the same of `training`
    std::optional<AccuracyVerdict> accuracy{}; ///< of the changed call; nothing where it was not judged
    std::string whyNot{};                      ///< why there is no comparison; empty where there is one
};

/// A finding with what the run says of its fix.
struct TriedFinding
{
    AuditFinding finding;
    std::vector<AuditTrial> trials;
};

/// Whether \a report is of an audit.
bool isAudit(const Report& report);

/// Whether the job \a id of a report tries something on a captured call.
bool isTrial(const Report& report, std::string_view id);

/// What the rules find in the inspection of an audit's plan, on the machine of its circumstances, with the trials of
/// the run; empty for other runs.
std::vector<TriedFinding> triedFindings(const Report& report);

/// The model's result is wrong as it is: true and false exchanged in a mask, dropout in evaluation.
bool isProblem(const AuditFinding& finding);

/// What the fix did where it was tried, all calls together: the worst accuracy and the least sure comparison count.
enum class TrialResult
{
    NotTried,   ///< no change of the call is the fix, or none of its trials could be measured
    Inaccurate, ///< the changed call is not as exact as its data type allows
    Faster,     ///< on every call that was tried
    NoGain,     ///< as fast or slower on every call
    CannotTell  ///< anything else
};
TrialResult resultOf(const TriedFinding& tried);

/// The speed-up of the calls that were tried, each weighted with its time in the inspection (their whole time over that
/// with the fix); nothing unless all were compared, on times that are not waits for a core.
std::optional<double> gainOf(const TriedFinding& tried, const ModelInspection& inspection);

/// The share of the forward pass that the finding's calls take, 0 to 1; nothing where a call was not timed.
std::optional<double> shareOf(const AuditFinding& finding, const ModelInspection& inspection);

/// How much faster a whole becomes when \a share of it becomes \a gain times as fast (Amdahl, AFIPS 1967). Infinity for
/// a share of 1 that takes no time any more.
double amdahl(double share, double gain);

/// The answer of an audit in a sentence: how many findings, and the largest gain. Empty for other runs.
std::string auditSentence(const Report& report);

} // namespace headroom
