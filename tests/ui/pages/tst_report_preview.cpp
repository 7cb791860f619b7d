// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/csv_report.h"
#include "core/report/export.h"
#include "ui/pages/report_preview.h"
#include "ui/theme/theme.h"

#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTextBrowser>
#include <QtTest>

#include <memory>

using namespace headroom;
using namespace headroom::ui;

/// The preview of a report, which is written beside the GUI thread.
class TestReportPreview : public QObject
{
    Q_OBJECT

    Theme m_theme;
    std::shared_ptr<const Report> m_report;
    std::unique_ptr<ReportPreview> m_preview;

    QTextBrowser* document() { return m_preview->findChild<QTextBrowser*>(QStringLiteral("documentPreview")); }
    QPlainTextEdit* text() { return m_preview->findChild<QPlainTextEdit*>(QStringLiteral("textPreview")); }

private Q_SLOTS:
    void initTestCase()
    {
        Theme::loadFonts();
        auto any = openReport(HEADROOM_TEST_DATA "/../../resources/reports/nvidia_h200_validate_bfloat16.json");
        m_report = std::make_shared<const Report>(std::get<Report>(std::move(any)));
    }

    void init()
    {
        m_preview = std::make_unique<ReportPreview>(m_theme);
        m_preview->resize(600, 700);
        m_preview->show();
    }

    void nobodyWaitsForIt()
    {
        QSignalSpy filled(m_preview.get(), &ReportPreview::filled);
        m_preview->showReport(m_report, QStringLiteral("pdf"));
        QVERIFY(document()->toPlainText().isEmpty());
        QVERIFY(filled.wait(30000));
        QVERIFY(document()->isVisible());
        QVERIFY(document()->toPlainText().contains(QLatin1String("H200")));
    }

    void theSameOnceMoreIsNoWork()
    {
        QSignalSpy filled(m_preview.get(), &ReportPreview::filled);
        m_preview->showReport(m_report, QStringLiteral("html"));
        m_preview->showReport(m_report, QStringLiteral("html"));
        QVERIFY(filled.wait(30000));
        const auto* shown = document()->document();
        m_preview->showReport(m_report, QStringLiteral("html"));
        QTest::qWait(200);
        QCOMPARE(filled.size(), 1);
        QCOMPARE(document()->document(), shown);
        m_preview->forget(); // it has another look
        m_preview->showReport(m_report, QStringLiteral("html"));
        QVERIFY(filled.wait(30000));
    }

    void theLastThatWasAskedForIsShown()
    {
        QSignalSpy filled(m_preview.get(), &ReportPreview::filled);
        m_preview->showReport(m_report, QStringLiteral("json"));
        m_preview->showReport(m_report, QStringLiteral("md"));
        m_preview->showReport(m_report, QStringLiteral("csv"));
        QVERIFY(filled.wait(30000));
        QTest::qWait(200);
        QCOMPARE(filled.size(), 1);
        QVERIFY(text()->isVisible());
        const QString csv = QString::fromStdString(writeCsvReport(*m_report)).remove(QLatin1Char('\r'));
        QVERIFY(csv.startsWith(text()->toPlainText().left(1000)));
    }

    void aPictureHasItAtOnce()
    {
        m_preview->showReport(m_report, QStringLiteral("svg"));
        m_preview->complete();
        QVERIFY(document()->toPlainText().contains(QLatin1String("H200")));
        const auto* shown = document()->document();
        QTest::qWait(500);
        QCOMPARE(document()->document(), shown); // what the thread made is too late
    }

    void aSentenceTakesItsPlace()
    {
        m_preview->showReport(m_report, QStringLiteral("json"));
        m_preview->showSentence(QStringLiteral("later"));
        QTest::qWait(500);
        QVERIFY(document()->isVisible());
        QCOMPARE(document()->toPlainText(), QStringLiteral("later"));
    }

    void itMayGoWhileItIsWritten()
    {
        m_preview->showReport(m_report, QStringLiteral("pdf"));
        m_preview.reset();
        QTest::qWait(500);
    }
};

QTEST_MAIN(TestReportPreview)
#include "tst_report_preview.moc"
