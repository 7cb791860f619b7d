// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/opened_report.h"

#include "core/launch/set_up_error.h"
#include "core/report/export.h"
#include "core/report/original_claims.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace headroom::cli
{

Report openRun(const std::string& name)
{
    AnyReport report = openReport(name);
    if (const auto* original = std::get_if<OriginalReport>(&report))
    {
        try
        {
            return claimsOf(*original);
        }
        catch (const std::invalid_argument& error)
        {
            throw SetUpError(fmt::format("{}: {}", name, error.what()));
        }
    }
    return std::get<Report>(std::move(report));
}

std::vector<Report> openRuns(const std::vector<std::string>& names)
{
    std::vector<Report> reports;
    for (const auto& name : names)
    {
        reports.push_back(openRun(name));
    }
    return reports;
}

CLI::Option* declareRuns(CLI::App& app, std::vector<std::string>& runs, const std::string& help)
{
    return app.add_option("RUN", runs, help)->type_name("")->required();
}

} // namespace headroom::cli
