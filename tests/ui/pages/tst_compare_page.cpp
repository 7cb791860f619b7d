// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart_page_fixture.h"

#include "ui/models/comparison_model.h"
#include "ui/pages/compare_page.h"
#include "ui/theme/theme.h"

#include <QCheckBox>
#include <QDir>
#include <QFile>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTableWidget>
#include <QTemporaryDir>

using namespace headroom;
using namespace headroom::ui;

/// Two reports and more, like for like, with what is unlike in their circumstances first.
class TestComparePage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_page = std::make_unique<ComparePage>(m_theme);
        m_first = referenceReport("nvidia_h200_fa3_paper");
        auto slow = std::make_shared<Report>(*m_first);
        slow->circumstances->driverVersion = "1.2.3";
        slow->circumstances->devices.back().powerLimitW = 350;
        for (auto& row : slow->cases)
        {
            for (auto& time : row.deviceNs)
            {
                time *= 2;
            }
        }
        m_slow = slow;
    }

    void oneReportAsksForAnother()
    {
        showReport(*m_page, m_first);
        QSignalSpy asked(m_page.get(), &Page::actionRequested);
        QPushButton* open = nullptr;
        for (auto* button : m_page->findChildren<QPushButton*>())
        {
            open = button->isVisible() && button->text() == QStringLiteral("Open a report") ? button : open;
        }
        QVERIFY(open != nullptr);
        QTest::mouseClick(open, Qt::LeftButton);
        QCOMPARE(asked.first().first().toString(), QStringLiteral("open"));
    }

    void unlikeCircumstancesAreNamedInWordsAndBeforeAnyVerdict()
    {
        showReports(*m_page, {m_first, m_slow});
        QVERIFY2(sentence().contains(QStringLiteral("no verdict")), qPrintable(sentence()));
        auto* differences = m_page->findChild<QTableWidget*>(QStringLiteral("differences"));
        QVERIFY(differences->isVisible());
        QCOMPARE(differences->rowCount(), 2);
        QCOMPARE(differences->item(0, 0)->text(), QStringLiteral("power limit"));
        QCOMPARE(differences->item(0, 2)->text(), QStringLiteral("350 W"));
        QCOMPARE(differences->item(1, 0)->text(), QStringLiteral("driver"));
        QVERIFY(!texts().contains(QStringLiteral("slower")));
    }

    void verdictsCanBeAskedForAllTheSame()
    {
        showReports(*m_page, {m_first, m_slow});
        auto* anyway = m_page->findChild<QCheckBox*>(QStringLiteral("verdictsAnyway"));
        anyway->setFocus();
        QTest::keyClick(anyway, Qt::Key_Space);
        QVERIFY2(sentence().contains(QStringLiteral("slower in")), qPrintable(sentence()));
        QVERIFY(texts().contains(QStringLiteral("slower")));
        QTest::keyClick(anyway, Qt::Key_Space);
        QVERIFY(!texts().contains(QStringLiteral("slower")));
    }

    void likeCircumstancesGiveVerdictsAtOnce()
    {
        showReports(*m_page, {m_first, m_first});
        QVERIFY(!m_page->findChild<QTableWidget*>(QStringLiteral("differences"))->isVisible());
        QVERIFY2(sentence().contains(QStringLiteral("the same in")), qPrintable(sentence()));
    }

    void aThirdReportHasColumnsOfItsOwn()
    {
        showReports(*m_page, {m_first, m_slow});
        const int two = table().model()->columnCount();
        showReports(*m_page, {m_first, m_slow, m_first});
        QCOMPARE(table().model()->columnCount(), two + ComparisonModel::kColumnsOfOther);
        auto* differences = m_page->findChild<QTableWidget*>(QStringLiteral("differences"));
        QCOMPARE(differences->columnCount(), 4);
        QCOMPARE(differences->item(0, 3)->text(), QStringLiteral("the same"));
        QVERIFY(compareFigures(*m_page, *m_first) > 0);
    }

    /// A report without a case in common does not speak for one behind it that has some.
    void theSentenceIsOfAReportThatHasCasesInCommon()
    {
        const auto apart = referenceReport("nvidia_h200_battery");
        showReports(*m_page, {m_first, apart, m_first});
        QVERIFY2(sentence().contains(QStringLiteral("the same in")), qPrintable(sentence()));
        QVERIFY2(labels().contains(QStringLiteral("report 2 has no case in common")), qPrintable(labels()));
        QVERIFY2(labels().contains(QStringLiteral("in common with another report")), qPrintable(labels()));
        showReports(*m_page, {m_first, apart, apart});
        QVERIFY2(sentence().contains(QStringLiteral("have no case in common")), qPrintable(sentence()));
    }

    void theSentenceCountsAllThatTheTableNames()
    {
        auto other = std::make_shared<Report>(*m_slow);
        for (auto& row : other->cases)
        {
            if (row.roofline)
            {
                row.roofline->smMhz.reset();
            }
        }
        showReports(*m_page, {m_first, other});
        auto* differences = m_page->findChild<QTableWidget*>(QStringLiteral("differences"));
        QCOMPARE(differences->rowCount(), 3);
        QVERIFY2(sentence().contains(QStringLiteral("differ in 3 things, of which 2 matter")), qPrintable(sentence()));
    }

    void clickingAHeaderSorts()
    {
        showReports(*m_page, {m_first, m_slow});
        auto* header = table().horizontalHeader();
        const QPoint place(header->sectionViewportPosition(ComparisonModel::FirstMedian) + 20, header->height() / 2);
        const auto top = [&]
        { return table().model()->index(0, ComparisonModel::FirstMedian).data(kSortRole).toDouble(); };
        QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, place);
        const double one = top();
        QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, place);
        QVERIFY(one != top());
    }

    /// A GPU's case and a processor's are the same call: they meet, and the device is named.
    void casesOfUnlikeDevicesMeet()
    {
        auto cpu = std::make_shared<Report>(*m_first);
        for (auto& row : cpu->cases)
        {
            std::get<AttentionProblem>(row.measured.subject).device = DeviceKind::Cpu;
        }
        cpu->circumstances->devices.back().name = "a processor";
        showReports(*m_page, {m_first, cpu});
        QCOMPARE(table().model()->rowCount(), static_cast<int>(m_first->cases.size()));
        auto* differences = m_page->findChild<QTableWidget*>(QStringLiteral("differences"));
        QCOMPARE(differences->item(0, 0)->text(), QStringLiteral("device"));
        QCOMPARE(differences->item(0, 2)->text(), QStringLiteral("a processor"));
    }

    /// Another backend and wrong numbers stand beside the time, also where no verdict of time is given.
    void whatChangedBesideTimeIsSaid()
    {
        auto other = std::make_shared<Report>(*m_slow);
        auto& row = other->cases.front();
        QVERIFY(row.evidence && row.evidence->ran);
        row.evidence->ran = Backend::Naive;
        row.accuracy = AccuracyVerdict::Failed;
        showReports(*m_page, {m_first, other});
        const QModelIndex beside = table().model()->index(0, ComparisonModel::FixedColumns + 2);
        const QString text = beside.data().toString();
        QVERIFY2(text.contains(QStringLiteral("→ naive")), qPrintable(text));
        QVERIFY2(text.contains(QStringLiteral("FAILED")), qPrintable(text));
        QVERIFY2(sentence().contains(QStringLiteral("Another backend ran in 1.")), qPrintable(sentence()));
        const QString tip =
            table().model()->index(1, ComparisonModel::FixedColumns + 1).data(Qt::ToolTipRole).toString();
        QVERIFY2(tip.contains(QStringLiteral("would show a difference of")), qPrintable(tip));
    }

    void costsStandWhereTheUserKeepsPrices()
    {
        QTemporaryDir config;
        QDir(config.path()).mkpath(QStringLiteral("headroom"));
        QFile prices(config.filePath(QStringLiteral("headroom/prices.json")));
        QVERIFY(prices.open(QIODevice::WriteOnly));
        prices.write(R"({"currency": "EUR", "devices": [{"name": "*H200*", "perHour": 3.6}]})");
        prices.close();
        qputenv("XDG_CONFIG_HOME", config.path().toUtf8());
        showReports(*m_page, {m_first, m_slow});
        auto* costs = m_page->findChild<QLabel*>(QStringLiteral("costs"));
        QTRY_VERIFY(costs->isVisible());
        QVERIFY2(costs->text().contains(QStringLiteral("EUR")), qPrintable(costs->text()));
        const QModelIndex median = table().model()->index(0, ComparisonModel::FirstMedian);
        const QString tip = median.data(Qt::ToolTipRole).toString();
        QVERIFY2(tip.startsWith(QStringLiteral("A million tokens cost ")), qPrintable(tip));
        qunsetenv("XDG_CONFIG_HOME");
    }

    void aSubjectOfAllCasesStandsAboveThemOnce()
    {
        showReports(*m_page,
                    {referenceReport("nvidia_h200_validate_bfloat16"), referenceReport("cpu_validate_bfloat16")});
        auto* subject = m_page->findChild<QLabel*>(QStringLiteral("oneSubject"));
        QVERIFY(subject->isVisible());
        QVERIFY2(subject->text().startsWith(QStringLiteral("BenchmarkTransformer")), qPrintable(subject->text()));
        QVERIFY(table().isColumnHidden(ComparisonModel::Subject));
        showReports(*m_page, {m_first, m_first});
        QVERIFY(!subject->isVisible());
        QVERIFY(!table().isColumnHidden(ComparisonModel::Subject));
    }

    void theSubjectIsWholeWhereThereIsRoom()
    {
        showReports(*m_page, {m_first, m_first});
        m_page->resize(2400, 800);
        QCoreApplication::processEvents();
        const QFontMetrics metrics(table().font());
        const QString subject = table().model()->index(0, ComparisonModel::Subject).data().toString();
        QVERIFY(table().columnWidth(ComparisonModel::Subject) >= metrics.horizontalAdvance(subject));
    }

private:
    QTableView& table() { return *m_page->findChild<QTableView*>(QStringLiteral("comparison")); }
    QString sentence() { return m_page->findChild<QLabel*>(QStringLiteral("sentence"))->text(); }

    QString labels()
    {
        QStringList all;
        for (const auto* label : m_page->findChildren<QLabel*>())
        {
            all << label->text();
        }
        return all.join(QLatin1Char('\n'));
    }

    QString texts()
    {
        QStringList all;
        for (int row = 0; row < table().model()->rowCount(); ++row)
        {
            all << table().model()->index(row, ComparisonModel::FixedColumns + 1).data().toString();
        }
        return all.join(QLatin1Char('\n'));
    }

    Theme m_theme;
    std::shared_ptr<const Report> m_first;
    std::shared_ptr<const Report> m_slow;
    std::unique_ptr<ComparePage> m_page;
};

QTEST_MAIN(TestComparePage)
#include "tst_compare_page.moc"
