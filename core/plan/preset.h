// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/policies.h"

namespace headroom
{

enum class Preset
{
    Quick,    ///< an answer within a minute on two cores
    Standard, ///< the default
    Thorough, ///< at least half a second a case, narrower intervals
    Original  ///< 50 samples after 10 warm-ups, as the Python tool that Headroom grew from
};

template <> struct EnumNames<Preset>
{
    static constexpr std::string_view kind = "preset";
    static constexpr std::array names{std::pair{Preset::Quick, std::string_view{"quick"}},
                                      std::pair{Preset::Standard, std::string_view{"standard"}},
                                      std::pair{Preset::Thorough, std::string_view{"thorough"}},
                                      std::pair{Preset::Original, std::string_view{"original"}}};
};

MeasurementPolicy measurementPolicyOf(Preset preset);
AccuracyPolicy accuracyPolicyOf(Preset preset);

/// The batch size where none is given: 4, and 1 for Quick, which six rounds of the default model at batch 4 would keep
/// busy for minutes on two cores.
std::int64_t defaultBatchOf(Preset preset);

} // namespace headroom
