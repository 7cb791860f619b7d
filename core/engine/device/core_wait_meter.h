// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/core_waits.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

namespace headroom::engine
{

/// How long others keep this process from its cores, by the scheduler's own account of each of its threads. Two
/// readings a call, half a microsecond a thread each, outside of what is timed. Used by one thread.
class CoreWaitMeter
{
public:
    /// \a tasks: the folder of the threads, for a test.
    explicit CoreWaitMeter(std::filesystem::path tasks = "/proc/self/task");
    ~CoreWaitMeter();
    CoreWaitMeter(const CoreWaitMeter&) = delete;
    CoreWaitMeter& operator=(const CoreWaitMeter&) = delete;

    /// Before the call.
    void begin();

    /// After it: coreWaitNs() of a call that took \a callNs. Nothing where the system does not account for it (no
    /// schedstat, or one that counts nothing).
    std::optional<double> waitedNs(double callNs);

private:
    struct Thread
    {
        std::int64_t id = 0;
        int file = -1;
        ThreadTurns turns;
    };

    void findThreads();
    void forgetThreads();
    bool read();
    bool readOnce();

    std::filesystem::path m_tasks;
    std::vector<Thread> m_threads;
    std::int64_t m_threadCount = -1; ///< links of the folder when the threads were last looked for
    int m_cores = 1;
    std::vector<std::pair<std::int64_t, ThreadTurns>> m_before;
};

} // namespace headroom::engine
