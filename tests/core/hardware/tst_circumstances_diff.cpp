// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/hardware/circumstances_diff.h"

#include <QtTest>

using namespace headroom;

namespace
{

Circumstances machine()
{
    Circumstances facts;
    facts.libtorchVersion = "2.11.0+cu130";
    facts.hostName = "one";
    facts.threads = 2;
    facts.sdpaPriority = {"flash", "math"};
    facts.flags = {{"tf32", false}};
    facts.devices = {DeviceFacts{}};
    facts.devices[0].name = "CPU";
    facts.devices[0].freeMemoryBytes = 5;
    return facts;
}

std::vector<std::string> namesOf(const std::vector<CircumstanceDifference>& differences)
{
    std::vector<std::string> names;
    for (const auto& difference : differences)
    {
        names.push_back(difference.name + (difference.matters ? "" : " (place)"));
    }
    return names;
}

} // namespace

class TestCircumstancesDiff : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingDiffersFromItself()
    {
        auto other = machine();
        other.devices[0].freeMemoryBytes = 7;
        DeviceFacts unused;
        unused.kind = DeviceKind::Cuda;
        unused.name = "a GPU that was not used";
        other.devices.push_back(unused);
        QVERIFY(differencesBetween(machine(), other).empty());
    }

    void whatMattersComesFirst()
    {
        auto other = machine();
        other.hostName = "another";
        other.threads = 4;
        other.environment["OMP_NUM_THREADS"] = "4";
        other.flags["tf32"] = true;
        other.sdpaPriority = {"math", "flash"};
        other.devices[0].name = "Other CPU";
        const auto differences = differencesBetween(machine(), other);
        const std::vector<std::string> expected{
            "device.name", "environment.OMP_NUM_THREADS", "flags.tf32", "sdpaPriority", "threads", "hostName (place)"};
        QCOMPARE(namesOf(differences), expected);
        QCOMPARE(differences[1].first, std::string());
        QCOMPARE(differences[1].second, std::string("4"));
        QCOMPARE(differences[0].first, std::string("CPU"));
    }

    void aLittleMemoryMattersNot_data()
    {
        QTest::addColumn<qint64>("first");
        QTest::addColumn<qint64>("second");
        QTest::addColumn<QByteArray>("differs");
        const QByteArray muted("device.memoryBytes (place)");
        QTest::newRow("another kernel") << qint64{8'343'683'072} << qint64{8'340'779'008} << muted;
        QTest::newRow("the other way round") << qint64{8'340'779'008} << qint64{8'343'683'072} << muted;
        QTest::newRow("below 1 %") << qint64{10'000} << qint64{9'901} << muted;
        QTest::newRow("1 %") << qint64{10'000} << qint64{9'900} << QByteArray("device.memoryBytes");
        QTest::newRow("twice as much") << qint64{8'000} << qint64{16'000} << QByteArray("device.memoryBytes");
        QTest::newRow("the same") << qint64{8'000} << qint64{8'000} << QByteArray();
        QTest::newRow("not known") << qint64{0} << qint64{8'000} << QByteArray("device.memoryBytes");
    }

    void aLittleMemoryMattersNot()
    {
        QFETCH(qint64, first);
        QFETCH(qint64, second);
        QFETCH(QByteArray, differs);
        auto one = machine();
        auto other = machine();
        one.devices[0].memoryBytes = first;
        other.devices[0].memoryBytes = second;
        const auto names = namesOf(differencesBetween(one, other));
        QCOMPARE(names, differs.isEmpty() ? std::vector<std::string>() : std::vector{differs.toStdString()});
    }

    void survivesJson()
    {
        const CircumstanceDifference difference{"threads", "2", "4", true};
        QVERIFY(Json(difference).get<CircumstanceDifference>() == difference);
    }
};

QTEST_APPLESS_MAIN(TestCircumstancesDiff)
#include "tst_circumstances_diff.moc"
