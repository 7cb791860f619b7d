// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/markdown_report.h"

#include "core/audit/call_places.h"
#include "core/report/answer.h"
#include "core/report/inspection_tables.h"
#include "core/report/kernel_table.h"
#include "core/report/projection.h"
#include "core/report/queries.h"
#include "core/report/report_tables.h"
#include "core/report/repro.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace headroom
{
namespace
{

std::string withoutNumbers(std::string path)
{
    std::erase_if(path, [](unsigned char letter) { return std::isdigit(letter) != 0; });
    return path;
}

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

/// Cases by their ids, and calls by their module paths: those that differ in a number alone are drawn together.
std::string evidenceOf(const std::vector<std::string>& evidence)
{
    std::string text;
    const auto add = [&](const std::string& name) { text += fmt::format("{}`{}`", text.empty() ? "" : ", ", name); };
    std::vector<std::string> paths;
    for (const auto& id : evidence)
    {
        id.find('.') == std::string::npos ? add(id) : paths.push_back(id);
    }
    while (!paths.empty())
    {
        const auto shape = withoutNumbers(paths.front());
        const auto rest = std::stable_partition(paths.begin(), paths.end(),
                                                [&](const std::string& path) { return withoutNumbers(path) == shape; });
        add(pathPattern({paths.begin(), rest}));
        paths.erase(paths.begin(), rest);
    }
    return text;
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
        text += entry.undo.empty() ? "" : markdownEscaped(entry.undo) + "\n\n";
        const std::string evidence = evidenceOf(entry.evidence);
        text += fmt::format("Rule `{}`{}\n\n", entry.rule, evidence.empty() ? "" : ", evidence " + evidence);
    }
    return text;
}

std::string folded(std::string_view summary, const std::string& text)
{
    return text.empty() ? text : fmt::format("<details><summary>{}</summary>\n\n{}</details>\n\n", summary, text);
}

std::string repro(const Report& report)
{
    const std::string lines = reproLines(report);
    return lines.empty()
               ? lines
               : folded("The command line that measures each case again", fmt::format("```sh\n{}```\n\n", lines));
}

std::string reasons(const Report& report, const Format& format)
{
    std::string text;
    for (const auto& reason : furtherReasons(report, format))
    {
        text += fmt::format("- {}\n", markdownEscaped(reason));
    }
    return text.empty() ? text : text + "\n";
}

std::string hardware(const Report& report, const Format& format)
{
    auto tables = hardwareTables(report, format, Detail::Full);
    if (report.peaks)
    {
        tables.push_back(peaksTable(*report.peaks, format));
    }
    return section("Against the hardware", tables);
}

/// A sweep has a table for each of its calls: what they come to stands before them, and they are folded away.
std::string timings(const Report& report, const Format& format)
{
    const std::string performance = section("Performance", performanceTables(report, format, Detail::Full));
    const bool sweep = !report.fastest.empty();
    return sweep ? folded("Every case by itself", performance + hardware(report, format)) : performance;
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
    text += reasons(report, format);
    text += section("Model", modelTables(report, format));
    text += section("A against B", abTables(report, format, Detail::Full));
    text += section("Findings", auditTables(report, format, Detail::Full));
    text += section("Backends", kernelSummaryTables(report, format));
    text += section("Kernels", kernelTables(report, format));
    text += section("Compatibility", compatibilityTables(report, format, Detail::Full));
    text += skipped(report, Stage::Accuracy, "Accuracy");
    text += section("Accuracy", accuracyTables(report, format, Detail::Full));
    text += skipped(report, Stage::Performance, "Performance");
    text += timings(report, format);
    text += section("Projection", projectionTables(report, format));
    text += report.fastest.empty() ? hardware(report, format) : std::string();
    text += section("Where memory ends", frontierTables(report, format));
    text += section("Sweeps", sweepTables(report, format));
    text += section("Checks", checkTables(report, format, Detail::Full));
    text += section("What did not pass", unfinishedTables(report, format));
    text += recommendations(report);
    text += repro(report);
    text += warnings(report);
    const auto circumstances = circumstancesTable(report, format, Detail::Full);
    text += circumstances.rows.empty() ? std::string() : section("Circumstances", {circumstances});
    text += report.cases.empty()
                ? ""
                : "A percentile is shown only where enough samples support it; \"median, 95 %\" is the median with its "
                  "distribution-free interval, and a speed-up is the median over interleaved rounds with its interval. "
                  "Kernels are named without their template arguments; the JSON report has them whole.\n";
    return text;
}

} // namespace headroom
