// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/main_window.h"

#include "app/desktop/bench_notices.h"
#include "app/desktop/farewell.h"
#include "app/desktop/file_dialogs.h"
#include "app/desktop/form_link.h"
#include "app/desktop/history_link.h"
#include "app/desktop/navigation.h"
#include "app/desktop/notice_bar.h"
#include "app/desktop/overlay.h"
#include "app/desktop/page_keys.h"
#include "app/desktop/page_rail.h"
#include "app/desktop/page_stack.h"
#include "app/desktop/presentation.h"
#include "app/desktop/sheets.h"
#include "app/desktop/start_page.h"
#include "app/desktop/status_line.h"
#include "app/desktop/title_bar.h"
#include "app/desktop/watch_link.h"
#include "app/desktop/window_actions.h"
#include "ui/config/configuration_panel.h"
#include "ui/export/exporter.h"
#include "ui/pages/report_page.h"
#include "ui/theme/style_sheet.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDesktopServices>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QMenu>
#include <QMimeData>
#include <QUndoStack>
#include <QUrl>
#include <QVBoxLayout>

namespace headroom::desktop
{
namespace
{

constexpr QSize kFirstSize(1280, 800);
constexpr QSize kLeastSize(960, 600);
constexpr int kRememberMs = 500;
constexpr int kRestOfPagesMs = 150;

QFrame* hairline(bool upright)
{
    auto* line = new QFrame;
    ui::setRole(line, "line");
    upright ? line->setFixedWidth(1) : line->setFixedHeight(1);
    return line;
}

} // namespace

MainWindow::MainWindow(ui::Theme& theme, Workbench& bench)
    : m_theme(theme), m_bench(bench), m_actions(new WindowActions(*this)), m_recent(new QMenu(tr("Open recent"), this)),
      m_pace([this] { m_pages->showReports(m_bench.reportSet()); })
{
    setObjectName(QStringLiteral("mainWindow"));
    setWindowTitle(tr("Headroom"));
    setAcceptDrops(true);
    setMinimumSize(kLeastSize);
    compose();
    connectActions();
    connectParts();
    connectBench();
    m_remember.setSingleShot(true);
    m_remember.setInterval(kRememberMs);
    connect(&m_remember, &QTimer::timeout, this,
            [this]
            {
                m_formLink->remember();
                if (!m_presentation->isOn())
                {
                    m_bench.session().setGeometry(saveGeometry());
                }
            });
    resize(kFirstSize);
    restoreGeometry(bench.session().geometry());
    showStart();
}

MainWindow::~MainWindow() = default;

void MainWindow::compose()
{
    auto* central = new QWidget;
    ui::setRole(central, "page");
    setCentralWidget(central);
    m_title = new TitleBar(m_theme, m_bench, central);
    m_notices = new NoticeBar(m_theme, central);
    m_pages = new PageStack(m_theme, ui::pageFactories(), central);
    m_rail = new PageRail(m_theme, m_pages->factories(), central);
    m_navigation = new Navigation(*m_pages, *m_rail, m_bench.session(), this);
    m_form = new ui::ConfigurationPanel(m_theme, central);
    m_form->setObjectName(QStringLiteral("formColumn"));
    m_form->setAttribute(Qt::WA_StyledBackground);
    ui::setRole(m_form, "column");
    m_start = new StartPage(m_theme, m_pages);
    m_pages->addWidget(m_start);
    m_status = new StatusLine(m_theme, central);
    m_overlay = new Overlay(m_theme, this);
    m_said = new BenchNotices(m_bench, *m_notices, *m_overlay, this);
    m_sheets = new Sheets(m_theme, m_bench, *m_actions, *m_overlay);
    m_files = new FileDialogs(*this, m_bench);
    m_exporter = new ui::Exporter(this);
    m_formLink = new FormLink(*m_form, m_bench, *m_pages, *m_notices);
    m_farewell = new Farewell(m_bench, *m_notices, *m_files, this);
    new HistoryLink(*this, m_bench, *m_pages, *m_navigation, *m_notices);
    new WatchLink(*this, m_bench, *m_pages, *m_notices);

    QFrame* lines[] = {hairline(false), hairline(true), hairline(true), hairline(false)};
    auto* middle = new QHBoxLayout;
    auto* whole = new QVBoxLayout(central);
    for (QBoxLayout* layout : {static_cast<QBoxLayout*>(middle), static_cast<QBoxLayout*>(whole)})
    {
        layout->setContentsMargins(0, 0, 0, 0);
        layout->setSpacing(0);
    }
    for (QWidget* part : {static_cast<QWidget*>(m_rail), static_cast<QWidget*>(lines[1]), static_cast<QWidget*>(m_form),
                          static_cast<QWidget*>(lines[2])})
    {
        middle->addWidget(part);
    }
    middle->addWidget(m_pages, 1);
    whole->addWidget(m_title);
    whole->addWidget(lines[0]);
    whole->addWidget(m_notices);
    whole->addLayout(middle, 1);
    whole->addWidget(lines[3]);
    whole->addWidget(m_status);
    m_presentation = new Presentation(
        m_theme, *this, {m_title, lines[0], m_notices, m_rail, lines[1], m_form, lines[2], lines[3], m_status});
}

void MainWindow::connectActions()
{
    auto* pages = new QMenu(tr("Go to page"), this);
    m_navigation->addActions(*this, *pages);
    m_actions->fillMenu(*m_title->menu(), *m_recent, *pages);
    const auto on = [this](QAction* action, auto slot) { connect(action, &QAction::triggered, this, slot); };
    on(m_actions->open, [this] { m_files->askWhatToOpen(); });
    on(m_actions->save, [this] { m_files->askWhereToSave(); });
    on(m_actions->exportReport, &MainWindow::exportReport);
    on(m_actions->closeReport,
       [this]
       {
           if (!m_bench.entries().empty())
           {
               m_bench.closeEntry(QString(m_bench.entries().front().path));
           }
       });
    on(m_actions->quit, &QWidget::close);
    m_formLink->connectWindow(*m_actions, *m_files);
    on(m_actions->cancel, [this] { m_bench.runs().cancel(); });
    on(m_actions->pause,
       [this] { m_bench.runState().phase == ui::RunPhase::Paused ? m_bench.runs().resume() : m_bench.runs().pause(); });
    on(m_actions->demonstration, [this] { actFor(QStringLiteral("demonstration")); });
    on(m_actions->queue, [this] { m_sheets->showQueue(); });
    on(m_actions->undo, [this] { m_form->history()->undo(); });
    on(m_actions->redo, [this] { m_form->history()->redo(); });
    m_actions->undo->setEnabled(m_form->history()->canUndo());
    m_actions->redo->setEnabled(m_form->history()->canRedo());
    connect(m_form->history(), &QUndoStack::canUndoChanged, m_actions->undo, &QAction::setEnabled);
    connect(m_form->history(), &QUndoStack::canRedoChanged, m_actions->redo, &QAction::setEnabled);
    on(m_actions->form, [this] { m_form->setFocus(Qt::ShortcutFocusReason); });
    on(m_actions->rail, [this] { m_rail->focusCurrent(); });
    on(m_actions->content,
       [this]
       {
           m_pages->currentWidget()->setFocus(Qt::ShortcutFocusReason);
           focusNextChild();
       });
    on(m_actions->nextPage, [this] { m_navigation->goBy(1); });
    on(m_actions->previousPage, [this] { m_navigation->goBy(-1); });
    on(m_actions->compare, &MainWindow::compare);
    on(m_actions->present, [this] { m_presentation->isOn() ? m_presentation->end() : m_presentation->begin(); });
    on(m_actions->scheme, &MainWindow::changeScheme);
    on(m_actions->menu, [this] { m_title->menu()->popup(m_title->mapToGlobal(QPoint(0, m_title->height()))); });
    on(m_actions->startPage, &MainWindow::showStart);
    on(m_actions->shortcuts, [this] { m_sheets->showShortcuts(pageKeyRanges(m_pages->factories())); });
    on(m_actions->about, [this] { m_sheets->showAbout(); });
    connect(m_recent, &QMenu::aboutToShow, this, [this] { m_files->fillRecent(*m_recent); });
}

void MainWindow::connectParts()
{
    connect(m_title, &TitleBar::exportRequested, this, &MainWindow::exportReport);
    connect(m_title, &TitleBar::compareRequested, this, &MainWindow::compare);
    connect(m_title, &TitleBar::presentationRequested, m_presentation, &Presentation::begin);
    connect(m_rail, &PageRail::pageChosen, m_navigation, &Navigation::goTo);
    connect(m_form, &ui::ConfigurationPanel::changed, &m_remember, qOverload<>(&QTimer::start));
    connect(m_form, &ui::ConfigurationPanel::explanationRequested, this,
            [this] { m_navigation->goTo(QStringLiteral("why_not")); });
    connect(m_formLink, &FormLink::modelTaken, this, [this] { m_navigation->goTo(QStringLiteral("model")); });
    connect(m_pages, &PageStack::pageMade, this, &MainWindow::connectPage);
    connect(m_status, &StatusLine::cancelRequested, m_actions->cancel, &QAction::trigger);
    connect(m_status, &StatusLine::pauseRequested, &m_bench.runs(), &ui::RunController::pause);
    connect(m_status, &StatusLine::resumeRequested, &m_bench.runs(), &ui::RunController::resume);
    connect(m_status, &StatusLine::queueRequested, this, [this] { m_sheets->showQueue(); });
    connect(m_start, &StartPage::demonstrationRequested, m_actions->demonstration, &QAction::trigger);
    connect(m_start, &StartPage::openRequested, this, [this] { m_files->askWhatToOpen(); });
    connect(m_start, &StartPage::fileRequested, this, [this](const QString& path) { m_bench.openFiles({path}); });
    connect(m_start, &StartPage::modelRequested, m_formLink, &FormLink::takeModel);
    connect(m_farewell, &Farewell::closeWanted, this, &QWidget::close);
    connect(m_files, &FileDialogs::noticed, &m_bench, &Workbench::noticed);
    connect(m_presentation, &Presentation::stepped, m_navigation, &Navigation::goBy);
    connect(m_presentation, &Presentation::jumped, m_navigation, &Navigation::goToEnd);
    connect(&m_theme, &ui::Theme::changed, this, [this] { m_theme.applyTo(*qApp); });
}

void MainWindow::connectBench()
{
    connect(&m_bench, &Workbench::reportsChanged, this, &MainWindow::showReports);
    connect(&m_bench, &Workbench::liveReportChanged, &m_pace, &LivePace::request);
    connect(&m_bench, &Workbench::runStateChanged, this, &MainWindow::showRunState);
    connect(&m_bench, &Workbench::runEnded, this,
            [this](const QString&, const QString& summary) { m_status->showSummary(summary); });
    connect(&m_bench, &Workbench::noticed, this, [this] { m_start->showDemonstration({}); });
    connect(&m_bench, &Workbench::opening, this,
            [this](const QString& path, double share) { m_status->showReading(QFileInfo(path).fileName(), share); });
    connect(&m_bench, &Workbench::openingDone, this, [this] { m_status->showReading({}, -1); });
    connect(&m_bench, &Workbench::saved, this,
            [this](const QString& file) { m_status->showSummary(tr("Saved %1").arg(file)); });
    connect(&m_bench, &Workbench::machineDescribed, this,
            [this](const Circumstances& machine)
            {
                const DeviceFacts* device = machine.selectedDevice();
                m_status->setDevice(device != nullptr ? std::optional(*device) : std::nullopt);
            });
}

void MainWindow::connectPage(ui::Page* page)
{
    connect(page, &ui::Page::planProposed, &m_bench, &Workbench::startTrial);
    connect(page, &ui::Page::problemProposed, m_form, &ui::ConfigurationPanel::setProblem);
    connect(page, &ui::Page::explanationWanted, &m_bench.runs(), &ui::RunController::explain);
    connect(&m_bench.runs(), &ui::RunController::explained, page, &ui::Page::showExplanation);
    m_exporter->serve(*page);
    connect(page, &ui::Page::pageRequested, m_navigation, &Navigation::goTo);
    connect(page, &ui::Page::actionRequested, this, &MainWindow::actFor);
    if (auto* report = qobject_cast<ui::ReportPage*>(page))
    {
        connectReportPage(report);
    }
}

void MainWindow::connectReportPage(ui::ReportPage* page)
{
    connect(page, &ui::ReportPage::exportRequested, this,
            [this](const QString& format) { m_exporter->ask(m_bench.reportSet(), format, m_theme.scheme()); });
    connect(m_exporter, &ui::Exporter::progressed, page, &ui::ReportPage::showProgress);
    connect(m_exporter, &ui::Exporter::written, page, &ui::ReportPage::showWritten);
    connect(m_exporter, &ui::Exporter::failed, page, &ui::ReportPage::showFailure);
    connect(page, &ui::ReportPage::fileRequested, this,
            [](const QString& path) { QDesktopServices::openUrl(QUrl::fromLocalFile(path)); });
}

void MainWindow::begin(const QStringList& files)
{
    const QString page = m_bench.session().page();
    m_bench.restore();
    m_files->open(files);
    m_start->showRecent(m_bench.session().recentFiles(), m_bench.session().recentModels());
    if (!page.isEmpty() && !m_bench.session().openFiles().isEmpty())
    {
        m_navigation->goTo(page);
    }
    m_bench.runs().describeMachine();
    QTimer::singleShot(kRestOfPagesMs, m_pages, &PageStack::makeRest);
}

void MainWindow::showStart()
{
    m_start->showRecent(m_bench.session().recentFiles(), m_bench.session().recentModels());
    m_navigation->showStart(*m_start);
}

void MainWindow::showReports()
{
    const bool first = m_pages->currentWidget() == m_start;
    m_pages->showReports(m_bench.reportSet());
    if (first && !m_bench.entries().empty() && !m_pages->factories().empty())
    {
        m_navigation->goToEnd(false);
    }
    const bool any = !m_bench.entries().empty();
    for (QAction* action : {m_actions->save, m_actions->exportReport, m_actions->closeReport})
    {
        action->setEnabled(any);
    }
}

void MainWindow::showRunState(const ui::RunState& state)
{
    m_status->showState(state);
    m_pages->showRun(state);
    const bool on = state.phase != ui::RunPhase::Idle;
    m_actions->cancel->setEnabled(on);
    m_actions->pause->setEnabled(on);
    m_start->showDemonstration(on ? tr("A run is on.") : QString());
    if (on)
    {
        m_said->runBegan();
    }
}

/// The report page shows what will be written, and writes it; without it the report is saved.
void MainWindow::exportReport()
{
    if (m_pages->page(QStringLiteral("report")) != nullptr)
    {
        m_navigation->goTo(QStringLiteral("report"));
        return;
    }
    m_files->askWhereToSave();
}

void MainWindow::compare()
{
    m_navigation->goTo(QStringLiteral("compare"));
    if (m_bench.entries().size() < 2)
    {
        m_files->askWhatToOpen();
    }
}

void MainWindow::changeScheme()
{
    const ui::SchemeChoice next = m_theme.choice() == ui::SchemeChoice::System  ? ui::SchemeChoice::Light
                                  : m_theme.choice() == ui::SchemeChoice::Light ? ui::SchemeChoice::Dark
                                                                                : ui::SchemeChoice::System;
    m_theme.setChoice(next);
    m_bench.session().setScheme(next);
    m_status->showSummary(next == ui::SchemeChoice::System  ? tr("Light or dark as the system")
                          : next == ui::SchemeChoice::Light ? tr("Light")
                                                            : tr("Dark"));
}

void MainWindow::actFor(const QString& action)
{
    if (action == QLatin1String("demonstration"))
    {
        m_start->showDemonstration(tr("Starting the worker, which loads LibTorch…"));
        m_bench.startDemonstration();
    }
    const std::pair<const char*, QAction*> others[] = {{"run", m_actions->run},
                                                       {"audit", m_actions->audit},
                                                       {"open", m_actions->open},
                                                       {"loadModel", m_actions->loadModel}};
    for (const auto& [name, wanted] : others)
    {
        if (action == QLatin1String(name))
        {
            wanted->trigger();
        }
    }
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    m_presentation->end();
    if (!m_farewell->mayClose())
    {
        event->ignore();
        return;
    }
    m_bench.session().setGeometry(saveGeometry());
    QMainWindow::closeEvent(event);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (event->mimeData()->hasUrls())
    {
        event->acceptProposedAction();
    }
}

void MainWindow::dropEvent(QDropEvent* event)
{
    event->acceptProposedAction();
    m_files->openDropped(*event->mimeData());
}

void MainWindow::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape && m_notices->isVisible())
    {
        m_notices->putAway();
        return;
    }
    QMainWindow::keyPressEvent(event);
}

void MainWindow::resizeEvent(QResizeEvent* event)
{
    QMainWindow::resizeEvent(event);
    m_remember.start();
}

} // namespace headroom::desktop
