// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/peak_rates.h"
#include "core/hardware/specifications.h"

#include <optional>
#include <string>

namespace headroom
{

/// What was done in a run: counted, not measured.
struct RooflineWork
{
    double flops = 0;           ///< by unmasked elements
    double conventionFlops = 0; ///< as FlashAttention's benchmark counts them
    double bytes = 0;           ///< the fewest that had to go through device memory
    DType dtype = DType::Float32;
};

enum class Roof
{
    Compute,
    Memory
};

template <> struct EnumNames<Roof>
{
    static constexpr std::string_view kind = "roof";
    static constexpr std::array names{std::pair{Roof::Compute, std::string_view{"compute"}},
                                      std::pair{Roof::Memory, std::string_view{"memory"}}};
};

/// A measured time against what the device can do (Williams, Waterman and Patterson, Roofline, CACM 52(4), 2009).
struct Roofline
{
    double flopsPerSecond = 0;           ///< by unmasked elements
    double conventionFlopsPerSecond = 0; ///< for comparison with published figures
    double bytesPerSecond = 0; ///< of the fewest bytes; a kernel that moves more is faster on the memory's side
    double flopsPerByte = 0;   ///< arithmetic intensity
    std::optional<double> attainableFlopsPerSecond; ///< min(peak, intensity * bandwidth), of measured peaks
    std::optional<double> shareOfAttainable;        ///< flopsPerSecond over it
    std::optional<Roof> boundBy;                    ///< which of the two is the lower
    std::optional<double> smMhz;                    ///< median clock of the samples, where it was read
    std::optional<double> shareOfSpecification;     ///< of the vendor's dense peak at that clock; else at its own
    bool specificationAtMeasuredClock = false;      ///< false: the boost clock of the data sheet was taken

    bool operator==(const Roofline&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Roofline, flopsPerSecond, conventionFlopsPerSecond, bytesPerSecond,
                                                flopsPerByte, attainableFlopsPerSecond, shareOfAttainable, boundBy,
                                                smMhz, shareOfSpecification, specificationAtMeasuredClock)

/// Places \a work, done in \a ns, under the roof. \a peaks and \a specification may be null; what needs them is then
/// absent. \a smMhz: the SM clock of the samples. Nothing when there was no work or no time.
///
/// The measured product rate is taken at the clock that it was measured at: where the samples ran at another, the roof
/// is scaled by the quotient of the two. The memory's roof is not: its clock is another one.
std::optional<Roofline> rooflineOf(const RooflineWork& work, double ns, const PeakRates* peaks,
                                   const Specification* specification, std::optional<double> smMhz);

/// A rate that nothing honest exceeds, and where it comes from.
struct RateLimit
{
    double flopsPerSecond = 0;
    std::string source; ///< for a sentence: "the specification of NVIDIA H200 at 1980 MHz"
};

/// What the plausibility guard holds a figure in \a dtype against, the lower of those that can be said:
///  * the specification's highest rate at \a smMhz, or, where no clock was read, at the device's maximal clock, when
///    that is above the data sheet's (boards may run above the clock that their data sheet states, and do: an H200's
///    figures are for 1830 MHz and it runs at up to 1980). Exact arithmetic; 1 % is left for rounding of clocks.
///  * the fastest measured matrix product, scaled to \a smMhz where both clocks are known, and 15 % more: a product of
///    one shape is not the best that the units can do, and a short run may catch a higher clock than the peak did where
///    none can be read. float32 on CUDA is held against TF32's rate, or three times its own where that is not known,
///    since fused kernels may use those units. On the CPU it is 50 % more: whoever else used the cores while the peak
///    was measured made it lower.
std::optional<RateLimit> highestPlausibleRate(DType dtype, const DeviceFacts& device, const PeakRates* peaks,
                                              std::optional<double> smMhz);

} // namespace headroom
