// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart_page_fixture.h"
#include "ui/pages/overview_page.h"
#include "ui/pages/recommendation_card.h"
#include "ui/theme/theme.h"

#include <QtTest>

using namespace headroom;
using namespace headroom::ui;

/// What the overview keeps from one refresh to the next.
class TestOverviewPage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { Theme::loadFonts(); }

    void adviceIsThereAfterAChangeOfLook()
    {
        Theme theme;
        OverviewPage page(theme);
        const auto report = referenceReport("nvidia_h200_validate_bfloat16");
        showReport(page, report);
        const auto cards = page.findChildren<RecommendationCard*>().size();
        QVERIFY(cards > 0);
        theme.setChoice(theme.scheme() == Scheme::Dark ? SchemeChoice::Light : SchemeChoice::Dark);
        QCOMPARE(page.findChildren<RecommendationCard*>().size(), cards);
        theme.setScale(1.5);
        QCOMPARE(page.findChildren<RecommendationCard*>().size(), cards);
    }
};

QTEST_MAIN(TestOverviewPage)
#include "tst_overview_page.moc"
