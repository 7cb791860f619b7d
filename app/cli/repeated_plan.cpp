// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/repeated_plan.h"

#include "app/cli/refusal.h"
#include "app/cli/interrupt.h"
#include "app/cli/progress_display.h"
#include "app/cli/sweep_options.h"
#include "app/cli/terminal.h"
#include "app/cli/validate_options.h"
#include "core/launch/advised_run.h"
#include "core/launch/device_choice.h"
#include "core/launch/memory_forecast.h"
#include "core/launch/peak_store.h"
#include "core/launch/run_lookup.h"
#include "core/launch/set_up_error.h"
#include "core/launch/worker_lookup.h"

#include <cstdio>
#include <memory>

#include <fmt/format.h>

#include <unistd.h>

namespace headroom::cli
{
namespace
{

Plan planOfValidation(Preset preset, const DeviceFacts& device)
{
    ValidateOptions options;
    options.request.preset = preset;
    const ValidationRequest request = requestOf(options, {device.kind, device.ordinal});
    refuse(problemsWith(request));
    Plan plan = makeValidationPlan(request, device);
    if (const auto problem = forecastMemory(plan, device).problem)
    {
        throw SetUpError(*problem);
    }
    return plan;
}

Plan planOfSweep(const std::string& preset, const DeviceFacts& device)
{
    SweepOptions options;
    options.preset = preset;
    const SweepRequest request = requestOf(options, {device.kind, device.ordinal});
    refuse(problemsWith(request));
    Plan plan = makeSweepPlan(request, device);
    if (plan.jobs.empty())
    {
        throw SetUpError(fmt::format("No case of the sweep {} can be run here; `headroom-cli sweep --preset {} "
                                     "--dry-run` says why.",
                                     preset, preset));
    }
    return plan;
}

Plan planLike(const std::string& run, const RunFolder& folder)
{
    Plan plan = planAgain(readRun(findRun(run, folder).file));
    if (plan.jobs.empty())
    {
        throw SetUpError(fmt::format("{} holds no plan that could be run again.", run));
    }
    return plan;
}

} // namespace

Plan planFrom(const PlanSource& source, const RunFolder& folder)
{
    const int named = (source.like.empty() ? 0 : 1) + (source.preset.empty() ? 0 : 1) + (source.sweep.empty() ? 0 : 1);
    if (named != 1)
    {
        throw SetUpError("What is to be run is named by one of --like RUN, --preset NAME (of a validation) and --sweep "
                         "NAME (of a sweep).");
    }
    if (!source.like.empty())
    {
        if (source.device)
        {
            throw SetUpError("--like takes the device of the run that it names; leave --device out.");
        }
        Plan plan = planLike(source.like, folder);
        checkDeviceOf(plan);
        return plan;
    }
    const bool isSweep = !source.sweep.empty();
    const Preset preset = isSweep ? Preset::Standard : parseEnum<Preset>(source.preset);
    Supervisor supervisor(findWorker().command);
    const Circumstances machine = describeMachine(supervisor);
    const DeviceFacts device = chooseDevice(machine, source.device);
    Plan plan = isSweep ? planOfSweep(source.sweep, device) : planOfValidation(preset, device);
    addPeaks(plan, device, machine, PeakStore(PeakStore::defaultFile()));
    return plan;
}

void checkDeviceOf(const Plan& plan)
{
    Supervisor supervisor(findWorker().command);
    (void)chooseDevice(describeMachine(supervisor), plan.device);
}

std::vector<RepeatedRun> repeatPlan(const Plan& plan, std::int64_t count, const RunFolder& folder, bool quiet)
{
    RepeatedRuns runs(findWorker().command, folder);
    const Interrupt interrupt(
        [&runs]
        {
            fmt::print(stderr, "\nCancelling; runs that are finished are kept. Ctrl-C again ends at once.\n");
            runs.cancel();
        });
    std::unique_ptr<ProgressDisplay> progress;
    RepeatedRunsView view;
    view.started = [&](std::int64_t run)
    {
        if (!quiet)
        {
            fmt::print(stderr, "Run {} of {}, in a worker process of its own\n", run + 1, count);
        }
        progress =
            std::make_unique<ProgressDisplay>(plan, std::span<const Event>(), lookAtTerminal(STDERR_FILENO), quiet);
    };
    view.event = [&progress](const Event& event) { progress->take(event); };
    view.finished = [&](const RepeatedRun& run)
    {
        progress.reset();
        if (const auto problem = keepMeasuredPeaks(run.report))
        {
            fmt::print(stderr, "{}\n", *problem);
        }
        if (!quiet)
        {
            fmt::print(stderr, "Run {} is kept as {}\n", run.report.run, run.journal.filename().string());
        }
    };
    auto finished = runs.run(plan, count, plan.command, view);
    progress.reset();
    return finished;
}

} // namespace headroom::cli
