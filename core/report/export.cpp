// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/export.h"

#include "core/encoding/whole_file.h"
#include "core/report/csv_report.h"
#include "core/report/fold.h"
#include "core/report/html_report.h"
#include "core/report/json_report.h"
#include "core/report/markdown_report.h"
#include "core/report/terminal_report.h"
#include "core/run/journal.h"

#include <fmt/format.h>

#include <stdexcept>

namespace headroom
{
namespace
{

std::string readFile(const std::filesystem::path& path)
{
    std::error_code error;
    std::string text = wholeFile(path, error);
    if (error)
    {
        throw std::runtime_error(fmt::format("Cannot open {}: {}.", path.string(),
                                             error == std::errc::is_a_directory              ? "it is a folder"
                                             : error == std::errc::no_such_file_or_directory ? "there is no such file"
                                                                                             : error.message()));
    }
    return text;
}

/// A journal is lines of events; its first one is whole, or nothing of it can be read.
bool looksLikeJournal(std::string_view text)
{
    try
    {
        const auto event = eventFromLine(text.substr(0, text.find('\n')));
        return std::holds_alternative<RunStarted>(event.data);
    }
    catch (const std::exception&)
    {
        return false;
    }
}

} // namespace

std::string_view extensionOf(ReportFormat format)
{
    switch (format)
    {
    case ReportFormat::Json:
        return ".json";
    case ReportFormat::Markdown:
        return ".md";
    case ReportFormat::Csv:
        return ".csv";
    case ReportFormat::Html:
        return ".html";
    case ReportFormat::Text:
        return ".txt";
    }
    return "";
}

std::optional<ReportFormat> formatOfFile(const std::filesystem::path& path)
{
    for (const auto& entry : EnumNames<ReportFormat>::names)
    {
        if (path.extension() == extensionOf(entry.first))
        {
            return entry.first;
        }
    }
    return std::nullopt;
}

std::string writeReport(const Report& report, ReportFormat format)
{
    switch (format)
    {
    case ReportFormat::Json:
        return writeJsonReport(report);
    case ReportFormat::Markdown:
        return writeMarkdownReport(report);
    case ReportFormat::Csv:
        return writeCsvReport(report);
    case ReportFormat::Html:
        return writeHtmlReport(report);
    case ReportFormat::Text:
        return writeTerminalReport(report, Format());
    }
    return {};
}

std::string writeReport(const OriginalReport& report, ReportFormat format)
{
    switch (format)
    {
    case ReportFormat::Json:
        throw std::invalid_argument(
            "This report of the original tool is JSON already; markdown and text can be made of it.");
    case ReportFormat::Csv:
        throw std::invalid_argument(
            "A report of the original tool holds no cases to make a table of; markdown and text can "
            "be made of it.");
    case ReportFormat::Html:
        throw std::invalid_argument(
            "A report of the original tool has no figures to draw; markdown and text can be made "
            "of it.");
    case ReportFormat::Markdown:
        return writeOriginalMarkdown(report);
    case ReportFormat::Text:
        return writeOriginalText(report, Format(), TextLayout());
    }
    return {};
}

AnyReport reportFromText(std::string_view text)
{
    const Json document = parseReportText(text);
    if (isHeadroomReport(document))
    {
        return reportFromDocument(document);
    }
    if (isOriginalReport(document))
    {
        return originalFromDocument(document);
    }
    throw std::invalid_argument("This JSON is no report: it has neither Headroom's schema_version nor any key of the "
                                "original tool.");
}

AnyReport openReport(const std::filesystem::path& path)
{
    const std::string text = readFile(path);
    try
    {
        if (looksLikeJournal(text))
        {
            return foldEvents(readJournal(path).events);
        }
        return reportFromText(text);
    }
    catch (const std::exception& error)
    {
        throw std::runtime_error(fmt::format("{}: {}", path.string(), error.what()));
    }
}

} // namespace headroom
