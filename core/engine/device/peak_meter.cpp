// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/device/peak_meter.h"

#include "core/engine/device/memory_meter.h"
#include "core/engine/device/torch_device.h"
#include "core/engine/tensor_types.h"

#include <ATen/ATen.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <ctime>
#include <vector>

namespace headroom::engine
{
namespace
{

/// How long and how large on one kind of device.
struct Budget
{
    double seconds = 0.2;        ///< of timed runs of one rate
    double warmUpSeconds = 0.05; ///< before them: clocks rise within some tens of milliseconds
    double longestTryNs = 40e6;  ///< no size is tried that is expected to take longer
    std::int64_t largest = 8192; ///< rows of a product
    std::int64_t copyBytes = std::int64_t{1} << 30;
};

constexpr std::int64_t kSmallest = 256;
constexpr std::size_t kFewestRuns = 3;
constexpr std::size_t kMostRuns = 200;

/// Of the time of all its threads, what this process must have had on the cores; waiting threads spin, and count as
/// well.
constexpr double kLeastShareOfCores = 0.7;

Budget budgetOf(const c10::Device& device)
{
    if (device.is_cuda())
    {
        return {};
    }
    // A copy must be larger than the last level of cache, and two cores copy some gigabytes a second.
    return {0.3, 0.05, 400e6, 2048, std::int64_t{128} << 20};
}

/// Switches TF32 for float32 products on CUDA, and back.
class Tf32Guard
{
public:
    explicit Tf32Guard(bool on) : m_before(at::globalContext().allowTF32CuBLAS())
    {
        at::globalContext().setAllowTF32CuBLAS(on);
    }
    ~Tf32Guard() { at::globalContext().setAllowTF32CuBLAS(m_before); }
    Tf32Guard(const Tf32Guard&) = delete;
    Tf32Guard& operator=(const Tf32Guard&) = delete;

private:
    bool m_before;
};

class PeakMeter
{
public:
    PeakMeter(const c10::Device& device, CaseTimer& timer, std::stop_token stop)
        : m_device(device), m_timer(timer), m_stop(std::move(stop)), m_budget(budgetOf(device))
    {
    }

    PeakRates measure()
    {
        const c10::NoGradGuard noGradients;
        PeakRates peaks;
        peaks.device = m_device.is_cuda() ? DeviceKind::Cuda : DeviceKind::Cpu;
        for (const auto& [dtype, name] : EnumNames<DType>::names)
        {
            addProduct(peaks, dtype, MatrixUnit::Native);
        }
        if (m_device.is_cuda())
        {
            addProduct(peaks, DType::Float32, MatrixUnit::Tf32);
        }
        addCopy(peaks);
        return peaks;
    }

    /// The share of the cores that this process had during float32's products, which all threads take part in.
    double shareOfCores() const { return m_shareOfCores; }

private:
    void addProduct(PeakRates& peaks, DType dtype, MatrixUnit unit)
    {
        if (m_stop.stop_requested())
        {
            return;
        }
        try
        {
            const Tf32Guard tf32(unit == MatrixUnit::Tf32);
            const auto size = chooseSize(dtype);
            const auto edge = static_cast<double>(size);
            const auto cpuStart = std::clock();
            const auto start = std::chrono::steady_clock::now();
            const auto rate = rateOfProduct(dtype, size, 2 * edge * edge * edge);
            if (dtype == DType::Float32)
            {
                const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
                const double cpu = static_cast<double>(std::clock() - cpuStart) / CLOCKS_PER_SEC;
                m_shareOfCores = cpu / (wall.count() * at::get_num_threads());
            }
            if (rate)
            {
                peaks.matmul.push_back({dtype, unit, size, *rate});
            }
        }
        catch (const c10::Error&)
        {
            // No product of this type on this device: there is no peak of it either.
        }
    }

    std::optional<MeasuredRate> rateOfProduct(DType dtype, std::int64_t size, double flops)
    {
        const auto left = random(dtype, size);
        const auto right = random(dtype, size);
        auto product = at::empty_like(left);
        return timed(flops, [&] { at::mm_out(product, left, right); });
    }

    at::Tensor random(DType dtype, std::int64_t size) const
    {
        return at::randn({size, size}, at::TensorOptions().device(m_device)).to(toScalarType(dtype));
    }

