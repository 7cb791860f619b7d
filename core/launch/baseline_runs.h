// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/baseline.h"
#include "core/history/run_folder.h"
#include "core/report/report.h"

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// A baseline with the reports of its runs.
struct BaselineRuns
{
    Baseline baseline;
    std::vector<Report> reports; ///< in the order of the baseline's runs
};

/// Of a single run it is not known how much runs differ.
inline constexpr std::size_t kFewestBaselineRuns = 2;

/// Whether runs that failed by themselves may be in a baseline: what is wrong in it is no failure of a gate.
enum class FailedRuns
{
    Refused,
    Taken
};

/// \throws SetUpError with a sentence where \a reports are no baseline: none or too few, one of them twice, runs of
/// several plans, which would differ by more than being several (whether one of them measured the device's peaks does
/// not matter), or such that failed.
void checkBaselineRuns(std::span<const Report> reports, FailedRuns failed);

/// What \a nameOrPath means: a baseline of the history; else a file that exportBaseline() wrote; else a folder with
/// reports and journals of one plan, each a run (a report counts before the journal of the same run).
/// \throws SetUpError with a sentence when it is none of these, when a run of it is gone, or when a file is damaged.
BaselineRuns openBaseline(const std::string& nameOrPath, const RunFolder& folder);

/// The baseline with all its reports as one JSON document, to keep as an artifact or under version control.
std::string exportedBaseline(const BaselineRuns& runs);

/// Reads what exportedBaseline() wrote. \throws std::invalid_argument with a sentence.
BaselineRuns baselineFromText(std::string_view text);

/// Puts the runs of an exported baseline that \a folder does not have into it, and the baseline under \a name (its own
/// where that is empty). Returns it. \throws std::invalid_argument for a name that cannot be one, and
/// std::runtime_error when the folder cannot be written.
Baseline importBaseline(const RunFolder& folder, const BaselineRuns& runs, const std::string& name);

} // namespace headroom
