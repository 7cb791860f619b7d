// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/frontier_command.h"

#include "app/cli/arguments.h"
#include "core/launch/device_choice.h"
#include "app/cli/probe_run.h"
#include "core/launch/set_up_error.h"
#include "app/cli/run_options.h"
#include "app/cli/shape_options.h"
#include "app/cli/supervised_run.h"
#include "app/cli/terminal.h"
#include "core/attention/eligibility.h"
#include "core/report/report_tables.h"

#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <unistd.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kDescription =
    "Search the longest sequence that each backend has memory for\n"
    "Query and key lengths grow together, from the shape that is given. Predicted and, where it can be, run.";

constexpr const char* kExamples =
    "Examples\n"
    "  headroom-cli frontier --dtype bfloat16 --num-heads 32 --head-dim 128 --causal\n"
    "  headroom-cli frontier --seq-len 1024 --inference        the forward pass alone, instead of a training step\n"
    "  headroom-cli frontier --json | jq '.[] | [.backend, .longest]'\n"
    "\n"
    "Exit status: 0, or 3 for a usage or set-up error.";

struct FrontierOptions
{
    ShapeOptions shape;
    std::optional<DeviceSelection> device;
    bool json = false;
};

/// Those that the rules let through: what refuses the shape for another reason has no frontier in memory.
std::vector<Backend> backendsFor(const AttentionProblem& problem, const DeviceFacts& device)
{
    std::vector<Backend> backends;
    for (const Backend backend : kSdpaBackends)
    {
        if (checkEligibility(backend, problem, device).eligible)
        {
            backends.push_back(backend);
        }
    }
    return backends;
}

int searchFrontiers(const FrontierOptions& options)
{
    problemOf(options.shape, DeviceKind::Cpu); // what is wrong with the shape is said before a worker is started
    Supervisor supervisor(findWorker().command);
    const Circumstances machine = describeMachine(supervisor);
    const DeviceFacts& device = chooseDevice(machine, options.device);
    const auto problem = problemOf(options.shape, device.kind);
    ProbeJob probe{problem, ProbeKind::Frontier};
    probe.backends = backendsFor(problem, device);
    probe.pass = problem.needsGradients ? Pass::TrainingStep : Pass::Forward;
    Report report;
    for (const auto& seen : runProbe(supervisor, device, probe))
    {
        if (seen.frontier)
        {
            report.frontiers.push_back(*seen.frontier);
        }
    }
    if (options.json)
    {
        fmt::print("{}\n", toJsonDocument(Json(report.frontiers)));
        return kDone;
    }
    const Terminal terminal = lookAtTerminal(STDOUT_FILENO);
    for (const auto& table : frontierTables(report, terminal.format()))
    {
        fmt::print("{}", textTable(table, terminal.layout()));
    }
    return kDone;
}

} // namespace

Command addFrontierCommand(CLI::App& program)
{
    CLI::App* app = program.add_subcommand("frontier", kDescription)->footer(kExamples);
    const auto options = std::make_shared<FrontierOptions>();
    declareShapeOptions(*app, options->shape);
    declareDevice(*app, options->device, "the device of the call", "Where");
    present(addSwitch(*app, "--json", options->json, "print every length that was tried as JSON"), "Output");
    return {app, [options] { return searchFrontiers(*options); }};
}

} // namespace headroom::cli
