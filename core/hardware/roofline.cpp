// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/hardware/roofline.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace headroom
{
namespace
{

constexpr double kSpecificationTolerance = 1.01;
constexpr double kMeasuredTolerance = 1.15;
constexpr double kMeasuredToleranceCpu = 1.5;
constexpr double kWithoutTf32 = 3.0; ///< of the rate of float32's own units

bool isPositive(double value)
{
    return std::isfinite(value) && value > 0;
}

/// \a rate as it would be at \a smMhz; as it is where either clock is unknown.
double scaledTo(double rate, const std::optional<double>& measuredAt, const std::optional<double>& smMhz)
{
    return measuredAt && smMhz && isPositive(*measuredAt) && isPositive(*smMhz) ? rate * *smMhz / *measuredAt : rate;
}

/// The product that kernels on \a dtype could make use of. A processor without units for 16 bits multiplies such
/// numbers slowly, and its attention kernels widen them to float32 instead.
const MatmulRate* roofProduct(const PeakRates& peaks, DType dtype)
{
    const auto* own = findMatmul(peaks, dtype);
    const auto* wide =
        peaks.device == DeviceKind::Cpu && bytesPerElement(dtype) == 2 ? findMatmul(peaks, DType::Float32) : nullptr;
    return own == nullptr || (wide != nullptr && wide->rate.perSecond > own->rate.perSecond) ? wide : own;
}

void addRoof(Roofline& roofline, const PeakRates& peaks, DType dtype)
{
    const auto* product = roofProduct(peaks, dtype);
    if (product == nullptr || !peaks.copy || !isPositive(peaks.copy->perSecond) || !isPositive(roofline.flopsPerByte))
    {
        return;
    }
    const double compute = scaledTo(product->rate.perSecond, product->rate.smMhz, roofline.smMhz);
    const double memory = roofline.flopsPerByte * peaks.copy->perSecond;
    roofline.boundBy = compute <= memory ? Roof::Compute : Roof::Memory;
    roofline.attainableFlopsPerSecond = std::min(compute, memory);
    roofline.shareOfAttainable = roofline.flopsPerSecond / *roofline.attainableFlopsPerSecond;
}

std::optional<RateLimit> limitBySpecification(DType dtype, const DeviceFacts& device, std::optional<double> smMhz)
{
    const auto* entry = findSpecification(device);
    const auto rate = entry != nullptr ? highestRate(*entry, dtype) : std::nullopt;
    if (!rate)
    {
        return std::nullopt;
    }
    const double clock = smMhz.value_or(std::max(rate->smMhz, device.maxSmClockMhz.value_or(0)));
    return RateLimit{kSpecificationTolerance * rateAt(*rate, clock),
                     fmt::format("the specification of {} at {:.0f} MHz", entry->name, clock)};
}

std::optional<RateLimit> limitByPeaks(DType dtype, const PeakRates& peaks, std::optional<double> smMhz)
{
    const bool tensorFloat = dtype == DType::Float32 && peaks.device == DeviceKind::Cuda;
    const auto* fast = tensorFloat ? findMatmul(peaks, dtype, MatrixUnit::Tf32) : nullptr;
    const auto* product = fast != nullptr ? fast : roofProduct(peaks, dtype);
    if (product == nullptr || !isPositive(product->rate.best))
    {
        return std::nullopt;
    }
    const double own = tensorFloat && fast == nullptr ? kWithoutTf32 : 1.0;
    const double tolerance = peaks.device == DeviceKind::Cpu ? kMeasuredToleranceCpu : kMeasuredTolerance;
    const std::string_view doubt =
        peaks.device == DeviceKind::Cpu ? " (if it was busy then, headroom-cli devices --remeasure)" : "";
    return RateLimit{tolerance * own * scaledTo(product->rate.best, product->rate.smMhz, smMhz),
                     fmt::format("the fastest matrix product measured on this device and {:.0f} % more{}",
                                 100 * (tolerance - 1), doubt)};
}

} // namespace

std::optional<Roofline> rooflineOf(const RooflineWork& work, double ns, const PeakRates* peaks,
                                   const Specification* specification, std::optional<double> smMhz)
{
    if (!isPositive(ns) || !isPositive(work.flops))
    {
        return std::nullopt;
    }
    const double seconds = ns * 1e-9;
    Roofline roofline;
    roofline.flopsPerSecond = work.flops / seconds;
    roofline.conventionFlopsPerSecond = work.conventionFlops / seconds;
    roofline.bytesPerSecond = work.bytes / seconds;
    roofline.flopsPerByte = isPositive(work.bytes) ? work.flops / work.bytes : 0.0;
    roofline.smMhz = smMhz;
    if (peaks != nullptr)
    {
        addRoof(roofline, *peaks, work.dtype);
    }
    const auto specified = specification != nullptr ? specifiedRate(*specification, work.dtype) : std::nullopt;
    if (specified)
    {
        roofline.shareOfSpecification = roofline.flopsPerSecond / rateAt(*specified, smMhz);
        roofline.specificationAtMeasuredClock = smMhz.has_value();
    }
    return roofline;
}

std::optional<RateLimit> highestPlausibleRate(DType dtype, const DeviceFacts& device, const PeakRates* peaks,
                                              std::optional<double> smMhz)
{
    const auto specified = limitBySpecification(dtype, device, smMhz);
    const auto measured = peaks != nullptr ? limitByPeaks(dtype, *peaks, smMhz) : std::nullopt;
    if (specified && measured)
    {
        return specified->flopsPerSecond <= measured->flopsPerSecond ? specified : measured;
    }
    return specified ? specified : measured;
}

} // namespace headroom
