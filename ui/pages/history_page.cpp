// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/history_page.h"

#include "core/report/format.h"
#include "ui/models/history_table_model.h"
#include "ui/models/report_words.h"
#include "ui/pages/history_trend.h"
#include "ui/theme/theme.h"
#include "ui/widgets/case_delegate.h"
#include "ui/widgets/hint.h"
#include "ui/widgets/label.h"
#include "ui/widgets/panel.h"
#include "ui/widgets/plain_table.h"
#include "ui/widgets/sentence_header.h"

#include <QComboBox>
#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QTabBar>
#include <QTableView>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>
#include <set>

namespace headroom::ui
{
namespace
{

constexpr int kTrendAfterMs = 250;
constexpr int kRunsView = 0;
constexpr int kTrendView = 1;
constexpr int kNothingView = 2;

const QRegularExpression kBetweenTags(QStringLiteral("[,\\s]+"));

QStringList tagsIn(const QString& typed)
{
    QStringList tags = typed.split(kBetweenTags, Qt::SkipEmptyParts);
    tags.removeDuplicates();
    return tags;
}

/// Those that all of \a runs have.
QStringList commonTags(const std::vector<RunRow>& runs)
{
    QStringList common;
    for (const std::string& tag : runs.empty() ? std::vector<std::string>() : runs.front().tags)
    {
        if (std::ranges::all_of(runs,
                                [&](const RunRow& run) { return std::ranges::find(run.tags, tag) != run.tags.end(); }))
        {
            common << textOf(tag);
        }
    }
    return common;
}

/// Puts "any", and what \a texts hold behind it, into \a choice, and keeps what was chosen where that is still there.
void fill(QComboBox& choice, const QString& any, const std::set<std::string>& texts)
{
    const QSignalBlocker quiet(choice);
    const QString chosen = choice.currentData().toString();
    choice.clear();
    choice.addItem(any, QString());
    for (const std::string& text : texts)
    {
        choice.addItem(textOf(text), textOf(text));
    }
    choice.setCurrentIndex(std::max(0, choice.findData(chosen)));
    choice.setEnabled(!texts.empty());
}

std::vector<std::string> idsOf(const std::vector<RunRow>& runs)
{
    std::vector<std::string> ids;
    for (const RunRow& run : runs)
    {
        ids.push_back(run.id);
    }
    return ids;
}

} // namespace

HistoryPage::HistoryPage(const Theme& theme, QWidget* parent)
    : FacedPage(theme, parent), m_model(new HistoryTableModel(this))
{
    setObjectName(QStringLiteral("page-history"));
    setAcceptDrops(true);
    auto* hint =
        new Hint(tr("No runs yet"),
                 tr("Every run is kept: what was measured last month on another driver will be here, to be "
                    "found, opened, compared and followed over time. Reports that are dropped on this page are "
                    "taken in."),
                 theme);
    hint->addUsualActions();
    setFaces(hint, buildContent());
    m_trendSoon.setSingleShot(true);
    m_trendSoon.setInterval(kTrendAfterMs);
    connect(&m_trendSoon, &QTimer::timeout, this,
            [this]
            {
                if (m_history != nullptr && m_tabs->currentIndex() == kTrendView && !m_trend->caseId().empty())
                {
                    m_history->readTrend(m_trend->caseId(), filter());
                }
            });
    showChosen();
}

QWidget* HistoryPage::buildContent()
{
    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    const int side = theme().space(4);
    column->setContentsMargins(side, side, side, side);
    column->setSpacing(theme().space(3));
    m_header = new SentenceHeader(theme());
    m_header->setObjectName(QStringLiteral("historyHeader"));
    m_tabs = new QTabBar;
    m_tabs->setObjectName(QStringLiteral("historyTabs"));
    m_tabs->setAccessibleName(tr("Runs, or how a figure of them went"));
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->addTab(tr("Runs"));
    m_tabs->addTab(tr("Trends"));
    m_trend = new HistoryTrend(theme());
    m_nothing = new Label(theme());
    m_nothing->setObjectName(QStringLiteral("historyNothing"));
    m_nothing->setAlignment(Qt::AlignCenter);
    m_nothing->setWordWrap(true);
    m_views = new QStackedWidget;
    m_views->addWidget(buildRuns());
    m_views->addWidget(m_trend);
    m_views->addWidget(m_nothing);
    column->addWidget(m_header);
    column->addLayout(buildFilter());
    column->addWidget(m_tabs);
    column->addWidget(m_views, 1);
    connect(m_tabs, &QTabBar::currentChanged, this, &HistoryPage::applyFilter);
    connect(m_trend, &HistoryTrend::caseChosen, this, [this] { m_trendSoon.start(0); });
    connect(m_trend, &HistoryTrend::runActivated, this,
            [this](const std::string& file)
            { Q_EMIT openRequested({textOf((m_history->folder().path() / file).string())}); });
    return content;
}

QLayout* HistoryPage::buildFilter()
{
    auto* line = new QHBoxLayout;
    line->setSpacing(theme().space(2));
    m_search = new QLineEdit;
    m_search->setObjectName(QStringLiteral("historySearch"));
    m_search->setAccessibleName(tr("Search the runs"));
    m_search->setPlaceholderText(tr("Search: a model, command, device, tag, note"));
    m_search->setClearButtonEnabled(true);
    connect(m_search, &QLineEdit::textChanged, this, &HistoryPage::applyFilter);
    line->addWidget(m_search, 1);
    const auto add = [&](QComboBox*& choice, const char* name, const QString& label)
    {
        choice = new QComboBox;
        choice->setObjectName(QLatin1String(name));
        choice->setAccessibleName(label);
        choice->setToolTip(label);
        choice->setSizeAdjustPolicy(QComboBox::AdjustToContents);
        choice->setMaximumWidth(theme().space(44));
        connect(choice, &QComboBox::currentIndexChanged, this, &HistoryPage::applyFilter);
        line->addWidget(choice);
    };
    add(m_device, "historyDevice", tr("Only runs on this device"));
    add(m_dtype, "historyDtype", tr("Only runs of this data type"));
    add(m_state, "historyState", tr("Only runs in this state"));
    add(m_tag, "historyTag", tr("Only runs with this tag"));
    return line;
}

QWidget* HistoryPage::buildRuns()
{
    m_table = new QTableView;
    m_table->setObjectName(QStringLiteral("historyTable"));
    m_table->setAccessibleName(tr("Runs"));
    m_table->setModel(m_model);
    m_table->setItemDelegate(new CaseDelegate(theme(), m_table));
    makePlainTable(*m_table, theme());
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setSortingEnabled(true);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeader()->setResizeContentsPrecision(40); // of ten thousand rows
    m_table->sortByColumn(HistoryTableModel::Started, Qt::DescendingOrder);
    connect(m_table, &QTableView::activated, this, [this] { Q_EMIT openRequested(pathsOf(chosen())); });
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &HistoryPage::showChosen);
    // A model that is reset forgets what was chosen.
    connect(m_model, &QAbstractItemModel::modelAboutToBeReset, this,
            [this] { m_table->setProperty("chosen", QVariant::fromValue(chosenFiles())); });
    connect(m_model, &QAbstractItemModel::modelReset, this,
            [this] { keepSelection(m_table->property("chosen").value<std::vector<std::string>>()); });
    auto* panel = new Panel({}, {}, theme());
    panel->body()->addWidget(m_table);
    auto* runs = new QWidget;
    auto* column = new QVBoxLayout(runs);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme().space(3));
    column->addWidget(panel, 1);
    column->addWidget(buildChoice());
    return runs;
}

