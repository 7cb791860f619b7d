// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

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

/// The report that \a name means: a report's or a journal's file. A report of the original tool becomes what it claims
/// (claimsOf()). \throws std::runtime_error or SetUpError with a sentence.
Report openRun(const std::string& name);

/// openRun() of each.
std::vector<Report> openRuns(const std::vector<std::string>& names);

/// The argument RUN..., one or several. The target must outlive \a app.
CLI::Option* declareRuns(CLI::App& app, std::vector<std::string>& runs, const std::string& help);

} // namespace headroom::cli
