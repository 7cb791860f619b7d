// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/engine.h"

#include <c10/core/Device.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

namespace headroom::engine
{

/// How long the host took to launch one piece of work the last few times, in nanoseconds. The longest of them counts,
/// since the host is late now and then.
class LaunchHistory
{
public:
    void add(double ns)
    {
        m_ns[m_next] = ns;
        m_next = (m_next + 1) % m_ns.size();
    }
    double longestNs() const { return *std::max_element(m_ns.begin(), m_ns.end()); }

    /// False once work turned out to wait for the device, or to fill its queue, before all of it was launched.
    bool canBeHeld = true;

private:
    std::array<double, 5> m_ns{};
    std::size_t m_next = 0;
};

/// Times one execution after another of some work on a device. Used by one thread.
class CaseTimer
{
public:
    virtual ~CaseTimer() = default;

    /// Runs \a work once. \a cold overwrites the L2 cache before, outside the timed region (CUDA). \a history is that
    /// work's own: it says how long launching may take.
    virtual Sample time(const std::function<void()>& work, bool cold, LaunchHistory& history) = 0;

    /// The same, with one history for all that is timed so.
    Sample time(const std::function<void()>& work, bool cold) { return time(work, cold, m_history); }

    /// Runs \a work once; from before its first launch to the end of a synchronise. Nothing on the CPU, where time() is
    /// just that.
    virtual std::optional<Sample> timeWall(const std::function<void()>& work) = 0;

    /// What time() takes off each sample for its pair of events, in nanoseconds; nothing on the CPU.
    virtual std::optional<double> eventOverheadNs() const = 0;

private:
    LaunchHistory m_history;
};

/// On CUDA a sample is the device's time between two events. Launch gaps are closed by a gate kernel in front that
/// holds the queue back until the host has launched all of the work (at most 50 ms; a sample whose gate ran out of time
/// is taken again), and the cost of the event pair itself, calibrated with a kernel that reports its own duration, is
/// taken off. Without Headroom's CUDA kernels (no nvcc at build time) the gaps stay, nothing is taken off, and the SM
/// clock is absent. On the CPU a sample is the steady clock's.
std::unique_ptr<CaseTimer> makeCaseTimer(const c10::Device& device);

} // namespace headroom::engine
