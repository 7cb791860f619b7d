// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/command_line.h"
#include "app/desktop/desktop.h"
#include "core/launch/worker_lookup.h"
#include "core/version/build_info.h"

#include <QApplication>

#include <cstdio>

namespace
{

constexpr int kSetUpError = 3;

/// Options that need no display are answered before Qt looks for one.
QStringList argumentsOf(int argc, char** argv)
{
    QStringList arguments;
    for (int at = 1; at < argc; ++at)
    {
        arguments.append(QString::fromLocal8Bit(argv[at]));
    }
    return arguments;
}

bool wantsWords(const QStringList& arguments)
{
    return arguments.contains(QLatin1String("--version")) || arguments.contains(QLatin1String("--help")) ||
           arguments.contains(QLatin1String("-h"));
}

/// Qt would end the program with an abort and words of its own.
bool hasDisplay(const QStringList& arguments)
{
    return qEnvironmentVariableIsSet("DISPLAY") || qEnvironmentVariableIsSet("WAYLAND_DISPLAY") ||
           qEnvironmentVariableIsSet("QT_QPA_PLATFORM") || arguments.contains(QLatin1String("-platform"));
}

} // namespace

int main(int argc, char** argv)
{
    namespace desktop = headroom::desktop;
    int status = 0;
    const QStringList arguments = argumentsOf(argc, argv);
    if (wantsWords(arguments))
    {
        desktop::readCommandLine(arguments, status);
        return status;
    }
    if (!hasDisplay(arguments))
    {
        std::fputs(
            "There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set). `headroom-cli` does the same work "
            "in a terminal.\n",
            stderr);
        return kSetUpError;
    }
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("headroom"));
    QApplication::setApplicationDisplayName(QStringLiteral("Headroom"));
    QApplication::setApplicationVersion(QString::fromStdString(headroom::buildInfo().version));
    const auto line = desktop::readCommandLine(QApplication::arguments().mid(1), status);
    if (!line)
    {
        return status;
    }
    desktop::Desktop program(application, [] { return headroom::findWorker().command; });
    program.show(line->files);
    return QApplication::exec();
}
