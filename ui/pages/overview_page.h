// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/faced_page.h"

#include <memory>

class QBoxLayout;
class QVBoxLayout;

namespace headroom::ui
{

class BigFigure;
class ChartView;
class CheckList;
class CircumstanceLine;
class HeatMap;
class Panel;
class ScrollColumn;
class SentenceHeader;
class StageProgress;
class TableGrid;
class TablePanels;

/// The answer: one sentence, four figures, the backends side by side, what to do, and what it rests on.
class OverviewPage : public FacedPage
{
    Q_OBJECT

public:
    explicit OverviewPage(const Theme& theme, QWidget* parent = nullptr);

    QString id() const override { return QStringLiteral("overview"); }
    QString title() const override { return tr("Overview"); }
    void showRun(const RunState& state) override;

protected:
    void refresh() override;
    void forget() override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void build();
    void showFigures(const Report& report);
    void showWins(const Report& report);
    void showRecommendations(const Report& report);
    void showReasons(const Report& report);
    void showTables(const Report& report);
    void showUnfinished(const Report& report, bool live);
    void applySpacing();
    void arrange();

    ScrollColumn* m_scroll;
    SentenceHeader* m_header;
    StageProgress* m_progress;
    QWidget* m_tiles;
    std::vector<BigFigure*> m_figures;
    QBoxLayout* m_columns;
    QVBoxLayout* m_left;
    QVBoxLayout* m_right;
    ChartView* m_times;
    ChartView* m_errors;
    Panel* m_advice;
    QWidget* m_cards = nullptr;
    CircumstanceLine* m_circumstances;
    QBoxLayout* m_sweep;
    Panel* m_mapPanel;
    HeatMap* m_map;
    Panel* m_wins;
    TableGrid* m_winRows;
    Panel* m_reasons;
    QWidget* m_reasonLines = nullptr;
    TablePanels* m_tables; ///< what has no charts: the sides of an A/B comparison, frontiers
    CheckList* m_checks;
    Panel* m_unfinished;
    TableGrid* m_unfinishedRows;
    std::vector<Recommendation> m_shownAdvice;
    QString m_shownNone; ///< why there are none of them
    std::vector<std::string> m_shownReasons;
};

} // namespace headroom::ui
