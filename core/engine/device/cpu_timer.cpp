// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/device/case_timer.h"
#include "core/engine/device/cuda_timer.h"

#include <chrono>

namespace headroom::engine
{
namespace
{

class CpuTimer : public CaseTimer
{
public:
    using CaseTimer::time;
    Sample time(const std::function<void()>& work, bool, LaunchHistory&) override
    {
        const auto start = std::chrono::steady_clock::now();
        work();
        const std::chrono::duration<double, std::nano> elapsed = std::chrono::steady_clock::now() - start;
        return {elapsed.count(), std::nullopt};
    }
    std::optional<Sample> timeWall(const std::function<void()>&) override { return std::nullopt; }
    std::optional<double> eventOverheadNs() const override { return std::nullopt; }
};

} // namespace

std::unique_ptr<CaseTimer> makeCaseTimer(const c10::Device& device)
{
    return device.is_cuda() ? makeCudaTimer(device) : std::make_unique<CpuTimer>();
}

} // namespace headroom::engine
