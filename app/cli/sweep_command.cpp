// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/sweep_command.h"

#include "app/cli/refusal.h"
#include "core/launch/device_choice.h"
#include "core/run/run_progress.h"
#include "core/launch/peak_store.h"
#include "core/launch/set_up_error.h"
#include "app/cli/supervised_run.h"
#include "app/cli/sweep_dry_run.h"
#include "app/cli/sweep_options.h"
#include "app/cli/terminal.h"

#include <cstdio>
#include <memory>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <unistd.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kDescription =
    "Judge and time attention calls over lists of sizes, masks, backends and passes\n"
    "Each call is judged once, for all backends, before they are timed against each other; a backend whose numbers are "
    "wrong never wins. Every row of the report has the command line that measures it again.";

constexpr const char* kExamples =
    "Examples\n"
    "  headroom-cli sweep --preset cpu                   flash against math, under a minute on two cores\n"
    "  headroom-cli sweep --preset fa3-paper --dry-run   what it would do, and how long that takes\n"
    "  headroom-cli sweep --seq-len 512..8k --tokens 16k --mask none,causal --passes forward,backward\n"
    "  headroom-cli sweep --num-heads 32 --kv-heads 8 --head-dim 128 --batch-spec 8q1s4k,q2k\n"
    "  headroom-cli sweep --preset llama3-8b --filter 'backend=flash,cudnn,seq>=2k' --policy quick\n"
    "\n"
    "Exit status: 0 measured and right, 1 a backend's numbers are wrong or a worker died, 2 nothing could be\n"
    "measured, 3 usage or set-up error.";

Plan planFor(const SweepOptions& options, const DeviceFacts& device)
{
    const SweepRequest request = requestOf(options, {device.kind, device.ordinal});
    refuse(problemsWith(request));
    Plan plan = makeSweepPlan(request, device);
    if (plan.jobs.empty())
    {
        throw SetUpError(request.filter.empty() ? "No case of this sweep can be run; `headroom-cli sweep --dry-run` "
                                                  "with the same options says why."
                                                : "The --filter leaves no case. `headroom-cli sweep --dry-run` without "
                                                  "it shows those there are.");
    }
    return plan;
}

/// The CPU as it is known without a worker.
DeviceFacts assumedCpu()
{
    DeviceFacts device;
    device.cores = static_cast<int>(std::thread::hardware_concurrency());
    return device;
}

/// The device of a dry run: named on the command line, or asked of a worker.
DeviceFacts dryRunDevice(const SweepOptions& options)
{
    if (options.computeCapability)
    {
        return assumedGpu(*options.computeCapability);
    }
    if (options.device && options.device->kind == DeviceKind::Cpu)
    {
        return assumedCpu();
    }
    Supervisor supervisor(findWorker().command);
    return chooseDevice(describeMachine(supervisor), options.device);
}

int dryRun(const SweepOptions& options)
{
    const DeviceFacts device = dryRunDevice(options);
    const Plan plan = planFor(options, device);
    const std::string name = options.computeCapability
                                 ? fmt::format("cuda (assumed: compute capability {}.{})",
                                               *options.computeCapability / 10, *options.computeCapability % 10)
                                 : describeDevice(device);
    if (options.output.speech.json)
    {
        fmt::print("{}\n", toJsonDocument(dryRunJson(plan, name)));
        return kDone;
    }
    const Terminal terminal = lookAtTerminal(STDOUT_FILENO);
    fmt::print("On {}:\n{}", name, textTable(dryRunTable(plan, terminal.format()), terminal.layout()));
    return kDone;
}

int listPresets()
{
    const Terminal terminal = lookAtTerminal(STDOUT_FILENO);
    fmt::print("{}", textTable(presetTable(terminal.format()), terminal.layout()));
    return kDone;
}

void announce(const Plan& plan, const DeviceFacts& device)
{
    double seconds = 0;
    std::size_t cases = 0;
    for (const Job& job : plan.jobs)
    {
        seconds += job.estimateSeconds;
        cases += casesOf(job).size();
    }
    fmt::print(stderr, "{} cases in {} jobs on {}, about {}\n", cases, plan.jobs.size(), describeDevice(device),
               roughDuration(plan.maxSeconds ? std::min(*plan.maxSeconds, seconds) : seconds));
}

int run(const SweepOptions& options)
{
    // What is wrong with the lists or the output is said before a worker is started.
    if (options.device)
    {
        refuse(problemsWith(requestOf(options, *options.device)));
    }
    const OutputFiles files = outputFilesFor(options.output.folder, options.output.reportName);
    checkOutput(files, options.output.force);
    Supervisor supervisor(findWorker().command);
    const Circumstances machine = describeMachine(supervisor);
    const DeviceFacts device = chooseDevice(machine, options.device);
    Plan plan = planFor(options, device);
    addPeaks(plan, device, machine, PeakStore(PeakStore::defaultFile()));
    if (!options.output.speech.quiet)
    {
        announce(plan, device);
    }
    return runNewPlan(supervisor, plan, files, options.output);
}

int sweep(const CLI::App& app, const SweepOptions& options)
{
    if (const std::string mistake = contradictionIn(app); !mistake.empty())
    {
        throw SetUpError(mistake);
    }
    if (options.listPresets)
    {
        return listPresets();
    }
    return options.dryRun ? dryRun(options) : run(options);
}

} // namespace

Command addSweepCommand(CLI::App& program)
{
    CLI::App* app = program.add_subcommand("sweep", kDescription)->footer(kExamples);
    const auto options = std::make_shared<SweepOptions>();
    declareSweepOptions(*app, *options);
    return {app, [app, options] { return sweep(*app, *options); }};
}

} // namespace headroom::cli
