// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/case_filter_option.h"

#include "app/cli/arguments.h"

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

} // namespace headroom::cli
