// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/run_folder.h"
#include "core/report/report.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headroom
{

enum class RunState
{
    Finished,   ///< it ended and left no job
    Cancelled,  ///< ended by its user; it can be gone on with
    Unfinished, ///< cut off; likewise
    Running,    ///< a program is writing its journal now
    Unreadable  ///< a file that is no run's, or damaged
};

template <> struct EnumNames<RunState>
{
    static constexpr std::string_view kind = "state of a run";
    static constexpr std::array names{std::pair{RunState::Finished, std::string_view{"finished"}},
                                      std::pair{RunState::Cancelled, std::string_view{"cancelled"}},
                                      std::pair{RunState::Unfinished, std::string_view{"unfinished"}},
                                      std::pair{RunState::Running, std::string_view{"running"}},
                                      std::pair{RunState::Unreadable, std::string_view{"unreadable"}}};
};

/// A headline of a run: its best accepted fused backend against math.
struct RunSpeedUp
{
    Pass pass = Pass::Forward;
    Backend best = Backend::Math;
    ComparisonVerdict verdict = ComparisonVerdict::CannotTell;
    std::optional<double> ratio; ///< time of math / time of \ref best
    std::optional<Interval> interval;

    bool operator==(const RunSpeedUp&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(RunSpeedUp, pass, best, verdict, ratio, interval)

/// A run of the history as a row.
struct RunRow
{
    std::string id; ///< of the run; of a file that cannot be read its name without the ending
    RunFile file;
    RunState state = RunState::Unreadable;
    std::optional<Conclusion> conclusion; ///< of a run that finished
    std::string problem;                  ///< why it is unreadable, a sentence
    std::string startedUtc;               ///< "2026-11-23T05:23:11.123Z"; of an unreadable file its last change
    std::string finishedUtc;              ///< empty when it did not finish
    std::string command;                  ///< "validate"
    std::string preset;
    std::string title;  ///< what was measured: "encoder d_model 64, 2 layers, ..."
    std::string device; ///< its name; empty when the run did not come to its circumstances
    DeviceKind kind = DeviceKind::Cpu;
    std::string driverVersion;
    std::string libtorchVersion;
    int cudnnVersion = 0;
    std::string headroomVersion;
    std::vector<std::string> dtypes;
    std::int64_t jobs = 0;
    std::int64_t finishedJobs = 0;
    std::int64_t failedJobs = 0;
    std::int64_t cases = 0; ///< with a figure
    std::vector<RunSpeedUp> speedUps;
    std::vector<std::string> tags;
    std::string note;
    std::vector<std::string> baselines; ///< that it is part of

    bool operator==(const RunRow&) const = default;

    bool isImported() const { return file.name.starts_with("imported/"); }
    bool canResume() const { return state == RunState::Cancelled || state == RunState::Unfinished; }
};

void to_json(Json& json, const RunRow& row);

/// A figure of one case in one run, for trends.
struct RunFigure
{
    std::string caseId;
    std::string job;
    std::string title; ///< describe() of the case
    Backend backend = Backend::Default;
    Pass pass = Pass::Forward;
    DType dtype = DType::Float32;
    double medianNs = 0; ///< of the device times
    std::optional<Interval> intervalNs;
    std::int64_t n = 0;
    std::optional<double> smMhz; ///< median clock of the samples
    AccuracyVerdict accuracy = AccuracyVerdict::Unverified;
    std::optional<Backend> ran; ///< the backend that was seen to run

    bool operator==(const RunFigure&) const = default;
};

/// What the index keeps of one file.
struct IndexedRun
{
    RunRow row; ///< without marks and baselines
    std::vector<RunFigure> figures;

    bool operator==(const IndexedRun&) const = default;
};

/// What \a report says of itself. \a file is left empty, and the state does not know of locks.
IndexedRun indexedRun(const Report& report);

/// Reads \a file of \a folder. A file that cannot be read is a row that says why. Nothing for one that holds nothing
/// yet, since its run only begins, and for one that is gone. \throws nothing but std::bad_alloc.
std::optional<IndexedRun> readIndexedRun(const RunFolder& folder, const RunFile& file);

/// The name of \a file without folder and ending.
std::string stemOf(const RunFile& file);

} // namespace headroom
