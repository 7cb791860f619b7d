// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/run_progress.h"
#include "app/cli/terminal.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace headroom::cli
{

/// Shows a run's progress on standard error. In a terminal: a line for each finished job and, below, one that is
/// rewritten several times a second with the job in flight, its age and the remaining time. Elsewhere: a line a stage
/// and a line a job. When quiet: nothing but warnings of the run.
class ProgressDisplay
{
public:
    ProgressDisplay(const Plan& plan, std::span<const Event> earlier, const Terminal& terminal, bool quiet);
    ProgressDisplay(const ProgressDisplay&) = delete;
    ProgressDisplay& operator=(const ProgressDisplay&) = delete;
    ~ProgressDisplay(); ///< takes the live line away

    void take(const Event& event);
    void say(const std::string& line); ///< a line of its own, above the live one; from any thread

private:
    double now() const;
    void tick();
    std::string liveLine() const;
    void announce(const Event& event);
    void announceFinished(const std::string& id, const JobFinished& finished);
    void write(const std::string& line);
    void clearLine();
    void drawLine();

    Terminal m_terminal;
    bool m_quiet = false;
    bool m_live = false; ///< a live line is shown
    bool m_drawn = false;
    bool m_ended = false;
    std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    RunProgress m_progress;
    std::thread m_ticker;
};

} // namespace headroom::cli
