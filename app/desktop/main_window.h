// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/desktop/live_pace.h"
#include "app/desktop/workbench.h"
#include "ui/theme/theme.h"

#include <QMainWindow>
#include <QTimer>

class QMenu;

namespace headroom::ui
{
class ConfigurationPanel;
class Exporter;
class ReportPage;
} // namespace headroom::ui

namespace headroom::desktop
{

class BenchNotices;
class Farewell;
class FileDialogs;
class FormLink;
class Navigation;
class NoticeBar;
class Overlay;
class PageRail;
class PageStack;
class Presentation;
class Sheets;
class StartPage;
class StatusLine;
class TitleBar;
class WindowActions;

/// The window, which only composes: title bar, notices, rail, form, page and status line, around a Workbench.
class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    MainWindow(ui::Theme& theme, Workbench& bench);
    ~MainWindow() override;

    PageStack& pages() { return *m_pages; }

    /// What is done when the window is on the screen: what was open before, \a files, the machine.
    void begin(const QStringList& files);

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void compose();
    void connectActions();
    void connectParts();
    void connectBench();
    void connectPage(ui::Page* page);
    void connectReportPage(ui::ReportPage* page);
    void showStart();
    void showReports();
    void showRunState(const ui::RunState& state);
    void exportReport();
    void compare();
    void changeScheme();
    void actFor(const QString& action);

    ui::Theme& m_theme;
    Workbench& m_bench;
    WindowActions* m_actions;
    TitleBar* m_title;
    NoticeBar* m_notices;
    PageRail* m_rail;
    ui::ConfigurationPanel* m_form;
    PageStack* m_pages;
    Navigation* m_navigation;
    StartPage* m_start;
    StatusLine* m_status;
    Overlay* m_overlay;
    BenchNotices* m_said;
    Sheets* m_sheets;
    FileDialogs* m_files;
    ui::Exporter* m_exporter;
    FormLink* m_formLink;
    Farewell* m_farewell;
    Presentation* m_presentation;
    QMenu* m_recent;
    LivePace m_pace;   ///< of pages that show a run
    QTimer m_remember; ///< that the geometry is kept a moment after it changed
};

} // namespace headroom::desktop
