// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/watch_link.h"

#include "app/desktop/notice_bar.h"
#include "app/desktop/page_stack.h"
#include "app/desktop/workbench.h"
#include "ui/pages/dashboard_page.h"

namespace headroom::desktop
{
namespace
{

const QString kWatch = QStringLiteral("watch");

} // namespace

WatchLink::WatchLink(QWidget& window, Workbench& bench, PageStack& pages, NoticeBar& notices)
    : QObject(&window), m_bench(bench), m_notices(notices)
{
    connect(&pages, &PageStack::pageMade, this,
            [this](ui::Page* page)
            {
                if (auto* dashboard = qobject_cast<ui::DashboardPage*>(page))
                {
                    connectPage(*dashboard);
                }
            });
    connect(&m_watch, &ui::Watch::due, &bench, &Workbench::startRepetition);
    connect(&bench, &Workbench::repetitionEnded, &m_watch, &ui::Watch::take);
    connect(&m_watch, &ui::Watch::alarmed, this,
            [this](const QString& sentence) {
                m_notices.say({sentence, {}, kWatch});
            });
}

void WatchLink::connectPage(ui::DashboardPage& page)
{
    page.setMinutes(m_bench.session().watchMinutes());
    page.setWatch(m_watch);
    connect(&page, &ui::DashboardPage::startRequested, this, &WatchLink::start);
}

void WatchLink::start(const Plan& plan, const QString& title, int minutes)
{
    m_bench.session().setWatchMinutes(minutes);
    const PlanHere here = m_bench.planHere(plan);
    if (!here.plan)
    {
        m_notices.say({here.sentence, {}, kWatch});
        return;
    }
    if (here.sentence.isEmpty())
    {
        begin(*here.plan, title, minutes);
        return;
    }
    m_notices.say(
        {here.sentence,
         {{tr("Measure it here"), [this, plan = *here.plan, title, minutes] { begin(plan, title, minutes); }}},
         kWatch});
}

void WatchLink::begin(const Plan& plan, const QString& title, int minutes)
{
    m_watch.start(plan, title, std::chrono::minutes(minutes));
}

} // namespace headroom::desktop
