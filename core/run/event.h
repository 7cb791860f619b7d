// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/circumstances.h"
#include "core/hardware/peak_rates.h"
#include "core/measure/stopping.h"
#include "core/plan/plan.h"
#include "core/run/evidence.h"
#include "core/run/frontier.h"
#include "core/validate/judgement.h"
#include "core/validate/recommendation.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace headroom
{

/// How a job, a case or a run ended. A failed job is a row, never the end of a run.
enum class Outcome
{
    Passed,
    Failed,
    Skipped,
    Cancelled
};

template <> struct EnumNames<Outcome>
{
    static constexpr std::string_view kind = "outcome";
    static constexpr std::array names{std::pair{Outcome::Passed, std::string_view{"passed"}},
                                      std::pair{Outcome::Failed, std::string_view{"failed"}},
                                      std::pair{Outcome::Skipped, std::string_view{"skipped"}},
                                      std::pair{Outcome::Cancelled, std::string_view{"cancelled"}}};
};

/// Why a job or case did not pass, for programs; the sentence for people stands beside it.
enum class Cause
{
    None,
    NotEligible,
    OutOfMemory,
    WorkerDied,
    Deadline,
    DeviceLost, ///< sticky CUDA error: the worker must be replaced
    Unsupported,
    Budget, ///< the run's time was spent
    Error
};

template <> struct EnumNames<Cause>
{
    static constexpr std::string_view kind = "cause";
    static constexpr std::array names{
        std::pair{Cause::None, std::string_view{"none"}},
        std::pair{Cause::NotEligible, std::string_view{"not-eligible"}},
        std::pair{Cause::OutOfMemory, std::string_view{"out-of-memory"}},
        std::pair{Cause::WorkerDied, std::string_view{"worker-died"}},
        std::pair{Cause::Deadline, std::string_view{"deadline"}},
        std::pair{Cause::DeviceLost, std::string_view{"device-lost"}},
        std::pair{Cause::Unsupported, std::string_view{"unsupported"}},
        std::pair{Cause::Budget, std::string_view{"budget"}},
        std::pair{Cause::Error, std::string_view{"error"}},
    };
};

struct RunStarted
{
    Plan plan;
    std::string headroomVersion;
    std::string gitHash;
    bool operator==(const RunStarted&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(RunStarted, plan, headroomVersion, gitHash)

struct CircumstancesSeen
{
    Circumstances circumstances;
    bool operator==(const CircumstancesSeen&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CircumstancesSeen, circumstances)

struct StageStarted
{
    Stage stage = Stage::Compatibility;
    bool operator==(const StageStarted&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(StageStarted, stage)

struct JobStarted
{
    std::int64_t index = 0; ///< from 0, in the whole plan
    std::int64_t total = 0;
    std::string title;
    double estimateSeconds = 0;
    double deadlineSeconds = 0;
    bool operator==(const JobStarted&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(JobStarted, index, total, title, estimateSeconds, deadlineSeconds)

/// What a sample is the time of.
enum class Clock
{
    Device, ///< CUDA: between two events, launch gaps closed; CPU: steady clock
    Wall    ///< CUDA only: from the first launch to the end of a synchronise
};

template <> struct EnumNames<Clock>
{
    static constexpr std::string_view kind = "clock";
    static constexpr std::array names{std::pair{Clock::Device, std::string_view{"device"}},
                                      std::pair{Clock::Wall, std::string_view{"wall"}}};
};

/// A batch of raw samples of one case, in the order in which they were taken.
struct SamplesTaken
{
    std::string caseId;
    Clock clock = Clock::Device;
    std::vector<double> ns;
    std::vector<std::int64_t> round; ///< of an interleaved comparison, sample by sample; pairs share a round
    std::vector<double> smMhz;       ///< SM clock during each sample; empty when it cannot be read
    bool operator==(const SamplesTaken&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(SamplesTaken, caseId, clock, ns, round, smMhz)

/// What the device said of itself between two batches; absent where it says nothing.
struct Telemetry
{
    std::optional<double> smClockMhz;
    std::optional<double> memoryClockMhz;
    std::optional<double> powerW;
    std::optional<double> temperatureC;
    std::optional<double> utilisation; ///< 0..1
    std::optional<double> memoryUsedBytes;
    std::optional<double> energyJ; ///< counter since the driver was loaded
    std::vector<std::string> throttleReasons;
    std::optional<double> atSeconds{};            ///< the worker's steady clock; two readings' energies give a power
    std::optional<std::int64_t> otherProcesses{}; ///< that have a context on the device beside this one
    bool operator==(const Telemetry&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Telemetry, smClockMhz, memoryClockMhz, powerW, temperatureC,
                                                utilisation, memoryUsedBytes, energyJ, throttleReasons, atSeconds,
                                                otherProcesses)

/// One of them is set.
struct EvidenceSeen
{
    std::optional<LayerEvidence> layer{};
    std::optional<RunEvidence> run{};
    std::optional<PeakRates> peaks{};
    std::optional<FrontierResult> frontier{};
    bool operator==(const EvidenceSeen&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(EvidenceSeen, layer, run, peaks, frontier)

/// One of the two is set.
struct Judged
{
    std::optional<Judgement> judgement;
    std::optional<CheckResult> check;
    bool operator==(const Judged&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Judged, judgement, check)

/// What a case came to, beside its samples.
struct CaseResult
{
    std::string caseId;
    Outcome outcome = Outcome::Passed;
    Cause cause = Cause::None;
    std::string reason;
    StopReason stop = StopReason::Interrupted;
    std::int64_t warmupRuns = 0;
    bool warmupSettled = false;
    std::optional<double> firstCallNs;     ///< the first call of all: plan build, kernel load
    std::optional<double> eventOverheadNs; ///< taken off each sample
    std::optional<double> peakBytes;       ///< of what LibTorch allocated over one run, model and inputs included
    std::optional<double> predictedBytes;
    bool operator==(const CaseResult&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CaseResult, caseId, outcome, cause, reason, stop, warmupRuns,
                                                warmupSettled, firstCallNs, eventOverheadNs, peakBytes, predictedBytes)

struct JobFinished
{
    Outcome outcome = Outcome::Passed;
    Cause cause = Cause::None;
    std::string reason;
    double seconds = 0;
    std::vector<CaseResult> cases;
    std::optional<double> busyShare{}; ///< of the time that its rounds of samples took, how much the device was timed
    bool operator==(const JobFinished&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(JobFinished, outcome, cause, reason, seconds, cases, busyShare)

struct RecommendationMade
{
    Recommendation recommendation;
    bool operator==(const RecommendationMade&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(RecommendationMade, recommendation)

enum class LogLevel
{
    Info,
    Warning,
    Error
};

template <> struct EnumNames<LogLevel>
{
    static constexpr std::string_view kind = "log level";
    static constexpr std::array names{std::pair{LogLevel::Info, std::string_view{"info"}},
                                      std::pair{LogLevel::Warning, std::string_view{"warning"}},
                                      std::pair{LogLevel::Error, std::string_view{"error"}}};
};

struct LogLine
{
    LogLevel level = LogLevel::Info;
    std::string text;
    bool operator==(const LogLine&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(LogLine, level, text)

struct RunFinished
{
    Outcome outcome = Outcome::Passed;
    std::string reason;
    bool operator==(const RunFinished&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(RunFinished, outcome, reason)

/// The closed list of what can happen; the JSON name of each is in typeName().
using EventData = std::variant<RunStarted, CircumstancesSeen, StageStarted, JobStarted, SamplesTaken, Telemetry,
                               EvidenceSeen, Judged, JobFinished, RecommendationMade, LogLine, RunFinished>;

/// One line of a run: {v, run, attempt, seq, tNs, utc, job, type, data}.
struct Event
{
    static constexpr int kVersion = 1;

    int v = kVersion;
    std::string run;      ///< id of the run
    int attempt = 1;      ///< 1 for the first worker, one more for each that replaced it and for each resume
    std::int64_t seq = 0; ///< from 0, without gaps, over the whole journal
    std::int64_t tNs = 0; ///< since the run's start, by the steady clock of the program that wrote it
    std::string utc;      ///< "2026-11-23T05:23:11.123Z"
    std::string job;      ///< id of the job; empty for events of the run
    EventData data;

    bool operator==(const Event&) const = default;
};

/// "runStarted", "circumstances", "stageStarted", "jobStarted", "samples", "telemetry", "evidence", "judged",
/// "jobFinished", "recommendation", "log" or "runFinished".
std::string_view typeName(const EventData& data);

void to_json(Json& json, const Event& event);
/// \throws std::invalid_argument for an unknown version or type, Json::exception for anything else that does not fit.
void from_json(const Json& json, Event& event);

/// One line, without the newline.
std::string toLine(const Event& event);

/// \throws std::invalid_argument with a sentence for a line that is no event of a version up to kVersion.
Event eventFromLine(std::string_view line);

} // namespace headroom
