// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/case_filter.h"

#include <string>

namespace CLI
{
class App;
}

namespace headroom::cli
{

/// --filter EXPR, which cases to keep, under the heading \a group.
void declareFilter(CLI::App& app, CaseFilter& filter, const std::string& group);

} // namespace headroom::cli
