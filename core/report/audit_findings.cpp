// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/findings.h"

#include "core/report/audit_trials.h"
#include "core/report/queries.h"

#include <fmt/format.h>

namespace headroom
{
namespace
{

/// What of a trial that was asked for leaves its question open.
void findOpenTrials(const TriedFinding& tried, Findings& findings)
{
    for (const auto& trial : tried.trials)
    {
        const std::string what = fmt::format("call {} {}", trial.call, describe(tried.finding.change));
        if (trial.forward == nullptr)
        {
            findings.cannotTell.push_back(sentence(fmt::format("{} could not be measured: {}", what, trial.whyNot)));
        }
        else if (trial.forward->comparison.verdict == ComparisonVerdict::CannotTell)
        {
            findings.cannotTell.push_back(sentence(
                fmt::format("whether {} is faster cannot be told: {}", what, trial.forward->comparison.reason)));
        }
    }
}

bool isFinished(const Report& report)
{
    return report.finished && report.finished->outcome != Outcome::Cancelled;
}

} // namespace

void findInAudit(const Report& report, Findings& findings)
{
    findUnmeasured(report, findings);
    for (const auto& tried : triedFindings(report))
    {
        if (isProblem(tried.finding))
        {
            findings.failed.push_back(sentence(tried.finding.title));
        }
        if (!isSkipped(report, Stage::Accuracy) && isFinished(report))
        {
            findOpenTrials(tried, findings);
        }
    }
}

} // namespace headroom