Panel* HistoryPage::buildChoice()
{
    m_choice = new Panel(tr("Chosen"), {}, theme());
    m_choice->setObjectName(QStringLiteral("historyChoice"));
    const auto button = [this](const char* name, const QString& text, const QString& toolTip)
    {
        auto* made = new QPushButton(text);
        made->setObjectName(QLatin1String(name));
        made->setToolTip(toolTip);
        m_choice->addToHeader(made);
        return made;
    };
    m_open = button("historyOpen", tr("Open"), tr("Opens the reports of what is chosen (Enter)"));
    m_compare = button("historyCompare", tr("Compare"),
                       tr("Opens what is chosen and lays it over each other, the "
                          "earliest first"));
    m_export = button("historyExport", tr("Export…"), tr("Writes the run's report as a file"));
    m_remove = button("historyRemove", tr("Remove…"), tr("Removes the files of what is chosen, after a question"));
    auto* take = button("historyImport", tr("Import…"),
                        tr("Takes reports and journals into the history; they can be "
                           "dropped on this page as well"));
    connect(m_open, &QPushButton::clicked, this, [this] { Q_EMIT openRequested(pathsOf(chosen())); });
    connect(m_compare, &QPushButton::clicked, this, &HistoryPage::compareChosen);
    connect(m_export, &QPushButton::clicked, this, [this] { Q_EMIT exportRequested(chosen().front()); });
    connect(m_remove, &QPushButton::clicked, this, [this] { Q_EMIT removalRequested(chosen()); });
    connect(take, &QPushButton::clicked, this, &HistoryPage::importRequested);
    const auto field = [this](QLineEdit*& edit, const char* name, const QString& label)
    {
        edit = new QLineEdit;
        edit->setObjectName(QLatin1String(name));
        edit->setAccessibleName(label);
        auto* text = new Label(label, theme(), TextRole::Note);
        text->setBuddy(edit);
        return text;
    };
    auto* line = new QHBoxLayout;
    line->setSpacing(theme().space(2));
    line->addWidget(field(m_tags, "historyTags", tr("Tags")));
    line->addWidget(m_tags, 2);
    line->addWidget(field(m_note, "historyNote", tr("Note")));
    line->addWidget(m_note, 3);
    m_tags->setToolTip(
        tr("Words of yours, with blanks between them; Enter keeps them. A run is found by them here and on "
           "the command line."));
    m_note->setToolTip(tr("A line of yours on this run; Enter keeps it."));
    connect(m_tags, &QLineEdit::editingFinished, this, &HistoryPage::applyTags);
    connect(m_note, &QLineEdit::editingFinished, this, &HistoryPage::applyNote);
    m_what = new Label(theme(), TextRole::Note);
    m_what->setObjectName(QStringLiteral("historyWhat"));
    m_what->setWordWrap(true);
    m_choice->body()->addWidget(m_what);
    m_choice->body()->addLayout(line);
    return m_choice;
}

