// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/audit_plan.h"

#include "core/plan/model_jobs.h"
#include "core/plan/size_checks.h"

#include <fmt/format.h>

namespace headroom
{
namespace
{

/// Collects the jobs of one plan.
class AuditPlanBuilder
{
public:
    AuditPlanBuilder(const AuditRequest& request, const ModelInspection& inspection, const DeviceFacts& device)
        : m_request(request), m_inspection(inspection), m_device(device)
    {
        m_plan.command = kAuditCommand;
        m_plan.preset = toString(request.preset);
        m_plan.device = request.device;
        m_plan.seed = request.seed;
        m_plan.measurement = request.measurement;
        m_plan.accuracy = request.accuracy;
        m_plan.maxSeconds = request.maxSeconds;
        m_plan.modelFile = request.model;
        m_plan.modelFile->outputFile.clear(); // it was written when the model was inspected
        m_plan.inspection = inspection;
        m_plan.projection = request.projection;
    }

    Plan build(const std::vector<AuditFinding>& findings)
    {
        if (m_request.skipTrials)
        {
            m_plan.skippedStages.push_back(Stage::Accuracy);
        }
        else
        {
            addTrials(findings);
        }
        if (!m_request.skipModel)
        {
            addModel(Pass::Forward, "forward");
            addModel(Pass::TrainingStep, "training-step");
        }
        return std::move(m_plan);
    }

private:
    bool givesGradients() const { return abilitiesOf(m_inspection.loader).givesGradients; }

    const WatchedCall& watched(std::int64_t call) const
    {
        return m_inspection.calls.at(static_cast<std::size_t>(call));
    }

    /// All judges first: a stage is entered once.
    void addTrials(const std::vector<AuditFinding>& findings)
    {
        for (const auto add : {&AuditPlanBuilder::addJudge, &AuditPlanBuilder::addTrial})
        {
            for (const AuditFinding& finding : findings)
            {
                for (const std::int64_t call :
                     finding.change == CallChange::None ? std::vector<std::int64_t>() : finding.tried)
                {
                    (this->*add)(finding, call);
                }
            }
        }
    }

    AttentionProblem problemOf(std::int64_t call, CallChange change, bool needsGradients) const
    {
        AttentionProblem problem = changedProblem(watched(call), change);
        problem.needsGradients = needsGradients;
        return problem;
    }

    void addJudge(const AuditFinding& finding, std::int64_t call)
    {
        addJob(m_plan, m_device, judgeJobId(finding.rule, call), Stage::Accuracy,
               fmt::format("accuracy of call {} {}", call, describe(finding.change)),
               JudgeJob{problemOf(call, finding.change, givesGradients()),
                        {Backend::Default},
                        CapturedCall{call, finding.change}});
    }

    void addTrial(const AuditFinding& finding, std::int64_t call)
    {
        for (const Pass pass : {Pass::Forward, Pass::TrainingStep})
        {
            if (pass == Pass::TrainingStep && !givesGradients())
            {
                continue;
            }
            CompareJob compare;
            for (const CallChange change : {CallChange::None, finding.change})
            {
                compare.cases.push_back(Case{problemOf(call, change, pass != Pass::Forward), Backend::Default, pass,
                                             Launch::Eager, L2State::Warm, CapturedCall{call, change}});
            }
            addJob(m_plan, m_device, trialJobId(finding.rule, call, pass), Stage::Performance,
                   fmt::format("call {} {}{}", call, describe(finding.change),
                               pass == Pass::TrainingStep ? ", training step" : ""),
                   std::move(compare));
        }
    }

    void addModel(Pass pass, const char* id)
    {
        if (pass == Pass::TrainingStep && !givesGradients())
        {
            return;
        }
        const ModelInput input = modelInputOf(m_inspection, m_request.model, m_request.device.kind);
        std::vector<Backend> backends;
        if (m_inspection.switchesBackends && hasAttention(input.model))
        {
            backends = eligibleBackends(input, pass, m_device);
        }
        backends.push_back(Backend::Default);
        addJob(m_plan, m_device, id, Stage::Performance, timingTitle(input, pass),
               timingOf(input, pass, L2State::Warm, backends));
    }

    const AuditRequest& m_request;
    const ModelInspection& m_inspection;
    const DeviceFacts& m_device;
    Plan m_plan;
};

} // namespace

std::vector<std::string> problemsWith(const AuditRequest& request)
{
    std::vector<std::string> problems = problemsWith(request.measurement);
    if (request.model.path.empty())
    {
        problems.emplace_back("There is no model to audit; name its file or folder.");
    }
    checkPositive("--batch-size", request.model.batch, problems);
    checkPositive("--seq-len", request.model.sequence, problems);
    checkPositive("--max-seconds", request.maxSeconds, problems);
    if (request.projection)
    {
        checkPositive("--steps", request.projection->steps, problems);
        checkPositive("--price-per-gpu-hour", request.projection->pricePerGpuHour, problems);
        if (request.skipModel)
        {
            problems.emplace_back("A projection needs the timed training step; leave --skip-model out, or --steps.");
        }
    }
    return problems;
}

std::string judgeJobId(std::string_view rule, std::int64_t call)
{
    return fmt::format("judge-{}-{}", rule, call);
}

std::string trialJobId(std::string_view rule, std::int64_t call, Pass pass)
{
    return fmt::format("try-{}-{}{}", rule, call, pass == Pass::Forward ? "" : "-training");
}

Plan makeAuditPlan(const AuditRequest& request, const ModelInspection& inspection,
                   const std::vector<AuditFinding>& findings, const DeviceFacts& device)
{
    return AuditPlanBuilder(request, inspection, device).build(findings);
}

} // namespace headroom
