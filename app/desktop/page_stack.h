// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/page.h"
#include "ui/pages/page_set.h"

#include <QStackedWidget>

#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace headroom::desktop
{

/// The pages, one shown at a time. A page is made when it is first shown; the others follow while nothing else is to be
/// done, so that the window is there at once and no page is waited for.
class PageStack : public QStackedWidget
{
    Q_OBJECT

public:
    PageStack(const ui::Theme& theme, std::vector<ui::PageFactory> pages, QWidget* parent);

    const std::vector<ui::PageFactory>& factories() const { return m_factories; }

    /// \returns false when there is no such page.
    bool showPage(const QString& id);
    QString currentId() const; ///< empty while another widget than a page is shown
    ui::Page* page(const QString& id);

    void showReports(const ui::ReportSet& reports);
    void showRun(const ui::RunState& state);
    void showProblem(const AttentionProblem& problem, const DeviceFacts& device);
    void showModel(const ui::SeenModel& model);

    /// Begins to make the pages that are not there yet, one each time that nothing else is to be done.
    void makeRest();

Q_SIGNALS:
    void pageMade(headroom::ui::Page* page);

private:
    const ui::Theme& m_theme;
    std::vector<ui::PageFactory> m_factories;
    std::map<QString, ui::Page*> m_pages;
    ui::ReportSet m_reports;
    ui::RunState m_state;
    std::optional<std::pair<AttentionProblem, DeviceFacts>> m_problem; ///< of the form
    ui::SeenModel m_model;                                             ///< likewise
};

} // namespace headroom::desktop