void HistoryPage::setHistory(RunHistory& history)
{
    m_history = &history;
    connect(&history, &RunHistory::listed, this, &HistoryPage::takeSnapshot);
    connect(&history, &RunHistory::trendRead, m_trend, &HistoryTrend::setTrend);
    connect(&history, &RunHistory::progressed, this,
            [this](int done, int total)
            {
                const Format format;
                m_header->setSentence(
                    tr("Reading %1 of %2 …").arg(textOf(format.count(done)), textOf(format.plural(total, "run"))), {});
                showFace(Face::Content);
            });
    if (isVisible())
    {
        history.refresh();
    }
}

void HistoryPage::showEvent(QShowEvent* event)
{
    Page::showEvent(event);
    if (m_history != nullptr)
    {
        m_history->refresh();
    }
}

void HistoryPage::refresh()
{
    const bool any = m_snapshot != nullptr && !m_snapshot->runs->empty();
    showFace(any ? Face::Content : Face::Hint);
    showSentence();
}

void HistoryPage::takeSnapshot(const std::shared_ptr<const HistorySnapshot>& snapshot)
{
    const bool first = m_snapshot == nullptr;
    m_snapshot = snapshot;
    m_model->setRuns(snapshot->runs);
    fillChoices();
    if (first)
    {
        m_table->resizeColumnsToContents();
        m_table->setColumnWidth(HistoryTableModel::What,
                                std::min(m_table->columnWidth(HistoryTableModel::What), theme().space(70)));
    }
    applyFilter();
    refresh();
}

