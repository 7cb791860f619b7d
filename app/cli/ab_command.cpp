// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/ab_command.h"

#include "app/cli/ab_options.h"
#include "app/cli/refusal.h"
#include "app/cli/supervised_run.h"
#include "core/launch/device_choice.h"
#include "core/launch/inspected_model.h"
#include "core/launch/peak_store.h"
#include "core/launch/set_up_error.h"
#include "core/launch/side_workers.h"
#include "core/plan/model_jobs.h"

#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kDescription =
    "Compare two sides on this machine until it is known which is faster\n"
    "A is the baseline and B the candidate. They take turns in random order, pair by pair, and the run ends as soon as "
    "the verdict is in, by an interval that stays valid however often it is looked at. The numbers of both are judged: "
    "a side that is wrong cannot be faster.";

constexpr const char* kExamples =
    "Examples\n"
    "  headroom-cli ab --seq-len 1024 --a backend=math --b backend=flash\n"
    "  headroom-cli ab --seq-len 1024 --causal --b layout=bshd\n"
    "  headroom-cli ab --dtype float32 --b dtype=bfloat16 --pass training-step\n"
    "  headroom-cli ab --seq-len 1024 --a OMP_NUM_THREADS=2 --b OMP_NUM_THREADS=1\n"
    "  headroom-cli ab --seq-len 1024 --worker-b build/libtorch-2.10.0/bin/headroom-worker\n"
    "  headroom-cli ab --model models/bert-base --a backend=math --b backend=flash\n"
    "  headroom-cli ab --device cuda --dtype bfloat16 --backend flash --b launch=graph\n"
    "\n"
    "Exit status: 0 B is faster than A or the same, 1 B is slower, a side's numbers are wrong or a worker died, 2 it\n"
    "cannot be told, 3 usage or set-up error.";

void announce(const Plan& plan, const DeviceFacts& device)
{
    const auto& cases = std::get<CompareJob>(plan.jobs.back().work).cases;
    const bool alike = plan.sides[0] == plan.sides[1] && describe(cases[0]) == describe(cases[1]);
    fmt::print(stderr, "{}, on {}, {:g} s at most\n{}", plan.jobs.back().title, describeDevice(device),
               *plan.maxSeconds,
               alike ? "Nothing differs between A and B: this shows what the comparison makes of noise alone.\n" : "");
}

/// Fills in the model of one side by what its worker sees in it.
void lookAtModel(AbRequest& request, Side side, Supervisor& supervisor, const InspectionRequest& model)
{
    const auto at = static_cast<std::size_t>(side);
    const auto seen = inspectModel(supervisor, model, request.device).inspection;
    Case& measured = request.cases[at];
    if (!seen.switchesBackends && measured.backend != Backend::Default)
    {
        throw SetUpError(fmt::format("Side {}: the backend of this model cannot be chosen; it runs with LibTorch's own "
                                     "choice. Leave backend={} out.",
                                     letter(side), toString(measured.backend)));
    }
    measured.subject = modelInputOf(seen, model, request.device.kind);
    if (side == Side::A)
    {
        request.inspection = seen;
    }
}

void lookAtModels(AbRequest& request, Supervisor& supervisor)
{
    if (!request.modelFile)
    {
        return;
    }
    lookAtModel(request, Side::A, supervisor, *request.modelFile);
    const auto& other = request.sides[1].modelFile;
    if (!other)
    {
        lookAtModel(request, Side::B, supervisor, *request.modelFile);
        return;
    }
    Supervisor ofB(sideWorkers(std::vector(request.sides.begin(), request.sides.end()))[1]);
    lookAtModel(request, Side::B, ofB, *other);
}

int ab(const AbOptions& options)
{
    // What is wrong with the settings is said before a worker is started; the device's kind bears on none of that.
    const auto asked = requestOf(options, options.device ? options.device->kind : DeviceKind::Cpu);
    const OutputFiles files = outputFilesFor(options.output.folder, options.output.reportName);
    checkOutput(files, options.output.force);
    Supervisor supervisor(workerFor(std::vector(asked.sides.begin(), asked.sides.end())));
    const Circumstances machine = describeMachine(supervisor);
    const DeviceFacts device = chooseDevice(machine, options.device);
    AbRequest request = requestOf(options, device.kind);
    request.device = {device.kind, device.ordinal};
    lookAtModels(request, supervisor);
    refuse(problemsWith(request, device));
    Plan plan = makeAbPlan(request, device);
    plan.peaks = PeakStore(PeakStore::defaultFile()).find(device, machine);
    if (!options.output.speech.quiet)
    {
        announce(plan, device);
    }
    return runNewPlan(supervisor, plan, files, options.output);
}

} // namespace

Command addAbCommand(CLI::App& program)
{
    CLI::App* app = program.add_subcommand("ab", kDescription)->footer(kExamples);
    const auto options = std::make_shared<AbOptions>();
    declareAbOptions(*app, *options);
    return {app, [options] { return ab(*options); }};
}

} // namespace headroom::cli
