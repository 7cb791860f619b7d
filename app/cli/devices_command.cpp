// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/devices_command.h"

#include "app/cli/arguments.h"
#include "app/cli/supervised_run.h"
#include "app/cli/terminal.h"
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

constexpr const char* kExamples = "Examples\n"
                                  "  headroom-cli devices\n"
                                  "  headroom-cli devices --json | jq '.[].name'\n"
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

int listDevices(bool json)
{
    Supervisor supervisor(findWorker().command);
    const Circumstances machine = describeMachine(supervisor);
    if (json)
    {
        fmt::print("{}\n", toJsonDocument(Json(machine.devices)));
        return kDone;
    }
    const Terminal terminal = lookAtTerminal(STDOUT_FILENO);
    fmt::print("{}", textTable(tableOf(machine, terminal.format()), terminal.layout()));
    return kDone;
}

} // namespace

Command addDevicesCommand(CLI::App& program)
{
    CLI::App* app = program.add_subcommand("devices", kDescription)->footer(kExamples);
    const auto json = std::make_shared<bool>(false);
    present(addSwitch(*app, "--json", *json, "print them as JSON"), "Output");
    return {app, [json] { return listDevices(*json); }};
}

} // namespace headroom::cli