void HistoryPage::fillChoices()
{
    std::set<std::string> devices;
    std::set<std::string> dtypes;
    std::set<std::string> states;
    std::set<std::string> tags;
    for (const HistoryEntry& entry : *m_snapshot->runs)
    {
        devices.insert(entry.run.device);
        dtypes.insert(entry.run.dtypes.begin(), entry.run.dtypes.end());
        states.emplace(toString(entry.run.state));
        tags.insert(entry.run.tags.begin(), entry.run.tags.end());
    }
    devices.erase(std::string());
    fill(*m_device, tr("any device"), devices);
    fill(*m_dtype, tr("any data type"), dtypes);
    fill(*m_state, tr("any state"), states);
    fill(*m_tag, tr("any tag"), tags);
    m_trend->setCases(m_snapshot->cases);
}

HistoryFilter HistoryPage::filter() const
{
    HistoryFilter filter;
    filter.text = m_search->text();
    filter.device = m_device->currentData().toString();
    filter.tag = m_tag->currentData().toString();
    filter.dtype = fromString<DType>(m_dtype->currentData().toString().toStdString());
    filter.state = fromString<headroom::RunState>(m_state->currentData().toString().toStdString());
    return filter;
}

void HistoryPage::setFilter(const HistoryFilter& filter)
{
    const auto choose = [](QComboBox& choice, const QString& wanted)
    {
        if (choice.findData(wanted) < 0) // it is not read yet
        {
            choice.addItem(wanted, wanted);
        }
        choice.setCurrentIndex(choice.findData(wanted));
    };
    choose(*m_device, filter.device);
    choose(*m_tag, filter.tag);
    choose(*m_dtype, filter.dtype ? textOf(std::string(toString(*filter.dtype))) : QString());
    choose(*m_state, filter.state ? textOf(std::string(toString(*filter.state))) : QString());
    m_search->setText(filter.text);
}

void HistoryPage::applyFilter()
{
    m_model->setFilter(filter());
    const bool none = m_model->rowCount() == 0;
    const bool trend = m_tabs->currentIndex() == kTrendView;
    m_nothing->setText(tr("None of the %1 is like that. Take something out of the line above.")
                           .arg(textOf(Format().plural(m_model->totalCount(), "run"))));
    m_views->setCurrentIndex(none ? kNothingView : trend ? kTrendView : kRunsView);
    if (trend)
    {
        m_trendSoon.start();
    }
    showSentence();
    Q_EMIT filterChanged();
}

void HistoryPage::showSentence()
{
    if (m_snapshot == nullptr || m_snapshot->runs->empty())
    {
        return; // the hint is seen
    }
    const Format format;
    const int shown = m_model->rowCount();
    const int total = m_model->totalCount();
    const QString all = textOf(format.plural(total, "run"));
    const QString latest = localTime(m_snapshot->runs->front().run.startedUtc);
    m_header->setSentence(shown == total ? tr("%1, the latest of %2").arg(all, latest)
                                         : tr("%1 of %2").arg(textOf(format.count(shown)), all),
                          {});
    const QStringList note{tr("each is kept until it is removed")};
    m_header->setNote((note + m_snapshot->notes).join(QStringLiteral(" · ")));
    m_header->setToolTip(tr("Kept in %1").arg(textOf(m_history->folder().path().string())));
}

std::vector<RunRow> HistoryPage::chosen() const
{
    std::vector<RunRow> runs;
    auto rows = m_table->selectionModel()->selectedRows();
    std::sort(rows.begin(), rows.end());
    for (const QModelIndex& row : rows)
    {
        runs.push_back(m_model->runAt(row.row()));
    }
    return runs;
}

std::vector<std::string> HistoryPage::chosenFiles() const
{
    std::vector<std::string> files;
    for (const RunRow& run : chosen())
    {
        files.push_back(run.file.name);
    }
    return files;
}

