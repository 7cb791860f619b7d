// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/battery_command.h"

#include "app/cli/arguments.h"
#include "core/launch/device_choice.h"
#include "core/run/run_progress.h"
#include "core/launch/set_up_error.h"
#include "app/cli/run_options.h"
#include "app/cli/terminal.h"
#include "core/plan/battery_plan.h"
#include "core/plan/defects.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <unistd.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kDescription =
    "Look for the known defects of LibTorch's attention in the version that is installed\n"
    "Each row is the smallest case of a reported defect. One that may end its process has a worker of its own.";

constexpr const char* kExamples =
    "Examples\n"
    "  headroom-cli battery --list              the rows, without running any\n"
    "  headroom-cli battery                     all rows that fit the device\n"
    "  headroom-cli battery --rows B1,B13,B26 --device cpu\n"
    "  headroom-cli battery --fail-on-present --quiet   for CI: exit status 1 when a defect is present\n"
    "\n"
    "Exit status: 0 every row could be told, 1 one is present (with --fail-on-present) or the run broke, 2 a row "
    "could\n"
    "not be told, 3 usage or set-up error.";

struct BatteryOptions
{
    BatteryRequest request;
    std::optional<DeviceSelection> device;
    OutputOptions output{.folder = "results/battery", .reportName = "battery.json", .force = false, .speech = {}};
    bool list = false;
};

/// "B1,b13" as {"B1", "B13"}.
std::vector<std::string> rowsOf(const std::string& text)
{
    std::vector<std::string> rows(1);
    for (const char character : text)
    {
        if (character == ',')
        {
            rows.emplace_back();
        }
        else if (character != ' ')
        {
            rows.back() += static_cast<char>(std::toupper(static_cast<unsigned char>(character)));
        }
    }
    return rows;
}

std::string devicesOf(const Defect& defect)
{
    if (!defect.unreachable.empty())
    {
        return "none";
    }
    return defect.onCpu && defect.onCuda ? "cpu, cuda" : (defect.onCpu ? "cpu" : "cuda");
}

int listRows(const BatteryOptions& options)
{
    Json rows = Json::array();
    Table table;
    table.columns = {{"id"}, {"issue"}, {"device"}, {"what"}};
    for (const auto& defect : knownDefects())
    {
        const auto& wanted = options.request.rows;
        if (wanted.empty() || std::find(wanted.begin(), wanted.end(), defect.id) != wanted.end())
        {
            rows.push_back(defect);
            table.rows.push_back({defect.id, defect.issues, devicesOf(defect), defect.title});
        }
    }
    table.notes.emplace_back("Numbers are issues of pytorch/pytorch where no other project is named.");
    if (options.output.speech.json)
    {
        fmt::print("{}\n", toJsonDocument(rows));
        return kDone;
    }
    const Terminal terminal = lookAtTerminal(STDOUT_FILENO);
    fmt::print("{}", textTable(table, terminal.layout()));
    return kDone;
}

Plan planFor(const BatteryOptions& options, const Circumstances& machine)
{
    const DeviceFacts& device = chooseDevice(machine, options.device);
    BatteryRequest request = options.request;
    request.device = {device.kind, device.ordinal};
    Plan plan = makeBatteryPlan(request, device);
    if (!options.output.speech.quiet)
    {
        double seconds = 0;
        for (const Job& job : plan.jobs)
        {
            seconds += job.estimateSeconds;
        }
        fmt::print(stderr, "{} rows of the battery on {}, about {}\n", plan.jobs.size(), describeDevice(device),
                   roughDuration(seconds));
    }
    return plan;
}

int runBattery(const BatteryOptions& options)
{
    const OutputFiles files = outputFilesFor(options.output.folder, options.output.reportName);
    checkOutput(files, options.output.force);
    Supervisor supervisor(findWorker().command);
    const Plan plan = planFor(options, describeMachine(supervisor));
    return runNewPlan(supervisor, plan, files, options.output);
}

int battery(const BatteryOptions& options)
{
    const auto problems = problemsWith(options.request);
    if (!problems.empty())
    {
        throw SetUpError(fmt::format("{}", fmt::join(problems, "\n")));
    }
    return options.list ? listRows(options) : runBattery(options);
}

} // namespace

Command addBatteryCommand(CLI::App& program)
{
    CLI::App* app = program.add_subcommand("battery", kDescription)->footer(kExamples);
    const auto options = std::make_shared<BatteryOptions>();
    constexpr const char* kWhat = "What is looked for";
    present(addText(
                *app, "--rows", "ID,ID,...",
                [options](const std::string& text) { options->request.rows = rowsOf(text); },
                "these rows alone, such as B1,B13"),
            kWhat, "all");
    declareDevice(*app, options->device, "where to look", kWhat);
    declareSeed(*app, options->request.seed, "of the tensors", kWhat);
    present(addSwitch(*app, "--list", options->list, "list the rows and run none; needs no LibTorch"), kWhat);
    present(
        addSwitch(*app, "--fail-on-present", options->request.failOnPresent, "exit status 1 when a defect is present"),
        kWhat);
    declareOutput(*app, options->output, "print the report (or the list) as JSON");
    return {app, [options] { return battery(*options); }};
}

} // namespace headroom::cli
