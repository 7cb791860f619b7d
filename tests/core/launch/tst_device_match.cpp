// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/device_match.h"

#include <QtTest>

using namespace headroom;

namespace
{

DeviceFacts device(DeviceKind kind, int ordinal, const char* name)
{
    DeviceFacts facts;
    facts.kind = kind;
    facts.ordinal = ordinal;
    facts.name = name;
    return facts;
}

Circumstances machine(std::vector<DeviceFacts> gpus)
{
    Circumstances facts;
    facts.devices.push_back(device(DeviceKind::Cpu, 0, "Xeon"));
    facts.devices.insert(facts.devices.end(), gpus.begin(), gpus.end());
    return facts;
}

} // namespace

class TestDeviceMatch : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theReportsOwnMachineHasIt()
    {
        const auto here = machine({device(DeviceKind::Cuda, 0, "H100"), device(DeviceKind::Cuda, 1, "H100")});
        const auto match = matchDevice(here.devices[2], here);
        QVERIFY(match.same && match.sentence.empty());
        QCOMPARE(match.device->ordinal, 1);
    }

    void theSameModelIsFoundUnderAnotherNumber()
    {
        const auto here = machine({device(DeviceKind::Cuda, 0, "T4"), device(DeviceKind::Cuda, 1, "H100")});
        const auto match = matchDevice(device(DeviceKind::Cuda, 0, "H100"), here);
        QVERIFY(match.same);
        QCOMPARE(match.device->ordinal, 1);
    }

    void anotherModelIsOfferedAndNamed()
    {
        const auto match =
            matchDevice(device(DeviceKind::Cuda, 0, "H100"), machine({device(DeviceKind::Cuda, 0, "T4")}));
        QVERIFY(match.device && !match.same);
        QCOMPARE(match.sentence,
                 std::string("The report is of H100, and this machine has T4: its figures are not the report's."));
    }

    void aGpuIsNotReplacedByAProcessor()
    {
        const auto match = matchDevice(device(DeviceKind::Cuda, 0, "H100"), machine({}));
        QVERIFY(!match.device && !match.same);
        QCOMPARE(match.sentence,
                 std::string("The report is of H100, and nothing of its kind is here; there is cpu (Xeon)."));
    }

    void anotherProcessorIsAnotherModel()
    {
        QVERIFY(!matchDevice(device(DeviceKind::Cpu, 0, "EPYC"), machine({})).same);
        QVERIFY(matchDevice(device(DeviceKind::Cpu, 0, "Xeon"), machine({})).same);
    }
};

QTEST_APPLESS_MAIN(TestDeviceMatch)
#include "tst_device_match.moc"
