// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/opened_report.h"

#include "core/launch/run_lookup.h"
#include "core/launch/set_up_error.h"
#include "core/report/export.h"
#include "core/report/original_claims.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace headroom::cli
{

namespace
{

Report readAny(const std::filesystem::path& file)
{
    AnyReport report = openReport(file);
    if (const auto* original = std::get_if<OriginalReport>(&report))
    {
        try
        {
            return claimsOf(*original);
        }
        catch (const std::invalid_argument& error)
        {
            throw SetUpError(fmt::format("{}: {}", file.string(), error.what()));
        }
    }
    return std::get<Report>(std::move(report));
}

} // namespace

std::vector<OpenedRun> openRuns(const std::vector<std::string>& references, const RunFolder& history)
{
    std::vector<OpenedRun> opened;
    for (const auto& reference : references)
    {
        for (const FoundRun& found : findRuns(reference, history))
        {
            opened.push_back({found.run.empty() ? found.file.string() : found.run, readAny(found.file)});
        }
    }
    return opened;
}

CLI::Option* declareRuns(CLI::App& app, std::vector<std::string>& runs, const std::string& help)
{
    return app.add_option("RUN", runs, help)->type_name("")->required();
}

} // namespace headroom::cli
