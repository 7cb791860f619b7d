// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart_page_fixture.h"
#include "ui/pages/overview_page.h"
#include "ui/pages/recommendation_card.h"
#include "ui/theme/theme.h"
#include "ui/widgets/big_figure.h"

#include <QLabel>

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

    /// Of a model from a file the attention calls are known, and not the layers.
    void aModelFromAFileHasAttentionCalls()
    {
        Theme theme;
        OverviewPage page(theme);
        showReport(page, referenceReport("nvidia_h200_audit_t5"));
        const QString note = page.findChild<QLabel*>(QStringLiteral("sentenceNote"))->text();
        QVERIFY2(note.contains(QStringLiteral("36 attention calls")), qPrintable(note));
        QVERIFY2(!note.contains(QStringLiteral("layers")), qPrintable(note));
    }

    /// A battery's defects are all there, those that are present first, and no advice is made up for them.
    void aBatteryListsItsDefects()
    {
        Theme theme;
        OverviewPage page(theme);
        page.resize(1000, 800);
        const auto report = referenceReport("nvidia_h200_battery");
        showReport(page, report);
        const auto* list = page.findChild<QWidget*>(QStringLiteral("knownDefects"));
        QVERIFY(list != nullptr);
        QStringList items;
        for (const auto* label : list->findChildren<QLabel*>())
        {
            if (label->property("figureSource").toString().endsWith(QLatin1String("/item")))
            {
                items << label->property("figureValue").toString();
            }
        }
        QCOMPARE(static_cast<std::size_t>(items.size()), report->checks.size());
        const auto present =
            std::count_if(report->checks.begin(), report->checks.end(),
                          [](const CheckResult& check) { return check.status == CheckStatus::Failed; });
        for (const auto& check : report->checks)
        {
            const auto place = items.indexOf(QString::fromStdString(check.item));
            QCOMPARE(place < present, check.status == CheckStatus::Failed);
        }
        QVERIFY(!page.findChild<QWidget*>(QStringLiteral("adviceOfOverview"))->isVisibleTo(&page));
        theme.setChoice(theme.scheme() == Scheme::Dark ? SchemeChoice::Light : SchemeChoice::Dark);
        const auto* link = page.findChild<QLabel*>(QStringLiteral("defect_B1"));
        QVERIFY2(link->text().contains(theme.colours().accent.name()), qPrintable(link->text()));
        QVERIFY(link->text().contains(QStringLiteral("pytorch/issues/103963")));
    }

    /// An audit judges the calls that it changes.
    void anAuditSaysWhatItsTrialsJudged()
    {
        Theme theme;
        OverviewPage page(theme);
        const auto report = referenceReport("nvidia_h200_audit_t5");
        showReport(page, report);
        const auto figures = page.findChildren<BigFigure*>();
        const auto accuracy = std::find_if(figures.begin(), figures.end(),
                                           [](const BigFigure* figure)
                                           { return figure->accessibleName().startsWith(QStringLiteral("Accuracy")); });
        QVERIFY(accuracy != figures.end());
        QVERIFY2((*accuracy)->text().endsWith(QStringLiteral("%")), qPrintable((*accuracy)->text()));
        const QString description = (*accuracy)->accessibleDescription();
        QVERIFY2(description.contains(QString::fromStdString(report->judgements.front().path)),
                 qPrintable(description));
        QVERIFY(compareFigures(page, *report) > 0);
    }
};

QTEST_MAIN(TestOverviewPage)
#include "tst_overview_page.moc"
