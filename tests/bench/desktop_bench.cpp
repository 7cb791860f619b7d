// SPDX-License-Identifier: GPL-3.0-or-later
// The desktop's figures as JSON lines with their targets: no assertions.
#include "desktop_figures.h"
#include "stream_worker.h"

#include <QApplication>
#include <QTemporaryDir>

#include <cstdlib>
#include <cstring>

int main(int argc, char** argv)
{
    if (argc > 1 && std::strcmp(argv[1], "--worker") == 0)
    {
        return headroom::serveStream();
    }
    if (argc > 2 && std::strcmp(argv[1], "--first-paint") == 0)
    {
        return headroom::firstPaintChild(argc, argv, std::atoll(argv[2]));
    }
    const QTemporaryDir folder;
    for (const char* name : {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"})
    {
        qputenv(name, (folder.path() + QLatin1Char('/') + QLatin1String(name)).toLocal8Bit());
    }
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM") && !qEnvironmentVariableIsSet("DISPLAY"))
    {
        qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    QApplication application(argc, argv);
    QApplication::setQuitOnLastWindowClosed(false);
    const QString program = QApplication::applicationFilePath();
    headroom::benchFirstPaint(program);
    headroom::benchStream(program);
    headroom::benchCancel();
    headroom::benchOpening(folder.path());
    headroom::benchHistory();
    return 0;
}
