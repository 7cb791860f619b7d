// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/side_workers.h"

#include "core/launch/set_up_error.h"
#include "core/launch/worker_lookup.h"
#include "core/plan/ab_plan.h"

#include <filesystem>

#include <fmt/format.h>

namespace headroom
{

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(WorkerCommand, arguments, environment)

namespace
{

constexpr const char* kCommandLine = "headroom-cli";

WorkerCommand workerOf(const SideSettings& side, std::string_view name)
{
    WorkerCommand command;
    if (side.worker.empty())
    {
        command = findWorker().command;
    }
    else
    {
        command.arguments = splitCommand(side.worker);
        if (command.arguments.empty() || !canStart(command.arguments.front()))
        {
            throw SetUpError(fmt::format("The worker of side {} is '{}', and that is no program that can be started. "
                                         "`./dev build --libtorch DIR` builds one, and says where it is.",
                                         name, side.worker));
        }
    }
    const bool threadsAreGiven = side.environment.contains("OMP_WAIT_POLICY");
    if (!threadsAreGiven)
    {
        command.environment["OMP_WAIT_POLICY"] = "passive";
        command.environment["GOMP_SPINCOUNT"] = "0";
    }
    for (const auto& [variable, value] : side.environment)
    {
        command.environment[variable] = value;
    }
    return command;
}

} // namespace

std::array<WorkerCommand, 2> sideWorkers(const std::vector<SideSettings>& sides)
{
    const SideSettings plain;
    return {workerOf(sides.empty() ? plain : sides[0], "A"), workerOf(sides.size() < 2 ? plain : sides[1], "B")};
}

WorkerCommand workerFor(const std::vector<SideSettings>& sides)
{
    if (!needsOwnWorkers(sides))
    {
        return findWorker().command;
    }
    const auto program = programFolder() / kCommandLine;
    if (!canStart(program.string()))
    {
        throw SetUpError(fmt::format("A comparison of two workers is kept by {}, which is not in {}.", kCommandLine,
                                     program.parent_path().string()));
    }
    const auto workers = sideWorkers(sides);
    return {{program.string(), std::string(kServeSides), "--a", toText(workers[0]), "--b", toText(workers[1])}, {}};
}

WorkerCommand workerFor(const Plan& plan)
{
    return workerFor(plan.sides);
}

std::string toText(const WorkerCommand& command)
{
    return toJsonLine(Json(command));
}

WorkerCommand parseWorkerCommand(const std::string& text)
{
    try
    {
        return parseJson(text).get<WorkerCommand>();
    }
    catch (const Json::exception& error)
    {
        throw std::invalid_argument(fmt::format("'{}' is no worker: {}", text, error.what()));
    }
}

} // namespace headroom
