// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/inspection_tables.h"
#include "ui/export/page_sheet.h"
#include "ui/models/model_tree_model.h"
#include "ui/pages/model_page.h"
#include "ui/theme/theme.h"
#include "ui/widgets/big_figure.h"
#include "ui/widgets/hint.h"
#include "ui/widgets/sentence_header.h"

#include "tests/core/report/audited_run.h"

#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTreeView>
#include <QtTest>

using namespace headroom;
using namespace headroom::testing;
using namespace headroom::ui;

namespace
{

ReportSet of(Report report)
{
    ReportSet set;
    set.reports.push_back({QStringLiteral("audit"), std::make_shared<const Report>(std::move(report)), false});
    return set;
}

/// A model of three layers whose second call hands over a causal triangle.
SeenModel seenModel(const char* name = "AnotherModel")
{
    InspectedModel model;
    model.machine = cpuMachine();
    model.device = *model.machine.selectedDevice();
    model.inspection = wellModel(model.machine);
    model.inspection.model.architecture = name;
    handOverTriangle(model.inspection.calls[1]);
    model.findings = auditFindings(model.inspection, model.machine);
    return std::make_shared<const InspectedModel>(std::move(model));
}

} // namespace

class TestModelPage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { Theme::loadFonts(); }

    void init()
    {
        m_page = std::make_unique<ModelPage>(m_theme);
        m_page->resize(900, 728);
        m_page->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
    }

    void withoutAModelThePageSaysHowToLoadOne()
    {
        m_page->showReports({});
        QVERIFY(m_page->findChild<Hint*>()->isVisible());
        Report builtIn;
        m_page->showReports(of(builtIn));
        QVERIFY(m_page->findChild<Hint*>()->isVisible());
        QSignalSpy actions(m_page.get(), &Page::actionRequested);
        QTest::mouseClick(m_page->findChild<Hint*>()->findChild<QPushButton*>(), Qt::LeftButton);
        QCOMPARE(actions.front().front().toString(), QStringLiteral("loadModel"));
    }

    void aReportsModelIsShown()
    {
        m_page->showReports(of(triangleAudit()));
        QVERIFY(!m_page->findChild<Hint*>()->isVisible());
        QVERIFY2(sentence().startsWith(QLatin1String("TestModel spends 27 % of its forward pass in 3 attention calls")),
                 qPrintable(sentence()));
        QCOMPARE(figure(0), QStringLiteral("1.00 M"));
        QCOMPARE(figure(1), QStringLiteral("27 %"));
        QCOMPARE(figure(2), QStringLiteral("10.0 ms"));
        QCOMPARE(figure(3), QStringLiteral("3"));
        QVERIFY(!choice()->isVisible());
        QVERIFY(tree()->isExpanded(tree()->model()->index(0, 0))); // down to the calls
    }

    void anAuditsFindingsLeadToWhatToChange()
    {
        m_page->showReports(of(triangleAudit()));
        auto* text = m_page->findChild<QLabel*>(QStringLiteral("modelFindingText"));
        QVERIFY2(text->text().contains(QLatin1String("causal triangle")), qPrintable(text->text()));
        QSignalSpy pages(m_page.get(), &Page::pageRequested);
        QTest::mouseClick(action(), Qt::LeftButton);
        QCOMPARE(pages.front().front().toString(), QStringLiteral("recommendations"));
    }

    void theFormsModelIsShownBeforeItIsRun()
    {
        m_page->showModel(seenModel());
        QVERIFY(sentence().startsWith(QLatin1String("AnotherModel")));
        QSignalSpy actions(m_page.get(), &Page::actionRequested);
        QTest::mouseClick(action(), Qt::LeftButton);
        QCOMPARE(actions.front().front().toString(), QStringLiteral("audit"));
        m_page->showModel(nullptr);
        QVERIFY(m_page->findChild<Hint*>()->isVisible());
    }

    void whatCameLastIsShownAndTheOtherCanBeChosen()
    {
        m_page->showReports(of(triangleAudit()));
        m_page->showModel(seenModel());
        QVERIFY(sentence().startsWith(QLatin1String("AnotherModel")));
        QVERIFY(choice()->isVisible());
        choice()->setCurrentIndex(1);
        Q_EMIT choice()->activated(1);
        QVERIFY(sentence().startsWith(QLatin1String("TestModel")));
    }

    void aModelThatWasRunIsTheReports()
    {
        const Report report = triangleAudit();
        InspectedModel model;
        model.inspection = *report.plan.inspection;
        m_page->showModel(std::make_shared<const InspectedModel>(model));
        m_page->showReports(of(report));
        QVERIFY(!choice()->isVisible());
        QVERIFY(tree()->model()->index(0, ModelTreeModel::Parameters).data(kFigureSourceRole).isValid());
    }

    void theFilterOpensWhatItFinds()
    {
        m_page->showReports(of(triangleAudit()));
        auto* filter = m_page->findChild<QLineEdit*>(QStringLiteral("modelFilter"));
        filter->setText(QStringLiteral("call 2"));
        const QModelIndex root = tree()->model()->index(0, 0);
        QCOMPARE(tree()->model()->rowCount(root), 1);
        QVERIFY(tree()->isExpanded(root));
        filter->clear();
        QCOMPARE(tree()->model()->rowCount(root), 3);
    }

    void aLiveReportLeavesTheTreeAsItIs()
    {
        const ReportSet set = of(triangleAudit());
        m_page->showReports(set);
        tree()->collapse(tree()->model()->index(0, 0));
        m_page->showReports(of(*set.front().report));
        QVERIFY(!tree()->isExpanded(tree()->model()->index(0, 0)));
    }

    void aModelWithoutCallsIsSaid()
    {
        InspectedModel model;
        model.inspection.model.architecture = "Mlp";
        m_page->showModel(std::make_shared<const InspectedModel>(model));
        QVERIFY(sentence().contains(QLatin1String("makes no attention call")));
    }

    void nativeCodeIsNotSeen()
    {
        InspectedModel model;
        model.inspection.model.architecture = "compiled package";
        model.inspection.loader = ModelLoader::Compiled;
        model.inspection.modules = {{"", "compiled package", 0}};
        m_page->showModel(std::make_shared<const InspectedModel>(model));
        QVERIFY2(sentence().contains(QLatin1String("attention calls are not seen")), qPrintable(sentence()));
        for (const int at : {0, 1, 3})
        {
            QVERIFY2(!figure(at).contains(u'0'), qPrintable(figure(at)));
        }
        QCOMPARE(tree()->model()->index(0, ModelTreeModel::Parameters).data().toString(),
                 QString::fromUtf8(kNotSeen.data()));
    }

private:
    QString sentence() const { return m_page->findChild<SentenceHeader*>()->sentence(); }
    QString figure(int at) const
    {
        return m_page->findChild<BigFigure*>(QStringLiteral("modelFigure%1").arg(at))->text();
    }
    QComboBox* choice() const { return m_page->findChild<QComboBox*>(QStringLiteral("modelChoice")); }
    QTreeView* tree() const { return m_page->findChild<QTreeView*>(); }
    QPushButton* action() const { return m_page->findChild<QPushButton*>(QStringLiteral("modelFindingAction")); }

    Theme m_theme;
    std::unique_ptr<ModelPage> m_page;
};

QTEST_MAIN(TestModelPage)
#include "tst_model_page.moc"
