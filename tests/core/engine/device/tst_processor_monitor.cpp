// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/device/processor_monitor.h"
#include "tests/core/engine/device/system_files.h"

#include <QtTest>

#include <memory>
#include <optional>
#include <string>

using namespace headroom;
using namespace headroom::engine;

class TestProcessorMonitor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_files = std::make_unique<SystemFiles>(); }

    void sharesAreOfTheTimeBetweenTwoReadings()
    {
        m_files->write("proc/stat", "cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n");
        ProcessorMonitor monitor(m_files->root());
        m_files->write("proc/stat", "cpu  170 0 105 820 0 0 0 5 0 0\n"); // 75 busy, 20 idle, 5 stolen
        const auto reading = monitor.read();
        QCOMPARE(reading.utilisation, std::optional(0.75));
        QCOMPARE(reading.throttleReasons, std::vector<std::string>{"hypervisor"});
        QVERIFY(reading.atSeconds);
        m_files->write("proc/stat", "cpu  170 0 105 920 0 0 0 5 0 0\n");
        const auto next = monitor.read();
        QCOMPARE(next.utilisation, std::optional(0.0));
        QVERIFY(next.throttleReasons.empty());
    }

    void clockIsTheMeanOverTheProcessors()
    {
        m_files->write("sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "3000000\n");
        m_files->write("sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq", "2000000\n");
        m_files->write("sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq", "9000000\n");
        const auto reading = ProcessorMonitor(m_files->root()).read();
        QCOMPARE(reading.processorClockMhz, std::optional(2500.0));
        QVERIFY(!reading.smClockMhz);
    }

    void temperatureIsThePackages()
    {
        m_files->write("sys/class/hwmon/hwmon0/name", "nvme\n");
        m_files->write("sys/class/hwmon/hwmon0/temp1_input", "90000\n");
        m_files->write("sys/class/hwmon/hwmon1/name", "coretemp\n");
        m_files->write("sys/class/hwmon/hwmon1/temp1_input", "61000\n");
        m_files->write("sys/class/thermal/thermal_zone0/type", "x86_pkg_temp\n");
        m_files->write("sys/class/thermal/thermal_zone0/temp", "77000\n");
        QCOMPARE(ProcessorMonitor(m_files->root()).read().temperatureC, std::optional(61.0));
        QVERIFY(m_files->remove("sys/class/hwmon"));
        QCOMPARE(ProcessorMonitor(m_files->root()).read().temperatureC, std::optional(77.0));
    }

    void energyGoesOnWhereTheCounterWraps()
    {
        const std::filesystem::path package = "sys/class/powercap/intel-rapl:0";
        m_files->write(package / "name", "package-0\n");
        m_files->write(package / "max_energy_range_uj", "100000000\n");
        m_files->write(package / "energy_uj", "90000000\n");
        m_files->write("sys/class/powercap/intel-rapl:0:0/name", "core\n"); // a part of the package
        m_files->write("sys/class/powercap/intel-rapl:0:0/max_energy_range_uj", "100000000\n");
        m_files->write("sys/class/powercap/intel-rapl:0:0/energy_uj", "1000000\n");
        ProcessorMonitor monitor(m_files->root());
        m_files->write(package / "energy_uj", "95000000\n");
        QCOMPARE(monitor.read().energyJ, std::optional(95.0));
        m_files->write(package / "energy_uj", "5000000\n");
        const auto reading = monitor.read();
        QCOMPARE(reading.energyJ, std::optional(105.0));
        QVERIFY(reading.powerW && *reading.powerW > 0);
    }

    void heatThatSlowsItIsTold()
    {
        const auto* file = "sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count";
        m_files->write(file, "7\n");
        ProcessorMonitor monitor(m_files->root());
        m_files->write("proc/meminfo", "MemTotal: 1000 kB\nMemFree: 10 kB\nMemAvailable: 400 kB\n");
        auto reading = monitor.read();
        QVERIFY(reading.throttleReasons.empty());
        QCOMPARE(reading.memoryUsedBytes, std::optional(600.0 * 1024));
        m_files->write(file, "9\n");
        reading = monitor.read();
        QCOMPARE(reading.throttleReasons, std::vector<std::string>{"thermal (hardware)"});
    }

    void sayingNothingIsNoReading()
    {
        QCOMPARE(ProcessorMonitor(m_files->root()).read(), Telemetry());
        m_files->write("proc/stat", "cpu  lies\n");
        QCOMPARE(ProcessorMonitor(m_files->root()).read(), Telemetry());
    }

    void thisMachineTellsItsMemory()
    {
        ProcessorMonitor monitor;
        const auto reading = monitor.read();
        QVERIFY(reading.memoryUsedBytes && *reading.memoryUsedBytes > 0);
    }

private:
    std::unique_ptr<SystemFiles> m_files;
};

QTEST_GUILESS_MAIN(TestProcessorMonitor)
#include "tst_processor_monitor.moc"
