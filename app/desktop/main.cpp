// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/command_line.h"
#include "app/desktop/main_window.h"
#include "core/launch/worker_lookup.h"
#include "core/version/build_info.h"

#include <QApplication>
#include <QStyleFactory>

namespace
{

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

} // namespace

int main(int argc, char** argv)
{
    namespace desktop = headroom::desktop;
    int status = 0;
    if (const QStringList arguments = argumentsOf(argc, argv); wantsWords(arguments))
    {
        desktop::readCommandLine(arguments, status);
        return status;
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
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    headroom::ui::Theme::loadFonts();
    headroom::ui::Theme theme;
    desktop::Workbench bench([] { return headroom::findWorker().command; });
    theme.setChoice(bench.session().scheme());
    theme.applyTo(application);
    desktop::MainWindow window(theme, bench);
    window.show();
    // What takes time begins when the window is there.
    QMetaObject::invokeMethod(
        &window, [&window, files = line->files] { window.begin(files); }, Qt::QueuedConnection);
    return QApplication::exec();
}
