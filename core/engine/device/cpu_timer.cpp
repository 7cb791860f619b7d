// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/device/case_timer.h"
#include "core/engine/device/core_wait_meter.h"
#include "core/engine/device/cuda_timer.h"

#include <chrono>

namespace headroom::engine
{
namespace
{

class CpuTimer : public CaseTimer
{
public:
    void launch(TimedWork& timed) override
    {
        m_waits.begin();
        const auto start = std::chrono::steady_clock::now();
        timed.work();
        const std::chrono::duration<double, std::nano> elapsed = std::chrono::steady_clock::now() - start;
        timed.sample = {elapsed.count(), std::nullopt, m_waits.waitedNs(elapsed.count())};
    }
    Sample take(TimedWork& timed) override { return timed.sample; }
    std::optional<Sample> timeWall(const std::function<void()>&) override { return std::nullopt; }
    std::optional<double> eventOverheadNs() const override { return std::nullopt; }

private:
    CoreWaitMeter m_waits;
};

} // namespace

std::unique_ptr<CaseTimer> makeCaseTimer(const c10::Device& device)
{
    return device.is_cuda() ? makeCudaTimer(device) : std::make_unique<CpuTimer>();
}

} // namespace headroom::engine
