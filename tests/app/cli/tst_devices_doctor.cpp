// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/cli/cli_process.h"

#include <QJsonArray>
#include <QTest>

/// `devices` and `doctor` against a worker that answers, and without one.
class DevicesDoctorTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void devicesAreListed();
    void devicesAsJson();
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
