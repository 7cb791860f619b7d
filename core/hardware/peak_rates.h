// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/dtype.h"
#include "core/encoding/json.h"
#include "core/hardware/circumstances.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace headroom
{

/// A rate that a device reached in a short run of its own. The rate is that of the median run; `best` is that of the
/// fastest one, which no honest figure should exceed by much.
struct MeasuredRate
{
    double perSecond = 0;        ///< FLOP/s, or bytes/s
    double best = 0;             ///< of the fastest run, in the same unit
    std::int64_t n = 0;          ///< runs
    double spread = 0;           ///< (upper - lower quartile) / median of the times
    std::optional<double> smMhz; ///< median SM clock during the runs, where it can be read

    bool operator==(const MeasuredRate&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(MeasuredRate, perSecond, best, n, spread, smMhz)

/// What the numbers of a matrix product are computed in. float32 has two: its own units, and tensor cores on numbers
/// cut to 19 bits, which fused float32 kernels may use as well (three products for one).
enum class MatrixUnit
{
    Native,
    Tf32
};

template <> struct EnumNames<MatrixUnit>
{
    static constexpr std::string_view kind = "matrix unit";
    static constexpr std::array names{std::pair{MatrixUnit::Native, std::string_view{"native"}},
                                      std::pair{MatrixUnit::Tf32, std::string_view{"tf32"}}};
};

/// The rate of square matrix products in one data type, in FLOP/s, a multiply-add counting two.
struct MatmulRate
{
    DType dtype = DType::Float32;
    MatrixUnit unit = MatrixUnit::Native;
    std::int64_t size = 0; ///< rows and columns
    MeasuredRate rate;

    bool operator==(const MatmulRate&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(MatmulRate, dtype, unit, size, rate)

/// What one device was seen to reach, with one LibTorch: the roof that measured figures are held against. Measured once
/// for a device and kept (core/launch/peak_store.h).
struct PeakRates
{
    int version = 1;
    DeviceKind device = DeviceKind::Cpu;
    std::string deviceName;
    std::string deviceUuid; ///< CUDA only
    int threads = 0;        ///< LibTorch's, on the CPU
    std::string libtorchVersion;
    std::string driverVersion;
    std::string utc;
    std::vector<MatmulRate> matmul;
    std::optional<MeasuredRate> copy; ///< bytes/s, read and written together
    std::int64_t copyBytes = 0;       ///< of the source of that copy

    bool operator==(const PeakRates&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(PeakRates, version, device, deviceName, deviceUuid, threads,
                                                libtorchVersion, driverVersion, utc, matmul, copy, copyBytes)

/// The rate from the times of single runs, each of \a amount FLOPs or bytes; \a smMhz may be empty. Nothing without a
/// run that took time.
std::optional<MeasuredRate> rateOf(double amount, std::span<const double> ns, std::span<const double> smMhz);

/// The product rate that figures in \a dtype are held against, in its own units; null when it was not measured.
const MatmulRate* findMatmul(const PeakRates& peaks, DType dtype, MatrixUnit unit = MatrixUnit::Native);

/// What peaks are kept by: the same key is the same device with the same LibTorch. The GPU's uuid, or the processor's
/// name and LibTorch's threads; then LibTorch's version.
std::string peakKey(const PeakRates& peaks);
std::string peakKey(const DeviceFacts& device, const Circumstances& circumstances);

} // namespace headroom