    /// Doubles the edge while a product of twice the edge, eight times the work, stays bearable and fits. Of the sizes
    /// tried, the one with the highest rate: on a busy processor a small product's time is that of its threads finding
    /// together, and a larger one may take no longer.
    std::int64_t chooseSize(DType dtype)
    {
        std::int64_t best = kSmallest;
        double bestRate = 0;
        for (std::int64_t size = kSmallest; size <= m_budget.largest && fits(size, dtype); size *= 2)
        {
            const double ns = shortestOf(dtype, size);
            const auto edge = static_cast<double>(size);
            if (edge * edge * edge / ns > bestRate)
            {
                bestRate = edge * edge * edge / ns;
                best = size;
            }
            if (8 * ns > m_budget.longestTryNs || m_stop.stop_requested())
            {
                break;
            }
        }
        return best;
    }

    /// Of one run and, where it is short, three more, after one that loads kernels and says nothing.
    double shortestOf(DType dtype, std::int64_t size)
    {
        const auto left = random(dtype, size);
        auto product = at::empty_like(left);
        const auto work = [&] { at::mm_out(product, left, left); };
        work();
        synchronise(m_device);
        TimedWork timedWork{work};
        double shortest = m_timer.time(timedWork).ns;
        for (int time = 0; time < 3 && shortest < m_budget.longestTryNs / 8; ++time)
        {
            shortest = std::min(shortest, m_timer.time(timedWork).ns);
        }
        return std::max(shortest, 1.0);
    }

    /// Three matrices and the float32 numbers that one of them is made from.
    bool fits(std::int64_t size, DType dtype) const
    {
        return 4 * size * size * std::max<std::int64_t>(4, bytesPerElement(dtype)) < availableBytes(m_device) / 4;
    }

    void addCopy(PeakRates& peaks)
    {
        if (m_stop.stop_requested())
        {
            return;
        }
        const auto bytes = std::min(m_budget.copyBytes, availableBytes(m_device) / 8);
        const auto source = at::randint(0, 256, {bytes}, at::TensorOptions().dtype(at::kByte).device(m_device));
        auto target = at::empty_like(source);
        peaks.copyBytes = bytes;
        peaks.copy = timed(2.0 * static_cast<double>(bytes), [&] { target.copy_(source); });
    }

    /// The rate of \a work, which does \a amount, after a warm-up.
    std::optional<MeasuredRate> timed(double amount, const std::function<void()>& work)
    {
        using Clock = std::chrono::steady_clock;
        const auto secondsSince = [](Clock::time_point start)
        { return std::chrono::duration<double>(Clock::now() - start).count(); };
        TimedWork timedWork{work};
        const auto start = Clock::now();
        do
        {
            m_timer.time(timedWork);
        } while (secondsSince(start) < m_budget.warmUpSeconds && !m_stop.stop_requested());
        std::vector<double> ns;
        std::vector<double> smMhz;
        const auto measured = Clock::now();
        while (!m_stop.stop_requested() && ns.size() < kMostRuns &&
               (ns.size() < kFewestRuns || secondsSince(measured) < m_budget.seconds))
        {
            const auto sample = m_timer.time(timedWork);
            ns.push_back(sample.ns);
            smMhz.push_back(sample.smMhz.value_or(0)); // 0 is no reading, and rateOf() leaves it out
        }
        return rateOf(amount, ns, smMhz);
    }

    c10::Device m_device;
    CaseTimer& m_timer;
    std::stop_token m_stop;
    Budget m_budget;
    double m_shareOfCores = 1;
};

} // namespace

PeakRates measurePeaks(const c10::Device& device, CaseTimer& timer, std::stop_token stop)
{
    PeakMeter meter(device, timer, stop);
    auto peaks = meter.measure();
    if (device.is_cpu() && !stop.stop_requested() && meter.shareOfCores() < kLeastShareOfCores)
    {
        throw EngineError(
            Cause::Unsupported,
            fmt::format("the processor was busy with other work (this process had {:.0f} % of its cores), "
                        "so its peaks would be too low; measure them when it is idle, with "
                        "headroom-cli devices --peaks",
                        100 * meter.shareOfCores()));
    }
    return peaks;
}

} // namespace headroom::engine
