// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/encoding/json.h"

#include <optional>
#include <span>
#include <vector>

namespace headroom
{

/// What is remarkable about a sample. A label explains; no sample is ever left out of a figure because of it.
enum class SampleLabel
{
    None,
    LowClock,     ///< taken while the SM clock was below kLowClockShare of its default; has precedence, being a cause
    CoreWait,     ///< more than kStalledShare of it is waiting for a core (core_waits.h); a cause as well
    Outlier,      ///< far from the others, with no cause known
    OtherProcess, ///< far from the others, while another process had a context on the device
    FirstCall     ///< the first call of all, which is no sample: it loads kernels and builds plans
};

template <> struct EnumNames<SampleLabel>
{
    static constexpr std::string_view kind = "sample label";
    static constexpr std::array names{std::pair{SampleLabel::None, std::string_view{"none"}},
                                      std::pair{SampleLabel::LowClock, std::string_view{"low-clock"}},
                                      std::pair{SampleLabel::CoreWait, std::string_view{"core-wait"}},
                                      std::pair{SampleLabel::Outlier, std::string_view{"outlier"}},
                                      std::pair{SampleLabel::OtherProcess, std::string_view{"other-process"}},
                                      std::pair{SampleLabel::FirstCall, std::string_view{"first-call"}}};
};

/// nvbench's throttle threshold (nvbench/benchmark_base.cuh); nvbench discards such a sample.
constexpr double kLowClockShare = 0.75;

/// Modified z-score above which a value is an outlier: Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993,
/// as in the NIST/SEMATECH e-Handbook, 1.3.5.17.
constexpr double kOutlierScore = 3.5;

/// Within this share of the median nothing is an outlier, however quiet the rest: it is below the minimum effect.
constexpr double kOutlierFloorShare = 0.01;

/// One label a sample, in their order: None, LowClock, CoreWait or Outlier.
///
/// Outlier: |sample - median| > max(3.5 * spread, 1 % of the median), on either side: a sample that is far too fast is
/// as remarkable as a slow one. The spread is 1.4826 * MAD; where more than half of the samples are equal, so that
/// MAD is 0, as with a coarse timer, it is 1.2533 * the mean absolute deviation from the median. Median and spread are
/// of the samples with neither cause. A sample that is NaN or infinite is an Outlier and takes no part in them.
///
/// \a smMhz: SM clock during each sample in MHz, or empty when it cannot be read; a NaN in it is "not read".
/// \a defaultSmMhz: the default SM clock of the device; without one, or with one not above 0, nothing is LowClock.
/// \a waitsNs: of each sample, how long it waited for a core, or empty when that is not known.
/// \throws std::invalid_argument when smMhz or waitsNs is neither empty nor as long as samplesNs.
std::vector<SampleLabel> labelSamples(std::span<const double> samplesNs, std::span<const double> smMhz = {},
                                      std::optional<double> defaultSmMhz = std::nullopt,
                                      std::span<const double> waitsNs = {});

} // namespace headroom
