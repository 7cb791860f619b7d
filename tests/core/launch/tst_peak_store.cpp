// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/peak_store.h"

#include <QtTest>

#include <QFile>
#include <QTemporaryDir>

using namespace headroom;

namespace
{

PeakRates peaksOf(const std::string& name)
{
    PeakRates peaks;
    peaks.deviceName = name;
    peaks.threads = 2;
    peaks.libtorchVersion = "2.11.0";
    peaks.matmul = {{DType::Float32, MatrixUnit::Native, 512, {1e11, 1.1e11, 10, 0.1, std::nullopt}}};
    return peaks;
}

Circumstances machine()
{
    Circumstances seen;
    seen.threads = 2;
    seen.libtorchVersion = "2.11.0";
    return seen;
}

DeviceFacts deviceOf(const std::string& name)
{
    DeviceFacts device;
    device.name = name;
    return device;
}

Plan planThatTimes()
{
    Plan plan;
    plan.jobs.push_back({"forward", Stage::Performance, "forward", 1, MeasureJob{Case{AttentionProblem{}}}});
    return plan;
}

} // namespace

class TestPeakStore : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    std::filesystem::path file() const { return m_folder.filePath(QStringLiteral("cache/peaks.json")).toStdString(); }

private Q_SLOTS:
    void init() { std::filesystem::remove_all(file().parent_path()); }

    void keepsOnePerDevice()
    {
        PeakStore store(file());
        QVERIFY(!store.find(deviceOf("one"), machine()).has_value());
        QVERIFY(!store.save(peaksOf("one")).has_value());
        QVERIFY(!store.save(peaksOf("two")).has_value());
        auto again = peaksOf("one");
        again.utc = "later";
        QVERIFY(!store.save(again).has_value());
        const PeakStore read(file());
        QVERIFY(read.note().empty());
        QCOMPARE(read.find(deviceOf("one"), machine()), std::optional(again));
        QCOMPARE(read.find(deviceOf("two"), machine()), std::optional(peaksOf("two")));
        auto newer = machine();
        newer.libtorchVersion = "2.12.0";
        QVERIFY(!read.find(deviceOf("one"), newer).has_value());
    }

    void aCorruptFileIsIgnoredAndReplaced()
    {
        std::filesystem::create_directories(file().parent_path());
        QFile corrupt(QString::fromStdString(file().string()));
        QVERIFY(corrupt.open(QIODevice::WriteOnly));
        corrupt.write("{\"peaks\": [");
        corrupt.close();
        PeakStore store(file());
        QVERIFY(store.note().find("are ignored") != std::string::npos);
        QVERIFY(!store.find(deviceOf("one"), machine()).has_value());
        QVERIFY(!store.save(peaksOf("one")).has_value());
        QVERIFY(PeakStore(file()).find(deviceOf("one"), machine()).has_value());
    }

    void aFileThatCannotBeWrittenIsSaid()
    {
        std::filesystem::create_directories(file()); // a folder is in its place
        PeakStore store(file());
        const auto problem = store.save(peaksOf("one"));
        QVERIFY(problem && problem->find("could not be kept") != std::string::npos);
        QVERIFY(
            !PeakStore({}).save(peaksOf("one")).has_value()); // without a place nothing is kept, and nothing is wrong
    }

    void knownPeaksGoIntoThePlan()
    {
        PeakStore store(file());
        auto plan = planThatTimes();
        addPeaks(plan, deviceOf("one"), machine(), store);
        QVERIFY(!plan.peaks.has_value());
        QCOMPARE(plan.jobs.front().id, std::string(kPeaksJob));
        QCOMPARE(std::get<ProbeJob>(plan.jobs.front().work).probe, ProbeKind::Peaks);

        store.save(peaksOf("one"));
        auto second = planThatTimes();
        addPeaks(second, deviceOf("one"), machine(), store);
        QVERIFY(second.peaks.has_value());
        QCOMPARE(second.jobs.size(), std::size_t{1});

        Plan timesNothing;
        addPeaks(timesNothing, deviceOf("other"), machine(), store);
        QVERIFY(timesNothing.jobs.empty());
    }

    void onlyWhatWasMeasuredIsKept()
    {
        PeakStore store(file());
        Report report;
        report.peaks = peaksOf("one"); // known before, measured by no job
        keepPeaks(report, store);
        QVERIFY(!std::filesystem::exists(file()));
        JobReport job;
        job.id = kPeaksJob;
        job.finished = true;
        report.jobs = {job};
        QVERIFY(!keepPeaks(report, store).has_value());
        QVERIFY(PeakStore(file()).find(deviceOf("one"), machine()).has_value());
    }
};

QTEST_APPLESS_MAIN(TestPeakStore)
#include "tst_peak_store.moc"
