// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/render_options.h"

#include "ui/pages/page_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace headroom::ui
{
namespace
{

constexpr int kLeastPixels = 320;
constexpr int kMostPixels = 8000;
constexpr double kMostScale = 4;

const QStringList& knownFormats()
{
    static const QStringList formats{QStringLiteral("png"), QStringLiteral("svg"), QStringLiteral("pdf"),
                                     QStringLiteral("html")};
    return formats;
}

QStringList knownPages()
{
    QStringList ids;
    for (const auto& factory : pageFactories())
    {
        ids.append(factory.id);
    }
    return ids;
}

[[noreturn]] void fail(const QString& sentence)
{
    throw std::invalid_argument(sentence.toStdString());
}

QStringList listOf(const QString& value, const QStringList& known, const QString& what)
{
    const QStringList names = value.split(QLatin1Char(','), Qt::SkipEmptyParts);
    for (const QString& name : names)
    {
        if (!known.contains(name))
        {
            fail(QStringLiteral("'%1' is no %2; there are %3.").arg(name, what, known.join(QStringLiteral(", "))));
        }
    }
    if (names.isEmpty())
    {
        fail(QStringLiteral("No %1 is named; there are %2.").arg(what, known.join(QStringLiteral(", "))));
    }
    return names;
}

QSize sizeOf(const QString& value)
{
    const QStringList parts = value.split(QLatin1Char('x'));
    bool wide = false;
    bool high = false;
    const QSize size(parts.value(0).toInt(&wide), parts.value(1).toInt(&high));
    if (parts.size() != 2 || !wide || !high || std::min(size.width(), size.height()) < kLeastPixels ||
        std::max(size.width(), size.height()) > kMostPixels)
    {
        fail(QStringLiteral("'%1' is no size; write it as 1280x800, between %2 and %3.")
                 .arg(value)
                 .arg(kLeastPixels)
                 .arg(kMostPixels));
    }
    return size;
}

double scaleOf(const QString& value)
{
    bool number = false;
    const double scale = value.toDouble(&number);
    if (!number || scale < 0.5 || scale > kMostScale)
    {
        fail(QStringLiteral("'%1' is no scale; write a number between 0.5 and %2.").arg(value).arg(kMostScale));
    }
    return scale;
}

Scheme schemeOf(const QString& value)
{
    if (value != QLatin1String("light") && value != QLatin1String("dark"))
    {
        fail(QStringLiteral("'%1' is no scheme; there are light and dark.").arg(value));
    }
    return value == QLatin1String("dark") ? Scheme::Dark : Scheme::Light;
}

void take(RenderOptions& options, const QString& name, const QString& value)
{
    if (name == QLatin1String("--output"))
    {
        options.output = value;
    }
    else if (name == QLatin1String("--format"))
    {
        options.formats = listOf(value, knownFormats(), QStringLiteral("format"));
    }
    else if (name == QLatin1String("--pages"))
    {
        options.pages = listOf(value, knownPages(), QStringLiteral("page"));
    }
    else if (name == QLatin1String("--scheme"))
    {
        options.scheme = schemeOf(value);
    }
    else if (name == QLatin1String("--size"))
    {
        options.size = sizeOf(value);
    }
    else if (name == QLatin1String("--scale"))
    {
        options.scale = scaleOf(value);
    }
    else
    {
        fail(QStringLiteral("headroom --render has no option %1; `headroom --render --help` lists them.").arg(name));
    }
}

} // namespace

bool wantsRendering(const QStringList& arguments)
{
    return arguments.contains(QLatin1String("--render"));
}

RenderOptions readRenderOptions(const QStringList& arguments)
{
    RenderOptions options;
    options.help = arguments.contains(QLatin1String("--help")) || arguments.contains(QLatin1String("-h"));
    if (options.help)
    {
        return options;
    }
    for (qsizetype at = 0; at < arguments.size(); ++at)
    {
        QString name = arguments.at(at);
        if (name == QLatin1String("--render"))
        {
            continue;
        }
        if (!name.startsWith(QLatin1String("--")))
        {
            options.reports.append(name);
            continue;
        }
        QString value = arguments.value(at + 1);
        if (const qsizetype equals = name.indexOf(QLatin1Char('=')); equals > 0)
        {
            value = name.mid(equals + 1);
            name.truncate(equals);
        }
        else
        {
            ++at;
        }
        if (value.isEmpty())
        {
            fail(QStringLiteral("%1 needs a value; `headroom --render --help` says which.").arg(name));
        }
        take(options, name, value);
    }
    if (options.reports.isEmpty())
    {
        fail(QStringLiteral("Name the report to draw: headroom --render REPORT --output DIR."));
    }
    if (options.output.isEmpty())
    {
        fail(QStringLiteral("Name the folder to write to: headroom --render REPORT --output DIR."));
    }
    return options;
}

const char* renderHelp()
{
    return "Usage: headroom --render REPORT... --output DIR [OPTIONS]\n"
           "\n"
           "Draws the pages of a report into files, without a display. With several reports the first is in front and\n"
           "the others are compared with it. Prints the name of each file that was written.\n"
           "\n"
           "  --format LIST    of png, svg (a file a page), pdf (one document), html (one file that needs no other);\n"
           "                   default png\n"
           "  --pages LIST     of overview, scaling, latency, ...; default all that have something to show\n"
           "  --scheme WORD    light or dark; default light\n"
           "  --size WxH       of a page in pixels; default 1280x800. A page with more on it is higher\n"
           "  --scale NUMBER   of png: 2 has twice the pixels; default 1\n"
           "\n"
           "Exit status: 0 written, 1 a file could not be written, 3 wrong arguments or no report.\n";
}

} // namespace headroom::ui
