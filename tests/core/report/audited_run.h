// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/audit_plan.h"
#include "core/report/fold.h"

#include "tests/core/audit/audited_models.h"
#include "tests/core/report/event_builder.h"

namespace headroom::testing
{

/// What the trials of a made-up audit measure.
struct TrialsAre
{
    double speedUp = 1.5; ///< of each fix, forward; half of it is gained in training
    AccuracyVerdict accuracy = AccuracyVerdict::Passed;
    double noise = 0.002;
    double unchangedWaits = 0;  ///< of the call as it is, waits for a core in each sample, as a multiple of it
    bool schedulerTells = true; ///< of these waits; else they can only be guessed by the pattern of the times
};

/// The samples of a call of a trial, of which all but the first wait \a waits times their own time.
inline void takeSamples(EventBuilder& builder, const Job& job, const Case& one, std::vector<double> ns, double waits,
                        bool schedulerTells)
{
    SamplesTaken taken;
    taken.caseId = one.id();
    for (std::size_t i = 0; i < ns.size(); ++i)
    {
        const double wait = i == 0 ? 0 : waits * ns[i];
        taken.round.push_back(static_cast<std::int64_t>(i));
        taken.ns.push_back(ns[i] + wait);
        if (schedulerTells)
        {
            taken.waitNs.push_back(wait);
        }
    }
    builder.add(std::move(taken), job.id);
}

inline Plan auditPlanOf(const ModelInspection& seen, const Circumstances& machine, bool skipTrials = false)
{
    AuditRequest request;
    request.model.path = "/models/test";
    request.device = machine.selected;
    request.skipTrials = skipTrials;
    return makeAuditPlan(request, seen, auditFindings(seen, machine), *machine.selectedDevice());
}

inline void runComparison(EventBuilder& builder, const Job& job, const TrialsAre& trials)
{
    builder.startJob(job.id);
    std::vector<CaseResult> results;
    bool first = true;
    for (const Case& one : casesOf(job))
    {
        const double speedUp = one.pass == Pass::Forward ? trials.speedUp : 1 + (trials.speedUp - 1) / 2;
        const double ns = (one.pass == Pass::Forward ? 1e6 : 3e6) / (first ? 1.0 : speedUp);
        takeSamples(builder, job, one, timesNear(ns, 40, first ? trials.noise : -0.7 * trials.noise),
                    first ? trials.unchangedWaits : 0, trials.schedulerTells);
        builder.ran(job.id, one, one.backend == Backend::Default ? Backend::Flash : one.backend);
        results.push_back(EventBuilder::passed(one, 1e9));
        first = false;
    }
    builder.finishJob(job.id, Outcome::Passed, Cause::None, {}, std::move(results));
}

/// The report of an audit by \a plan, each trial as \a trials say.
inline Report auditRun(const Plan& plan, const Circumstances& machine, const TrialsAre& trials = {})
{
    EventBuilder builder(plan);
    builder.begin(machine);
    for (const Job& job : plan.jobs)
    {
        if (std::holds_alternative<JudgeJob>(job.work))
        {
            builder.startJob(job.id);
            builder.add(Judged{judgement(Backend::Default, JudgementScope::AttentionCall, "layers.1.self_attn",
                                         trials.accuracy),
                               std::nullopt},
                        job.id);
            builder.finishJob(job.id);
        }
        else
        {
            runComparison(builder, job, trials);
        }
    }
    return foldEvents(builder.end().events());
}

/// A model whose second call hands over a causal triangle, audited.
inline Report triangleAudit(const TrialsAre& trials = {})
{
    const auto machine = cpuMachine();
    auto seen = wellModel(machine);
    handOverTriangle(seen.calls[1]);
    seen.model.outline->calls[1] = seen.calls[1].call;
    return auditRun(auditPlanOf(seen, machine), machine, trials);
}

} // namespace headroom::testing
