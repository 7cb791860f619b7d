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

/// Some work that is timed again and again, and what its timer remembers of it.
struct TimedWork
{
    std::function<void()> work; ///< what a sample is the time of; may leave device work in flight
    bool cold = false;          ///< the L2 cache is overwritten before each sample, outside the timed region (CUDA)

    LaunchHistory launches{};
    Sample sample{};      ///< of the last launch, where the timer knew it at once (the CPU)
    std::size_t slot = 0; ///< where the timer keeps the last launch
};

/// Times one execution after another of some work on a device. Used by one thread.
class CaseTimer
{
public:
    virtual ~CaseTimer() = default;

    /// Launches \a timed once behind all that is in flight, so that the device has no time to idle between two samples;
    /// take() is to follow before \a timed is launched again. One other launch may come between the two.
    virtual void launch(TimedWork& timed) = 0;

    /// Waits for the last launch of \a timed and returns its time.
    virtual Sample take(TimedWork& timed) = 0;

    Sample time(TimedWork& timed)
    {
        launch(timed);
        return take(timed);
    }

    /// The same, with one history for all that is timed so.
    Sample time(const std::function<void()>& work, bool cold)
    {
        TimedWork once{work, cold, m_launches, {}, 0};
        const auto sample = time(once);
        m_launches = once.launches;
        return sample;
    }

    /// Runs \a work once; from before its first launch to the end of a synchronise. Nothing on the CPU, where time() is
    /// just that.
    virtual std::optional<Sample> timeWall(const std::function<void()>& work) = 0;

    /// What time() takes off each sample for its pair of events, in nanoseconds; nothing on the CPU.
    virtual std::optional<double> eventOverheadNs() const = 0;

private:
    LaunchHistory m_launches;
};

/// On CUDA a sample is the device's time between two events. Launch gaps are closed by a gate kernel in front that
/// holds the queue back until the host has launched all of the work (at most 50 ms; a sample whose gate ran out of time
/// is taken again), and the cost of the event pair itself, calibrated with a kernel that reports its own duration, is
/// taken off. Without Headroom's CUDA kernels (no nvcc at build time) the gaps stay, nothing is taken off, and the SM
/// clock is absent. On the CPU a sample is the steady clock's.
std::unique_ptr<CaseTimer> makeCaseTimer(const c10::Device& device);

} // namespace headroom::engine
