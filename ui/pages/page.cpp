// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/page.h"

#include "ui/theme/theme.h"

namespace headroom::ui
{

Page::Page(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme)
{
    connect(&theme, &Theme::changed, this,
            [this]
            {
                m_stale = true;
                forget();
                refreshIfVisible();
            });
}

void Page::showReports(const ReportSet& reports)
{
    m_reports = reports;
    m_stale = true;
    refreshIfVisible();
}

void Page::showExplanation(const AttentionProblem&, const LayerEvidence&) {}

void Page::showProblem(const AttentionProblem&, const DeviceFacts&) {}

void Page::showModel(const SeenModel&) {}

void Page::showRun(const RunState&) {}

void Page::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    refreshIfVisible();
}

void Page::refreshIfVisible()
{
    if (m_stale && isVisible())
    {
        m_stale = false;
        refresh();
    }
}

} // namespace headroom::ui
