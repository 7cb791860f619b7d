// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

class QMenu;

namespace headroom::desktop
{

class PageRail;
class PageStack;
class Session;

/// Which page is shown: the stack, the rail and the session are of one mind about it.
class Navigation : public QObject
{
    Q_OBJECT

public:
    Navigation(PageStack& pages, PageRail& rail, Session& session, QObject* parent);

    void goTo(const QString& id);
    void goBy(int pages); ///< round and round
    void goToEnd(bool last);
    void showStart(QWidget& start); ///< a page that is none of the list

    /// An action a page, with its shortcut (page_keys.h), in \a window and in \a menu.
    void addActions(QWidget& window, QMenu& menu);

private:
    PageStack& m_pages;
    PageRail& m_rail;
    Session& m_session;
};

} // namespace headroom::desktop
