// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/readings.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace headroom::engine
{

/// What Linux tells of the processors, the counterpart of Nvml. All readings are of the whole machine, not of this
/// process:
///
/// | reading | from |
/// | --- | --- |
/// | clock, the mean over the processors | sys/devices/system/cpu/cpuN/cpufreq/scaling_cur_freq |
/// | power and energy of the packages | sys/class/powercap/intel-rapl:N (AMD's too; most systems let only root read it)
/// | | temperature of the hottest package | sys/class/hwmon (coretemp, k10temp), else sys/class/thermal | |
/// utilisation, memory in use | proc/stat, proc/meminfo | | what held it back | cpuN/thermal_throttle, and the time
/// that a hypervisor took (proc/stat, "steal") |
///
/// What a system does not tell stays absent. A virtual machine seldom tells more than utilisation, memory and steal.
/// The "cpu MHz" of proc/cpuinfo is not taken: there it is the nominal clock, whatever the real one.
class ProcessorMonitor
{
public:
    /// \a root is where proc and sys are found.
    explicit ProcessorMonitor(std::filesystem::path root = "/");

    /// Shares and power are means since the call before, or since this object was made.
    Telemetry read();

private:
    /// Ticks of proc/stat's first line, all processors together.
    struct Ticks
    {
        std::int64_t busy = 0;
        std::int64_t stolen = 0;
        std::int64_t all = 0;
    };

    /// One package's energy counter, which wraps.
    struct Energy
    {
        std::filesystem::path file;
        double rangeJ = 0;
        double lastJ = 0;
    };

    std::optional<Ticks> ticks() const;
    std::optional<double> clockMhz() const;
    std::optional<double> temperatureC() const;
    std::optional<double> memoryUsedBytes() const;
    std::int64_t throttleCount() const;
    void findEnergy();
    void findTemperature();
    void findClocks();

    std::filesystem::path m_root;
    std::vector<std::filesystem::path> m_clocks;
    std::vector<std::filesystem::path> m_temperatures;
    std::vector<std::filesystem::path> m_throttles;
    std::vector<Energy> m_energy;
    std::optional<Ticks> m_ticks;
    std::int64_t m_throttled = 0;
    double m_energyJ = 0; ///< the counters' sum, as if they did not wrap
    double m_atSeconds = 0;
};

} // namespace headroom::engine
