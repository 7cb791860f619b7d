// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/kernels_page.h"

#include "core/report/answer.h"
#include "core/report/case_cells.h"
#include "core/report/fastest.h"
#include "core/report/format.h"
#include "core/report/queries.h"
#include "ui/models/case_filter_model.h"
#include "ui/models/case_table_model.h"
#include "ui/models/figure_paths.h"
#include "ui/models/report_words.h"
#include "ui/pages/case_details.h"
#include "ui/pages/circumstance_line.h"
#include "ui/theme/theme.h"
#include "ui/widgets/case_delegate.h"
#include "ui/widgets/heat_map.h"
#include "ui/widgets/hint.h"
#include "ui/widgets/label.h"
#include "ui/widgets/panel.h"
#include "ui/widgets/plain_table.h"
#include "ui/widgets/sentence_header.h"
#include "ui/widgets/whole_in_files.h"

#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace headroom::ui
{
namespace
{

constexpr int kMapSteps = 92;   ///< width of the map's panel
constexpr int kLowerSteps = 76; ///< height of the panels below the table, at most
constexpr int kLeastSteps = 50;

Label* note(const char* name, const Theme& theme, TextRole role = TextRole::Note)
{
    auto* label = new Label(theme, role);
    label->setObjectName(QString::fromLatin1(name));
    label->setWordWrap(true);
    return label;
}

/// "Fastest: cuDNN in 40, Flash in 6; 2 too close to call", and the signs that the map has.
QString legendOf(const FastestGrid& grid)
{
    QStringList wins;
    for (const auto& [backend, count] : grid.wins())
    {
        wins << KernelsPage::tr("%1 in %2").arg(backendName(backend), textOf(Format().count(count)));
    }
    const auto has = [&](GridState state)
    {
        return std::any_of(grid.cells.begin(), grid.cells.end(),
                           [state](const GridCell& cell) { return cell.state == state; });
    };
    QStringList parts;
    if (!wins.isEmpty())
    {
        parts << KernelsPage::tr("Fastest: %1").arg(wins.join(QStringLiteral(", ")));
    }
    const std::vector<std::pair<GridState, QString>> signs{
        {GridState::Tie, KernelsPage::tr("tie: too close to call")},
        {GridState::OutOfMemory, KernelsPage::tr("×: out of memory")},
        {GridState::Unverified, KernelsPage::tr("?: numbers not verified")},
        {GridState::Alone, KernelsPage::tr("outline: alone in its comparison")},
        {GridState::Failed, KernelsPage::tr("!: none could be measured")},
        {GridState::NotRun, KernelsPage::tr("–: not run")},
        {GridState::Absent, KernelsPage::tr("dotted: not asked for")}};
    for (const auto& [state, text] : signs)
    {
        if (has(state))
        {
            parts << text;
        }
    }
    return parts.join(QStringLiteral(" · "));
}

/// What the details of \a row have of the report.
QList<Figure> figuresOf(const Report& report, const CaseReport& row)
{
    QList<Figure> figures;
    if (row.device)
    {
        figures << medianOf(report, row);
    }
    if (row.result.firstCallNs)
    {
        figures << Figure{casePath(report, row, "/result/firstCallNs"), *row.result.firstCallNs};
    }
    if (row.result.peakBytes)
    {
        figures << peakBytesOf(report, row);
    }
    return figures;
}

} // namespace

KernelsPage::KernelsPage(const Theme& theme, QWidget* parent)
    : FacedPage(theme, parent), m_model(new CaseTableModel(this)), m_filtered(new CaseFilterModel(m_model, this)),
      m_header(new SentenceHeader(theme)), m_circumstances(new CircumstanceLine(theme))
{
    setObjectName(QStringLiteral("page-kernels"));
    auto* hint =
        new Hint(tr("Every kernel that ran, and how fast"),
                 tr("After a run this page has a row for each case: backend, time with its interval, share of the "
                    "peak, the kernel names that prove what ran. A sweep over batches and lengths adds a map of the "
                    "fastest backend."),
                 theme);
    hint->addUsualActions();
    setFaces(hint, buildContent());
    applySizes();
    connect(&theme, &Theme::changed, this, &KernelsPage::applySizes);
}

void KernelsPage::applySizes()
{
    m_filter->setMinimumWidth(theme().space(75));
    for (Panel* panel : {m_details, m_mapPanel})
    {
        panel->setMinimumHeight(theme().space(kLeastSteps));
        panel->setMaximumHeight(theme().space(kLowerSteps));
    }
    m_mapPanel->setFixedWidth(theme().space(kMapSteps));
}

QWidget* KernelsPage::buildContent()
{
    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(theme().space(4), theme().space(4), theme().space(4), theme().space(4));
    column->setSpacing(theme().space(3));
    column->addWidget(m_header);
    column->addWidget(m_circumstances);
    column->addWidget(buildTable(), 1);
    auto* lower = new QHBoxLayout;
    lower->setSpacing(theme().space(3));
    lower->addWidget(buildDetails(), 1);
    lower->addWidget(buildMap());
    column->addLayout(lower, 1);
    return content;
}

Panel* KernelsPage::buildTable()
{
    m_tablePanel = new Panel(tr("All cases"), QString(), theme());
    m_filter = new QLineEdit;
    m_filter->setObjectName(QStringLiteral("caseFilter"));
    m_filter->setAccessibleName(tr("Filter of the cases"));
    m_filter->setPlaceholderText(tr("Filter: backend=flash,seq>=2k or words"));
    m_filter->setToolTip(
        tr("Terms with commas between them, which must all hold: NAME OP VALUE, as backend=flash,cudnn or "
           "seq>=4k or pass!=backward. Names: %1. Or words that a row must contain.")
            .arg(textOf(CaseFilter::names())));
    m_filter->setClearButtonEnabled(true);
    connect(m_filter, &QLineEdit::textChanged, this, &KernelsPage::applyFilter);
    m_filterProblem = note("caseFilterProblem", theme());
    m_filterProblem->setTone(Tone::Bad);
    m_filterProblem->hide();
    m_table = new QTableView;
    m_table->setObjectName(QStringLiteral("caseTable"));
    m_table->setAccessibleName(tr("All cases"));
    m_table->setModel(m_filtered);
    m_table->setItemDelegate(new CaseDelegate(theme(), m_table));
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(-1, Qt::AscendingOrder);
    makePlainTable(*m_table, theme());
    m_table->setProperty(kWholeInFiles, true);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &KernelsPage::showDetails);
    m_tablePanel->addToHeader(m_filter);
    m_tablePanel->body()->addWidget(m_filterProblem);
    m_tablePanel->body()->addWidget(m_table);
    return m_tablePanel;
}

