// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/cli/cli_process.h"

#include <QFile>
#include <QTest>

/// `report` and `export`: every report there is, and files that are none. No worker is there at all.
class ReportCommandsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void originalReportsArePrinted_data();
    void originalReportsArePrinted();
    void ownReportAndItsJournalPrintTheSame();
    void formatsAreWritten_data();
    void formatsAreWritten();
    void formatFollowsTheEnding();
    void exportedJsonOfAJournalIsTheReport();
    void existingFileIsKept();
    void originalCannotBecomeATable();
    void formatMustBeSaid();
    void badFilesAreOneSentence_data();
    void badFilesAreOneSentence();
    void fingerprintsAreCompared();

private:
    static QString original(const char* name)
    {
        return QStringLiteral(HEADROOM_TEST_DATA "/") + QString::fromLatin1(name);
    }
    Cli m_cli;
};

namespace
{
const QString kReport = QStringLiteral("report");
const QString kExport = QStringLiteral("export");
} // namespace

void ReportCommandsTest::initTestCase()
{
    const auto result = m_cli.run(smallValidation());
    QVERIFY2(result.status == 0, (result.out + result.err).constData());
    m_cli.set("HEADROOM_WORKER", QStringLiteral("/no/such/worker"));
}

void ReportCommandsTest::fingerprintsAreCompared()
{
    const QString compare = QStringLiteral("diff-fingerprint");
    const auto same = m_cli.run({compare, kJsonFile, kJournalFile});
    QVERIFY2(same.status == 0, (same.out + same.err).constData());
    QVERIFY2(same.out.contains("Nothing differs"), same.out.constData());

    auto report = QJsonDocument::fromJson(m_cli.read(kJsonFile)).object();
    auto facts = report[u"circumstances"].toObject();
    facts[u"threads"] = 77;
    facts[u"hostName"] = QStringLiteral("elsewhere");
    report[u"circumstances"] = facts;
    m_cli.write(QStringLiteral("other.json"), QJsonDocument(report).toJson());
    const auto other = m_cli.run({compare, kJsonFile, QStringLiteral("other.json")});
    QCOMPARE(other.status, 1);
    QVERIFY2(other.out.contains("threads") && other.out.contains("77"), other.out.constData());
    QVERIFY2(other.out.contains("1 difference that a figure may depend on."), other.out.constData());

    const auto foreign = m_cli.run({compare, kJsonFile, original("original_report.json")});
    QCOMPARE(foreign.status, 3);
    QVERIFY2(foreign.err.contains("circumstances"), foreign.err.constData());
}

void ReportCommandsTest::originalReportsArePrinted_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QByteArray>("shows");
    QTest::newRow("plain") << original("original_report.json") << QByteArray("4.88");
    QTest::newRow("extended") << original("original_extended.json") << QByteArray("29.1 ms");
}

void ReportCommandsTest::originalReportsArePrinted()
{
    QFETCH(QString, file);
    QFETCH(QByteArray, shows);
    const auto result = m_cli.run({kReport, file});
    QCOMPARE(result.status, 0);
    QVERIFY(result.err.isEmpty());
    QVERIFY2(result.out.contains(shows), result.out.constData());
    QVERIFY(!result.out.contains('{'));
}

void ReportCommandsTest::ownReportAndItsJournalPrintTheSame()
{
    const auto fromJson = m_cli.run({kReport, kJsonFile});
    const auto fromJournal = m_cli.run({kReport, kJournalFile});
    QCOMPARE(fromJson.status, 0);
    QVERIFY(fromJson.out.contains("flash"));
    QCOMPARE(fromJournal.out, fromJson.out);
}

void ReportCommandsTest::formatsAreWritten_data()
{
    QTest::addColumn<QString>("format");
    QTest::addColumn<QString>("ending");
    QTest::newRow("json") << "json"
                          << "json";
    QTest::newRow("markdown") << "markdown"
                              << "md";
    QTest::newRow("csv") << "csv"
                         << "csv";
}

void ReportCommandsTest::formatsAreWritten()
{
    QFETCH(QString, format);
    QFETCH(QString, ending);
    const auto result = m_cli.run({kExport, kJsonFile, QStringLiteral("--format"), format});
    QCOMPARE(result.status, 0);
    QCOMPARE(result.out, m_cli.read(QStringLiteral("out/report.") + ending));
    const QString file = QStringLiteral("made/copy.") + ending;
    const auto written =
        m_cli.run({kExport, kJsonFile, QStringLiteral("--format"), format, QStringLiteral("--output"), file});
    QCOMPARE(written.status, 0);
    QVERIFY(written.out.isEmpty());
    QCOMPARE(m_cli.read(file), result.out);
}

