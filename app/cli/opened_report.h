// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/run_folder.h"
#include "core/report/report.h"

#include <string>
#include <vector>

namespace CLI
{
class App;
class Option;
} // namespace CLI

namespace headroom::cli
{

/// A run that was named on the command line.
struct OpenedRun
{
    std::string name; ///< its file, or its id in the history
    Report report;
};

/// The runs that \a references mean, in their order: files of reports and journals, and runs of \a history by id,
/// `last` or tag (core/launch/run_lookup.h); a tag stands for all runs that have it. A report of the original tool
/// becomes what it claims (claimsOf()). \throws std::runtime_error or SetUpError with a sentence.
std::vector<OpenedRun> openRuns(const std::vector<std::string>& references, const RunFolder& history);

/// The argument RUN..., one or several. The target must outlive \a app.
CLI::Option* declareRuns(CLI::App& app, std::vector<std::string>& runs, const std::string& help);

} // namespace headroom::cli
