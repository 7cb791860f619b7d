// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/interrupt.h"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <stdexcept>
#include <utility>

#include <sys/eventfd.h>
#include <unistd.h>

namespace headroom::cli
{
namespace
{

constexpr std::uint64_t kSignalled = 1;
constexpr std::uint64_t kDone = 1ULL << 32;

/// What the handler writes to: a signal handler can reach nothing but globals.
std::atomic<int> signalDescriptor = -1;
static_assert(std::atomic<int>::is_always_lock_free);

void add(int descriptor, std::uint64_t value)
{
    const auto written = ::write(descriptor, &value, sizeof(value));
    static_cast<void>(written); // an event counter takes eight bytes or its program is beyond help
}

extern "C" void announceSignal(int)
{
    const int error = errno;
    add(signalDescriptor, kSignalled);
    errno = error;
}

void listenTo(int signal)
{
    struct sigaction action = {};
    if (::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN)
    {
        return; // nohup and background jobs of a script ignore it on purpose
    }
    action = {};
    action.sa_handler = announceSignal;
    // SA_RESETHAND: the second signal finds the default action, which ends the program.
    action.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);
    ::sigaction(signal, &action, nullptr);
}

void stopListeningTo(int signal)
{
    struct sigaction action = {};
    if (::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == announceSignal)
    {
        action = {};
        action.sa_handler = SIG_DFL;
        ::sigaction(signal, &action, nullptr);
    }
}

} // namespace

Interrupt::Interrupt(std::function<void()> onFirst) : m_onFirst(std::move(onFirst))
{
    const int descriptor = ::eventfd(0, EFD_CLOEXEC);
    if (descriptor < 0)
    {
        throw std::runtime_error("The system gives no more file descriptors.");
    }
    signalDescriptor = descriptor;
    m_thread = std::thread(
        [this, descriptor]
        {
            std::uint64_t value = 0;
            while (::read(descriptor, &value, sizeof(value)) != sizeof(value) && errno == EINTR)
            {
            }
            if (value % kDone != 0)
            {
                m_happened = true;
                m_onFirst();
            }
        });
    listenTo(SIGINT);
    listenTo(SIGTERM);
}

Interrupt::~Interrupt()
{
    stopListeningTo(SIGINT);
    stopListeningTo(SIGTERM);
    const int descriptor = signalDescriptor;
    add(descriptor, kDone);
    m_thread.join();
    signalDescriptor = -1;
    ::close(descriptor);
}

} // namespace headroom::cli
