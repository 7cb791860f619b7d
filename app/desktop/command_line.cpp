// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/command_line.h"

#include "core/version/build_info.h"

#include <fmt/format.h>

#include <cstdio>

namespace headroom::desktop
{
namespace
{

constexpr int kUsageError = 3;

constexpr const char* kHelp =
    "Usage: headroom [FILE...] [MODEL]\n"
    "\n"
    "Opens the workbench, with the reports and journals FILE... in it, and the form with MODEL: a folder with\n"
    "config.json, a file that torch wrote (.pt, .ts, .pt2), a config.json, or weights of the built-in model\n"
    "(.safetensors).\n"
    "\n"
    "  --render REPORT --output DIR   draw a report's pages without a display; `headroom --render --help` says more\n"
    "  --version                      the version, and nothing else\n"
    "  --help                         this text\n"
    "\n"
    "Qt's own options (-platform, -style, ...) are taken too. headroom-cli does the same work without a display.\n";

} // namespace

std::optional<CommandLine> readCommandLine(const QStringList& arguments, int& status)
{
    CommandLine line;
    status = 0;
    for (const QString& argument : arguments)
    {
        if (argument == QLatin1String("--version"))
        {
            fmt::print("headroom {}\n", buildInfo().version);
            return std::nullopt;
        }
        if (argument == QLatin1String("--help") || argument == QLatin1String("-h"))
        {
            fmt::print("{}", kHelp);
            return std::nullopt;
        }
        if (argument.startsWith(QLatin1String("--")))
        {
            fmt::print(stderr, "headroom has no option {}; `headroom --help` lists them.\n", argument.toStdString());
            status = kUsageError;
            return std::nullopt;
        }
        line.files.append(argument);
    }
    return line;
}

} // namespace headroom::desktop
