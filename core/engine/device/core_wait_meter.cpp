// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/device/core_wait_meter.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

namespace headroom::engine
{
namespace
{

namespace fs = std::filesystem;

constexpr double kNsPerSecond = 1e9;

/// Of the thread that asks. The scheduler's own account of it is as old as its last tick.
double ranNs()
{
    timespec used{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) * kNsPerSecond + static_cast<double>(used.tv_nsec);
}

/// A folder has a link for each of its folders: looking at the number costs less than reading them.
std::int64_t linksOf(const fs::path& folder)
{
    struct stat about
    {
    };
    return ::stat(folder.c_str(), &about) == 0 ? static_cast<std::int64_t>(about.st_nlink) : -1;
}

/// "1930940569 76819111 200": nanoseconds on a core, nanoseconds waiting for one, how often it was given one.
std::optional<ThreadTurns> turnsIn(int file)
{
    std::array<char, 96> text{};
    const auto size = ::pread(file, text.data(), text.size() - 1, 0);
    if (size <= 0)
    {
        return std::nullopt;
    }
    char* at = text.data();
    ThreadTurns turns;
    turns.ranNs = static_cast<double>(std::strtoull(at, &at, 10));
    turns.waitedNs = static_cast<double>(std::strtoull(at, &at, 10));
    turns.turns = std::strtoll(at, &at, 10);
    return turns;
}

void addCores(std::int64_t thread, cpu_set_t& all)
{
    cpu_set_t cores;
    CPU_ZERO(&cores);
    if (::sched_getaffinity(static_cast<pid_t>(thread), sizeof cores, &cores) == 0)
    {
        CPU_OR(&all, &all, &cores);
    }
}

} // namespace

CoreWaitMeter::CoreWaitMeter(fs::path tasks) : m_tasks(std::move(tasks)) {}

CoreWaitMeter::~CoreWaitMeter()
{
    forgetThreads();
}

void CoreWaitMeter::forgetThreads()
{
    for (const Thread& thread : m_threads)
    {
        ::close(thread.file);
    }
    m_threads.clear();
}

void CoreWaitMeter::findThreads()
{
    m_threadCount = linksOf(m_tasks);
    forgetThreads();
    cpu_set_t cores;
    CPU_ZERO(&cores);
    std::error_code error;
    for (fs::directory_iterator entry(m_tasks, error), end; !error && entry != end; entry.increment(error))
    {
        Thread thread;
        thread.id = std::strtoll(entry->path().filename().c_str(), nullptr, 10);
        thread.file = ::open((entry->path() / "schedstat").c_str(), O_RDONLY | O_CLOEXEC);
        if (thread.file >= 0)
        {
            addCores(thread.id, cores);
            m_threads.push_back(std::move(thread));
        }
    }
    m_cores = std::max(1, CPU_COUNT(&cores));
}

/// False where a thread has ended.
bool CoreWaitMeter::readOnce()
{
    for (Thread& thread : m_threads)
    {
        const auto turns = turnsIn(thread.file);
        if (!turns)
        {
            return false;
        }
        thread.turns = *turns;
        thread.turns.ranNs = thread.id == ::gettid() ? ranNs() : thread.turns.ranNs;
    }
    return true;
}

/// False where the system says nothing.
bool CoreWaitMeter::read()
{
    if (linksOf(m_tasks) != m_threadCount || !readOnce())
    {
        findThreads();
        readOnce(); // one that ends just now had no part in the call
    }
    return std::any_of(m_threads.begin(), m_threads.end(), [](const Thread& thread) { return thread.turns.turns > 0; });
}

void CoreWaitMeter::begin()
{
    m_before.clear();
    if (read())
    {
        for (const Thread& thread : m_threads)
        {
            m_before.emplace_back(thread.id, thread.turns);
        }
    }
}

std::optional<double> CoreWaitMeter::waitedNs(double callNs)
{
    if (m_before.empty() || !read())
    {
        return std::nullopt;
    }
    std::vector<ThreadTurns> before;
    std::vector<ThreadTurns> after;
    std::size_t at = 0; // the threads are those of before, in their order, but when one began or ended
    for (const Thread& thread : m_threads)
    {
        if (at >= m_before.size() || m_before[at].first != thread.id)
        {
            const auto found =
                std::find_if(m_before.begin(), m_before.end(), [&](const auto& one) { return one.first == thread.id; });
            at = static_cast<std::size_t>(found - m_before.begin());
        }
        before.push_back(at < m_before.size() ? m_before[at].second : ThreadTurns{});
        after.push_back(thread.turns);
        ++at;
    }
    return coreWaitNs(before, after, callNs, m_cores);
}

} // namespace headroom::engine
