// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/chart_page.h"
#include "ui/pages/monitor_charts.h"

#include <utility>
#include <vector>

namespace headroom::ui
{

class FigureList;
class Panel;

/// What the device said of itself during the run: clocks, power, temperature, memory, utilisation, and when it limited
/// itself. Live while a run goes on. docs/pages/monitor.md.
class MonitorPage : public ChartPage
{
    Q_OBJECT

public:
    explicit MonitorPage(const Theme& theme, QWidget* parent = nullptr);

    QString id() const override { return QStringLiteral("monitor"); }
    QString title() const override { return tr("Monitor"); }
    void showRun(const RunState& state) override;

protected:
    void refresh() override;

private:
    void showLatest(const Telemetry& telemetry, const QString& title, const QString& path);

    std::vector<std::pair<Reading, ChartView*>> m_readings;
    Panel* m_nowPanel;
    FigureList* m_now;
};

} // namespace headroom::ui
