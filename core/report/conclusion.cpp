// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/conclusion.h"

#include "core/report/ab.h"
#include "core/report/audit_trials.h"
#include "core/report/fastest.h"
#include "core/report/findings.h"

#include <algorithm>

namespace headroom
{
namespace
{

void append(std::vector<std::string>& target, const std::vector<std::string>& more)
{
    for (const auto& text : more)
    {
        if (std::find(target.begin(), target.end(), text) == target.end())
        {
            target.push_back(text);
        }
    }
}

} // namespace

void concludeReport(Report& report)
{
    Findings findings;
    findInRun(report, findings);
    isAb(report)            ? findInAb(report, findings)
    : isAudit(report)       ? findInAudit(report, findings)
    : isKernelSweep(report) ? findInKernelSweep(report, findings)
                            : findInSpeed(report, findings);

    report.conclusion = Conclusion::Passed;
    if (!findings.setUp.empty())
    {
        report.conclusion = Conclusion::SetUpError;
    }
    else if (!findings.failed.empty())
    {
        report.conclusion = Conclusion::Failed;
    }
    else if (!findings.cannotTell.empty())
    {
        report.conclusion = Conclusion::CannotTell;
    }
    report.conclusionReasons.clear();
    append(report.conclusionReasons, findings.setUp);
    append(report.conclusionReasons, findings.failed);
    append(report.conclusionReasons, findings.cannotTell);
    append(report.conclusionReasons, findings.said);
}

} // namespace headroom
