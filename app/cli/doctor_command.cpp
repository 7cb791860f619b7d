// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/doctor_command.h"

#include "core/launch/captured_program.h"
#include "app/cli/diagnosis.h"
#include "core/launch/set_up_error.h"
#include "app/cli/terminal.h"
#include "core/launch/worker_lookup.h"
#include "core/report/table.h"
#include "core/version/build_info.h"

#include <fstream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <unistd.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kDescription = "Say what is installed, what is missing and what to type\n"
                                     "Looked at are the worker, LibTorch, the NVIDIA driver, CUDA and cuDNN.";

constexpr const char* kExamples = "Examples\n"
                                  "  headroom-cli doctor\n"
                                  "\n"
                                  "Exit status: 0 when a validation can be run here, 3 when not.";

/// Longer than a cold start of LibTorch takes from a network file system.
constexpr double kStartSeconds = 60;

/// "580.159.04" of "NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.159.04  ...".
std::string loadedDriver()
{
    std::ifstream file("/proc/driver/nvidia/version");
    for (std::string word; file >> word;)
    {
        if (word.find_first_not_of("0123456789.") == std::string::npos && word.find('.') != std::string::npos)
        {
            return word;
        }
    }
    return {};
}

/// What the system says when the worker cannot even be loaded; empty when it can.
std::string loaderProblem(const WorkerCommand& command)
{
    std::vector<std::string> arguments{"env"};
    for (const auto& [name, value] : command.environment)
    {
        arguments.push_back(name + "=" + value);
    }
    arguments.insert(arguments.end(), command.arguments.begin(), command.arguments.end());
    arguments.emplace_back("--version");
    const auto captured = runCaptured(arguments, kStartSeconds);
    const std::string line = captured.error.substr(0, captured.error.find('\n'));
    return captured.status == 0 ? std::string() : line;
}

void askWorker(const WorkerChoice& worker, Installation& seen)
{
    try
    {
        Supervisor supervisor(worker.command);
        seen.machine = supervisor.describe({DeviceKind::Cpu, 0});
    }
    catch (const std::exception& error)
    {
        const std::string loader = loaderProblem(worker.command);
        seen.workerProblem = loader.empty() ? error.what() : loader;
    }
}

Installation lookAtInstallation()
{
    Installation seen;
    seen.driver = loadedDriver();
    try
    {
        const WorkerChoice program = findWorkerProgram();
        seen.worker = fmt::format("{}", fmt::join(program.command.arguments, " "));
        seen.workerFoundBy = program.foundBy;
        askWorker(findWorker(), seen);
    }
    catch (const SetUpError& error)
    {
        seen.workerProblem = error.what();
    }
    if (!seen.machine)
    {
        seen.libtorch = findLibtorch();
    }
    return seen;
}

Cell healthCell(Health health, const Format& format)
{
    switch (health)
    {
    case Health::Good:
        return {format.pass(), Tone::Good};
    case Health::Note:
        return {format.dash(), Tone::Muted};
    case Health::Missing:
        return {format.fail(), Tone::Bad};
    }
    return {};
}

int examine()
{
    const Terminal terminal = lookAtTerminal(STDOUT_FILENO);
    const Format format = terminal.format();
    const auto findings = diagnose(lookAtInstallation());
    Table table;
    table.columns = {{""}, {"what"}, {"found"}};
    const BuildInfo build = buildInfo();
    table.rows.push_back(
        {healthCell(Health::Good, format), "headroom-cli", fmt::format("{} {}", build.version, build.gitHash)});
    std::string advice;
    for (const Finding& finding : findings)
    {
        table.rows.push_back({healthCell(finding.health, format), finding.what, format.plain(finding.detail)});
        advice += finding.advice.empty() ? "" : fmt::format("  {}\n", finding.advice);
    }
    fmt::print("{}", textTable(table, terminal.layout()));
    if (!advice.empty())
    {
        fmt::print("\n{}\n{}", canRun(findings) ? "Could be better:" : "What to type:", advice);
    }
    fmt::print("\n{}\n", canRun(findings) ? "A validation can be run: headroom-cli validate --preset quick"
                                          : "No validation can be run yet. Reports can be read and exported.");
    return canRun(findings) ? kDone : kSetUpFailed;
}

} // namespace

Command addDoctorCommand(CLI::App& program)
{
    CLI::App* app = program.add_subcommand("doctor", kDescription)->footer(kExamples);
    return {app, [] { return examine(); }};
}

} // namespace headroom::cli
