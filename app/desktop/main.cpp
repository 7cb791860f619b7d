// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/command_line.h"
#include "app/desktop/desktop.h"
#include "core/launch/worker_lookup.h"
#include "core/version/build_info.h"
#include "ui/export/render.h"

#include <QApplication>
#include <QStyleFactory>

#include <fmt/format.h>

#include <cstdio>
#include <stdexcept>

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

/// Of the platform without a display, which complains of what it cannot do.
void sayOnlyWhatIsFatal(QtMsgType type, const QMessageLogContext&, const QString& text)
{
    if (type == QtCriticalMsg || type == QtFatalMsg)
    {
        fmt::print(stderr, "{}\n", text.toStdString());
    }
}

/// `headroom --render`: no display is looked for, also where there is one.
int drawReport(const QStringList& arguments, int argc, char** argv)
{
    try
    {
        const auto options = headroom::ui::readRenderOptions(arguments);
        if (options.help)
        {
            fmt::print("{}", headroom::ui::renderHelp());
            return 0;
        }
        qputenv("QT_QPA_PLATFORM", "offscreen");
        qInstallMessageHandler(sayOnlyWhatIsFatal);
        const QApplication application(argc, argv);
        QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
        headroom::ui::Theme::loadFonts();
        QApplication::setFont(headroom::ui::Theme().font(headroom::ui::TextRole::Title));
        return headroom::ui::render(options);
    }
    catch (const std::invalid_argument& error)
    {
        fmt::print(stderr, "{}\n", error.what());
        return kSetUpError;
    }
}

} // namespace

int main(int argc, char** argv)
{
    namespace desktop = headroom::desktop;
    int status = 0;
    const QStringList arguments = argumentsOf(argc, argv);
    if (headroom::ui::wantsRendering(arguments))
    {
        return drawReport(arguments, argc, argv);
    }
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
