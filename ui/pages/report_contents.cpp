// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/report_contents.h"

#include "core/report/format.h"
#include "core/report/report_tables.h"

#include <QCoreApplication>

#include <fmt/format.h>

namespace headroom::ui
{
namespace
{

QString tr(const char* text)
{
    return QCoreApplication::translate("ReportPage", text);
}

std::int64_t samplesOf(const Report& report)
{
    std::size_t samples = 0;
    for (const auto& row : report.cases)
    {
        samples += row.deviceNs.size() + row.wallNs.size();
    }
    return static_cast<std::int64_t>(samples);
}

std::vector<ExportFormat> makeFormats()
{
    const QString document = tr("text and tables; the charts are in the file");
    return {
        {QStringLiteral("pdf"), tr("PDF document"),
         tr("A title page with the circumstances, then every page with its charts, on A4. To print and to attach."),
         document},
        {QStringLiteral("html"), tr("HTML, one file"),
         tr("Charts, tables and advice in one file that loads nothing else, light or dark as the reader's system is."),
         document},
        {QStringLiteral("png"), tr("PNG, a picture a page"), tr("Every page at twice its size. For slides."), document},
        {QStringLiteral("svg"), tr("SVG, a drawing a page"),
         tr("Every page as a drawing that stays sharp at any size."), document},
        {QStringLiteral("md"), tr("Markdown"), tr("Text and tables, for an issue or a pull request."),
         tr("as written")},
        {QStringLiteral("json"), tr("JSON"),
         tr("All of it, with every sample. Opens in Headroom again; the original tool's keys stand where they were."),
         tr("without the samples")},
        {QStringLiteral("csv"), tr("CSV"), tr("A row a case, for a spreadsheet or a notebook."), tr("as written")},
    };
}

} // namespace

const std::vector<ExportFormat>& exportFormats()
{
    static const std::vector<ExportFormat> formats = makeFormats();
    return formats;
}

Table contentsOf(const Report& report)
{
    const Format format;
    Table table;
    table.title = "What is in the report";
    table.columns = {{""}, {""}};
    const auto add = [&](const char* part, std::size_t count, std::string_view noun)
    {
        if (count > 0)
        {
            table.rows.push_back({part, format.plural(static_cast<std::int64_t>(count), noun)});
        }
    };
    table.rows.push_back({"conclusion", spaced(toString(report.conclusion))});
    table.rows.push_back(
        {"run", fmt::format("{}{}", report.plan.command, report.plan.preset.empty() ? "" : ", " + report.plan.preset)});
    add("jobs", report.jobs.size(), "job");
    add("cases", report.cases.size(), "case");
    add("samples", static_cast<std::size_t>(samplesOf(report)), "sample");
    add("comparisons", report.comparisons.size(), "comparison");
    add("accuracy", report.judgements.size(), "verdict");
    add("attention layers", report.layers.size(), "layer");
    add("checks", report.checks.size(), "check");
    add("recommendations", report.recommendations.size(), "recommendation");
    add("telemetry", report.telemetry.size(), "reading");
    table.rows.push_back({"started", report.startedUtc.empty() ? format.dash() : report.startedUtc});
    table.rows.push_back({"finished", report.finishedUtc.empty() ? "not yet" : report.finishedUtc});
    table.rows.push_back({"made by", fmt::format("Headroom {} ({})", report.headroomVersion, report.gitHash)});
    return table;
}

} // namespace headroom::ui
