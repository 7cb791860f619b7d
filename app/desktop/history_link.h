// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/run/run_history.h"

#include <QObject>

class QWidget;

namespace headroom::ui
{
class HistoryPage;
class Page;
} // namespace headroom::ui

namespace headroom::desktop
{

class Navigation;
class NoticeBar;
class PageStack;
class Workbench;

/// What connects the page History with the rest: it is read when a run ends, its runs are opened and compared, what
/// cannot be undone is asked about in the notice bar, and its filter is kept in the session.
class HistoryLink : public QObject
{
    Q_OBJECT

public:
    HistoryLink(QWidget& window, Workbench& bench, PageStack& pages, Navigation& navigation, NoticeBar& notices);

private:
    void connectPage(ui::HistoryPage& page);
    void askAboutRemoval(const std::vector<RunRow>& runs);
    void askWhatToImport();
    void askWhereToExport(const RunRow& run);

    QWidget& m_window;
    Workbench& m_bench;
    Navigation& m_navigation;
    NoticeBar& m_notices;
    ui::RunHistory m_history;
};

} // namespace headroom::desktop
