// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/serve_sides_command.h"

#include "app/cli/arguments.h"
#include "core/launch/side_workers.h"
#include "core/run/remote_engine.h"
#include "core/run/side_engine.h"
#include "core/run/worker_service.h"

#include <array>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include <unistd.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kDescription = "Serve the protocol of a worker over one worker for each side of a comparison";

SideWorker sideOf(const WorkerCommand& command, const char* name)
{
    return {std::make_unique<RemoteEngine>(command, std::string("the worker of side ") + name), command.environment};
}

int serveSides(const std::array<WorkerCommand, 2>& workers)
{
    const int output = moveProtocolOffStdout();
    SideEngine engine(sideOf(workers[0], "A"), sideOf(workers[1], "B"));
    return serveWorker(engine, STDIN_FILENO, output);
}

} // namespace

Command addServeSidesCommand(CLI::App& program)
{
    CLI::App* app = program.add_subcommand(std::string(kServeSides), kDescription);
    app->group(""); // in no list of commands
    const auto workers = std::make_shared<std::array<WorkerCommand, 2>>();
    const auto add = [&](const char* name, WorkerCommand& worker, const char* help)
    {
        addText(
            *app, name, "JSON", [&worker](const std::string& text) { worker = parseWorkerCommand(text); }, help)
            ->required();
    };
    add("--a", (*workers)[0], "arguments and environment of A's worker");
    add("--b", (*workers)[1], "arguments and environment of B's worker");
    return {app, [workers] { return serveSides(*workers); }};
}

} // namespace headroom::cli
