// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/side_workers.h"

#include "core/launch/set_up_error.h"
#include "core/launch/worker_lookup.h"
#include "core/plan/ab_plan.h"

#include <cstdlib>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

namespace headroom
{

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(WorkerCommand, arguments, environment)

namespace
{

constexpr const char* kCommandLine = "headroom-cli";
constexpr const char* kWaitPolicy = "OMP_WAIT_POLICY";
constexpr const char* kSpinCount = "GOMP_SPINCOUNT";
constexpr const char* kPassive = "passive";

/// What a worker will see of \a variable: what is set for it, or what this process hands on.
std::optional<std::string> seenBy(const WorkerCommand& command, const char* variable)
{
    const auto set = command.environment.find(variable);
    if (set != command.environment.end())
    {
        return set->second;
    }
    const char* inherited = std::getenv(variable);
    return inherited == nullptr ? std::nullopt : std::optional<std::string>(inherited);
}

void waitPassively(WorkerCommand& command)
{
    const std::string policy = seenBy(command, kWaitPolicy).value_or(kPassive);
    if (policy != kPassive)
    {
        return;
    }
    command.environment[kWaitPolicy] = policy;
    command.environment[kSpinCount] = seenBy(command, kSpinCount).value_or("0");
}

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
    for (const auto& [variable, value] : side.environment)
    {
        command.environment[variable] = value;
    }
    waitPassively(command);
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
        WorkerCommand command = findWorker().command;
        if (!sides.empty())
        {
            waitPassively(command);
        }
        return command;
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
