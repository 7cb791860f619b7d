// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/case_filter_option.h"

#include "app/cli/arguments.h"
#include "core/launch/set_up_error.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace headroom::cli
{

void declareFilter(CLI::App& app, CaseFilter& filter, const std::string& group)
{
    present(app.add_option_function<std::vector<std::string>>(
                   "--filter",
                   [&filter](const std::vector<std::string>& texts)
                   {
                       try
                       {
                           for (const auto& text : texts)
                           {
                               filter.add(text);
                           }
                       }
                       catch (const std::invalid_argument& error)
                       {
                           throw CLI::ValidationError(fmt::format("--filter: {}.", error.what()));
                       }
                   },
                   "keep the cases that meet it: backend=flash,cudnn  seq>=4k  pass!=backward; several with commas or "
                   "repeated must all hold. Names: " +
                       CaseFilter::names())
                ->type_name("EXPR")
                ->allow_extra_args(false),
            group);
}

bool keepsAny(const CaseFilter& filter, const Report& report)
{
    return std::ranges::any_of(report.cases, [&](const CaseReport& row) { return filter.keeps(row.measured); });
}

void refuseFilterOfNothing()
{
    throw SetUpError("--filter matches no case of these runs.");
}

} // namespace headroom::cli
