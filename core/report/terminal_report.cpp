// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/terminal_report.h"

#include "core/report/answer.h"
#include "core/report/inspection_tables.h"
#include "core/report/kernel_table.h"
#include "core/report/projection.h"
#include "core/report/queries.h"
#include "core/report/report_tables.h"

#include <fmt/format.h>

namespace headroom
{
namespace
{

Tone toneOf(Conclusion conclusion)
{
    switch (conclusion)
    {
    case Conclusion::Passed:
        return Tone::Good;
    case Conclusion::CannotTell:
        return Tone::Caution;
    case Conclusion::Failed:
    case Conclusion::SetUpError:
        return Tone::Bad;
    }
    return Tone::Plain;
}

Tone toneOf(Severity severity)
{
    switch (severity)
    {
    case Severity::Good:
        return Tone::Good;
    case Severity::Advice:
        return Tone::Plain;
    case Severity::Problem:
        return Tone::Bad;
    }
    return Tone::Plain;
}

std::string section(std::string_view title, const std::vector<Table>& tables, const TextLayout& layout)
{
    if (tables.empty())
    {
        return {};
    }
    std::string text = fmt::format("\n{}\n", bold(title, layout));
    for (const auto& table : tables)
    {
        text += &table == &tables.front() ? "" : "\n";
        text += textTable(table, layout);
    }
    return text;
}

/// Code keeps its lines, however long: it is there to be copied.
std::string codeLines(std::string_view label, const std::string& code)
{
    std::string text;
    for (std::size_t at = 0; at < code.size();)
    {
        const auto end = std::min(code.find('\n', at), code.size());
        text += fmt::format("   {:<8}{}\n", text.empty() ? label : std::string_view(), code.substr(at, end - at));
        at = end + 1;
    }
    return text;
}

std::string recommendations(const Report& report, const Format& format, const TextLayout& layout)
{
    if (report.recommendations.empty())
    {
        return {};
    }
    std::string text = fmt::format("\n{}\n", bold("Recommendations", layout));
    std::size_t number = 0;
    for (const auto& entry : report.recommendations)
    {
        const auto lines = wrapped(format.plain(entry.title), layout.width - 3);
        text += fmt::format("{}. {}\n", ++number, coloured(lines.front(), toneOf(entry.severity), layout));
        for (std::size_t i = 1; i < lines.size(); ++i)
        {
            text += "   " + coloured(lines[i], toneOf(entry.severity), layout) + "\n";
        }
        text += paragraph("   ", format.plain(entry.why), layout);
        if (!entry.gainText.empty())
        {
            text += paragraph(entry.gain ? "   Gain: " : "   ", format.plain(entry.gainText), layout);
        }
        text += codeLines("C++", format.plain(entry.cpp)) + codeLines("Python", format.plain(entry.python));
        text += entry.undo.empty() ? "" : paragraph("   ", format.plain(entry.undo), layout);
    }
    return text;
}

} // namespace

std::string writeTerminalReport(const Report& report, const Format& format, const TextLayout& layout)
{
    std::string text = fmt::format(
        "{} {}\n",
        bold(fmt::format("headroom{}{}:", report.plan.command.empty() ? "" : " ", report.plan.command), layout),
        coloured(spaced(toString(report.conclusion)), toneOf(report.conclusion), layout));
    const std::string answer = answerOf(report, format);
    text += paragraph("", answer, layout);
    for (const auto& reason : report.conclusionReasons)
    {
        const std::string plain = format.plain(reason);
        text += plain == answer ? std::string() : paragraph("- ", plain, layout);
    }
    text += section("Model", modelTables(report, format), layout);
    text += section("A against B", abTables(report, format, Detail::Compact), layout);
    text += section("Findings", auditTables(report, format, Detail::Compact), layout);
    text += section("Backends", kernelSummaryTables(report, format), layout);
    text += section("Kernels", kernelTables(report, format), layout);
    text += section("Compatibility", compatibilityTables(report, format, Detail::Compact), layout);
    text += section("Accuracy", accuracyTables(report, format, Detail::Compact), layout);
    text += section("Performance", performanceTables(report, format, Detail::Compact), layout);
    text += section("Projection", projectionTables(report, format), layout);
    text += section("Against the hardware", hardwareTables(report, format, Detail::Compact), layout);
    text += section("Where memory ends", frontierTables(report, format), layout);
    text += section("Sweeps", sweepTables(report, format), layout);
    text += section("Checks", checkTables(report, format, Detail::Compact), layout);
    text += section("What did not pass", unfinishedTables(report, format), layout);
    text += recommendations(report, format, layout);
    const auto circumstances = circumstancesTable(report, format, Detail::Compact);
    text += circumstances.rows.empty() ? std::string() : section("Circumstances", {circumstances}, layout);
    return text;
}

} // namespace headroom
