// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gate/gate.h"
#include "tests/core/report/event_builder.h"

#include "core/report/fold.h"
#include "core/report/summary.h"

#include <functional>
#include <string>
#include <vector>

/// Runs of one small validation by hand, for the tests of the gate.
namespace headroom::testing
{

/// What a run has that another has not.
struct GatedRun
{
    std::string id = "run-1";
    double mathNs = 4e6;
    double speedUp = 1.5;
    AccuracyVerdict flash = AccuracyVerdict::Passed;
    Circumstances facts = cpuCircumstances();
    std::optional<Backend> ranForFlash = Backend::Flash;
    std::optional<CaseResult> flashResult{}; ///< in place of a time in the forward pass
    bool cutOff = false;                     ///< before the training step
};

inline Report gatedReport(const GatedRun& run)
{
    EventBuilder builder(validationPlan());
    builder.begin(run.facts).probe(smallModel()).judge(run.flash);
    const auto cases = casesOf(builder.job("forward"));
    builder.startJob("forward");
    builder.samples("forward", cases[0], timesNear(run.mathNs)).ran("forward", cases[0], Backend::Math);
    std::vector<CaseResult> results{EventBuilder::passed(cases[0], 2e9)};
    if (run.flashResult)
    {
        CaseResult result = *run.flashResult;
        result.caseId = cases[1].id();
        results.push_back(std::move(result));
    }
    else
    {
        builder.samples("forward", cases[1], timesNear(run.mathNs / run.speedUp, 40, -0.001));
        builder.ran("forward", cases[1], run.ranForFlash);
        results.push_back(EventBuilder::passed(cases[1], 1e9));
    }
    builder.finishJob("forward", Outcome::Passed, Cause::None, {}, std::move(results));
    if (!run.cutOff)
    {
        builder.compare("training-step", 3 * run.mathNs, run.speedUp).end();
    }
    Report report = foldEvents(builder.events());
    report.run = run.id;
    return report;
}

/// \a count runs whose times differ by half a percent or so, each changed by \a change.
inline std::vector<Report> gatedReports(const std::string& name, int count,
                                        const std::function<void(GatedRun&, int)>& change = {})
{
    std::vector<Report> reports;
    for (int at = 0; at < count; ++at)
    {
        GatedRun run;
        run.id = name + "-" + std::to_string(at);
        run.mathNs *= 1.0 + 0.002 * std::sin(1.7 * at + static_cast<double>(name.size()));
        run.speedUp *= 1.0 + 0.002 * std::sin(2.9 * at + static_cast<double>(name.size()));
        if (change)
        {
            change(run, at);
        }
        reports.push_back(gatedReport(run));
    }
    return reports;
}

/// All cases take \a times as long, and of that \a share is waiting for a core.
inline void letWait(Report& run, double times, double share)
{
    for (CaseReport& row : run.cases)
    {
        const double slower = times / (1 - share);
        for (double& ns : row.deviceNs)
        {
            ns *= slower;
            row.waitNs.push_back(ns * share);
        }
        row.roofline->flopsPerSecond /= slower;
        summarizeCase(row);
    }
}

} // namespace headroom::testing
