// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <c10/core/Device.h>

#include <atomic>
#include <chrono>
#include <memory>

namespace headroom::engine
{

/// A point in what a device was given to do, and the host's time when the device came to it.
class DeviceMark
{
public:
    /// Behind all that the current stream of \a device holds now. The CPU is there at once.
    explicit DeviceMark(const c10::Device& device);

    /// After a synchronise. \throws c10::Error when the device did not get there.
    std::chrono::steady_clock::time_point reachedAt() const;

private:
    using Ticks = std::chrono::steady_clock::rep;
    std::shared_ptr<std::atomic<Ticks>> m_reached; ///< the stream's callback holds it too; 0: not yet
};

} // namespace headroom::engine
