// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/navigation.h"

#include "app/desktop/page_rail.h"
#include "app/desktop/page_stack.h"
#include "app/desktop/session.h"

#include <QShortcut>

#include <algorithm>

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

void Navigation::addShortcuts(QWidget& window)
{
    constexpr std::size_t kNumbered = 10;
    const auto& pages = m_pages.factories();
    for (std::size_t at = 0; at < std::min(kNumbered, pages.size()); ++at)
    {
        auto* shortcut = new QShortcut(QKeySequence(QStringLiteral("Ctrl+%1").arg((at + 1) % kNumbered)), &window);
        connect(shortcut, &QShortcut::activated, this, [this, id = pages[at].id] { goTo(id); });
    }
}

} // namespace headroom::desktop