Panel* KernelsPage::buildDetails()
{
    m_details = new Panel(tr("The case"), QString(), theme());
    m_detailText = note("caseDetails", theme());
    m_detailText->setTextFormat(Qt::RichText);
    m_detailText->setProperty("role", QString()); // as large as a note, but in the ink of what is read
    m_detailText->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_detailText->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    auto* area = new QScrollArea;
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidget(m_detailText);
    m_repro = note("caseRepro", theme(), TextRole::Code);
    m_repro->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_copy = new QPushButton(tr("Copy the command"));
    m_copy->setObjectName(QStringLiteral("copyRepro"));
    m_copy->setToolTip(tr("The command line that measures this case again"));
    connect(m_copy, &QPushButton::clicked, this, &KernelsPage::copyRepro);
    m_again = new QPushButton(tr("Measure again"));
    m_again->setObjectName(QStringLiteral("measureAgain"));
    m_again->setToolTip(tr("Runs the comparison that this case is part of once more"));
    connect(m_again, &QPushButton::clicked, this, &KernelsPage::measureAgain);
    for (auto* button : {m_copy, m_again})
    {
        button->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    }
    m_details->addToHeader(m_copy);
    m_details->addToHeader(m_again);
    m_details->body()->addWidget(area, 1);
    m_repro->hide();
    return m_details;
}

Panel* KernelsPage::buildMap()
{
    m_mapPanel = new Panel(tr("Fastest backend"), tr("batch × sequence"), theme());
    m_gridChoice = new QComboBox;
    m_gridChoice->setObjectName(QStringLiteral("gridChoice"));
    m_gridChoice->setAccessibleName(tr("Which comparisons the map shows"));
    m_gridChoice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    connect(m_gridChoice, &QComboBox::currentIndexChanged, this, &KernelsPage::showGrid);
    m_map = new HeatMap(theme());
    connect(m_map, &HeatMap::cellChosen, this, &KernelsPage::chooseJob);
    m_readOut = note("heatMapReadOut", theme());
    connect(m_map, &HeatMap::readOutChanged, this,
            [this](const QString& text)
            { m_readOut->setText(text.isEmpty() ? legendOf(m_map->grid()) : text.section(QLatin1Char('\n'), 0, 0)); });
    m_mapPanel->body()->addWidget(m_gridChoice);
    m_mapPanel->body()->addWidget(m_map, 1);
    m_mapPanel->body()->addWidget(m_readOut);
    return m_mapPanel;
}

