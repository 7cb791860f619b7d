// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/export.h"
#include "ui/pages/why_not_page.h"
#include "ui/theme/theme.h"
#include "ui/widgets/card.h"

#include <QComboBox>
#include <QPointer>
#include <QtTest>

#include <memory>

using namespace headroom;
using namespace headroom::ui;

/// A run that goes on brings samples ten times a second; what this page answers stays where it is.
class TestWhyNotPage : public QObject
{
    Q_OBJECT

    Theme m_theme;
    Report m_report;

    static ReportSet setOf(const Report& report)
    {
        ReportSet set;
        set.reports.push_back({QStringLiteral("run"), std::make_shared<const Report>(report), true});
        return set;
    }

private Q_SLOTS:
    void initTestCase()
    {
        Theme::loadFonts();
        m_report = std::get<Report>(
            openReport(HEADROOM_TEST_DATA "/../../resources/reports/nvidia_h100_validate_bfloat16.json"));
        QVERIFY(!m_report.layers.empty());
    }

    void whatIsTheSameStays()
    {
        WhyNotPage page(m_theme);
        page.show();
        page.showReports(setOf(m_report));
        const QPointer<Card> card = page.findChild<Card*>();
        QTRY_VERIFY(card && card->isVisible());
        Report later = m_report;
        later.cases.clear();
        page.showReports(setOf(later));
        QTest::qWait(50); // what is put away goes in the event loop
        QVERIFY(card && card->isVisible());
        later.layers.front().problem.queryHeads *= 2;
        page.showReports(setOf(later));
        QTRY_VERIFY(!card);
        QVERIFY(page.findChild<Card*>() != nullptr);
    }

    void anotherLookIsMadeAnew()
    {
        WhyNotPage page(m_theme);
        page.show();
        page.showReports(setOf(m_report));
        const QPointer<Card> card = page.findChild<Card*>();
        m_theme.setScale(1.5);
        QTRY_VERIFY(!card);
        m_theme.setScale(1);
        QVERIFY(page.findChild<Card*>() != nullptr);
    }
};

QTEST_MAIN(TestWhyNotPage)
#include "tst_why_not_page.moc"
