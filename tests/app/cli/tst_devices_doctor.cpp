// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/cli/cli_process.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

/// `devices` and `doctor` against a worker that answers, and without one.
class DevicesDoctorTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void devicesAreListed();
    void devicesAsJson();
    void peaksAreMeasuredOnceAndKept();
    void aRunMeasuresPeaksThatAreNotKnown();
    void frontierIsSearched();
    void devicesWithoutWorkerIsASetUpError();
    void doctorFindsAllThatIsNeeded();
    void doctorSaysWhatIsMissing();
    void doctorQuotesTheLoader();
};

void DevicesDoctorTest::devicesAreListed()
{
    Cli cli;
    const auto alone = cli.run({QStringLiteral("devices")});
    QCOMPARE(alone.status, 0);
    QVERIFY2(alone.out.contains("cpu") && alone.out.contains("fake device"), alone.out.constData());
    QVERIFY2(alone.out.contains("No CUDA device can be used"), alone.out.constData());
    cli.pretend(R"({"cuda": true})");
    const auto both = cli.run({QStringLiteral("devices")});
    QVERIFY2(both.out.contains("cuda:0"), both.out.constData());
    QVERIFY2(both.out.contains("compute capability 9.0"), both.out.constData());
}

void DevicesDoctorTest::devicesAsJson()
{
    Cli cli;
    cli.pretend(R"({"cuda": true})");
    const auto result = cli.run({QStringLiteral("devices"), QStringLiteral("--json")});
    const auto devices = QJsonDocument::fromJson(result.out).array();
    QCOMPARE(devices.size(), 2);
    QCOMPARE(devices[1].toObject()[u"kind"].toString(), QStringLiteral("cuda"));
}

void DevicesDoctorTest::peaksAreMeasuredOnceAndKept()
{
    Cli cli;
    cli.forgetPeaks();
    const auto peaksOf = [&](const QStringList& more)
    {
        const auto result = cli.run(QStringList{QStringLiteral("devices"), QStringLiteral("--json")} + more);
        return QJsonDocument::fromJson(result.out).object()[u"peaks"].toArray();
    };
    const auto first = peaksOf({QStringLiteral("--peaks")});
    QCOMPARE(first.size(), 1);
    QCOMPARE(first[0].toObject()[u"matmul"].toArray().size(), 4);
    cli.pretend(R"({"fault": "throw", "faultAtStep": "probe"})"); // kept peaks need no worker that measures
    QCOMPARE(peaksOf({QStringLiteral("--peaks")}), first);
    const auto again = cli.run({QStringLiteral("devices"), QStringLiteral("--remeasure")});
    QCOMPARE(again.status, 3);
    QVERIFY2(again.err.contains("could not be found out"), again.err.constData());
    const auto shown = cli.run({QStringLiteral("devices"), QStringLiteral("--peaks")});
    QVERIFY2(shown.out.contains("matrix product, bfloat16"), shown.out.constData());
}

void DevicesDoctorTest::aRunMeasuresPeaksThatAreNotKnown()
{
    Cli cli;
    cli.forgetPeaks();
    QCOMPARE(cli.run(smallValidation()).status, 0);
    QVERIFY(cli.read(kJournalFile).contains("\"peaks of the device, measured once\""));
    const auto second = cli.run(smallValidation({QStringLiteral("--force")}));
    QCOMPARE(second.status, 0);
    QVERIFY(!cli.read(kJournalFile).contains("\"peaks of the device, measured once\""));
    const auto report = QJsonDocument::fromJson(cli.read(kJsonFile)).object();
    QVERIFY(report[u"headroom"].toObject()[u"peaks"].isObject());
    const auto roofline = report[u"cases"].toArray()[0].toObject()[u"roofline"].toObject();
    QVERIFY(roofline[u"shareOfAttainable"].toDouble() > 0);
}

void DevicesDoctorTest::frontierIsSearched()
{
    const auto result = Cli().run({QStringLiteral("frontier"), QStringLiteral("--json")});
    QCOMPARE(result.status, 0);
    const auto frontiers = QJsonDocument::fromJson(result.out).array();
    QVERIFY(frontiers.size() >= 1);
    QVERIFY(frontiers[0].toObject()[u"longest"].toInt() > 128);
    const auto table = Cli().run({QStringLiteral("frontier"), QStringLiteral("--inference")});
    QVERIFY2(table.out.contains("forward"), table.out.constData());
}

void DevicesDoctorTest::devicesWithoutWorkerIsASetUpError()
{
    Cli cli;
    cli.set("HEADROOM_WORKER", QStringLiteral("/no/such/worker"));
    const auto result = cli.run({QStringLiteral("devices")});
    QCOMPARE(result.status, 3);
    QVERIFY(result.out.isEmpty());
    QVERIFY2(result.err.contains("`headroom-cli doctor`"), result.err.constData());
}

void DevicesDoctorTest::doctorFindsAllThatIsNeeded()
{
    const auto result = Cli().run({QStringLiteral("doctor")});
    QCOMPARE(result.status, 0);
    QVERIFY2(result.out.contains("A validation can be run"), result.out.constData());
    QVERIFY2(result.out.contains("(HEADROOM_WORKER)"), result.out.constData());
}

void DevicesDoctorTest::doctorSaysWhatIsMissing()
{
    Cli cli;
    cli.set("HEADROOM_WORKER", QStringLiteral("/no/such/worker"));
    cli.set("HEADROOM_LIBTORCH", QStringLiteral("/no/such/place"));
    const auto result = cli.run({QStringLiteral("doctor")});
    QCOMPARE(result.status, 3);
    QVERIFY2(result.out.contains("What to type:"), result.out.constData());
    QVERIFY2(result.out.contains("pip install torch==2.11.0"), result.out.constData());
    QVERIFY2(result.out.contains("HEADROOM_LIBTORCH is /no/such/place"), result.out.constData());
    QVERIFY2(result.out.contains("No validation can be run yet"), result.out.constData());
}

void DevicesDoctorTest::doctorQuotesTheLoader()
{
    Cli cli;
    cli.set("HEADROOM_WORKER",
            QStringLiteral("sh -c 'echo libtorch.so: cannot open shared object file >&2; exit 127'"));
    cli.set("HEADROOM_LIBTORCH", QStringLiteral("/no/such/place"));
    const auto result = cli.run({QStringLiteral("doctor")});
    QCOMPARE(result.status, 3);
    QVERIFY2(result.out.contains("libtorch.so: cannot open"), result.out.constData());
}

QTEST_GUILESS_MAIN(DevicesDoctorTest)
#include "tst_devices_doctor.moc"
