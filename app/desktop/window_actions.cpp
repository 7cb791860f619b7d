// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/window_actions.h"

#include <QKeySequence>
#include <QMenu>
#include <QWidget>

namespace headroom::desktop
{

WindowActions::WindowActions(QWidget& window) : QObject(&window), m_window(window)
{
    open = add("actionOpen", tr("Open reports…"), QStringLiteral("Ctrl+O"));
    loadModel = add("actionLoadModel", tr("Load a model from a file…"), QStringLiteral("Ctrl+L"));
    loadModelFolder =
        add("actionLoadModelFolder", tr("Load a model from a Hugging Face folder…"), QStringLiteral("Ctrl+Alt+L"));
    save = add("actionSave", tr("Save report…"), QStringLiteral("Ctrl+S"));
    exportReport = add("actionExport", tr("Export…"), QStringLiteral("Ctrl+E"));
    closeReport = add("actionCloseReport", tr("Close report"), QStringLiteral("Ctrl+W"));
    run = add("actionRun", tr("Run what the form holds"), QStringLiteral("Ctrl+R"));
    runNext =
        add("actionRunNext", tr("Run what the form holds after the run that is on"), QStringLiteral("Ctrl+Shift+R"));
    audit = add("actionAudit", tr("Audit the model that the form holds"), QStringLiteral("Ctrl+Shift+A"));
    cancel = add("actionCancel", tr("Cancel the run"), QStringLiteral("Ctrl+."));
    pause = add("actionPause", tr("Pause the run, or let it go on"), QStringLiteral("Ctrl+P"));
    queue = add("actionQueue", tr("Runs that wait"), QStringLiteral("Ctrl+J"));
    demonstration = add("actionDemonstration", tr("20-second demonstration"), {});
    undo = add("actionUndo", tr("Undo the last change of the form"), QStringLiteral("Ctrl+Z"));
    redo = add("actionRedo", tr("Do it again"), QStringLiteral("Ctrl+Shift+Z"));
    form = add("actionForm", tr("Go to the form"), QStringLiteral("Ctrl+K"));
    rail = add("actionRail", tr("Go to the list of pages"), QStringLiteral("Ctrl+G"));
    content = add("actionContent", tr("Go to the page"), QStringLiteral("F6"));
    nextPage = add("actionNextPage", tr("Next page"), QStringLiteral("Ctrl+PgDown"));
    previousPage = add("actionPreviousPage", tr("Previous page"), QStringLiteral("Ctrl+PgUp"));
    compare = add("actionCompare", tr("Compare with another report"), QStringLiteral("Ctrl+D"));
    present = add("actionPresent", tr("Present: full screen, large type"), QStringLiteral("F5"));
    scheme = add("actionScheme", tr("Light, dark, or as the system"), QStringLiteral("Ctrl+Shift+L"));
    menu = add("actionMenu", tr("The program's menu"), QStringLiteral("F10"));
    startPage = add("actionStartPage", tr("Start page"), QStringLiteral("Ctrl+H"));
    shortcuts = add("actionShortcuts", tr("Keyboard shortcuts"), QStringLiteral("?"));
    shortcuts->setShortcuts({QKeySequence(QStringLiteral("?")), QKeySequence(QStringLiteral("Shift+?")),
                             QKeySequence(QStringLiteral("F1"))});
    about = add("actionAbout", tr("About Headroom"), {});
    quit = add("actionQuit", tr("Quit"), QStringLiteral("Ctrl+Q"));
}

QAction* WindowActions::add(const char* name, const QString& text, const QString& keys)
{
    auto* action = new QAction(text, &m_window);
    action->setObjectName(QLatin1String(name));
    if (!keys.isEmpty())
    {
        action->setShortcut(QKeySequence(keys));
    }
    m_window.addAction(action);
    m_all.push_back(action);
    return action;
}

void WindowActions::fillMenu(QMenu& into, QMenu& recent, QMenu& pages) const
{
    into.addAction(open);
    into.addMenu(&recent);
    for (QAction* action : {loadModel, loadModelFolder, save, exportReport, closeReport})
    {
        into.addAction(action);
    }
    into.addSeparator();
    for (QAction* action : {run, runNext, audit, pause, cancel, queue, demonstration})
    {
        into.addAction(action);
    }
    into.addSeparator();
    into.addAction(undo);
    into.addAction(redo);
    into.addSeparator();
    into.addMenu(&pages);
    for (QAction* action : {startPage, compare, present, scheme})
    {
        into.addAction(action);
    }
    into.addSeparator();
    for (QAction* action : {shortcuts, about, quit})
    {
        into.addAction(action);
    }
}

std::vector<WindowActions::Line> WindowActions::shortcutLines(const QString& pageKeys) const
{
    std::vector<Line> lines;
    for (const QAction* action : m_all)
    {
        if (!action->shortcut().isEmpty())
        {
            lines.push_back({action->shortcut().toString(QKeySequence::NativeText), action->text()});
        }
    }
    lines.push_back({pageKeys, tr("The pages above and below the rail's line, in its order")});
    lines.push_back({tr("Escape"), tr("Put a notice or an overlay away; end presenting")});
    lines.push_back({QStringLiteral("[ ]"), tr("On the page Latency: the case before and after")});
    lines.push_back(
        {QStringLiteral("← → + − Home"), tr("In a chart: read along its lines, zoom in and out, show all again")});
    lines.push_back({tr("Shift+arrows, Ctrl+C"), tr("In a chart: pan, copy as an image")});
    lines.push_back({QStringLiteral("→ ← Space Home End"), tr("While presenting: through the pages")});
    return lines;
}

} // namespace headroom::desktop
