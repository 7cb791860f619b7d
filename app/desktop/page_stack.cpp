// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/page_stack.h"

#include <QTimer>

#include <algorithm>

namespace headroom::desktop
{

PageStack::PageStack(const ui::Theme& theme, std::vector<ui::PageFactory> pages, QWidget* parent)
    : QStackedWidget(parent), m_theme(theme), m_factories(std::move(pages))
{
    setObjectName(QStringLiteral("pageStack"));
}

ui::Page* PageStack::page(const QString& id)
{
    if (const auto made = m_pages.find(id); made != m_pages.end())
    {
        return made->second;
    }
    const auto factory = std::find_if(m_factories.begin(), m_factories.end(),
                                      [&](const ui::PageFactory& candidate) { return candidate.id == id; });
    if (factory == m_factories.end())
    {
        return nullptr;
    }
    ui::Page* page = factory->make(m_theme, nullptr);
    page->setObjectName(QStringLiteral("page_") + id);
    page->setAccessibleName(factory->title);
    addWidget(page);
    m_pages[id] = page;
    page->showReports(m_reports);
    page->showRun(m_state);
    if (m_problem)
    {
        page->showProblem(m_problem->first, m_problem->second);
    }
    if (m_model)
    {
        page->showModel(m_model);
    }
    Q_EMIT pageMade(page);
    return page;
}

bool PageStack::showPage(const QString& id)
{
    ui::Page* shown = page(id);
    if (shown != nullptr)
    {
        setCurrentWidget(shown);
    }
    return shown != nullptr;
}

QString PageStack::currentId() const
{
    for (const auto& [id, page] : m_pages)
    {
        if (page == currentWidget())
        {
            return id;
        }
    }
    return {};
}

void PageStack::showReports(const ui::ReportSet& reports)
{
    m_reports = reports;
    for (const auto& [id, page] : m_pages)
    {
        page->showReports(reports);
    }
}

void PageStack::showRun(const ui::RunState& state)
{
    m_state = state;
    for (const auto& [id, page] : m_pages)
    {
        page->showRun(state);
    }
}

void PageStack::showProblem(const AttentionProblem& problem, const DeviceFacts& device)
{
    m_problem = {problem, device};
    for (const auto& [id, page] : m_pages)
    {
        page->showProblem(problem, device);
    }
}

void PageStack::showModel(const ui::SeenModel& model)
{
    m_model = model;
    for (const auto& [id, page] : m_pages)
    {
        page->showModel(model);
    }
}

void PageStack::makeRest()
{
    for (const ui::PageFactory& factory : m_factories)
    {
        if (!m_pages.contains(factory.id))
        {
            page(factory.id);
            QTimer::singleShot(0, this, &PageStack::makeRest);
            return;
        }
    }
}

} // namespace headroom::desktop
