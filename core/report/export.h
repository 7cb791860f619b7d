// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/original_report.h"
#include "core/report/report.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <variant>

namespace headroom
{

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow" // GCC 12 says so of a scoped enumerator: it cannot shadow headroom::Json
enum class ReportFormat
{
    Json,
    Markdown,
    Csv,
    Html,
    Text
};
#pragma GCC diagnostic pop

template <> struct EnumNames<ReportFormat>
{
    static constexpr std::string_view kind = "report format";
    static constexpr std::array names{std::pair{ReportFormat::Json, std::string_view{"json"}},
                                      std::pair{ReportFormat::Markdown, std::string_view{"markdown"}},
                                      std::pair{ReportFormat::Csv, std::string_view{"csv"}},
                                      std::pair{ReportFormat::Html, std::string_view{"html"}},
                                      std::pair{ReportFormat::Text, std::string_view{"text"}}};
};

/// The usual extension with its dot: ".json", ".md", ".csv", ".html", ".txt".
std::string_view extensionOf(ReportFormat format);

/// The format that a file's name asks for, or nothing.
std::optional<ReportFormat> formatOfFile(const std::filesystem::path& path);

/// \a report in \a format, in UTF-8; Text is the terminal's, without colour.
std::string writeReport(const Report& report, ReportFormat format);

/// \throws std::invalid_argument for Json, Csv and Html: the original's report is JSON already, and has no samples.
std::string writeReport(const OriginalReport& report, ReportFormat format);

/// One of ours, or one of the original tool's.
using AnyReport = std::variant<Report, OriginalReport>;

/// Reads any report from its text. \throws std::invalid_argument with a sentence for what is neither.
AnyReport reportFromText(std::string_view text);

/// Reads any report from a file. \throws std::runtime_error with the path and a sentence.
AnyReport openReport(const std::filesystem::path& path);

/// Writes \a text so that \a path holds either what it held before or all of \a text, even after a power cut: into a
/// new file in the same folder, which is synchronised and then renamed. Missing folders are made.
/// \throws std::runtime_error with the path, the system's reason and nothing left behind.
void writeFileAtomically(const std::filesystem::path& path, std::string_view text);

} // namespace headroom
