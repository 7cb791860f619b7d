// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"
#include "ui/theme/theme.h"

#include <QFrame>

class QLabel;
class QMenu;
class QToolButton;

namespace headroom::desktop
{

class Workbench;

/// The top of the window: the program's menu, which report is in front and what it was measured on, and the three
/// things that are done with a report.
class TitleBar : public QFrame
{
    Q_OBJECT

public:
    TitleBar(const ui::Theme& theme, Workbench& bench, QWidget* parent);

    /// The program's menu, which the window fills.
    QMenu* menu() const { return m_menu; }

Q_SIGNALS:
    void exportRequested();
    void compareRequested();
    void presentationRequested();

private:
    void applyTheme();
    void showReports();
    void fillReportMenu();

    const ui::Theme& m_theme;
    Workbench& m_bench;
    QMenu* m_menu;
    QToolButton* m_name;
    QToolButton* m_report;
    QMenu* m_reportMenu;
    QLabel* m_device;
};

/// "NVIDIA H200 · LibTorch 2.11.0 · cuDNN 9.19".
QString machineText(const Circumstances& machine);

} // namespace headroom::desktop
