// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/case_report.h"
#include "core/report/comparison_report.h"
#include "core/run/event.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headroom
{

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
