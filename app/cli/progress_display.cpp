// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/progress_display.h"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include <unistd.h>

namespace headroom::cli
{
namespace
{

constexpr auto kRedraw = std::chrono::milliseconds(200);
constexpr double kNsPerSecond = 1e9;

const char* levelName(LogLevel level)
{
    return level == LogLevel::Error ? "error" : "warning";
}

/// \a text cut to \a columns; UTF-8 characters stay whole.
std::string fitted(const std::string& text, std::size_t columns)
{
    if (displayWidth(text) <= columns)
    {
        return text;
    }
    std::size_t bytes = 0;
    for (std::size_t width = 0; bytes < text.size(); ++bytes)
    {
        const bool begins = (static_cast<unsigned char>(text[bytes]) & 0xC0U) != 0x80U;
        if (begins && ++width > columns - 3)
        {
            break;
        }
    }
    return text.substr(0, bytes) + "...";
}

} // namespace

ProgressDisplay::ProgressDisplay(const Plan& plan, std::span<const Event> earlier, const Terminal& terminal, bool quiet)
    : m_terminal(terminal), m_quiet(quiet), m_live(terminal.interactive && !quiet), m_progress(plan, earlier)
{
    if (m_live)
    {
        m_ticker = std::thread([this] { tick(); });
    }
}

ProgressDisplay::~ProgressDisplay()
{
    {
        const std::lock_guard lock(m_mutex);
        m_ended = true;
    }
    m_changed.notify_all();
    if (m_ticker.joinable())
    {
        m_ticker.join();
    }
    clearLine();
}

double ProgressDisplay::now() const
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count();
}

void ProgressDisplay::tick()
{
    std::unique_lock lock(m_mutex);
    while (!m_changed.wait_for(lock, kRedraw, [this] { return m_ended; }))
    {
        drawLine();
    }
}

void ProgressDisplay::take(const Event& event)
{
    const std::lock_guard lock(m_mutex);
    m_progress.take(event, now());
    announce(event);
}

void ProgressDisplay::say(const std::string& line)
{
    const std::lock_guard lock(m_mutex);
    write(line);
}

void ProgressDisplay::announce(const Event& event)
{
    if (const auto* log = std::get_if<LogLine>(&event.data); log != nullptr && log->level != LogLevel::Info)
    {
        write(fmt::format("{}: {}", levelName(log->level), log->text));
    }
    if (m_quiet)
    {
        return;
    }
    if (const auto* stage = std::get_if<StageStarted>(&event.data); stage != nullptr && !m_live)
    {
        write(std::string(toString(stage->stage)));
    }
    else if (const auto* finished = std::get_if<JobFinished>(&event.data))
    {
        announceFinished(event.job, *finished);
    }
}

void ProgressDisplay::announceFinished(const std::string& id, const JobFinished& finished)
{
    const Format format = m_terminal.format();
    const auto& jobs = m_progress.plan().jobs;
    const auto job = std::find_if(jobs.begin(), jobs.end(), [&](const Job& candidate) { return candidate.id == id; });
    const std::string title = job == jobs.end() || job->title.empty() ? id : job->title;
    std::string line = fmt::format("[{}/{}] {}: {} after {}", m_progress.done(), m_progress.total(), title,
                                   toString(finished.outcome), format.duration(finished.seconds * kNsPerSecond));
    if (finished.outcome != Outcome::Passed && !finished.reason.empty())
    {
        line += ": " + finished.reason;
    }
    write(line);
}

std::string ProgressDisplay::liveLine() const
{
    const double time = now();
    std::string line = fmt::format("[{}/{}]", m_progress.done(), m_progress.total());
    std::string times = fmt::format(", about {} left", roughDuration(m_progress.remainingSeconds(time)));
    const Job* job = m_progress.current();
    if (job == nullptr)
    {
        line += m_progress.done() == 0 ? " starting" : " between two jobs";
    }
    else
    {
        const std::string sampling = m_progress.sampling();
        line += fmt::format(" {}{}{}", job->title, sampling.empty() ? "" : ", ", sampling);
        times = fmt::format(": {}{}", roughDuration(m_progress.age(time)),
                            (m_progress.isOverdue(time) ? ", longer than estimated" : "") + times);
    }
    const std::size_t columns = m_terminal.width - 1; // one is left for the cursor
    return fitted(m_terminal.format().plain(line), columns - std::min(columns, times.size())) + times;
}

void ProgressDisplay::write(const std::string& line)
{
    clearLine();
    fmt::print(stderr, "{}\n", m_terminal.format().plain(line));
    drawLine();
}

void ProgressDisplay::clearLine()
{
    if (m_drawn)
    {
        fmt::print(stderr, "\r\033[K");
        m_drawn = false;
    }
}

void ProgressDisplay::drawLine()
{
    if (!m_live || m_ended)
    {
        return;
    }
    m_terminal.width = terminalWidth(STDERR_FILENO); // the window may have changed
    fmt::print(stderr, "\r{}\033[K", liveLine());
    m_drawn = true;
}

} // namespace headroom::cli
