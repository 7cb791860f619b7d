// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/json_report.h"
#include "core/run/journal.h"
#include "tests/core/run/fake_plan.h"
#include "ui/run/report_opener.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

#include <unistd.h>

using namespace headroom;

/// Files of every kind, and what is said of them.
class TestReportOpener : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    QString write(const char* name, const QByteArray& bytes)
    {
        const QString path = m_folder.filePath(QLatin1String(name));
        QFile file(path);
        if (file.open(QIODevice::WriteOnly))
        {
            file.write(bytes);
        }
        return path;
    }

    static QByteArray reportBytes()
    {
        Report report;
        report.run = "a run";
        report.plan = fakePlan();
        return QByteArray::fromStdString(writeJsonReport(report));
    }

    static QString refusalOf(const QString& path)
    {
        ui::ReportOpener opener;
        QSignalSpy refused(&opener, &ui::ReportOpener::refused);
        QSignalSpy opened(&opener, &ui::ReportOpener::opened);
        opener.open(path);
        return QTest::qWaitFor([&] { return !refused.isEmpty(); }, 20000) && opened.isEmpty()
                   ? refused.value(0).value(1).toString()
                   : QString();
    }

private Q_SLOTS:
    void opensAReport()
    {
        ui::ReportOpener opener;
        QSignalSpy opened(&opener, &ui::ReportOpener::opened);
        QSignalSpy idle(&opener, &ui::ReportOpener::idle);
        opener.open(write("a.json", reportBytes()));
        QTRY_VERIFY_WITH_TIMEOUT(!idle.isEmpty(), 20000); // another thread's: it may be there already
        QCOMPARE(opened.size(), 1);
        QCOMPARE(opened.value(0).value(1).value<std::shared_ptr<const Report>>()->run, std::string("a run"));
    }

    void opensAJournalWithATornLine()
    {
        Event event;
        event.run = "torn";
        event.data = RunStarted{fakePlan(), "1", "hash"};
        const QByteArray line = QByteArray::fromStdString(toLine(event));
        ui::ReportOpener opener;
        QSignalSpy opened(&opener, &ui::ReportOpener::opened);
        opener.open(write("a.journal.jsonl", line + "\n" + line.left(40)));
        QTRY_VERIFY_WITH_TIMEOUT(!opened.isEmpty(), 20000);
        const auto report = opened.value(0).value(1).value<std::shared_ptr<const Report>>();
        QCOMPARE(report->run, std::string("torn"));
        QCOMPARE(report->jobs.size(), std::size_t{4});
    }

    void saysWhatTheOriginalToolClaims()
    {
        ui::ReportOpener opener;
        QSignalSpy original(&opener, &ui::ReportOpener::originalOpened);
        QSignalSpy opened(&opener, &ui::ReportOpener::opened);
        opener.open(QStringLiteral(HEADROOM_TEST_DATA) + QStringLiteral("/original_report.json"));
        QTRY_VERIFY_WITH_TIMEOUT(!original.isEmpty() && !opened.isEmpty(), 20000);
        QVERIFY(!original.value(0).value(1).toString().isEmpty());
        QCOMPARE(original.value(0).value(2).toString(), QString());
        QCOMPARE(opened.size(), 1); // to be laid over others
    }

    void badFilesAreSentences_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("says");
        QTest::newRow("truncated") << reportBytes().chopped(200) << QStringLiteral("cut off");
        QTest::newRow("foreign") << QByteArray("{\"colour\": 3}") << QStringLiteral("no report");
        QTest::newRow("no JSON") << QByteArray("\x89PNG\r\n") << QStringLiteral("JSON");
        QTest::newRow("empty") << QByteArray() << QStringLiteral("empty");
        QTest::newRow("newer") << QByteArray("{\"schema_version\": 99}") << QStringLiteral("99");
    }

    void badFilesAreSentences()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, says);
        const QString sentence = refusalOf(write("bad.json", bytes));
        QVERIFY2(sentence.contains(says, Qt::CaseInsensitive), qPrintable(sentence));
        QVERIFY2(sentence.contains(QLatin1String("bad.json")), qPrintable(sentence));
    }

    void aHugeFileIsNotRead()
    {
        const QString path = write("huge.json", "{");
        QVERIFY(QFile::resize(path, 5LL << 30)); // a hole: it needs no disk
        const QString sentence = refusalOf(path);
        QVERIFY2(sentence.contains(QLatin1String("5.00 GiB")), qPrintable(sentence));
    }

    void aFolderAndAMissingFileAreSentences()
    {
        QVERIFY(refusalOf(m_folder.path()).contains(QLatin1String("folder")));
        QVERIFY(refusalOf(m_folder.filePath(QStringLiteral("gone.json"))).contains(QLatin1String("cannot be read")));
    }

    void aFileThatMayNotBeReadIsASentence()
    {
        if (::geteuid() == 0)
        {
            QSKIP("root may read everything");
        }
        const QString path = write("sealed.json", reportBytes());
        QVERIFY(QFile::setPermissions(path, {}));
        QVERIFY(refusalOf(path).contains(QLatin1String("cannot be read")));
    }

    void itsEndDoesNotWaitForWhatIsLeft()
    {
        const QString path = write("many.json", reportBytes());
        ui::ReportOpener opener;
        for (int at = 0; at < 200; ++at)
        {
            opener.open(path);
        }
        QVERIFY(opener.isBusy());
    }
};

QTEST_GUILESS_MAIN(TestReportOpener)
#include "tst_report_opener.moc"
