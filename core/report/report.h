// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/roofline.h"
#include "core/measure/comparison.h"
#include "core/measure/sample_labels.h"
#include "core/measure/statistics.h"
#include "core/run/event.h"

#include <cstdint>
#include <map>
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
    std::vector<double> wallNs;
    std::optional<LatencySummary> device;   ///< of deviceNs
    std::optional<LatencySummary> wall;     ///< of wallNs
    std::optional<double> samplesPerSecond; ///< batch / mean device time
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

/// One candidate against the baseline of its job.
struct ComparisonReport
{
    std::string jobId;
    std::string baselineCase;
    std::string candidateCase;
    Comparison comparison;
    std::optional<double> memoryRatio; ///< baseline peak / candidate peak
    bool ranked = false;               ///< both sides verified; otherwise shown, never a winner
    std::string whyUnranked;

    bool operator==(const ComparisonReport&) const = default;
};

/// Who is fastest in one comparison of a sweep.
struct FastestReport
{
    std::string jobId;
    std::int64_t ranked = 0;        ///< cases that could win: measured, seen to run, and verified
    std::optional<Backend> fastest; ///< by its median; nothing when none is ranked
    std::optional<Backend> second;
    std::optional<double> ratio; ///< median of the second over that of the fastest
    std::vector<Backend> close;  ///< not told apart from the fastest; then there is no winner

    bool operator==(const FastestReport&) const = default;
};

/// A job as a row.
struct JobReport
{
    std::string id;
    Stage stage = Stage::Compatibility;
    std::string title;
    bool started = false;
    bool finished = false;
    JobFinished result;

    bool operator==(const JobReport&) const = default;
};

/// The main answer of a validation: the best accepted fused backend against math.
struct Headline
{
    Pass pass = Pass::Forward;
    Backend best = Backend::Math;
    ComparisonReport comparison;

    bool operator==(const Headline&) const = default;
};

/// What a program's exit status says.
enum class Conclusion
{
    Passed = 0,
    Failed = 1,
    CannotTell = 2,
    SetUpError = 3
};

template <> struct EnumNames<Conclusion>
{
    static constexpr std::string_view kind = "conclusion";
    static constexpr std::array names{std::pair{Conclusion::Passed, std::string_view{"passed"}},
                                      std::pair{Conclusion::Failed, std::string_view{"failed"}},
                                      std::pair{Conclusion::CannotTell, std::string_view{"cannot-tell"}},
                                      std::pair{Conclusion::SetUpError, std::string_view{"set-up-error"}}};
};

/// A run as a value: the fold of its events. Every table, chart and file is a view of one of these.
struct Report
{
    static constexpr int kSchemaVersion = 1;

    int schemaVersion = kSchemaVersion;
    std::string run;
    int attempts = 0;
    std::string startedUtc;
    std::string finishedUtc; ///< empty while the run goes on, or when it was cut off
    std::string headroomVersion;
    std::string gitHash;
    Plan plan;
    std::optional<Circumstances> circumstances;
    std::vector<JobReport> jobs; ///< all of the plan's, in its order
    std::vector<LayerEvidence> layers;
    std::vector<RunEvidence> observations; ///< what ran outside of the cases: the model with LibTorch's own choice
    std::vector<CaseReport> cases;
    std::vector<ComparisonReport> comparisons;
    std::vector<Judgement> judgements;
    std::vector<CheckResult> checks;
    std::vector<Recommendation> recommendations;
    std::vector<FastestReport> fastest; ///< of a sweep, comparison by comparison
    std::vector<Headline> headlines;    ///< forward and training step, cold L2 not among them
    std::vector<Telemetry> telemetry;
    std::optional<PeakRates> peaks; ///< measured in this run, or known before it
    std::vector<FrontierResult> frontiers;
    std::vector<LogLine> log;
    std::optional<RunFinished> finished;
    Conclusion conclusion = Conclusion::CannotTell;
    std::vector<std::string> conclusionReasons; ///< a sentence each

    bool operator==(const Report&) const = default;
};

} // namespace headroom
