// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/overview_page.h"

#include "core/report/answer.h"
#include "core/report/kernel_table.h"
#include "core/report/original_claims.h"
#include "core/report/queries.h"
#include "core/report/report_tables.h"
#include "ui/charts/chart_view.h"
#include "ui/models/figure_paths.h"
#include "ui/models/report_words.h"
#include "ui/pages/check_list.h"
#include "ui/pages/circumstance_line.h"
#include "ui/pages/overview_charts.h"
#include "ui/pages/overview_figures.h"
#include "ui/pages/recommendation_card.h"
#include "ui/pages/stage_progress.h"
#include "ui/pages/table_panels.h"
#include "ui/theme/theme.h"
#include "ui/widgets/big_figure.h"
#include "ui/widgets/heat_map.h"
#include "ui/widgets/hint.h"
#include "ui/widgets/label.h"
#include "ui/widgets/scroll_column.h"
#include "ui/widgets/sentence_header.h"
#include "ui/widgets/table_grid.h"
#include "ui/widgets/tile_layout.h"

#include <QPushButton>

#include <algorithm>
#include <iterator>
#include <utility>

namespace headroom::ui
{
namespace
{

constexpr std::size_t kMostCards = 3;

/// The line below the answer: device, what was measured, and when.
QString noteOf(const Report& report)
{
    QStringList parts;
    if (report.circumstances)
    {
        if (const auto* device = report.circumstances->selectedDevice(); device != nullptr && !device->name.empty())
        {
            parts << textOf(device->name);
        }
    }
    if (const auto subject = mainSubject(report); subject && report.fastest.empty())
    {
        parts << subjectLine(*subject);
    }
    else if (!report.fastest.empty())
    {
        const Format format;
        parts << textOf(format.plural(static_cast<std::int64_t>(report.fastest.size()), "comparison"))
              << textOf(format.plural(static_cast<std::int64_t>(report.cases.size()), "case"));
    }
    if (!report.startedUtc.empty())
    {
        parts << textOf(report.startedUtc).left(16).replace(QLatin1Char('T'), QLatin1Char(' ')) +
                     QStringLiteral(" UTC");
    }
    return parts.join(QStringLiteral(" · "));
}

/// Of a run in flight that has no answer yet, in the place of the answer.
QString whatIsDone(const Report& report)
{
    if (report.conclusion == Conclusion::Failed || !report.headlines.empty() || !report.fastest.empty())
    {
        return {};
    }
    const auto* job = jobInFlight(report);
    if (job == nullptr || job->stage == Stage::Compatibility)
    {
        return report.cases.empty() && report.judgements.empty() && report.checks.empty()
                   ? OverviewPage::tr("Looking at the machine and the model …")
                   : QString();
    }
    return job->stage == Stage::Accuracy
               ? OverviewPage::tr("Comparing the numbers with attention in double precision …")
           : job->stage == Stage::Performance
               ? OverviewPage::tr("Timing in turns; the verdict comes with the last sample of this comparison …")
               : QString();
}

/// In place of recommendations.
QString whyNoAdvice(const Report& report, bool live)
{
    if (!report.recommendations.empty())
    {
        return {};
    }
    if (live && !report.finished)
    {
        return OverviewPage::tr("They come when the figures are there.");
    }
    const bool whole = report.finished && report.finished->outcome != Outcome::Cancelled;
    return isOriginal(report) ? OverviewPage::tr("None are made of what another tool claims.")
           : !whole           ? OverviewPage::tr("None: the run ended before its figures were there.")
                              : OverviewPage::tr("Nothing to change: what was measured gives no reason to.");
}

/// An empty column in place of what \a holder had.
QVBoxLayout* renewed(QWidget*& holder, int gap)
{
    delete holder;
    holder = new QWidget;
    auto* layout = new QVBoxLayout(holder);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(gap);
    return layout;
}

/// Gives the tables that have no title of their own \a titles, in order: a document says it in its headings.
void nameAll(std::vector<Table>& tables, const QStringList& titles)
{
    for (std::size_t at = 0; at < tables.size() && static_cast<qsizetype>(at) < titles.size(); ++at)
    {
        if (tables[at].title.empty())
        {
            tables[at].title = titles[static_cast<qsizetype>(at)].toStdString();
        }
    }
}

} // namespace

OverviewPage::OverviewPage(const Theme& theme, QWidget* parent)
    : FacedPage(theme, parent), m_scroll(new ScrollColumn(theme))
{
    auto* hint =
        new Hint(tr("Nothing measured yet"),
                 tr("Here will be the answer in one sentence: which attention kernel really runs for this shape, "
                    "whether its numbers are right, how fast it is and how sure that is."),
                 theme);
    hint->addUsualActions();
    setFaces(hint, m_scroll);
    build();
    applySpacing();
    connect(&theme, &Theme::changed, this, &OverviewPage::applySpacing);
}

void OverviewPage::build()
{
    m_header = new SentenceHeader(theme());
    m_progress = new StageProgress(theme());
    m_progress->hide();
    m_tiles = new QWidget;
    auto* tiles = new TileLayout(theme().space(46), m_tiles);
    tiles->setMostColumns(4);
    for (int at = 0; at < 4; ++at)
    {
        m_figures.push_back(new BigFigure(theme()));
        m_figures.back()->setObjectName(QStringLiteral("figure%1").arg(at));
        tiles->addWidget(m_figures.back());
    }
    m_times = new ChartView(theme());
    m_times->setObjectName(QStringLiteral("timeByBackend"));
    m_errors = new ChartView(theme());
    m_errors->setObjectName(QStringLiteral("errorByTensor"));
    m_advice = new Panel(tr("Recommendations"), {}, theme());
    m_advice->setObjectName(QStringLiteral("adviceOfOverview"));
    m_reasons = new Panel(tr("What the answer rests on"), {}, theme());
    m_reasons->setObjectName(QStringLiteral("reasons"));
    m_unfinished = new Panel(theme());
    m_unfinished->setObjectName(QStringLiteral("unfinished"));
    m_unfinishedRows = new TableGrid(theme());
    m_unfinished->body()->addWidget(m_unfinishedRows);

    m_columns = new QBoxLayout(QBoxLayout::LeftToRight);
    auto* left = new QWidget;
    auto* right = new QWidget;
    for (QWidget* side : {left, right}) // as wide as their share, whatever they would like
    {
        QSizePolicy policy(QSizePolicy::Ignored, QSizePolicy::Preferred);
        policy.setHeightForWidth(true);
        side->setSizePolicy(policy);
    }
    m_left = new QVBoxLayout(left);
    m_left->setContentsMargins(0, 0, 0, 0);
    m_left->addWidget(m_times, 4);
    m_left->addWidget(m_errors, 5);
    m_left->addWidget(m_reasons);
    m_left->addStretch(1);
    m_right = new QVBoxLayout(right);
    m_right->setContentsMargins(0, 0, 0, 0);
    m_circumstances = new CircumstanceLine(theme());
    m_mapPanel = new Panel(tr("Fastest backend"), tr("batch × sequence"), theme());
    m_mapPanel->setObjectName(QStringLiteral("fastestOfOverview"));
    m_map = new HeatMap(theme());
    m_map->setMaximumHeight(theme().space(46));
    m_mapPanel->body()->addWidget(m_map, 1);
    connect(m_map, &HeatMap::cellChosen, this, [this] { Q_EMIT pageRequested(QStringLiteral("kernels")); });
    m_sweep = new QBoxLayout(QBoxLayout::LeftToRight);
    m_wins = new Panel(tr("Backends"), {}, theme());
    m_wins->setObjectName(QStringLiteral("backends"));
    m_winRows = new TableGrid(theme());
    m_wins->body()->addWidget(m_winRows);
    m_right->addWidget(m_advice);
    m_right->addStretch(1);
    m_columns->addWidget(left, 3);
    m_columns->addWidget(right, 2);
    QVBoxLayout* column = m_scroll->column();
    m_wins->body()->addStretch(1);
    m_sweep->addWidget(m_wins, 1);
    m_sweep->addWidget(m_mapPanel, 1);
    column->addWidget(m_header);
    column->addWidget(m_circumstances);
    column->addWidget(m_progress);
    column->addWidget(m_tiles);
    column->addLayout(m_sweep);
    m_tables = new TablePanels(theme());
    m_checks = new CheckList(theme());
    column->addWidget(m_tables);
    column->addLayout(m_columns, 1);
    column->addWidget(m_checks);
    column->addWidget(m_unfinished);
}

void OverviewPage::showRun(const RunState& state)
{
    m_progress->showState(state);
    const bool live = state.phase != RunPhase::Idle && !reports().empty() && reports().front().live;
    m_progress->setVisible(live);
}

void OverviewPage::refresh()
{
    if (reports().empty())
    {
        showFace(Face::Hint);
        return;
    }
    const OpenReport& open = reports().front();
    const Report& report = *open.report;
    showFace(Face::Content);
    const QString doing = open.live ? whatIsDone(report) : QString();
    m_header->setSentence(doing.isEmpty() ? textOf(answerOf(report, Format())) : doing, conclusionOf(report));
    m_header->setNote(noteOf(report));
    m_circumstances->showReports(reports());
    m_progress->setVisible(open.live);
    m_progress->showReport(report);
    showFigures(report);
    m_times->setData(timeByBackend(reports()));
    m_errors->setData(errorByTensor(reports()));
    m_times->setVisible(!report.cases.empty() || open.live);
    m_errors->setVisible(!report.judgements.empty() || open.live);
    showWins(report);
    showRecommendations(report);
    showReasons(report);
    showTables(report);
    showUnfinished(report, open.live);
    arrange();
}

void OverviewPage::showFigures(const Report& report)
{
    const auto contents = overviewFigures(report);
    for (std::size_t at = 0; at < m_figures.size(); ++at)
    {
        m_figures[at]->setVisible(at < contents.size());
        if (at < contents.size())
        {
            m_figures[at]->setContent(contents[at]);
        }
    }
}

/// Of a sweep: how often each backend won, and where.
void OverviewPage::showWins(const Report& report)
{
    const auto tables = kernelSummaryTables(report, Format());
    m_wins->setVisible(!tables.empty());
    m_winRows->setTable(tables.empty() ? Table() : tables.front());
    const auto grids = tables.empty() ? std::vector<FastestGrid>() : fastestGridsOf(report);
    m_mapPanel->setVisible(!grids.empty());
    if (!grids.empty())
    {
        m_mapPanel->setNote(textOf(grids.front().title));
        m_map->setGrid(grids.front(), reports().front().report);
    }
    const bool advises = tables.empty() && !isBattery(report);
    m_advice->parentWidget()->setVisible(advises || !report.recommendations.empty());
}

void OverviewPage::showRecommendations(const Report& report)
{
    const QString none = whyNoAdvice(report, reports().front().live);
    if (m_cards != nullptr && m_shownAdvice == report.recommendations && m_shownNone == none)
    {
        return;
    }
    m_shownAdvice = report.recommendations;
    m_shownNone = none;
    auto* layout = renewed(m_cards, theme().space(2));
    const std::size_t shown = std::min(kMostCards, report.recommendations.size());
    m_advice->setNote(report.recommendations.empty() ? QString() : QString::number(report.recommendations.size()));
    for (std::size_t at = 0; at < shown; ++at)
    {
        auto* card = new RecommendationCard(report, at, RecommendationCard::Size::Compact, theme());
        connect(card, &RecommendationCard::evidenceRequested, this,
                [this] { Q_EMIT pageRequested(QStringLiteral("kernels")); });
        connect(card, &RecommendationCard::trialRequested, this,
                [this](const Trial& trial) { Q_EMIT planProposed(trial.plan, textOf(trial.title)); });
        layout->addWidget(card);
    }
    if (report.recommendations.empty())
    {
        auto* why = new Label(none, theme(), TextRole::Note);
        why->setObjectName(QStringLiteral("noAdvice"));
        why->setWordWrap(true);
        layout->addWidget(why);
    }
    else
    {
        auto* all = new QPushButton(tr("All, with their evidence"));
        all->setProperty("role", QStringLiteral("link"));
        all->setObjectName(QStringLiteral("allRecommendations"));
        connect(all, &QPushButton::clicked, this, [this] { Q_EMIT pageRequested(QStringLiteral("recommendations")); });
        layout->addWidget(all, 0, Qt::AlignLeft);
    }
    m_advice->body()->addWidget(m_cards);
}

void OverviewPage::showReasons(const Report& report)
{
    if (m_reasonLines != nullptr && m_shownReasons == report.conclusionReasons)
    {
        return;
    }
    m_shownReasons = report.conclusionReasons;
    auto* layout = renewed(m_reasonLines, theme().space(1));
    for (std::size_t at = 0; at < report.conclusionReasons.size(); ++at)
    {
        const QString text = textOf(report.conclusionReasons[at]);
        auto* line = new Label(readable(text), theme(), TextRole::Note);
        line->setWordWrap(true);
        setFigure(*line, {QStringLiteral("/headroom/conclusionReasons/%1").arg(at), text});
        layout->addWidget(line);
    }
    m_reasons->body()->addWidget(m_reasonLines);
    const bool saidAlready =
        report.conclusionReasons.size() == 1 && textOf(report.conclusionReasons.front()) == m_header->sentence();
    m_reasons->setVisible(!report.conclusionReasons.empty() && !saidAlready);
}

/// What an A/B comparison, a search of frontiers and a battery found has its place here; the checks of other runs are
/// on the page Accuracy.
void OverviewPage::showTables(const Report& report)
{
    const Format format;
    auto tables = abTables(report, format, Detail::Compact);
    nameAll(tables, {tr("The sides"), tr("B against A")});
    auto frontiers = frontierTables(report, format);
    nameAll(frontiers, {tr("How long a sequence each backend has memory for")});
    std::move(frontiers.begin(), frontiers.end(), std::back_inserter(tables));
    m_tables->showTables(tables);
    const bool battery = isBattery(report);
    if (battery)
    {
        m_checks->showReport(report);
    }
    m_checks->setVisible(battery);
    m_scroll->column()->setStretchFactor(m_columns, battery ? 0 : 1);
}

void OverviewPage::showUnfinished(const Report& report, bool live)
{
    const auto tables = unfinishedTables(report, Format());
    Table table = tables.empty() ? Table() : tables.front();
    if (live) // what has not begun yet is no failure
    {
        std::erase_if(table.rows, [](const std::vector<Cell>& row)
                      { return row[1].text == "not started" || row[1].text == "not ended"; });
    }
    m_unfinished->setVisible(!table.rows.empty());
    m_unfinished->setTitle(tr("What did not pass"));
    m_unfinished->setNote(textOf(Format().plural(static_cast<std::int64_t>(table.rows.size()), "job")));
    m_unfinishedRows->setTable(table, 12);
}

void OverviewPage::resizeEvent(QResizeEvent* event)
{
    Page::resizeEvent(event);
    arrange();
}

/// Side by side where there is room for both.
void OverviewPage::arrange()
{
    const bool wide = width() >= theme().space(190);
    for (QBoxLayout* row : {m_columns, m_sweep})
    {
        row->setDirection(wide ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    }
}

void OverviewPage::forget()
{
    delete std::exchange(m_cards, nullptr);
    delete std::exchange(m_reasonLines, nullptr);
    m_checks->forget();
}

void OverviewPage::applySpacing()
{
    const int gap = theme().space(3);
    m_columns->setSpacing(gap);
    m_sweep->setSpacing(gap);
    m_left->setSpacing(gap);
    m_right->setSpacing(gap);
    m_tiles->layout()->setSpacing(gap);
    static_cast<TileLayout*>(m_tiles->layout())->setNarrowest(theme().space(46));
    m_times->setMinimumHeight(theme().space(52));
    m_errors->setMinimumHeight(theme().space(60));
    m_times->setMaximumHeight(theme().space(80));
    m_errors->setMaximumHeight(theme().space(96));
    arrange();
}

} // namespace headroom::ui
