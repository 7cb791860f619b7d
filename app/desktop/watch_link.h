// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/run/watch.h"

#include <QObject>

#include <set>

class QWidget;

namespace headroom::ui
{
class DashboardPage;
}

namespace headroom::desktop
{

class NoticeBar;
class PageStack;
class Workbench;

/// What connects the page Dashboard with the rest: repetitions go through the queue of runs like any other, and their
/// reports become figures of the watch and no open reports, so that memory stays as it is over a long time.
class WatchLink : public QObject
{
    Q_OBJECT

public:
    WatchLink(QWidget& window, Workbench& bench, PageStack& pages, NoticeBar& notices);

private:
    void connectPage(ui::DashboardPage& page);
    void start(const Plan& plan, const QString& title, int minutes);
    void begin(const Plan& plan, const QString& title, int minutes);

    Workbench& m_bench;
    NoticeBar& m_notices;
    ui::Watch m_watch;
};

} // namespace headroom::desktop
