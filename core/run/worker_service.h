// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/engine.h"

#include <filesystem>

namespace headroom
{

/// Moves the protocol off file descriptor 1: what any library prints to standard output then goes to standard error.
/// Also ignores SIGINT (Ctrl-C is the front end's to handle) and SIGPIPE. \returns the descriptor to write replies to.
int moveProtocolOffStdout();

/// Serves requests, a JSON line each, from \a inputFd on \a engine, and writes replies to \a outputFd. The calling
/// thread owns the device; another one reads, so that cancel, pause and resume take effect during a run. Returns 0 when
/// the input closes; a run that has not stopped 1.5 s after that ends the process.
int serveWorker(Engine& engine, int inputFd, int outputFd);

/// Runs the plan in a file (JSON of Plan, or a journal, whose plan is taken) and writes its events to \a outputFd,
/// runStarted and runFinished included. \returns 0, or 3 with a sentence on standard error for a file that is no plan.
int runPlanFile(Engine& engine, const std::filesystem::path& path, int outputFd);

} // namespace headroom