void KernelsPage::refresh()
{
    const bool empty = reports().empty() || reports().front().report->cases.empty();
    showFace(empty ? Face::Hint : Face::Content);
    if (empty)
    {
        m_model->setReports({});
        m_fittedRows = 0;
        return;
    }
    std::vector<NamedReport> named;
    for (const auto& open : reports().reports)
    {
        named.push_back({open.name, open.report});
    }
    const int scroll = m_table->verticalScrollBar()->value();
    m_model->setReports(std::move(named));
    m_table->verticalScrollBar()->setValue(scroll);
    m_table->setColumnHidden(CaseTableModel::ReportName, m_model->reportCount() < 2);
    hideDullColumns();
    fitColumns();
    if (!m_table->currentIndex().isValid())
    {
        m_table->setCurrentIndex(m_filtered->index(0, CaseTableModel::BackendName));
    }
    m_circumstances->showReports(reports());
    showSentence();
    showCount();
    showGrids();
    showDetails();
}

/// A run begins with dashes and fills in figures: a column grows with what comes into it, and does not shrink again.
void KernelsPage::fitColumns()
{
    const int before = std::exchange(m_fittedRows, m_model->rowCount());
    if (before == 0)
    {
        m_table->resizeColumnsToContents();
        return;
    }
    if (before == m_fittedRows && !reports().front().live)
    {
        return; // how wide the user has made them
    }
    const QAbstractItemView& view = *m_table; // QTableView hides the hint
    for (int column = 0; column < m_model->columnCount(); ++column)
    {
        if (!m_table->isColumnHidden(column))
        {
            m_table->setColumnWidth(column, std::max(m_table->columnWidth(column), view.sizeHintForColumn(column)));
        }
    }
}

/// Launch and L2 say something only where they differ; a subject that all cases have stands in the title once.
void KernelsPage::hideDullColumns()
{
    const auto subjectAt = [this](int row) { return m_model->index(row, CaseTableModel::Subject).data().toString(); };
    bool subjects = false;
    bool launches = false;
    bool caches = false;
    bool flags = false;
    for (int row = 0; row < m_model->rowCount(); ++row)
    {
        const auto& one = m_model->caseAt(row);
        subjects = subjects || subjectAt(row) != subjectAt(0);
        launches = launches || one.measured.launch != Launch::Eager;
        caches = caches || one.measured.l2 != L2State::Warm;
        flags = flags || !one.flags.empty();
    }
    m_table->setColumnHidden(CaseTableModel::Subject, !subjects);
    m_tablePanel->setTitle(subjects ? tr("All cases") : tr("All cases, %1").arg(subjectAt(0)));
    m_table->setColumnHidden(CaseTableModel::LaunchName, !launches);
    m_table->setColumnHidden(CaseTableModel::L2Name, !caches);
    m_table->setColumnHidden(CaseTableModel::Flags, !flags);
}

void KernelsPage::showSentence()
{
    const Report& report = *reports().front().report;
    const Format format;
    const std::string fastest = fastestSentence(report);
    m_header->setSentence(textOf(fastest.empty() ? answerOf(report, format) : fastest), conclusionOf(report));
    std::int64_t measured = 0;
    std::int64_t rejected = 0;
    std::int64_t proven = 0;
    for (const auto& row : report.cases)
    {
        measured += isMeasured(row) ? 1 : 0;
        rejected += isRejected(row) ? 1 : 0;
        proven += row.evidence && row.evidence->ran ? 1 : 0;
    }
    const auto all = static_cast<std::int64_t>(report.cases.size());
    m_header->setNote(
        tr("%1, %2 measured, %3 with kernel names or operators as proof%4")
            .arg(textOf(format.plural(all, "case")), textOf(format.count(measured)), textOf(format.count(proven)),
                 rejected > 0 ? tr(", %1 rejected for their numbers").arg(textOf(format.count(rejected))) : QString()));
}

void KernelsPage::showCount()
{
    const Format format;
    const int shown = m_filtered->rowCount();
    const int all = m_model->rowCount();
    m_tablePanel->setNote(shown == all ? QString()
                                       : tr("%1 of %2").arg(textOf(format.count(shown)), textOf(format.count(all))));
    const bool none = m_problem.isEmpty() && shown == 0 && all > 0;
    m_filterProblem->setText(none ? tr("No case is like that: clear the filter, or write it wider.") : m_problem);
    m_filterProblem->setTone(none ? Tone::Muted : Tone::Bad);
    m_filterProblem->setVisible(none || !m_problem.isEmpty());
}

