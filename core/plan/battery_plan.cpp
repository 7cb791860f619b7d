// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/battery_plan.h"

#include "core/plan/defects.h"

#include <fmt/format.h>

#include <algorithm>

namespace headroom
{
namespace
{

constexpr double kWorkerSeconds = 4; ///< a worker of its own comes up, with LibTorch and CUDA
constexpr double kNotApplicableSeconds = 0.01;

bool isWanted(const BatteryRequest& request, const Defect& defect)
{
    return request.rows.empty() || std::find(request.rows.begin(), request.rows.end(), defect.id) != request.rows.end();
}

Job jobOf(const Defect& defect, const DeviceFacts& device)
{
    AttentionProblem subject; // the row makes its own tensors; this says where
    subject.device = device.kind;
    const bool fits = whyNotApplicable(defect, device).empty();
    Job job;
    job.id = defect.id;
    job.stage = Stage::Accuracy;
    job.title = fmt::format("{}: {}", defect.id, defect.title.substr(0, defect.title.find_last_not_of('.') + 1));
    job.work = CheckJob{CheckKind::Defect, subject, defect.backends, std::string(defect.id)};
    job.isolated = fits && defect.crashes;
    job.estimateSeconds = fits ? defect.seconds + (job.isolated ? kWorkerSeconds : 0) : kNotApplicableSeconds;
    return job;
}

} // namespace

std::vector<std::string> problemsWith(const BatteryRequest& request)
{
    std::vector<std::string> problems;
    for (const auto& row : request.rows)
    {
        if (findDefect(row) == nullptr)
        {
            problems.push_back(fmt::format("There is no row '{}' in the battery; it has {} to {}. See headroom-cli "
                                           "battery --list.",
                                           row, knownDefects().front().id, knownDefects().back().id));
        }
    }
    return problems;
}

Plan makeBatteryPlan(const BatteryRequest& request, const DeviceFacts& device)
{
    Plan plan;
    plan.command = "battery";
    plan.device = request.device;
    plan.seed = request.seed;
    plan.failOnPresent = request.failOnPresent;
    for (const auto& defect : knownDefects())
    {
        if (isWanted(request, defect))
        {
            plan.jobs.push_back(jobOf(defect, device));
        }
    }
    return plan;
}

} // namespace headroom
