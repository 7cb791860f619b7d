// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/launch/libtorch_discovery.h"
#include "core/run/supervisor.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// How the worker will be started, and how that was found out.
struct WorkerChoice
{
    WorkerCommand command;
    std::string foundBy;                   ///< "HEADROOM_WORKER", "beside headroom-cli" or "on PATH"
    std::optional<LibtorchPlace> libtorch; ///< where the worker's libraries were looked up for it
};

/// Words of a command line; quotes and backslashes as a shell has them, and nothing else of a shell.
/// \throws SetUpError for a quote that is not closed.
std::vector<std::string> splitCommand(std::string_view text);

/// Looks for the worker: the command in HEADROOM_WORKER, else the program headroom-worker beside this one, else on
/// PATH. A worker that cannot find its libraries by itself (HEADROOM_LIBTORCH is set, or a file called `bundle` lies
/// beside it) is given those of findLibtorch(). \throws SetUpError when there is none, or when it has no LibTorch; the
/// sentence points to `headroom-cli doctor`.
WorkerChoice findWorker();

/// The worker alone, without its libraries. \throws SetUpError when there is none.
WorkerChoice findWorkerProgram();

/// Whether \a program, a path or a name on PATH, is one that can be started.
bool canStart(const std::string& program);

/// Where this program lies, links resolved.
std::filesystem::path programFolder();

/// Whether findLibtorch() is asked on behalf of \a worker.
bool needsLibtorch(const WorkerChoice& worker);

} // namespace headroom
