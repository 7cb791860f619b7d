// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/accuracy_charts.h"
#include "ui/pages/chart_page.h"

namespace headroom::ui
{

class CheckList;
class FigureList;
class Panel;
class ScrollColumn;

/// How far each backend's numbers are from exact, against what their data type allows: O, LSE, dQ, dK, dV, the headroom
/// that is left, and the worst element; and what the checks of the run came to, known defects among them.
/// docs/pages/accuracy.md.
class AccuracyPage : public ChartPage
{
    Q_OBJECT

public:
    explicit AccuracyPage(const Theme& theme, QWidget* parent = nullptr);

    QString id() const override { return QStringLiteral("accuracy"); }
    QString title() const override { return tr("Accuracy"); }

protected:
    void refresh() override;
    void forget() override;

private:
    void showScope(const std::vector<AccuracySource>& sources);
    void showWorst(const Report& report, const AccuracyScope& scope);
    void showChecks(const OpenReport& open);

    QComboBox* m_scope;
    ChartView* m_headroom;
    ChartView* m_yardstick;
    ChartView* m_places;
    Panel* m_worstPanel;
    FigureList* m_worst;
    QWidget* m_judged; ///< the charts and the worst element
    ScrollColumn* m_checked;
    CheckList* m_checks;
};

} // namespace headroom::ui
