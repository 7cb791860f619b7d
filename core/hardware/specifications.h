// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/device_facts.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace headroom
{

/// A vendor's peak with the SM clock that it is stated for: rate = multiprocessors * FLOPs a clock * clock.
struct SpecifiedRate
{
    double flopsPerSecond = 0;
    double smMhz = 0;

    bool operator==(const SpecifiedRate&) const = default;
};

/// What the vendor says of one GPU: dense rates (no sparsity), 16-bit products summed in float32.
struct Specification
{
    std::string_view name;             ///< as CUDA reports it
    int computeCapability = 0;         ///< major * 10 + minor
    int multiprocessors = 0;           ///< that CUDA may use
    std::optional<SpecifiedRate> half; ///< float16 on tensor cores
    std::optional<SpecifiedRate> bfloat16;
    std::optional<SpecifiedRate> tf32;    ///< float32 inputs cut to 19 bits
    std::optional<SpecifiedRate> float32; ///< the units of float32 itself
    std::optional<SpecifiedRate> float64; ///< the faster of tensor cores and float64 units
    double bytesPerSecond = 0;            ///< of the device's memory
    std::string_view source;              ///< the document

    bool operator==(const Specification&) const = default;
};

/// Every GPU that there are figures for.
std::span<const Specification> knownSpecifications();

/// The entry of \a device, or null. Name, compute capability and number of multiprocessors must be equal to the
/// table's: a loose match gives another card's figures (H100 PCIe for SXM), or those of a whole GPU to a MIG slice of
/// it.
const Specification* findSpecification(const DeviceFacts& device);

/// One sentence: why there is no entry for \a device, or what differs from the one that has its name.
std::string whyNoSpecification(const DeviceFacts& device);

/// The dense peak of \a specification in \a dtype by the units that plain matrix products use; nothing where it has
/// none.
std::optional<SpecifiedRate> specifiedRate(const Specification& specification, DType dtype);

/// The most that any kernel can reach on inputs of \a dtype: for float32 that is TF32's rate, which fused kernels use.
std::optional<SpecifiedRate> highestRate(const Specification& specification, DType dtype);

/// \a rate at the clock that was measured: in proportion, since every unit does its work once a clock.
double rateAt(const SpecifiedRate& rate, std::optional<double> smMhz);

} // namespace headroom
