// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <functional>
#include <thread>

namespace headroom::cli
{

/// While one lives, the first SIGINT (Ctrl-C) or SIGTERM calls a function, on a thread of its own, and the second one
/// ends the program at once, as if there were none. One at a time.
class Interrupt
{
public:
    explicit Interrupt(std::function<void()> onFirst);
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;
    ~Interrupt();

    bool happened() const { return m_happened; }

private:
    std::function<void()> m_onFirst;
    std::atomic<bool> m_happened = false;
    std::thread m_thread;
};

} // namespace headroom::cli
