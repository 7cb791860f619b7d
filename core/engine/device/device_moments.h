// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <c10/core/Device.h>

#include <cstddef>
#include <memory>

namespace headroom::engine
{

/// Points in time on the clock of the device that work runs on: events in the current stream on CUDA, where the host
/// does not wait for them, else readings of the steady clock.
class DeviceMoments
{
public:
    /// \a expected moments are made ready at once, so that none is made within what they time.
    DeviceMoments(const c10::Device& device, std::size_t expected);
    ~DeviceMoments();
    DeviceMoments(const DeviceMoments&) = delete;
    DeviceMoments& operator=(const DeviceMoments&) = delete;

    /// The number of a new moment: now.
    std::size_t mark();

    /// Nanoseconds from moment \a from to moment \a to, once the device has passed both.
    double nsBetween(std::size_t from, std::size_t to) const;

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

} // namespace headroom::engine