void ReportCommandsTest::formatFollowsTheEnding()
{
    QCOMPARE(m_cli.run({kExport, kJsonFile, QStringLiteral("--output"), QStringLiteral("table.csv")}).status, 0);
    QCOMPARE(m_cli.read(QStringLiteral("table.csv")), m_cli.read(QStringLiteral("out/report.csv")));
    QCOMPARE(m_cli.run({kExport, kJsonFile, QStringLiteral("--output"), QStringLiteral("plain.txt")}).status, 0);
    QCOMPARE(m_cli.read(QStringLiteral("plain.txt")), m_cli.run({kReport, kJsonFile}).out);
}

void ReportCommandsTest::exportedJsonOfAJournalIsTheReport()
{
    const auto result = m_cli.run({kExport, kJournalFile, QStringLiteral("--format"), QStringLiteral("json")});
    QCOMPARE(result.status, 0);
    QCOMPARE(result.out, m_cli.read(kJsonFile));
}

void ReportCommandsTest::existingFileIsKept()
{
    m_cli.write(QStringLiteral("precious.md"), "mine");
    const QStringList arguments{kExport, kJsonFile, QStringLiteral("--output"), QStringLiteral("precious.md")};
    const auto refused = m_cli.run(arguments);
    QCOMPARE(refused.status, 3);
    QVERIFY2(refused.err.contains("precious.md is there already and is kept."), refused.err.constData());
    QCOMPARE(m_cli.read(QStringLiteral("precious.md")), QByteArray("mine"));
    QCOMPARE(m_cli.run(arguments + QStringList{QStringLiteral("--force")}).status, 0);
    QVERIFY(m_cli.read(QStringLiteral("precious.md")).startsWith("#"));
}

void ReportCommandsTest::originalCannotBecomeATable()
{
    const auto table = m_cli.run(
        {kExport, original("original_report.json"), QStringLiteral("--output"), QStringLiteral("original.csv")});
    QCOMPARE(table.status, 3);
    QCOMPARE(table.err.count('\n'), 1);
    QVERIFY(!m_cli.files().contains(QStringLiteral("original.csv")));
    const auto markdown =
        m_cli.run({kExport, original("original_report.json"), QStringLiteral("--format"), QStringLiteral("markdown")});
    QCOMPARE(markdown.status, 0);
    QVERIFY(markdown.out.startsWith("#"));
}

void ReportCommandsTest::formatMustBeSaid()
{
    for (const QStringList& more : {QStringList(), QStringList{QStringLiteral("--output"), QStringLiteral("copy.pdf")}})
    {
        const auto result = m_cli.run(QStringList{kExport, kJsonFile} + more);
        QCOMPARE(result.status, 3);
        QVERIFY2(result.err.contains("export needs --format"), result.err.constData());
    }
}

void ReportCommandsTest::badFilesAreOneSentence_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QByteArray>("said");
    QFile plain(original("original_report.json"));
    QVERIFY(plain.open(QIODevice::ReadOnly));
    const QByteArray whole = plain.readAll();
    QTest::newRow("cut off") << whole.left(whole.size() / 2) << QByteArray("cut off");
    QTest::newRow("own, cut off") << m_cli.read(kJsonFile).left(5000) << QByteArray("cut off");
    QTest::newRow("foreign JSON") << QByteArray("{\"name\": \"package\"}") << QByteArray("no report");
    QTest::newRow("no JSON") << QByteArray("MZ\x90\x00\x03") << QByteArray("file.json");
    QTest::newRow("empty") << QByteArray("") << QByteArray("file.json");
    QTest::newRow("an array") << QByteArray("[1, 2]") << QByteArray("file.json");
}

void ReportCommandsTest::badFilesAreOneSentence()
{
    QFETCH(QByteArray, content);
    QFETCH(QByteArray, said);
    m_cli.write(QStringLiteral("file.json"), content);
    const QStringList copy{kExport, QStringLiteral("file.json"), QStringLiteral("--output"),
                           QStringLiteral("never.md")};
    for (const QStringList& arguments : {QStringList{kReport, QStringLiteral("file.json")}, copy})
    {
        const auto result = m_cli.run(arguments);
        QCOMPARE(result.status, 3);
        QVERIFY(result.out.isEmpty());
        QVERIFY2(result.err.contains(said), result.err.constData());
        QCOMPARE(result.err.count('\n'), 1);
    }
    QVERIFY(!m_cli.files().contains(QStringLiteral("never.md")));
    QCOMPARE(m_cli.run({kReport, QStringLiteral("missing.json")}).status, 3);
    QCOMPARE(m_cli.run({kReport, QStringLiteral("out")}).status, 3);
}

QTEST_GUILESS_MAIN(ReportCommandsTest)
#include "tst_report_commands.moc"
