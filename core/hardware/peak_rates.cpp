// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/hardware/peak_rates.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace headroom
{
namespace
{

/// Quantile of type 7 of sorted values; core/measure, which has the general one, is a room above.
double quantileOf(const std::vector<double>& sorted, double p)
{
    const double place = p * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const auto above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

std::vector<double> usable(std::span<const double> values)
{
    std::vector<double> kept;
    std::copy_if(values.begin(), values.end(), std::back_inserter(kept),
                 [](double value) { return std::isfinite(value) && value > 0; });
    std::sort(kept.begin(), kept.end());
    return kept;
}

std::string keyText(DeviceKind kind, const std::string& uuid, const std::string& name, int threads,
                    const std::string& libtorch)
{
    if (kind == DeviceKind::Cuda)
    {
        return fmt::format("{} | LibTorch {}", uuid.empty() ? name : uuid, libtorch);
    }
    return fmt::format("{} | {} threads | LibTorch {}", name, threads, libtorch);
}

} // namespace

std::optional<MeasuredRate> rateOf(double amount, std::span<const double> ns, std::span<const double> smMhz)
{
    const auto times = usable(ns);
    if (times.empty() || !(amount > 0))
    {
        return std::nullopt;
    }
    const double middle = quantileOf(times, 0.5);
    MeasuredRate rate;
    rate.perSecond = amount / (middle * 1e-9);
    rate.best = amount / (times.front() * 1e-9);
    rate.n = static_cast<std::int64_t>(times.size());
    rate.spread = (quantileOf(times, 0.75) - quantileOf(times, 0.25)) / middle;
    if (const auto clocks = usable(smMhz); !clocks.empty())
    {
        rate.smMhz = quantileOf(clocks, 0.5);
    }
    return rate;
}

const MatmulRate* findMatmul(const PeakRates& peaks, DType dtype, MatrixUnit unit)
{
    const auto found = std::find_if(peaks.matmul.begin(), peaks.matmul.end(),
                                    [&](const MatmulRate& each) { return each.dtype == dtype && each.unit == unit; });
    return found == peaks.matmul.end() ? nullptr : &*found;
}

std::string peakKey(const PeakRates& peaks)
{
    return keyText(peaks.device, peaks.deviceUuid, peaks.deviceName, peaks.threads, peaks.libtorchVersion);
}

std::string peakKey(const DeviceFacts& device, const Circumstances& circumstances)
{
    return keyText(device.kind, device.uuid, device.name, circumstances.threads, circumstances.libtorchVersion);
}

} // namespace headroom
