// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <c10/core/Device.h>

#include <cstddef>
#include <functional>
#include <vector>

namespace headroom::engine
{

/// A part of a longer computation: launches its work and does not wait for it.
struct DeviceStep
{
    double scores = 0; ///< how many scores (query by key) it goes through, the measure of its length
    std::function<void()> launch;
};

/// A computation in steps that a device does while the host has something else to do. Used by one thread.
class DeviceSteps
{
public:
    explicit DeviceSteps(const c10::Device& device) : m_device(device) {}

    void add(std::vector<DeviceStep> steps);

    /// Launches about \a seconds of work, by what the first two steps took when they were waited for; nothing when the
    /// next step is longer.
    void launchFor(double seconds);

    /// Launches all that is left.
    void launchAll();

private:
    double secondsOf(const DeviceStep& step) const { return step.scores * m_secondsPerScore; }
    void learn();

    c10::Device m_device;
    std::vector<DeviceStep> m_steps;
    std::size_t m_next = 0;
    double m_secondsPerScore = 0;
};

} // namespace headroom::engine
