// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/trend.h"
#include "ui/charts/chart_data.h"

#include <QWidget>

#include <memory>
#include <string>
#include <vector>

class QComboBox;

namespace headroom::ui
{

class ChartView;
class Label;
class Panel;
class TableGrid;
class Theme;

/// The median of every run with its interval, the earliest first, a line where the level changes.
ChartData trendChart(const Trend& trend);

/// One figure over the runs of the history: a case that is chosen, its medians over time, where their level changed,
/// and what else changed there.
class HistoryTrend : public QWidget
{
    Q_OBJECT

public:
    explicit HistoryTrend(const Theme& theme, QWidget* parent = nullptr);

    /// What can be chosen, those in most runs first. What was chosen stays so, where it is still there.
    void setCases(const std::vector<IndexedCase>& cases);
    std::string caseId() const; ///< empty: there is none

    void setTrend(const std::shared_ptr<const Trend>& trend);

Q_SIGNALS:
    void caseChosen();
    void runActivated(const std::string& file); ///< a point was chosen: its run, below the run folder

private:
    void showChanges();

    const Theme& m_theme;
    QComboBox* m_case;
    Label* m_sentence;
    ChartView* m_chart;
    Panel* m_changePanel;
    TableGrid* m_changes;
    std::shared_ptr<const Trend> m_trend;
};

} // namespace headroom::ui
