// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/journal.h"

#include "core/encoding/whole_file.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <map>
#include <stdexcept>
#include <utility>

namespace headroom
{
namespace
{

[[noreturn]] void fail(const std::filesystem::path& path, std::string_view what)
{
    throw std::runtime_error(fmt::format("{} {}: {}", path.string(), what, std::strerror(errno)));
}

/// The last \a bytes of \a file, half a line, go: what is in it stays whole lines. Keeps errno.
void takeBack(int file, std::size_t bytes)
{
    const int error = errno;
    const off_t size = bytes > 0 ? lseek(file, 0, SEEK_END) : 0;
    if (size > 0)
    {
        // Where that fails, the reader drops the half line.
        [[maybe_unused]] const int shortened = ftruncate(file, size - static_cast<off_t>(bytes));
    }
    errno = error;
}

/// One program writes a journal. Another that only looks whether one does (journal_lock.h) has the lock for a moment.
bool lockForWriting(int file)
{
    constexpr int kAttempts = 5;
    constexpr int kPauseMs = 10;
    for (int attempt = 0; ::flock(file, LOCK_EX | LOCK_NB) != 0; ++attempt)
    {
        if (attempt == kAttempts)
        {
            return false;
        }
        ::poll(nullptr, 0, kPauseMs);
    }
    return true;
}

struct ParsedJournal
{
    JournalContent content;
    std::size_t wholeBytes = 0; ///< up to the end of the last whole line
};

ParsedJournal parse(const std::string& text, const std::filesystem::path& path)
{
    ParsedJournal parsed;
    std::size_t lineNumber = 0;
    std::size_t begin = 0;
    while (begin < text.size())
    {
        ++lineNumber;
        const auto end = text.find('\n', begin);
        if (end == std::string::npos)
        {
            parsed.content.torn = true;
            break;
        }
        try
        {
            parsed.content.events.push_back(eventFromLine(std::string_view(text).substr(begin, end - begin)));
        }
        catch (const std::invalid_argument& error)
        {
            throw std::runtime_error(fmt::format("{}, line {}: {}", path.string(), lineNumber, error.what()));
        }
        begin = end + 1;
        parsed.wholeBytes = begin;
    }
    return parsed;
}

} // namespace

Journal Journal::open(const std::filesystem::path& path)
{
    Journal journal;
    journal.m_path = path;
    journal.m_file = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (journal.m_file < 0)
    {
        fail(path, "cannot be written");
    }
    if (!lockForWriting(journal.m_file))
    {
        throw std::runtime_error(path.string() +
                                 " is being written by another Headroom; wait for it, or choose another "
                                 "report name");
    }
    // A device or a pipe has no past to read.
    auto parsed = std::filesystem::is_regular_file(path) ? parse(wholeFile(path), path) : ParsedJournal{};
    if (parsed.content.torn && ftruncate(journal.m_file, static_cast<off_t>(parsed.wholeBytes)) != 0)
    {
        fail(path, "cannot be mended");
    }
    journal.m_earlier = std::move(parsed.content.events);
    return journal;
}

Journal::Journal(Journal&& other) noexcept
    : m_path(std::move(other.m_path)), m_earlier(std::move(other.m_earlier)), m_file(std::exchange(other.m_file, -1))
{
}

Journal& Journal::operator=(Journal&& other) noexcept
{
    std::swap(m_path, other.m_path);
    std::swap(m_earlier, other.m_earlier);
    std::swap(m_file, other.m_file);
    return *this;
}

Journal::~Journal()
{
    if (m_file >= 0)
    {
        ::close(m_file); // gives the lock back
    }
}

void Journal::append(const Event& event)
{
    const std::string line = toLine(event) + "\n";
    std::size_t written = 0;
    while (written < line.size())
    {
        const auto count = ::write(m_file, line.data() + written, line.size() - written);
        if (count < 0 && errno != EINTR)
        {
            takeBack(m_file, written);
            fail(m_path, "cannot be written");
        }
        written += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    const bool milestone =
        std::holds_alternative<JobFinished>(event.data) || std::holds_alternative<RunFinished>(event.data);
    // EINVAL: what has no disk behind it, such as a pipe, cannot be synchronised and need not be.
    if (milestone && fsync(m_file) != 0 && errno != EINVAL)
    {
        fail(m_path, "cannot be written to the disk");
    }
}

JournalContent readJournal(const std::filesystem::path& path)
{
    auto content = parse(wholeFile(path), path).content;
    if (content.events.empty())
    {
        throw std::runtime_error(path.string() + " holds no event of a Headroom run");
    }
    return content;
}

std::vector<std::size_t> remainingJobs(const Plan& plan, const std::vector<Event>& events)
{
    std::map<std::string, Outcome> finished;
    for (const auto& event : events)
    {
        if (const auto* end = std::get_if<JobFinished>(&event.data))
        {
            finished[event.job] = end->outcome;
        }
        else if (std::holds_alternative<JobStarted>(event.data))
        {
            finished.erase(event.job);
        }
    }
    std::vector<std::size_t> remaining;
    for (std::size_t index = 0; index < plan.jobs.size(); ++index)
    {
        const auto found = finished.find(plan.jobs[index].id);
        if (found == finished.end() || found->second == Outcome::Cancelled)
        {
            remaining.push_back(index);
        }
    }
    return remaining;
}

} // namespace headroom
