// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/standard_streams.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <system_error>

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace headroom::cli
{
namespace
{

/// A descriptor that is written to until it fails.
struct Sink
{
    int descriptor;
    int error = 0; ///< errno of the write that failed
};

std::array<Sink, 2> sinks{Sink{STDOUT_FILENO}, Sink{STDERR_FILENO}};

/// The write function of a cookie stream (fopencookie(3)). It always tells that all is written: who prints could do
/// nothing about it.
ssize_t writeOrDrop(void* cookie, const char* bytes, std::size_t size)
{
    Sink& sink = *static_cast<Sink*>(cookie);
    for (std::size_t done = 0; done < size && sink.error == 0;)
    {
        const ssize_t count = ::write(sink.descriptor, bytes + done, size - done);
        if (count >= 0)
        {
            done += static_cast<std::size_t>(count);
        }
        else if (errno == EAGAIN) // another program made the pipe one that does not wait
        {
            pollfd ready{sink.descriptor, POLLOUT, 0};
            ::poll(&ready, 1, -1);
        }
        else if (errno != EINTR)
        {
            sink.error = errno;
        }
    }
    return static_cast<ssize_t>(size);
}

std::FILE* streamOver(Sink& sink, int buffering)
{
    std::FILE* stream = ::fopencookie(&sink, "w", {nullptr, writeOrDrop, nullptr, nullptr});
    if (stream != nullptr)
    {
        std::setvbuf(stream, nullptr, buffering, BUFSIZ);
    }
    return stream;
}

/// Descriptors are given out lowest first, so each that is closed is opened by its own number.
void openWhatIsClosed()
{
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    {
        if (::fcntl(descriptor, F_GETFD) == -1 && errno == EBADF)
        {
            static_cast<void>(::open("/dev/null", O_RDWR));
        }
    }
}

} // namespace

void outliveReaders()
{
    std::signal(SIGPIPE, SIG_IGN);
    openWhatIsClosed();
    // In the GNU C library the standard streams are variables that may be set (its manual, "Standard Streams").
    std::FILE* output = streamOver(sinks[0], ::isatty(STDOUT_FILENO) != 0 ? _IOLBF : _IOFBF);
    std::FILE* error = streamOver(sinks[1], _IONBF);
    stdout = output != nullptr ? output : stdout;
    stderr = error != nullptr ? error : stderr;
}

std::string finishOutput()
{
    std::fflush(stdout);
    const int error = sinks[0].error;
    return error == 0 || error == EPIPE
               ? std::string()
               : fmt::format("Standard output could not be written: {}.", std::generic_category().message(error));
}

} // namespace headroom::cli
