// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/hardware/device_facts.h"

#include <QtTest>

#include <stdexcept>

using namespace headroom;

class TestDeviceFacts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void devicesAreReadAndWritten_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("cuda");
        QTest::addColumn<int>("ordinal");
        QTest::addColumn<QByteArray>("written");
        QTest::newRow("cpu") << QByteArray("cpu") << false << 0 << QByteArray("cpu");
        QTest::newRow("first GPU") << QByteArray("cuda") << true << 0 << QByteArray("cuda:0");
        QTest::newRow("zero") << QByteArray("cuda:0") << true << 0 << QByteArray("cuda:0");
        QTest::newRow("seventh") << QByteArray("cuda:7") << true << 7 << QByteArray("cuda:7");
        QTest::newRow("two digits") << QByteArray("cuda:15") << true << 15 << QByteArray("cuda:15");
    }
    void devicesAreReadAndWritten()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, cuda);
        QFETCH(int, ordinal);
        QFETCH(QByteArray, written);
        const DeviceSelection selection = parseDeviceSelection(text.toStdString());
        QCOMPARE(selection, (DeviceSelection{cuda ? DeviceKind::Cuda : DeviceKind::Cpu, ordinal}));
        QCOMPARE(QByteArray::fromStdString(toText(selection)), written);
    }

    void anythingElseIsRefused_data()
    {
        QTest::addColumn<QByteArray>("text");
        for (const char* text : {"", "gpu", "CPU", "cuda:", "cuda:-1", "cuda:1x", "cuda: 1", "cuda:+1", "cuda:1024",
                                 "cuda:99999999999", "cuda:0x1", "cpu:0", "cuda1"})
        {
            QTest::newRow(text) << QByteArray(text);
        }
    }
    void anythingElseIsRefused()
    {
        QFETCH(QByteArray, text);
        try
        {
            parseDeviceSelection(text.toStdString());
            QFAIL("it was taken for a device");
        }
        catch (const std::invalid_argument& error)
        {
            const QByteArray sentence(error.what());
            QVERIFY(sentence.startsWith("'" + text + "' is not a device; use cpu, cuda, or cuda:N"));
        }
    }

    void factsComeBackFromJson()
    {
        DeviceFacts facts;
        facts.kind = DeviceKind::Cuda;
        facts.name = "NVIDIA H200";
        facts.computeCapability = 90;
        facts.l2Bytes = 62914560;
        facts.memoryBytes = 150000000000;
        facts.cudnnVersion = 91900;
        const Json json = facts;
        QVERIFY(json.at("powerLimitW").is_null());
        QCOMPARE(parseJson(toJsonLine(json)).get<DeviceFacts>(), facts);
    }
};

QTEST_APPLESS_MAIN(TestDeviceFacts)
#include "tst_device_facts.moc"
