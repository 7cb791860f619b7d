// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/devices_command.h"

#include "app/cli/arguments.h"
#include "core/launch/peak_store.h"
#include "app/cli/probe_run.h"
#include "app/cli/supervised_run.h"
#include "app/cli/terminal.h"
#include "core/report/report_tables.h"
#include "core/report/table.h"

#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <unistd.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kDescription =
    "List the devices that attention can be run on\nThey have the names that --device takes.";

constexpr const char* kExamples =
    "Examples\n"
    "  headroom-cli devices\n"
    "  headroom-cli devices --json | jq '.[].name'\n"
    "  headroom-cli devices --peaks               what each reaches; measured once and kept\n"
    "  headroom-cli devices --peaks --remeasure   again\n"
    "\n"
    "Exit status: 0, or 3 when no worker could be asked.";

std::string detailOf(const DeviceFacts& device, const Format& format)
{
    if (device.kind == DeviceKind::Cpu)
    {
        return fmt::format("{}, {}", format.plural(device.cores, "core"),
                           device.instructionSet.empty() ? "unknown instruction set" : device.instructionSet);
    }
    return fmt::format("compute capability {}.{}, {}", device.computeCapability / 10, device.computeCapability % 10,
                       format.plural(device.multiprocessors, "multiprocessor"));
}

Table tableOf(const Circumstances& machine, const Format& format)
{
    Table table;
    table.columns = {{"device"}, {"name"}, {"memory", Align::Right}, {"free", Align::Right}, {"what it is"}};
    for (const DeviceFacts& device : machine.devices)
    {
        const auto free =
            device.freeMemoryBytes ? format.bytes(static_cast<double>(*device.freeMemoryBytes)) : format.dash();
        table.rows.push_back({toText(DeviceSelection{device.kind, device.ordinal}), format.plain(device.name),
                              format.bytes(static_cast<double>(device.memoryBytes)), free, detailOf(device, format)});
    }
    if (!machine.cudaAvailable)
    {
        table.notes.push_back(machine.cudaProblem.empty() ? "No CUDA device can be used."
                                                          : "No CUDA device can be used: " + machine.cudaProblem + ".");
    }
    return table;
}

struct DevicesOptions
{
    bool json = false;
    bool peaks = false;
    bool remeasure = false;
};

/// The kept peaks of each device, measured where there are none, or all of them again.
std::vector<PeakRates> peaksOf(const Circumstances& machine, Supervisor& supervisor, bool again)
{
    PeakStore store(PeakStore::defaultFile());
    if (!store.note().empty())
    {
        fmt::print(stderr, "{}\n", store.note());
    }
    std::vector<PeakRates> all;
    for (const DeviceFacts& device : machine.devices)
    {
        const auto kept = again ? std::nullopt : store.find(device, machine);
        all.push_back(kept ? *kept : measurePeaks(supervisor, device));
        if (const auto problem = kept ? std::nullopt : store.save(all.back()))
        {
            fmt::print(stderr, "{}\n", *problem);
        }
    }
    return all;
}

int listDevices(const DevicesOptions& options)
{
    Supervisor supervisor(findWorker().command);
    const Circumstances machine = describeMachine(supervisor);
    const bool withPeaks = options.peaks || options.remeasure;
    const auto peaks = withPeaks ? peaksOf(machine, supervisor, options.remeasure) : std::vector<PeakRates>();
    if (options.json)
    {
        fmt::print("{}\n", toJsonDocument(withPeaks ? Json{{"devices", machine.devices}, {"peaks", peaks}}
                                                    : Json(machine.devices)));
        return kDone;
    }
    const Terminal terminal = lookAtTerminal(STDOUT_FILENO);
    fmt::print("{}", textTable(tableOf(machine, terminal.format()), terminal.layout()));
    for (const auto& each : peaks)
    {
        fmt::print("\n{}", textTable(peaksTable(each, terminal.format()), terminal.layout()));
    }
    return kDone;
}

} // namespace

Command addDevicesCommand(CLI::App& program)
{
    CLI::App* app = program.add_subcommand("devices", kDescription)->footer(kExamples);
    const auto options = std::make_shared<DevicesOptions>();
    present(addSwitch(*app, "--peaks", options->peaks,
                      "also show what each reaches in matrix products and a copy, measured once and kept"),
            "What to show");
    present(addSwitch(*app, "--remeasure", options->remeasure, "measure the peaks again"), "What to show");
    present(addSwitch(*app, "--json", options->json, "print them as JSON; with --peaks as {devices, peaks}"), "Output");
    return {app, [options] { return listDevices(*options); }};
}

} // namespace headroom::cli
