// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/encoding/json.h"
#include "core/hardware/peak_rates.h"
#include "core/measure/stopping.h"
#include "core/run/evidence.h"
#include "core/run/frontier.h"
#include "core/run/outcome.h"
#include "core/validate/judgement.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headroom
{

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

} // namespace headroom
