// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/history_link.h"

#include "app/desktop/navigation.h"
#include "app/desktop/notice_bar.h"
#include "app/desktop/page_stack.h"
#include "app/desktop/workbench.h"
#include "core/report/format.h"
#include "ui/pages/history_page.h"

#include <QFileDialog>
#include <QFileInfo>

#include <algorithm>

namespace headroom::desktop
{
namespace
{

const QString kRemoval = QStringLiteral("removal");
const QString kDone = QStringLiteral("history");

} // namespace

HistoryLink::HistoryLink(QWidget& window, Workbench& bench, PageStack& pages, Navigation& navigation,
                         NoticeBar& notices)
    : QObject(&window), m_window(window), m_bench(bench), m_navigation(navigation), m_notices(notices),
      m_history(bench.session().runsFolder().toStdString())
{
    connect(&pages, &PageStack::pageMade, this,
            [this](ui::Page* page)
            {
                if (auto* history = qobject_cast<ui::HistoryPage*>(page))
                {
                    connectPage(*history);
                }
            });
    connect(&m_history, &ui::RunHistory::failed, this,
            [this](const QString& sentence) {
                m_notices.say({sentence, {}, kDone});
            });
    connect(&m_history, &ui::RunHistory::changed, this,
            [this](const QString& sentence) {
                m_notices.say({sentence, {}, kDone});
            });
}

void HistoryLink::connectPage(ui::HistoryPage& page)
{
    page.setFilter(m_bench.session().historyFilter());
    page.setHistory(m_history);
    connect(&page, &ui::HistoryPage::openRequested, this,
            [this](const QStringList& paths)
            {
                m_bench.openFiles(paths);
                m_navigation.goTo(QStringLiteral("overview"));
            });
    connect(&page, &ui::HistoryPage::compareRequested, this,
            [this](QStringList paths)
            {
                std::reverse(paths.begin(), paths.end()); // each is put in front of the one before
                m_bench.openFiles(paths);
                m_navigation.goTo(QStringLiteral("compare"));
            });
    connect(&page, &ui::HistoryPage::removalRequested, this, &HistoryLink::askAboutRemoval);
    connect(&page, &ui::HistoryPage::importRequested, this, &HistoryLink::askWhatToImport);
    connect(&page, &ui::HistoryPage::exportRequested, this, &HistoryLink::askWhereToExport);
    connect(&page, &ui::HistoryPage::filterChanged, this,
            [this, &page] { m_bench.session().setHistoryFilter(page.filter()); });
    connect(&m_bench, &Workbench::runEnded, &page,
            [this, &page]
            {
                if (page.isVisible()) // else it reads when it is shown
                {
                    m_history.refresh();
                }
            });
}

/// Asked in the notice bar, where it stops nobody; without an answer nothing is removed.
void HistoryLink::askAboutRemoval(const std::vector<RunRow>& runs)
{
    const auto running = std::ranges::find(runs, RunState::Running, &RunRow::state);
    if (running != runs.end())
    {
        m_notices.say({tr("A run that is on cannot be removed; cancel it first, or wait for its end."), {}, kRemoval});
        return;
    }
    const QString count = QString::fromStdString(Format().plural(static_cast<std::int64_t>(runs.size()), "run"));
    m_notices.say({tr("Remove %1? What was measured is gone for good, with its tags and its note.").arg(count),
                   {{tr("Remove %1").arg(count), [this, runs] { m_history.remove(runs); }}, {tr("Keep"), [] {}}},
                   kRemoval});
}

void HistoryLink::askWhatToImport()
{
    auto* dialog = new QFileDialog(&m_window, tr("Take reports into the history"), m_bench.session().folder(),
                                   tr("Reports and journals (*.json *.jsonl);;All files (*)"));
    dialog->setObjectName(QStringLiteral("importDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this,
            [this](const QStringList& files)
            {
                m_bench.session().setFolder(QFileInfo(files.value(0)).absolutePath());
                m_history.importFiles(files);
            });
    dialog->open();
}

void HistoryLink::askWhereToExport(const RunRow& run)
{
    auto* dialog = new QFileDialog(&m_window, tr("Export the run"), m_bench.session().folder(),
                                   tr("JSON (*.json);;Markdown (*.md);;CSV (*.csv);;Text (*.txt)"));
    dialog->setObjectName(QStringLiteral("exportRunDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("json"));
    dialog->selectFile(QString::fromStdString(stemOf(run.file)) + QStringLiteral(".json"));
    connect(dialog, &QFileDialog::fileSelected, this,
            [this, run](const QString& file)
            {
                m_bench.session().setFolder(QFileInfo(file).absolutePath());
                m_history.exportRun(run, file);
            });
    dialog->open();
}

} // namespace headroom::desktop
