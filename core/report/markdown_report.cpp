// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/markdown_report.h"

#include "core/report/answer.h"
#include "core/report/inspection_tables.h"
#include "core/report/kernel_table.h"
#include "core/report/projection.h"
#include "core/report/queries.h"
#include "core/report/report_tables.h"
#include "core/report/repro.h"

#include <fmt/format.h>

namespace headroom
{
namespace
{

std::string section(std::string_view title, const std::vector<Table>& tables)
{
    if (tables.empty())
    {
        return {};
    }
    std::string text = fmt::format("## {}\n\n", title);
    for (const auto& table : tables)
    {
        text += markdownTable(table);
    }
    return text;
}

std::string skipped(const Report& report, Stage stage, std::string_view title)
{
    return isSkipped(report, stage) ? fmt::format("## {}\n\nSkipped, as asked.\n\n", title) : std::string();
}

std::string code(std::string_view language, const std::string& text)
{
    return text.empty() ? std::string() : fmt::format("```{}\n{}\n```\n\n", language, text);
}

std::string recommendations(const Report& report)
{
    if (report.recommendations.empty())
    {
        return {};
    }
    std::string text = "## Recommendations\n\n";
    std::size_t number = 0;
    for (const auto& entry : report.recommendations)
    {
        text += fmt::format("### {}. {}\n\n{}\n\n", ++number, markdownEscaped(entry.title), markdownEscaped(entry.why));
        text += entry.gainText.empty()
                    ? ""
                    : fmt::format("{}{}\n\n", entry.gain ? "**Gain:** " : "", markdownEscaped(entry.gainText));
        text += code("cpp", entry.cpp) + code("python", entry.python);
        std::string evidence;
        for (const auto& id : entry.evidence)
        {
            evidence += fmt::format("{}`{}`", evidence.empty() ? "" : ", ", id);
        }
        text += fmt::format("Rule `{}`{}\n\n", entry.rule, evidence.empty() ? "" : ", evidence " + evidence);
    }
    return text;
}

/// Folded away.
std::string repro(const Report& report)
{
    const std::string lines = reproLines(report);
    return lines.empty() ? lines
                         : fmt::format("<details><summary>The command line that measures each case again</summary>\n\n"
                                       "```sh\n{}```\n\n</details>\n\n",
                                       lines);
}

std::string warnings(const Report& report)
{
    std::string text;
    for (const auto& line : report.log)
    {
        if (line.level != LogLevel::Info)
        {
            text += fmt::format("- {}: {}\n", toString(line.level), markdownEscaped(line.text));
        }
    }
    return text.empty() ? text : "## Warnings\n\n" + text + "\n";
}

} // namespace

std::string writeMarkdownReport(const Report& report)
{
    const Format format;
    std::string text =
        fmt::format("# Headroom{}{}: {}\n\n**{}**\n\n", report.plan.command.empty() ? "" : " ", report.plan.command,
                    spaced(toString(report.conclusion)), markdownEscaped(answerOf(report, format)));
    for (const auto& reason : report.conclusionReasons)
    {
        text += fmt::format("- {}\n", markdownEscaped(reason));
    }
    text += report.conclusionReasons.empty() ? "" : "\n";
    text += section("Model", modelTables(report, format));
    text += section("Findings", auditTables(report, format, Detail::Full));
    text += section("Backends", kernelSummaryTables(report, format));
    text += section("Kernels", kernelTables(report, format));
    text += section("Compatibility", compatibilityTables(report, format, Detail::Full));
    text += skipped(report, Stage::Accuracy, "Accuracy");
    text += section("Accuracy", accuracyTables(report, format, Detail::Full));
    text += skipped(report, Stage::Performance, "Performance");
    text += section("Performance", performanceTables(report, format, Detail::Full));
    text += section("Projection", projectionTables(report, format));
    auto hardware = hardwareTables(report, format, Detail::Full);
    if (report.peaks)
    {
        hardware.push_back(peaksTable(*report.peaks, format));
    }
    text += section("Against the hardware", hardware);
    text += section("Where memory ends", frontierTables(report, format));
    text += section("Sweeps", sweepTables(report, format));
    text += section("Checks", checkTables(report, format, Detail::Full));
    text += section("What did not pass", unfinishedTables(report, format));
    text += recommendations(report);
    text += repro(report);
    text += warnings(report);
    const auto circumstances = circumstancesTable(report, format, Detail::Full);
    text += circumstances.rows.empty() ? std::string() : section("Circumstances", {circumstances});
    text += "A percentile is shown only where enough samples support it; \"median, 95 %\" is the median with its "
            "distribution-free interval, and a speed-up is the median over interleaved rounds with its interval.\n";
    return text;
}

} // namespace headroom
