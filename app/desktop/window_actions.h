// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QObject>
#include <QString>

#include <vector>

class QMenu;
class QWidget;

namespace headroom::desktop
{

/// All that can be done in the window by a key or from its menu, each with its words and its shortcut, declared once.
class WindowActions : public QObject
{
    Q_OBJECT

public:
    explicit WindowActions(QWidget& window);

    QAction* open;
    QAction* loadModel;
    QAction* loadModelFolder;
    QAction* save;
    QAction* exportReport;
    QAction* closeReport;
    QAction* quit;
    QAction* run;
    QAction* runNext;
    QAction* audit;
    QAction* cancel;
    QAction* pause;
    QAction* demonstration;
    QAction* queue;
    QAction* undo;
    QAction* redo;
    QAction* form;
    QAction* rail;
    QAction* content;
    QAction* nextPage;
    QAction* previousPage;
    QAction* compare;
    QAction* present;
    QAction* scheme;
    QAction* menu;
    QAction* startPage;
    QAction* shortcuts;
    QAction* about;

    void fillMenu(QMenu& menu, QMenu& recent, QMenu& pages) const;

    /// One line of the list of shortcuts.
    struct Line
    {
        QString keys;
        QString text;
    };
    /// \a pageKeys are those of the pages, all of them.
    std::vector<Line> shortcutLines(const QString& pageKeys) const;

private:
    QAction* add(const char* name, const QString& text, const QString& keys);

    QWidget& m_window;
    std::vector<QAction*> m_all;
};

} // namespace headroom::desktop
