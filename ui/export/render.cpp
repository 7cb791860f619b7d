// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/render.h"

#include "core/report/export.h"
#include "core/report/original_claims.h"
#include "ui/export/export_job.h"

#include <QFileInfo>

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <stdexcept>

namespace headroom::ui
{
namespace
{

constexpr int kNotWritten = 1;
constexpr int kSetUpError = 3;

ReportSet readReports(const QStringList& files)
{
    ReportSet set;
    for (const QString& file : files)
    {
        AnyReport any = openReport(file.toStdString());
        const QString name = QFileInfo(file).completeBaseName();
        if (const auto* original = std::get_if<OriginalReport>(&any))
        {
            set.reports.push_back(
                {QStringLiteral("%1 (claims)").arg(name), std::make_shared<const Report>(claimsOf(*original)), false});
            continue;
        }
        set.reports.push_back({name, std::make_shared<const Report>(std::get<Report>(std::move(any))), false});
    }
    return set;
}

DrawnFormat formatOf(const QString& name)
{
    return name == QLatin1String("svg")    ? DrawnFormat::Svg
           : name == QLatin1String("pdf")  ? DrawnFormat::Pdf
           : name == QLatin1String("html") ? DrawnFormat::Html
                                           : DrawnFormat::Png;
}

QString stemOf(const RenderOptions& options)
{
    return options.output + QLatin1Char('/') + QFileInfo(options.reports.front()).completeBaseName();
}

void write(const RenderOptions& options, const ReportSet& reports, const QString& format)
{
    ExportRequest request;
    request.reports = reports;
    request.format = formatOf(format);
    request.path = stemOf(options);
    if (request.format == DrawnFormat::Pdf || request.format == DrawnFormat::Html)
    {
        request.path += QLatin1Char('.') + format;
    }
    request.scheme = options.scheme;
    request.size = options.size;
    request.scale = options.scale;
    request.pages = options.pages;
    ExportJob job(request);
    while (job.step())
    {
    }
    for (const QString& file : job.files())
    {
        fmt::print("{}\n", file.toStdString());
    }
}

} // namespace

int render(const RenderOptions& options)
{
    ReportSet reports;
    try
    {
        reports = readReports(options.reports);
    }
    catch (const std::exception& error)
    {
        fmt::print(stderr, "{}\n", error.what());
        return kSetUpError;
    }
    try
    {
        for (const QString& format : options.formats)
        {
            write(options, reports, format);
        }
    }
    catch (const std::exception& error)
    {
        fmt::print(stderr, "{}\n", error.what());
        return kNotWritten;
    }
    return 0;
}

} // namespace headroom::ui
