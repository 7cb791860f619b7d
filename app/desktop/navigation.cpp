// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/navigation.h"

#include "app/desktop/page_keys.h"
#include "app/desktop/page_rail.h"
#include "app/desktop/page_stack.h"
#include "app/desktop/session.h"

#include <QAction>
#include <QMenu>

namespace headroom::desktop
{

Navigation::Navigation(PageStack& pages, PageRail& rail, Session& session, QObject* parent)
    : QObject(parent), m_pages(pages), m_rail(rail), m_session(session)
{
}

void Navigation::goTo(const QString& id)
{
    if (m_pages.showPage(id))
    {
        m_rail.setCurrent(id);
        m_session.setPage(id);
    }
}

void Navigation::goBy(int pages)
{
    const auto& factories = m_pages.factories();
    const auto count = static_cast<int>(factories.size());
    const QString current = m_pages.currentId();
    for (int at = 0; at < count; ++at)
    {
        if (factories[static_cast<std::size_t>(at)].id == current || (current.isEmpty() && at == count - 1))
        {
            goTo(factories[static_cast<std::size_t>((at + pages + count) % count)].id);
            return;
        }
    }
}

void Navigation::goToEnd(bool last)
{
    const auto& factories = m_pages.factories();
    if (!factories.empty())
    {
        goTo(last ? factories.back().id : factories.front().id);
    }
}

void Navigation::showStart(QWidget& start)
{
    m_pages.setCurrentWidget(&start);
    start.setFocus();
    m_rail.setCurrent({});
}

void Navigation::addActions(QWidget& window, QMenu& menu)
{
    const auto& pages = m_pages.factories();
    for (std::size_t at = 0; at < pages.size(); ++at)
    {
        if (pages[at].beginsGroup)
        {
            menu.addSeparator();
        }
        auto* action = new QAction(pages[at].title, &window);
        action->setObjectName(QStringLiteral("actionPage_") + pages[at].id);
        action->setShortcut(pageKeys(pages, at));
        connect(action, &QAction::triggered, this, [this, id = pages[at].id] { goTo(id); });
        window.addAction(action); // a shortcut of a menu alone would be heard only while that is open
        menu.addAction(action);
    }
}

} // namespace headroom::desktop