void KernelsPage::applyFilter(const QString& text)
{
    m_problem = m_filtered->setFilter(text);
    m_filter->setProperty("invalid", !m_problem.isEmpty());
    m_filter->setStyleSheet(QString()); // reads the property again
    showCount();
}

void KernelsPage::showGrids()
{
    const auto grids = fastestGridsOf(*reports().front().report);
    const int before = m_gridChoice->currentIndex();
    QStringList titles;
    for (const auto& grid : grids)
    {
        titles.append(textOf(grid.title));
    }
    QStringList shown;
    for (int at = 0; at < m_gridChoice->count(); ++at)
    {
        shown.append(m_gridChoice->itemText(at));
    }
    if (titles != shown)
    {
        const QSignalBlocker blocker(m_gridChoice);
        m_gridChoice->clear();
        m_gridChoice->addItems(titles);
        m_gridChoice->setCurrentIndex(titles.isEmpty() ? -1
                                                       : std::clamp(before, 0, static_cast<int>(titles.size()) - 1));
    }
    m_mapPanel->setVisible(!grids.empty());
    m_grids = grids;
    showGrid(m_gridChoice->currentIndex());
}

void KernelsPage::showGrid(int index)
{
    if (index < 0 || static_cast<std::size_t>(index) >= m_grids.size())
    {
        return;
    }
    const auto& grid = m_grids[static_cast<std::size_t>(index)];
    m_mapPanel->setNote(grid.byKeys ? tr("batch × keys") : tr("batch × sequence"));
    m_map->setGrid(grid, reports().front().report);
    m_gridChoice->setToolTip(textOf(grid.title));
    m_readOut->setText(legendOf(grid));
}

void KernelsPage::showDetails()
{
    const auto index = m_filtered->mapToSource(m_table->currentIndex());
    if (!index.isValid())
    {
        m_details->setTitle(tr("The case"));
        m_detailText->setText(tr("Choose a row to see all that is known of it."));
        m_copy->setEnabled(false);
        m_again->setEnabled(false);
        return;
    }
    const CaseReport& row = m_model->caseAt(index.row());
    m_details->setTitle(QStringLiteral("%1 · %2").arg(backendName(row.measured.backend), passName(row.measured.pass)));
    const QString html = caseDetails(m_model->reportAt(index.row()), row);
    if (m_detailText->text() != html)
    {
        m_detailText->setText(html);
    }
    setFigures(*m_detailText, figuresOf(m_model->reportAt(index.row()), row));
    m_repro->setText(textOf(row.repro));
    m_copy->setEnabled(!row.repro.empty());
    m_copy->setToolTip(row.repro.empty() ? tr("No command line can say this case") : textOf(row.repro));
    m_again->setEnabled(findJob(m_model->reportAt(index.row()), row.jobId) != nullptr);
}

void KernelsPage::chooseJob(const std::string& jobId)
{
    const Report& report = *reports().front().report;
    for (const auto& entry : report.fastest)
    {
        if (entry.jobId == jobId && entry.fastest)
        {
            const auto index = m_filtered->mapFromSource(
                m_model->index(m_model->rowOf(jobId, *entry.fastest), CaseTableModel::BackendName));
            m_table->setCurrentIndex(index);
            m_table->scrollTo(index, QAbstractItemView::PositionAtCenter);
        }
    }
}

void KernelsPage::copyRepro()
{
    QGuiApplication::clipboard()->setText(m_repro->text());
    m_copy->setText(tr("Copied"));
}

void KernelsPage::measureAgain()
{
    const auto index = m_filtered->mapToSource(m_table->currentIndex());
    if (!index.isValid())
    {
        return;
    }
    const Report& report = m_model->reportAt(index.row());
    const CaseReport& row = m_model->caseAt(index.row());
    Plan plan = report.plan;
    const std::string subject = describe(row.measured.subject);
    std::erase_if(plan.jobs,
                  [&](const Job& job)
                  {
                      const auto* judge = std::get_if<JudgeJob>(&job.work); // without it nothing is ranked
                      return job.id != row.jobId && (judge == nullptr || describe(judge->subject) != subject);
                  });
    plan.peaks = report.peaks;
    plan.maxSeconds.reset();
    Q_EMIT planProposed(plan, tr("%1 again").arg(textOf(describe(row.measured))));
}

} // namespace headroom::ui
