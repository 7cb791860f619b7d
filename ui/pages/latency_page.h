// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/chart_page.h"
#include "ui/pages/latency_charts.h"

class QTableView;

namespace headroom::ui
{

class FigureList;
class Panel;
class SampleLedgerModel;

/// One case in full: every sample, how they are distributed, percentiles that their number supports, and the ledger.
/// While a run goes on it follows the case in flight. docs/pages/latency.md.
class LatencyPage : public ChartPage
{
    Q_OBJECT

public:
    explicit LatencyPage(const Theme& theme, QWidget* parent = nullptr);

    QString id() const override { return QStringLiteral("latency"); }
    QString title() const override { return tr("Latency"); }
    void showRun(const RunState& state) override;

public Q_SLOTS:
    void showNextCase();
    void showPreviousCase();

protected:
    void refresh() override;

private:
    void buildSide();
    /// The cases with samples, as the chooser lists them.
    std::vector<std::size_t> listCases();
    void showCase(std::size_t index);
    void showFigures(const LatencySource& source);
    std::vector<LatencySource> sameInOthers(const LatencySource& front) const;
    std::vector<LatencySource> wholeComparison(const LatencySource& front) const;
    void step(int by);

    QComboBox* m_case;
    QComboBox* m_clock;
    ChartView* m_strip;
    ChartView* m_distribution;
    ChartView* m_rows;
    Panel* m_figuresPanel;
    FigureList* m_figures;
    QTableView* m_ledger;
    SampleLedgerModel* m_model;
    QString m_inFlight;
};

} // namespace headroom::ui
