// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/device_steps.h"

#include "core/engine/device/synchronise.h"

#include <algorithm>
#include <chrono>
#include <iterator>

namespace headroom::engine
{

void DeviceSteps::add(std::vector<DeviceStep> steps)
{
    m_steps.insert(m_steps.end(), std::make_move_iterator(steps.begin()), std::make_move_iterator(steps.end()));
}

/// The quicker of two steps: the first one of a process loads what it needs.
void DeviceSteps::learn()
{
    for (int time = 0; time < 2 && m_next < m_steps.size(); ++time)
    {
        const auto& step = m_steps[m_next++];
        synchronise(m_device);
        const auto start = std::chrono::steady_clock::now();
        step.launch();
        synchronise(m_device);
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
        const double perScore = taken.count() / step.scores;
        m_secondsPerScore = time == 0 ? perScore : std::min(m_secondsPerScore, perScore);
    }
}

void DeviceSteps::launchFor(double seconds)
{
    if (m_secondsPerScore <= 0)
    {
        learn();
    }
    double launched = 0;
    while (m_next < m_steps.size() && launched + secondsOf(m_steps[m_next]) <= seconds)
    {
        launched += secondsOf(m_steps[m_next]);
        m_steps[m_next++].launch();
    }
}

void DeviceSteps::launchAll()
{
    while (m_next < m_steps.size())
    {
        m_steps[m_next++].launch();
    }
}

} // namespace headroom::engine
