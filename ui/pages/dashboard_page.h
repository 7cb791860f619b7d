// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/faced_page.h"
#include "ui/run/watch.h"

#include <QTimer>

class QPushButton;
class QSpinBox;

namespace headroom::ui
{

class BigFigure;
class ChartView;
class Label;
class Panel;
class SentenceHeader;
class TableGrid;

/// The plan of the report in front, repeated every few minutes: how attention does now, how it did before, and an alarm
/// when a verdict changes. To be read from the back of a room. It shows the watch that it is given.
class DashboardPage : public FacedPage
{
    Q_OBJECT

public:
    explicit DashboardPage(const Theme& theme, QWidget* parent = nullptr);

    QString id() const override { return QStringLiteral("dashboard"); }
    QString title() const override { return tr("Dashboard"); }

    /// Shows \a watch, which outlives the page.
    void setWatch(Watch& watch);
    void setMinutes(int minutes);
    int minutes() const;

Q_SIGNALS:
    /// The plan of the report in front is to be repeated, each so many minutes after the one before began.
    void startRequested(const headroom::Plan& plan, const QString& title, int minutes);

protected:
    void refresh() override;

private:
    QWidget* buildContent();
    QLayout* buildControls();
    void applySpacing();
    void showWatch();
    void showCountdown();
    void showSentence();
    void showFigures();
    void showAlarms();
    void toggle();
    const MonitorState& state() const; ///< of the watch; an empty one where there is none

    Watch* m_watch = nullptr;
    SentenceHeader* m_header = nullptr;
    QSpinBox* m_minutes = nullptr;
    QPushButton* m_toggle = nullptr;
    Label* m_countdown = nullptr;
    std::vector<BigFigure*> m_figures;
    ChartView* m_latency = nullptr;
    ChartView* m_throughput = nullptr;
    ChartView* m_clocks = nullptr;
    Panel* m_alarmPanel = nullptr;
    TableGrid* m_alarms = nullptr;
    QTimer m_tick; ///< of the countdown, only while one is seen
};

} // namespace headroom::ui
