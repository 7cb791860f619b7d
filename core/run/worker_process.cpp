// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/worker_process.h"

#include "core/run/line_io.h"

// Boost 1.74's Process is header-only and not clean under our warnings.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/env.hpp>
#include <boost/process/environment.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/io.hpp>
#include <boost/process/pipe.hpp>
#include <boost/process/search_path.hpp>
#pragma GCC diagnostic pop

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>

namespace headroom
{
namespace
{

namespace process = boost::process;

constexpr std::size_t kStandardErrorKept = 65536;
constexpr int kPatienceMs = 500;
constexpr auto kEndPatience = std::chrono::seconds(5);

/// Our end of a pipe, closed with its owner and never inherited.
class Descriptor
{
public:
    explicit Descriptor(int fd) : m_fd(fd) { fcntl(m_fd, F_SETFD, FD_CLOEXEC); }
    ~Descriptor() { close(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return m_fd; }
    void close()
    {
        if (m_fd >= 0)
        {
            ::close(std::exchange(m_fd, -1));
        }
    }

private:
    int m_fd;
};

/// Takes one end out of a Boost pipe and closes the other, which the child has.
int keepSink(process::pipe& pipe)
{
    const int kept = dup(pipe.native_sink());
    pipe.close();
    return kept;
}

int keepSource(process::pipe& pipe)
{
    const int kept = dup(pipe.native_source());
    pipe.close();
    return kept;
}

std::string lastLineOf(const std::string& text)
{
    const auto end = text.find_last_not_of(" \n\r\t");
    if (end == std::string::npos)
    {
        return {};
    }
    const auto begin = text.find_last_of('\n', end);
    return text.substr(begin == std::string::npos ? 0 : begin + 1,
                       end - (begin == std::string::npos ? 0 : begin + 1) + 1);
}

std::string describeStatus(int status)
{
    if (WIFSIGNALED(status))
    {
        const char* name = sigabbrev_np(WTERMSIG(status));
        return fmt::format("was ended by SIG{}{}", name ? name : "?",
                           WTERMSIG(status) == SIGKILL ? " (somebody's kill, or the kernel for want of memory)" : "");
    }
    return fmt::format("exited with status {}", WIFEXITED(status) ? WEXITSTATUS(status) : status);
}

} // namespace

struct WorkerProcess::Private
{
    process::child child;
    std::unique_ptr<Descriptor> input;
    std::unique_ptr<Descriptor> output;
    std::unique_ptr<Descriptor> error;
    int wakeFd = -1;
    LineBuffer lines;
    std::string errorText;
    bool reaped = false; ///< its process id may be another's by now

    /// Reads what there is. \returns false at the end of the stream.
    static bool read(int fd, std::string& into)
    {
        std::array<char, 65536> bytes{};
        const auto count = ::read(fd, bytes.data(), bytes.size());
        if (count > 0)
        {
            into.append(bytes.data(), static_cast<std::size_t>(count));
        }
        return count > 0 || (count < 0 && errno == EINTR);
    }

    bool hasEnded()
    {
        std::error_code ignored;
        return reaped || (reaped = !child.running(ignored));
    }

    void reap()
    {
        std::error_code ignored;
        if (!reaped)
        {
            child.wait(ignored);
            reaped = true;
        }
    }

    void readError()
    {
        if (!read(error->get(), errorText))
        {
            error->close();
        }
        if (errorText.size() > kStandardErrorKept)
        {
            errorText.erase(0, errorText.size() - kStandardErrorKept);
        }
    }
};

WorkerProcess::WorkerProcess(const WorkerCommand& command, int wakeFd) : m_private(std::make_unique<Private>())
{
    m_private->wakeFd = wakeFd;
    if (command.arguments.empty())
    {
        throw EngineError(Cause::Error, "there is no worker to start");
    }
    const auto& program = command.arguments.front();
    const auto path = program.find('/') == std::string::npos ? process::search_path(program).string() : program;
    if (path.empty())
    {
        throw EngineError(Cause::Error, fmt::format("the worker {} was not found on PATH", program));
    }
    process::environment environment = boost::this_process::environment();
    for (const auto& [name, value] : command.environment)
    {
        environment[name] = value;
    }
    process::pipe input;
    process::pipe output;
    process::pipe error;
    std::error_code failure;
    m_private->child = process::child(
        process::exe = path,
        process::args = std::vector<std::string>(command.arguments.begin() + 1, command.arguments.end()),
        process::env = environment, process::std_in<input, process::std_out> output, process::std_err > error, failure);
    if (failure)
    {
        throw EngineError(Cause::Error, fmt::format("the worker {} could not be started: {}", path, failure.message()));
    }
    m_private->input = std::make_unique<Descriptor>(keepSink(input));
    m_private->output = std::make_unique<Descriptor>(keepSource(output));
    m_private->error = std::make_unique<Descriptor>(keepSource(error));
}

WorkerProcess::~WorkerProcess()
{
    if (m_private->child.valid())
    {
        m_private->input.reset(); // an idle worker then ends by itself; one that does not is ended
        pollfd closing{m_private->output->get(), POLLIN, 0};
        ::poll(&closing, 1, kPatienceMs);
        kill();
        m_private->reap();
    }
}

bool WorkerProcess::send(const std::string& line)
{
    return writeAll(m_private->input->get(), line + "\n");
}

WorkerProcess::Happening WorkerProcess::wait(std::optional<Clock::time_point> until)
{
    for (;;)
    {
        if (auto line = m_private->lines.take())
        {
            return Line{std::move(*line)};
        }
        std::array<pollfd, 3> watched{{{m_private->output->get(), POLLIN, 0},
                                       {m_private->error->get(), POLLIN, 0},
                                       {m_private->wakeFd, POLLIN, 0}}};
        int timeoutMs = -1;
        if (until)
        {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(*until - Clock::now()).count();
            if (left <= 0)
            {
                return TimedOut{};
            }
            timeoutMs = static_cast<int>(std::min<std::int64_t>(left, 3'600'000));
        }
        if (::poll(watched.data(), watched.size(), timeoutMs) < 0)
        {
            continue; // a signal
        }
        if (watched[1].revents != 0)
        {
            m_private->readError();
        }
        if (watched[0].revents != 0)
        {
            std::string bytes;
            if (!Private::read(m_private->output->get(), bytes))
            {
                return Ended{};
            }
            m_private->lines.append(bytes);
        }
        if (watched[2].revents != 0)
        {
            std::array<char, 64> taken{};
            static_cast<void>(::read(m_private->wakeFd, taken.data(), taken.size()));
            return Woken{};
        }
    }
}

void WorkerProcess::kill()
{
    if (!m_private->reaped)
    {
        ::kill(m_private->child.id(), SIGKILL);
    }
}

std::string WorkerProcess::describeEnd()
{
    m_private->input->close();
    // Its end closes standard error, unless a child of its own holds that open. One that lives on for long is ended.
    const auto patience = Clock::now() + kEndPatience;
    while (m_private->error->get() >= 0 && Clock::now() < patience)
    {
        pollfd watched{m_private->error->get(), POLLIN, 0};
        if (::poll(&watched, 1, kPatienceMs) > 0)
        {
            m_private->readError();
        }
        else if (m_private->hasEnded())
        {
            break;
        }
    }
    kill(); // one that has begun to end keeps its own status
    m_private->reap();
    auto text = describeStatus(m_private->child.native_exit_code());
    const auto last = lastLineOf(m_private->errorText);
    return last.empty() ? text : text + "; its last words: " + last;
}

} // namespace headroom
