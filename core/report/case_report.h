// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/roofline.h"
#include "core/measure/sample_labels.h"
#include "core/measure/statistics.h"
#include "core/plan/case.h"
#include "core/run/job_events.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headroom
{

/// Energy of a case, from the difference of two readings of the device's counter around the sampling of its job.
struct EnergyReport
{
    double joulesPerRun = 0;
    double meanPowerW = 0; ///< of the device between the two readings
    double seconds = 0;    ///< between them
    double busyShare = 0;  ///< device time of all samples between them over that

    bool operator==(const EnergyReport&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(EnergyReport, joulesPerRun, meanPowerW, seconds, busyShare)

/// What the device said of itself while the job of a case was sampled.
struct DeviceStateReport
{
    std::optional<double> lowestTemperatureC;
    std::optional<double> highestTemperatureC;
    std::vector<std::string> throttleReasons; ///< seen at least once, sorted
    std::int64_t readings = 0;

    bool operator==(const DeviceStateReport&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(DeviceStateReport, lowestTemperatureC, highestTemperatureC,
                                                throttleReasons, readings)

/// Everything known of one case: its raw samples, what they come to, what ran, and whether its numbers are right.
struct CaseReport
{
    Case measured;
    std::string jobId;
    Outcome outcome = Outcome::Passed;
    Cause cause = Cause::None;
    std::string reason;
    AccuracyVerdict accuracy = AccuracyVerdict::Unverified; ///< of its backend on its subject; no rank without Passed
    std::string accuracyNote; ///< why unverified, or that it was judged at another batch or length of the same subject
    std::optional<RunEvidence> evidence;
    std::vector<double> deviceNs;
    std::vector<std::int64_t> round;
    std::vector<double> smMhz;
    std::vector<double> waitNs; ///< of each of deviceNs, waiting for a core; empty where the machine does not say
    std::vector<double> wallNs;
    std::optional<LatencySummary> device;   ///< of deviceNs
    std::optional<LatencySummary> wall;     ///< of wallNs
    std::optional<double> waitedShare;      ///< of the median, waiting for a core (core/measure/core_waits.h)
    std::optional<double> samplesPerSecond; ///< batch / median device time
    std::optional<double> tokensPerSecond;
    CaseResult result;
    std::vector<SampleLabel> labels;          ///< of deviceNs, sample by sample; no sample is left out because of one
    std::optional<Roofline> roofline;         ///< of the median
    std::optional<double> medianAtMaxClockNs; ///< as it would be at the device's maximal SM clock; compute-bound only
    std::optional<EnergyReport> energy;
    std::optional<DeviceStateReport> deviceState;
    std::vector<std::string> flags; ///< what is odd about its figures, a sentence each (core/validate/plausibility.h)
    std::string repro;              ///< the command line that measures it again; empty where none can (repro.h)

    bool operator==(const CaseReport&) const = default;
};

} // namespace headroom
