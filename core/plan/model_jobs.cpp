// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/model_jobs.h"

#include "core/attention/eligibility.h"
#include "core/plan/job_estimate.h"

#include <algorithm>

#include <fmt/format.h>

namespace headroom
{

ModelInput modelInputOf(const ModelInspection& seen, const InspectionRequest& request, DeviceKind device)
{
    ModelInput input;
    input.model = seen.model;
    const ModelOutline outline = seen.model.outline.value_or(ModelOutline{});
    input.batch = outline.batch;
    input.sequence = outline.sequence;
    input.dtype = seen.dtype;
    input.device = device;
    input.autocast = request.autocast;
    return input;
}

std::vector<Backend> eligibleBackends(const ModelInput& input, Pass pass, const DeviceFacts& device)
{
    const auto groups = attentionCallsOf(input, pass != Pass::Forward);
    std::vector<Backend> backends{Backend::Math};
    for (const Backend backend : kFusedBackends)
    {
        const bool takesAll = std::all_of(groups.begin(), groups.end(),
                                          [&](const CallGroup& group)
                                          { return checkEligibility(backend, group.problem, device).eligible; });
        if (takesAll)
        {
            backends.push_back(backend);
        }
    }
    return backends;
}

JobWork timingOf(const ModelInput& input, Pass pass, L2State l2, std::span<const Backend> backends)
{
    const auto caseOf = [&](Backend backend) { return Case{input, backend, pass, Launch::Eager, l2}; };
    if (backends.size() == 1 && backends.front() == Backend::Default)
    {
        return MeasureJob{caseOf(Backend::Default)};
    }
    CompareJob compare;
    for (const Backend backend : backends)
    {
        compare.cases.push_back(caseOf(backend));
    }
    return compare;
}

std::string timingTitle(const ModelInput& input, Pass pass)
{
    return fmt::format("{}, batch {}, sequence {}", pass == Pass::TrainingStep ? "training step" : toString(pass),
                       input.batch, input.sequence);
}

void addJob(Plan& plan, const DeviceFacts& device, std::string id, Stage stage, std::string title, JobWork work)
{
    double seconds = estimateSeconds(work, plan.measurement, plan.accuracy, device);
    if (plan.inspection) // the first job loads the model, and each runs it to come to its tensors
    {
        seconds += plan.inspection->watchedNs * 1e-9 + (plan.jobs.empty() ? plan.inspection->loadSeconds : 0.0);
    }
    plan.jobs.push_back({std::move(id), stage, std::move(title), seconds, std::move(work)});
}

} // namespace headroom
