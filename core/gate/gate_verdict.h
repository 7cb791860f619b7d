// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gate/thresholds.h"
#include "core/hardware/circumstances_diff.h"
#include "core/report/report.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headroom
{

/// The answer for one case or check of a gate.
enum class GateStatus
{
    Passed,
    Failed,
    CannotTell
};

template <> struct EnumNames<GateStatus>
{
    static constexpr std::string_view kind = "status of a gate's case";
    static constexpr std::array names{std::pair{GateStatus::Passed, std::string_view{"passed"}},
                                      std::pair{GateStatus::Failed, std::string_view{"failed"}},
                                      std::pair{GateStatus::CannotTell, std::string_view{"cannot-tell"}}};
};

/// What was found of one thing, a sentence each.
struct GateFindings
{
    std::vector<std::string> failures; ///< why it fails
    std::vector<std::string> doubts;   ///< why nothing can be said
    std::vector<std::string> notes;    ///< what is worth knowing and is neither

    bool operator==(const GateFindings&) const = default;

    GateStatus status() const
    {
        return !failures.empty() ? GateStatus::Failed : !doubts.empty() ? GateStatus::CannotTell : GateStatus::Passed;
    }
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(GateFindings, failures, doubts, notes)

/// One side of a case, over all runs of it.
struct GateSide
{
    std::int64_t measured = 0;                              ///< runs that have a time of it
    std::optional<double> medianNs;                         ///< geometric mean of the runs' medians
    AccuracyVerdict accuracy = AccuracyVerdict::Unverified; ///< the worst of the runs'
    std::vector<Backend> ran;                               ///< what was seen to run, each once

    bool operator==(const GateSide&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(GateSide, measured, medianNs, accuracy, ran)

/// A case of the baseline.
struct GateCase
{
    std::string id;    ///< meetingId()
    std::string title; ///< describe() of the case
    GateSide baseline;
    GateSide candidate;
    RunToRunChange time;      ///< CannotTell without a reason where \ref timeJudged is false
    bool timeJudged = false;  ///< both sides have times, and the circumstances allow a verdict
    double minimumEffect = 0; ///< that was asked of this case
    GateFindings findings;

    bool operator==(const GateCase&) const = default;
    GateStatus status() const { return findings.status(); }
};

/// Something else that the baseline has an answer to: a check, a judgement, what LibTorch chose by itself.
struct GateCheck
{
    std::string title;
    std::string baseline;  ///< the answer, "passed"
    std::string candidate; ///< "failed"; empty: none
    GateFindings findings;

    bool operator==(const GateCheck&) const = default;
    GateStatus status() const { return findings.status(); }
};

/// A circumstance in which runs differ.
struct GateDifference
{
    CircumstanceDifference difference; ///< from the first run of the baseline
    std::string run;                   ///< the first run that has it
    bool inBaseline = false;           ///< that is one of the baseline's own
    bool mayDiffer = false;            ///< by the thresholds

    bool operator==(const GateDifference&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(GateDifference, difference, run, inBaseline, mayDiffer)

/// Candidate runs held against a baseline: everything that a gate says is a view of this.
struct GateVerdict
{
    std::string baseline; ///< its name
    std::vector<std::string> baselineRuns;
    std::vector<std::string> candidateRuns;
    GateThresholds thresholds;
    bool forced = false; ///< verdicts of time although circumstances are unlike that may not be
    Conclusion conclusion = Conclusion::CannotTell; ///< the exit status
    std::vector<std::string> reasons;               ///< of it, the weightiest first
    std::vector<GateDifference> differences;
    std::optional<CommonShift> shift;
    std::string shiftNote; ///< a sentence; empty when all cases together moved no further than runs do
    std::vector<GateCase> cases;
    std::vector<GateCheck> checks;
    std::vector<std::string> notes;    ///< on the thresholds: entries that meant nothing
    std::vector<std::string> newCases; ///< that the candidate has and the baseline has not, described

    bool operator==(const GateVerdict&) const = default;

    std::int64_t count(GateStatus status) const;         ///< of the cases
    std::int64_t count(ComparisonVerdict verdict) const; ///< of the cases whose time was judged
    std::int64_t checksThat(GateStatus status) const;
};

/// The whole verdict with counts; a view for programs, not read back.
void to_json(Json& json, const GateVerdict& verdict);

} // namespace headroom