void HistoryPage::keepSelection(const std::vector<std::string>& files)
{
    QItemSelection selection;
    for (const std::string& file : files)
    {
        if (const int row = m_model->rowOf(file); row >= 0)
        {
            selection.select(m_model->index(row, 0), m_model->index(row, HistoryTableModel::ColumnCount - 1));
        }
    }
    m_table->selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
    showChosen();
}

void HistoryPage::showChosen()
{
    const std::vector<RunRow> runs = chosen();
    const bool one = runs.size() == 1;
    const auto readable =
        std::ranges::count_if(runs, [](const RunRow& run) { return run.state != headroom::RunState::Unreadable; });
    m_choice->setTitle(
        runs.empty() ? tr("Nothing chosen")
                     : tr("%1 chosen").arg(textOf(Format().plural(static_cast<std::int64_t>(runs.size()), "run"))));
    m_what->setText(runs.empty() ? tr("Click a run; Ctrl and Shift choose several.")
                    : one        ? QStringLiteral("%1 · %2").arg(textOf(runs.front().id), textOf(runs.front().title))
                                 : QString());
    m_what->setVisible(!m_what->text().isEmpty());
    m_open->setEnabled(readable > 0);
    m_compare->setEnabled(readable > 1);
    m_export->setEnabled(one && readable == 1);
    m_remove->setEnabled(!runs.empty());
    m_tags->setEnabled(!runs.empty());
    m_note->setEnabled(one);
    if (!m_tags->hasFocus() || runs.empty())
    {
        m_tags->setText(commonTags(runs).join(QLatin1Char(' ')));
    }
    if (!m_note->hasFocus() || runs.empty())
    {
        m_note->setText(one ? textOf(runs.front().note) : QString());
    }
}

QStringList HistoryPage::pathsOf(const std::vector<RunRow>& runs) const
{
    QStringList paths;
    for (const RunRow& run : runs)
    {
        if (run.state != headroom::RunState::Unreadable)
        {
            paths << textOf((m_history->folder().path() / run.file.name).string());
        }
    }
    return paths;
}

void HistoryPage::compareChosen()
{
    std::vector<RunRow> runs = chosen();
    std::ranges::sort(runs, {}, [](const RunRow& run) { return std::pair(run.startedUtc, run.file.name); });
    Q_EMIT compareRequested(pathsOf(runs));
}

/// What all that are chosen had and is no longer typed is taken from them; what is new they get.
void HistoryPage::applyTags()
{
    const std::vector<RunRow> runs = chosen();
    const QStringList before = commonTags(runs);
    const QStringList now = tagsIn(m_tags->text());
    QStringList added;
    QStringList removed;
    std::copy_if(now.begin(), now.end(), std::back_inserter(added),
                 [&](const QString& tag) { return !before.contains(tag); });
    std::copy_if(before.begin(), before.end(), std::back_inserter(removed),
                 [&](const QString& tag) { return !now.contains(tag); });
    if (!runs.empty() && !(added.isEmpty() && removed.isEmpty()))
    {
        m_history->changeTags(idsOf(runs), added, removed);
    }
}

void HistoryPage::applyNote()
{
    const std::vector<RunRow> runs = chosen();
    const QString note = m_note->text().trimmed();
    if (runs.size() == 1 && note != textOf(runs.front().note))
    {
        m_history->setNote(runs.front().id, note);
    }
}

void HistoryPage::dragEnterEvent(QDragEnterEvent* event)
{
    if (m_history != nullptr && event->mimeData()->hasUrls())
    {
        event->acceptProposedAction();
    }
}

void HistoryPage::dropEvent(QDropEvent* event)
{
    QStringList files;
    for (const QUrl& url : event->mimeData()->urls())
    {
        files << url.toLocalFile();
    }
    files.removeAll(QString());
    event->acceptProposedAction();
    m_history->importFiles(files);
}

} // namespace headroom::ui
