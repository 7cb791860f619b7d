// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/case_filter.h"
#include "core/report/report.h"

#include <string>

namespace CLI
{
class App;
}

namespace headroom::cli
{

/// --filter EXPR, which cases to keep, under the heading \a group.
void declareFilter(CLI::App& app, CaseFilter& filter, const std::string& group);

/// Whether \a filter keeps a case of \a report.
bool keepsAny(const CaseFilter& filter, const Report& report);

/// \throws SetUpError saying that --filter matched no case.
[[noreturn]] void refuseFilterOfNothing();

} // namespace headroom::cli
