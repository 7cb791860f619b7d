// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/ab_plan.h"

#include "core/attention/eligibility.h"
#include "core/plan/job_estimate.h"
#include "core/plan/model_jobs.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace headroom
{
namespace
{

constexpr double kWarmupShare = 0.1; ///< of the run's time, that the warm-up of a side takes at most

/// Two sides of one process that differ in nothing are a check of the instrument, and named so.
std::string titleOf(const AbRequest& request)
{
    const auto& [a, b] = request.cases;
    std::string title = fmt::format("A: {}", describe(a));
    title += describe(a) == describe(b) ? std::string() : fmt::format("; B: {}", describe(b));
    for (const Side side : {Side::A, Side::B})
    {
        const auto& settings = request.sides[static_cast<std::size_t>(side)];
        for (const auto& [name, value] : settings.environment)
        {
            title += fmt::format(", {} {}={}", letter(side), name, value);
        }
    }
    return title;
}

/// Backends that LibTorch chooses from are judged by what will run.
std::vector<Backend> judgedBackends(const std::vector<Case>& cases)
{
    std::vector<Backend> backends;
    for (const Case& measured : cases)
    {
        if (std::ranges::find(backends, measured.backend) == backends.end())
        {
            backends.push_back(measured.backend);
        }
    }
    return backends;
}

void addJudgements(Plan& plan, const DeviceFacts& device, const std::vector<Case>& cases, bool apart)
{
    const auto title = [](const Subject& subject) { return fmt::format("accuracy, {}", describe(subject)); };
    if (!apart && cases[0].subject == cases[1].subject)
    {
        addJob(plan, device, "judge", Stage::Accuracy, title(cases[0].subject),
               JudgeJob{cases[0].subject, judgedBackends(cases), {}, {}});
        return;
    }
    for (const Case& measured : cases)
    {
        addJob(plan, device, measured.side == Side::A ? "judge-a" : "judge-b", Stage::Accuracy,
               fmt::format("{} of {}", title(measured.subject), letter(*measured.side)),
               JudgeJob{measured.subject, {measured.backend}, {}, apart ? measured.side : std::nullopt});
    }
}

void checkModel(const Case& measured, const DeviceFacts& device, std::string_view name,
                std::vector<std::string>& problems)
{
    if (measured.launch == Launch::Graph)
    {
        problems.push_back(fmt::format("{}: a CUDA graph is measured of an attention call, not of a model.", name));
    }
    if (measured.pass == Pass::Backward)
    {
        problems.push_back(fmt::format(
            "{}: the backward pass by itself is timed of an attention call; of a model pass=training-step.", name));
    }
    const auto& input = std::get<ModelInput>(measured.subject);
    const auto eligible = eligibleBackends(input, measured.pass, device);
    const bool takesModels = measured.backend == Backend::Default || measured.backend == Backend::Math;
    if (!takesModels && std::ranges::find(eligible, measured.backend) == eligible.end())
    {
        problems.push_back(
            fmt::format("{}: {} does not take every attention call of this model; `headroom-cli inspect` "
                        "shows them.",
                        name, toString(measured.backend)));
    }
}

void checkCase(const Case& measured, const DeviceFacts& device, std::string_view name,
               std::vector<std::string>& problems)
{
    const auto* problem = std::get_if<AttentionProblem>(&measured.subject);
    if (problem == nullptr)
    {
        checkModel(measured, device, name, problems);
        return;
    }
    for (const auto& text : problemsWith(*problem))
    {
        problems.push_back(fmt::format("{}: {}", name, text));
    }
    if (device.kind == DeviceKind::Cpu && (measured.launch == Launch::Graph || measured.l2 == L2State::Cold))
    {
        problems.push_back(fmt::format("{}: {} is of a GPU, and the device is the CPU.", name,
                                       measured.launch == Launch::Graph ? "launch=graph" : "l2=cold"));
    }
    if (!problem->needsGradients && measured.pass != Pass::Forward)
    {
        problems.push_back(
            fmt::format("{}: pass={} needs gradients; leave --inference out.", name, toString(measured.pass)));
    }
    if (const auto eligibility = checkEligibility(measured.backend, *problem, device);
        problems.empty() && !eligibility.eligible)
    {
        problems.push_back(fmt::format("{}: {} does not take this call: {}.", name, toString(measured.backend),
                                       reasonsOf(eligibility)));
    }
}

} // namespace

bool needsOwnWorkers(const std::vector<SideSettings>& sides)
{
    return std::ranges::any_of(sides, &SideSettings::needsOwnWorker);
}

std::vector<std::string> problemsWith(const AbRequest& request, const DeviceFacts& device)
{
    std::vector<std::string> problems = problemsWith(request.measurement);
    if (!(request.maxSeconds > 0) || !std::isfinite(request.maxSeconds))
    {
        problems.push_back(fmt::format("--max-seconds is {}; it must be more than 0.", request.maxSeconds));
    }
    checkCase(request.cases[0], device, "Side A", problems);
    std::vector<std::string> ofB;
    checkCase(request.cases[1], device, "Side B", ofB);
    for (const auto& text : ofB)
    {
        std::string ofA = text; // what is wrong with both is said once
        ofA.replace(0, 6, "Side A");
        if (std::ranges::find(problems, ofA) == problems.end())
        {
            problems.push_back(text);
        }
    }
    return problems;
}

Plan makeAbPlan(const AbRequest& request, const DeviceFacts& device)
{
    Plan plan;
    plan.command = kAbCommand;
    plan.preset = toString(request.preset);
    plan.device = request.device;
    plan.seed = request.seed;
    plan.measurement = request.measurement;
    plan.measurement.untilVerdict = true;
    // The seconds are those of the whole run, which is this one comparison.
    plan.measurement.maxSecondsPerCase = request.maxSeconds;
    // Where noise keeps a warm-up from settling it goes on to its cap, and two of them may not take the pairs' time.
    plan.measurement.warmupMaxSeconds = std::min(plan.measurement.warmupMaxSeconds, kWarmupShare * request.maxSeconds);
    plan.accuracy = request.accuracy;
    plan.maxSeconds = request.maxSeconds;
    plan.modelFile = request.modelFile;
    plan.inspection = request.inspection;
    plan.sides.assign(request.sides.begin(), request.sides.end());
    std::vector<Case> cases(request.cases.begin(), request.cases.end());
    cases[0].side = Side::A;
    cases[1].side = Side::B;
    addJudgements(plan, device, cases, needsOwnWorkers(plan.sides));
    addJob(plan, device, std::string(kAbJob), Stage::Performance, titleOf(request), CompareJob{cases, {}});
    return plan;
}

} // namespace headroom
