// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/chart_page.h"
#include "ui/pages/scaling_charts.h"

namespace headroom::ui
{

/// How each backend grows with batch and length: latency, throughput, memory and speed-up, with the sizes where the
/// fastest backend changes. docs/pages/scaling.md.
class ScalingPage : public ChartPage
{
    Q_OBJECT

public:
    explicit ScalingPage(const Theme& theme, QWidget* parent = nullptr);

    QString id() const override { return QStringLiteral("scaling"); }
    QString title() const override { return tr("Scaling"); }

protected:
    void refresh() override;

private:
    /// What is chosen among \a groups; null where there are none.
    const ScalingGroup* chooseFrom(const std::vector<ScalingGroup>& groups);
    void showGroup(const std::vector<ScalingSource>& sources, const QStringList& without);

    QComboBox* m_family;
    QComboBox* m_axis;
    QComboBox* m_pass;
    ChartView* m_throughput;
    ChartView* m_latency;
    ChartView* m_memory;
    ChartView* m_speedup;
};

} // namespace headroom::ui
