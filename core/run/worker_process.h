// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/supervisor.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace headroom
{

/// A worker process with its three pipes. Used by one thread; wake() may be called from any.
class WorkerProcess
{
public:
    using Clock = std::chrono::steady_clock;

    struct Line
    {
        std::string text;
    };
    struct Ended ///< it closed its output: it has ended, or is about to
    {
    };
    struct TimedOut
    {
    };
    struct Woken
    {
    };
    using Happening = std::variant<Line, Ended, TimedOut, Woken>;

    /// Starts the program. \throws EngineError with a sentence when it cannot be started.
    WorkerProcess(const WorkerCommand& command, int wakeFd);
    ~WorkerProcess();
    WorkerProcess(const WorkerProcess&) = delete;
    WorkerProcess& operator=(const WorkerProcess&) = delete;

    /// Writes one line. \returns false when the worker is gone.
    bool send(const std::string& line);

    /// Waits for the next line, the end, \a until, or a byte on the wake descriptor (which is taken off it).
    Happening wait(std::optional<Clock::time_point> until);

    void kill();

    /// Waits for the process's end and says how it came about: "was ended by SIGKILL", "exited with status 127: ...",
    /// with the last line it wrote to standard error.
    std::string describeEnd();

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

} // namespace headroom
