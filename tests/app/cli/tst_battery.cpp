// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/cli/cli_process.h"

#include <QJsonArray>
#include <QTest>

/// `battery` against the fake worker: rows, exit status, and what is left behind.
class BatteryTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void listNeedsNoWorker();
    void aRunLeavesFourFiles();
    void rowsAreChosen();
    void exitStatusTells_data();
    void exitStatusTells();
    void aRowThatEndsItsWorkerIsPresentAndTheRestIsRun();
    void aGpuHasOtherRows();
    void mistakesAreSentences_data();
    void mistakesAreSentences();
};

namespace
{

QStringList battery(const QStringList& more = {})
{
    return QStringList{QStringLiteral("battery"), QStringLiteral("--output-dir"), QStringLiteral("out")} + more;
}

QJsonObject checksOf(const QByteArray& json)
{
    QJsonObject byItem;
    const auto document = QJsonDocument::fromJson(json).object();
    for (const auto& check : document[u"headroom"].toObject()[u"checks"].toArray())
    {
        byItem[check.toObject()[u"item"].toString()] = check.toObject();
    }
    return byItem;
}

QString statusOf(const QJsonObject& checks, const char* row)
{
    return checks[QString::fromLatin1(row)].toObject()[u"status"].toString();
}

const QString kReport = QStringLiteral("out/battery.json");

} // namespace

void BatteryTest::listNeedsNoWorker()
{
    Cli cli;
    cli.set("HEADROOM_WORKER", QStringLiteral("/nonexistent/worker"));
    const auto text = cli.run({QStringLiteral("battery"), QStringLiteral("--list")});
    QCOMPARE(text.status, 0);
    QVERIFY(text.out.contains("B1 ") && text.out.contains("B32") && text.out.contains("#103963"));
    const auto json = cli.run({QStringLiteral("battery"), QStringLiteral("--list"), QStringLiteral("--json"),
                               QStringLiteral("--rows"), QStringLiteral("B27,b1")});
    QCOMPARE(json.status, 0);
    const auto rows = QJsonDocument::fromJson(json.out).array();
    QCOMPARE(rows.size(), 2);
    QCOMPARE(rows[1].toObject()[u"isolated"].toBool(), true);
    QVERIFY(cli.files().isEmpty());
}

void BatteryTest::aRunLeavesFourFiles()
{
    const Cli cli;
    const auto result = cli.run(battery());
    QVERIFY2(result.status == 0, (result.out + result.err).constData());
    QCOMPARE(cli.files(),
             QStringList({QStringLiteral("out"), QStringLiteral("out/battery.csv"),
                          QStringLiteral("out/battery.journal.jsonl"), kReport, QStringLiteral("out/battery.md")}));
    QVERIFY(result.out.contains("None of the 10 known defects that could be told is present."));
    const auto checks = checksOf(cli.read(kReport));
    QCOMPARE(checks.size(), 32);
    QCOMPARE(statusOf(checks, "B1"), QStringLiteral("passed"));
    QCOMPARE(statusOf(checks, "B2"), QStringLiteral("not-applicable"));
    QVERIFY(cli.read(QStringLiteral("out/battery.md")).contains("| B31 |"));
    QVERIFY(cli.read(QStringLiteral("out/battery.csv")).contains(",defect,B1,"));
}

void BatteryTest::rowsAreChosen()
{
    const Cli cli;
    QCOMPARE(cli.run(battery({QStringLiteral("--rows"), QStringLiteral("b13, B1"), QStringLiteral("--quiet")})).status,
             0);
    QCOMPARE(checksOf(cli.read(kReport)).keys(), QStringList({QStringLiteral("B1"), QStringLiteral("B13")}));
}

void BatteryTest::exitStatusTells_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<bool>("failOnPresent");
    QTest::addColumn<int>("status");
    QTest::newRow("nothing present") << QByteArray("{}") << false << 0;
    QTest::newRow("nothing present, and failing on it") << QByteArray("{}") << true << 0;
    QTest::newRow("present") << QByteArray(R"({"present": ["B22"]})") << false << 0;
    QTest::newRow("present, and failing on it") << QByteArray(R"({"present": ["B22"]})") << true << 1;
    QTest::newRow("one could not be told")
        << QByteArray(R"({"fault": "throw", "faultAtStep": "check B22"})") << false << 2;
}

void BatteryTest::exitStatusTells()
{
    QFETCH(QByteArray, script);
    QFETCH(bool, failOnPresent);
    QFETCH(int, status);
    Cli cli;
    cli.pretend(script.constData());
    const auto result =
        cli.run(battery(failOnPresent ? QStringList{QStringLiteral("--fail-on-present")} : QStringList{}));
    QVERIFY2(result.status == status, (result.out + result.err).constData());
}

void BatteryTest::aRowThatEndsItsWorkerIsPresentAndTheRestIsRun()
{
    Cli cli;
    cli.pretend(R"({"fault": "segfault", "faultAtStep": "check B27"})");
    const auto result = cli.run(battery());
    QVERIFY2(result.status == 0, (result.out + result.err).constData());
    const auto checks = checksOf(cli.read(kReport));
    QCOMPARE(statusOf(checks, "B27"), QStringLiteral("failed"));
    QVERIFY(checks[u"B27"].toObject()[u"summary"].toString().contains(QStringLiteral("SIGSEGV")));
    QCOMPARE(statusOf(checks, "B28"), QStringLiteral("passed"));
    QVERIFY(result.out.contains("B27"));
    // SIGKILL is what the system sends when memory runs out.
    cli.pretend(R"({"fault": "kill", "faultAtStep": "check B27"})");
    QCOMPARE(cli.run(battery({QStringLiteral("--force")})).status, 2);
    QCOMPARE(statusOf(checksOf(cli.read(kReport)), "B27"), QStringLiteral("could-not-tell"));
}

void BatteryTest::aGpuHasOtherRows()
{
    Cli cli;
    cli.pretend(R"({"cuda": true})");
    QCOMPARE(cli.run(battery({QStringLiteral("--quiet")})).status, 0);
    const auto checks = checksOf(cli.read(kReport));
    QCOMPARE(statusOf(checks, "B2"), QStringLiteral("passed"));
    QCOMPARE(statusOf(checks, "B27"), QStringLiteral("not-applicable"));
    QCOMPARE(statusOf(checks, "B3"), QStringLiteral("not-applicable")); // of compute capability 10.x alone
}

void BatteryTest::mistakesAreSentences_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("says");
    QTest::newRow("no such row") << QStringList{QStringLiteral("--rows"), QStringLiteral("B99")}
                                 << QByteArray("There is no row 'B99' in the battery; it has B1 to B32.");
    QTest::newRow("no such device") << QStringList{QStringLiteral("--device"), QStringLiteral("cuda:7")}
                                    << QByteArray("There is no device cuda:7 here");
    QTest::newRow("a folder as a name") << QStringList{QStringLiteral("--report-name"), QStringLiteral("a/b")}
                                        << QByteArray("holds a folder");
}

void BatteryTest::mistakesAreSentences()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, says);
    const Cli cli;
    const auto result = cli.run(battery(arguments));
    QCOMPARE(result.status, 3);
    QVERIFY2(result.err.contains(says), result.err.constData());
    QVERIFY(cli.files().isEmpty());
}

QTEST_GUILESS_MAIN(BatteryTest)
#include "tst_battery.moc"
