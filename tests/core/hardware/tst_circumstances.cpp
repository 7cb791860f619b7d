// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/hardware/circumstances.h"

#include <QtTest>

using namespace headroom;

namespace
{

Circumstances twoGpus()
{
    Circumstances seen;
    seen.headroomVersion = "0.1.0";
    seen.gitHash = "abc";
    seen.gitDirty = true;
    seen.libtorchVersion = "2.11.0+cu130";
    seen.libtorchPath = "/opt/torch/lib/libtorch_cpu.so";
    seen.sdpaAvailable = true;
    seen.cudaBuilt = true;
    seen.cudaAvailable = true;
    seen.cudaProblem = "none";
    seen.cudaVersion = "13.0";
    seen.cudaRuntimeVersion = 13000;
    seen.driverCudaVersion = 13000;
    seen.driverVersion = "580.159.04";
    seen.cudnnVersion = 91900;
    seen.cudnnPath = "/opt/cudnn.so";
    seen.cudaKernelsBuilt = true;
    seen.devices.resize(3);
    seen.devices[0].name = "processor";
    seen.devices[1].kind = DeviceKind::Cuda;
    seen.devices[2].kind = DeviceKind::Cuda;
    seen.devices[2].ordinal = 1;
    seen.devices[2].name = "second GPU";
    seen.selected = {DeviceKind::Cuda, 1};
    seen.threads = 16;
    seen.hostName = "node";
    seen.operatingSystem = "Debian 12";
    seen.sdpaPriority = {"cudnn", "flash"};
    seen.flags = {{"allowTf32", false}};
    seen.environment = {{"OMP_NUM_THREADS", "16"}};
    seen.others.resize(1);
    seen.others[0].hostName = "the node of side B";
    return seen;
}

} // namespace

class TestCircumstances : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyMemberComesBackFromJson()
    {
        const Json json = twoGpus();
        QCOMPARE(json.size(), std::size_t(25));
        QCOMPARE(parseJson(toJsonLine(json)).get<Circumstances>(), twoGpus());
    }

    void missingMembersKeepTheirDefaults()
    {
        const auto read = Json::object().get<Circumstances>();
        QCOMPARE(read, Circumstances());
    }

    void theSelectedDeviceIsFoundByKindAndNumber()
    {
        const Circumstances seen = twoGpus();
        QVERIFY(seen.selectedDevice() != nullptr);
        QCOMPARE(seen.selectedDevice()->name, std::string("second GPU"));
    }

    void aDeviceThatIsNotThereIsNothing()
    {
        Circumstances seen = twoGpus();
        seen.selected.ordinal = 2;
        QVERIFY(seen.selectedDevice() == nullptr);
        QVERIFY(Circumstances().selectedDevice() == nullptr);
    }
};

QTEST_APPLESS_MAIN(TestCircumstances)
#include "tst_circumstances.moc"
