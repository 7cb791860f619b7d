// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/page_set.h"

#include "ui/pages/accuracy_page.h"
#include "ui/pages/compare_page.h"
#include "ui/pages/dashboard_page.h"
#include "ui/pages/history_page.h"
#include "ui/pages/model_page.h"
#include "ui/pages/monitor_page.h"
#include "ui/pages/roofline_page.h"
#include "ui/pages/kernels_page.h"
#include "ui/pages/latency_page.h"
#include "ui/pages/overview_page.h"
#include "ui/pages/page.h"
#include "ui/pages/recommendations_page.h"
#include "ui/pages/report_page.h"
#include "ui/pages/scaling_page.h"
#include "ui/pages/why_not_page.h"

#include <QCoreApplication>

namespace headroom::ui
{
namespace
{

/// \a title is translated when the rail is made.
template <typename T> [[maybe_unused]] PageFactory entry(const char* id, const char* title, bool beginsGroup = false)
{
    return {QString::fromLatin1(id), QCoreApplication::translate("PageSet", title), beginsGroup,
            [](const Theme& theme, QWidget* parent) -> Page* { return new T(theme, parent); }};
}

} // namespace

/// One line a page, in the rail's order: overview scaling latency kernels accuracy why_not roofline model
/// recommendations | compare history dashboard monitor report.
std::vector<PageFactory> pageFactories()
{
    return {
        entry<OverviewPage>("overview", QT_TRANSLATE_NOOP("PageSet", "Overview")),
        entry<ScalingPage>("scaling", QT_TRANSLATE_NOOP("PageSet", "Scaling")),
        entry<LatencyPage>("latency", QT_TRANSLATE_NOOP("PageSet", "Latency")),
        entry<KernelsPage>("kernels", QT_TRANSLATE_NOOP("PageSet", "Kernels")),
        entry<AccuracyPage>("accuracy", QT_TRANSLATE_NOOP("PageSet", "Accuracy")),
        entry<WhyNotPage>("why_not", QT_TRANSLATE_NOOP("PageSet", "Why not")),
        entry<RooflinePage>("roofline", QT_TRANSLATE_NOOP("PageSet", "Roofline")),
        entry<ModelPage>("model", QT_TRANSLATE_NOOP("PageSet", "Model")),
        entry<RecommendationsPage>("recommendations", QT_TRANSLATE_NOOP("PageSet", "Recommendations")),
        entry<ComparePage>("compare", QT_TRANSLATE_NOOP("PageSet", "Compare"), true),
        entry<HistoryPage>("history", QT_TRANSLATE_NOOP("PageSet", "History")),
        entry<DashboardPage>("dashboard", QT_TRANSLATE_NOOP("PageSet", "Dashboard")),
        entry<MonitorPage>("monitor", QT_TRANSLATE_NOOP("PageSet", "Monitor")),
        entry<ReportPage>("report", QT_TRANSLATE_NOOP("PageSet", "Report")),
    };
}

std::vector<Page*> makePages(const Theme& theme, QWidget* parent)
{
    std::vector<Page*> pages;
    for (const PageFactory& factory : pageFactories())
    {
        pages.push_back(factory.make(theme, parent));
    }
    return pages;
}

} // namespace headroom::ui
