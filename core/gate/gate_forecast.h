// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gate/thresholds.h"
#include "core/report/report.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace headroom
{

/// What a gate could find, by how the runs of its baseline differ: to choose runs and thresholds by.
struct GateForecast
{
    std::int64_t cases = 0;                 ///< with a time in two runs or more; the rest is of these
    std::optional<double> middleSpread;     ///< between runs, as a share
    std::optional<double> middleDetectable; ///< slowdown as a share
    std::optional<double> worstDetectable;
    std::string worstCase;    ///< described
    std::int64_t unclear = 0; ///< in so many less would be found than the thresholds ask for
    std::int64_t waited = 0;  ///< so many are times of waiting for a core (whyStalledRuns()): no slowdown is seen there

    bool operator==(const GateForecast&) const = default;
};

/// Of a gate with \a candidateRuns runs. \throws std::invalid_argument for thresholds out of their range.
GateForecast forecastGate(std::span<const Report> baseline, std::int64_t candidateRuns,
                          const GateThresholds& thresholds = {});

/// "Runs differ by 0.8 % in the middle case. A gate of 3 runs would find a slowdown of 4.9 % there ...". Empty without
/// a case.
std::string forecastSentence(const GateForecast& forecast, std::int64_t candidateRuns);

} // namespace headroom
