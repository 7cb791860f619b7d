// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/captured_program.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace headroom
{
namespace
{

constexpr std::size_t kMostOutput = 64 * 1024;

/// A pipe whose ends are closed with it.
class Pipe
{
public:
    Pipe() { m_made = ::pipe2(m_ends.data(), O_CLOEXEC) == 0; }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe()
    {
        closeEnd(0);
        closeEnd(1);
    }

    bool made() const { return m_made; }
    int reading() const { return m_ends[0]; }
    int writing() const { return m_ends[1]; }
    void closeEnd(std::size_t end)
    {
        if (m_ends[end] >= 0)
        {
            ::close(m_ends[end]);
            m_ends[end] = -1;
        }
    }

private:
    std::array<int, 2> m_ends{-1, -1};
    bool m_made = false;
};

/// Nothing when the program cannot be started.
pid_t spawn(const std::vector<std::string>& arguments, const Pipe& output, const Pipe& error)
{
    std::vector<char*> raw;
    for (const auto& argument : arguments)
    {
        raw.push_back(const_cast<char*>(argument.c_str())); // posix_spawnp's signature is older than const
    }
    raw.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, output.writing(), STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, error.writing(), STDERR_FILENO);
    pid_t child = -1;
    const int failure = ::posix_spawnp(&child, raw.front(), &actions, nullptr, raw.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    return failure == 0 ? child : -1;
}

/// Appends what has come to \a text. False at the end of the stream.
bool readInto(std::string& text, int descriptor)
{
    std::array<char, 4096> buffer;
    const auto count = ::read(descriptor, buffer.data(), buffer.size());
    if (count < 0)
    {
        return errno == EINTR || errno == EAGAIN;
    }
    text.append(buffer.data(),
                std::min(static_cast<std::size_t>(count), kMostOutput - std::min(kMostOutput, text.size())));
    return count > 0;
}

/// Reads both streams to their ends. False when \a seconds were not enough.
bool readBoth(Pipe& output, Pipe& error, CapturedProgram& captured, double seconds)
{
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    while (output.reading() >= 0 || error.reading() >= 0)
    {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
        if (left <= 0)
        {
            return false;
        }
        std::array<pollfd, 2> waited{pollfd{output.reading(), POLLIN, 0}, pollfd{error.reading(), POLLIN, 0}};
        if (::poll(waited.data(), waited.size(), static_cast<int>(left)) <= 0)
        {
            continue;
        }
        if (waited[0].revents != 0 && !readInto(captured.output, output.reading()))
        {
            output.closeEnd(0);
        }
        if (waited[1].revents != 0 && !readInto(captured.error, error.reading()))
        {
            error.closeEnd(0);
        }
    }
    return true;
}

} // namespace

CapturedProgram runCaptured(const std::vector<std::string>& arguments, double seconds)
{
    CapturedProgram captured;
    Pipe output;
    Pipe error;
    if (arguments.empty() || !output.made() || !error.made())
    {
        return captured;
    }
    const pid_t child = spawn(arguments, output, error);
    if (child < 0)
    {
        return captured;
    }
    captured.started = true;
    output.closeEnd(1);
    error.closeEnd(1);
    if (!readBoth(output, error, captured, seconds))
    {
        ::kill(child, SIGKILL);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR)
    {
    }
    captured.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return captured;
}

} // namespace headroom
