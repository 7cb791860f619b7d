// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/device/processor_monitor.h"

#include "core/run/steady_seconds.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>

namespace headroom::engine
{
namespace
{

namespace fs = std::filesystem;

constexpr double kLeastStolenShare = 0.01; ///< less is what any virtual machine loses
constexpr double kMicro = 1e-6;
constexpr double kMilli = 1e-3;
constexpr double kKibi = 1024;

template <typename Value> std::optional<Value> readFile(const fs::path& file)
{
    std::ifstream in(file);
    Value value{};
    return in >> value ? std::optional(value) : std::nullopt;
}

/// The entries of \a folder whose names begin with \a prefix, sorted; none where it is missing.
std::vector<fs::path> entries(const fs::path& folder, std::string_view prefix)
{
    std::vector<fs::path> found;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    {
        if (entry->path().filename().string().starts_with(prefix))
        {
            found.push_back(entry->path());
        }
    }
    std::ranges::sort(found);
    return found;
}

} // namespace

ProcessorMonitor::ProcessorMonitor(fs::path root) : m_root(std::move(root))
{
    findClocks();
    findTemperature();
    findEnergy();
    m_ticks = ticks();
    m_throttled = throttleCount();
    m_atSeconds = steadySeconds();
}

void ProcessorMonitor::findClocks()
{
    for (const auto& processor : entries(m_root / "sys/devices/system/cpu", "cpu"))
    {
        if (const auto file = processor / "cpufreq/scaling_cur_freq"; readFile<double>(file))
        {
            m_clocks.push_back(file);
        }
        if (const auto file = processor / "thermal_throttle/core_throttle_count"; readFile<std::int64_t>(file))
        {
            m_throttles.push_back(file);
        }
    }
}

void ProcessorMonitor::findTemperature()
{
    for (const auto& sensor : entries(m_root / "sys/class/hwmon", "hwmon"))
    {
        const auto name = readFile<std::string>(sensor / "name");
        // temp1 is the package's (coretemp) or the control temperature (k10temp): Linux, Documentation/hwmon.
        if (name && (*name == "coretemp" || *name == "k10temp" || *name == "cpu_thermal"))
        {
            m_temperatures.push_back(sensor / "temp1_input");
        }
    }
    for (const auto& zone : entries(m_root / "sys/class/thermal", "thermal_zone"))
    {
        const auto type = readFile<std::string>(zone / "type");
        if (m_temperatures.empty() && type && (*type == "x86_pkg_temp" || type->starts_with("cpu")))
        {
            m_temperatures.push_back(zone / "temp");
        }
    }
}

void ProcessorMonitor::findEnergy()
{
    for (const auto& zone : entries(m_root / "sys/class/powercap", "intel-rapl:"))
    {
        const auto name = readFile<std::string>(zone / "name");
        const auto range = readFile<double>(zone / "max_energy_range_uj");
        const auto now = readFile<double>(zone / "energy_uj");
        if (name && name->starts_with("package") && range && now) // its parts, "core" and "dram", are in it or apart
        {
            m_energy.push_back({zone / "energy_uj", *range * kMicro, *now * kMicro});
            m_energyJ += *now * kMicro;
        }
    }
}

std::optional<ProcessorMonitor::Ticks> ProcessorMonitor::ticks() const
{
    // man 5 proc_stat: user nice system idle iowait irq softirq steal, in ticks.
    std::ifstream in(m_root / "proc/stat");
    std::string name;
    std::array<std::int64_t, 8> fields{};
    in >> name;
    for (auto& field : fields)
    {
        in >> field;
    }
    if (!in || name != "cpu")
    {
        return std::nullopt;
    }
    const auto [user, nice, system, idle, wait, irq, softirq, stolen] = fields;
    const auto busy = user + nice + system + irq + softirq;
    return Ticks{busy, stolen, busy + stolen + idle + wait};
}

std::optional<double> ProcessorMonitor::clockMhz() const
{
    double sum = 0;
    int count = 0;
    for (const auto& file : m_clocks)
    {
        if (const auto kilohertz = readFile<double>(file))
        {
            sum += *kilohertz * kMilli;
            ++count;
        }
    }
    return count > 0 ? std::optional(sum / count) : std::nullopt;
}

std::optional<double> ProcessorMonitor::temperatureC() const
{
    std::optional<double> hottest;
    for (const auto& file : m_temperatures)
    {
        if (const auto value = readFile<double>(file))
        {
            hottest = std::max(hottest.value_or(*value * kMilli), *value * kMilli);
        }
    }
    return hottest;
}

std::optional<double> ProcessorMonitor::memoryUsedBytes() const
{
    std::ifstream in(m_root / "proc/meminfo");
    std::optional<double> total;
    std::optional<double> available;
    for (std::string line; std::getline(in, line) && !(total && available);)
    {
        std::istringstream words(line);
        std::string name;
        double kibi = 0;
        if (words >> name >> kibi)
        {
            total = name == "MemTotal:" ? std::optional(kibi * kKibi) : total;
            available = name == "MemAvailable:" ? std::optional(kibi * kKibi) : available;
        }
    }
    return total && available ? std::optional(*total - *available) : std::nullopt;
}

std::int64_t ProcessorMonitor::throttleCount() const
{
    std::int64_t count = 0;
    for (const auto& file : m_throttles)
    {
        count += readFile<std::int64_t>(file).value_or(0);
    }
    return count;
}

Telemetry ProcessorMonitor::read()
{
    Telemetry telemetry;
    const double now = steadySeconds();
    if (const auto current = ticks())
    {
        const double all = m_ticks ? static_cast<double>(current->all - m_ticks->all) : 0;
        if (all > 0)
        {
            telemetry.utilisation = std::clamp(static_cast<double>(current->busy - m_ticks->busy) / all, 0.0, 1.0);
            if (static_cast<double>(current->stolen - m_ticks->stolen) / all > kLeastStolenShare)
            {
                telemetry.throttleReasons.emplace_back("hypervisor");
            }
        }
        m_ticks = current;
    }
    const auto throttled = throttleCount();
    if (throttled > m_throttled)
    {
        telemetry.throttleReasons.emplace_back("thermal (hardware)");
    }
    m_throttled = throttled;

    double spent = 0;
    for (auto& package : m_energy)
    {
        if (const auto value = readFile<double>(package.file))
        {
            const double joules = *value * kMicro;
            spent += joules >= package.lastJ ? joules - package.lastJ : joules - package.lastJ + package.rangeJ;
            package.lastJ = joules;
        }
    }
    if (!m_energy.empty())
    {
        m_energyJ += spent;
        telemetry.energyJ = m_energyJ;
        telemetry.powerW = now > m_atSeconds ? std::optional(spent / (now - m_atSeconds)) : std::nullopt;
    }
    telemetry.processorClockMhz = clockMhz();
    telemetry.temperatureC = temperatureC();
    telemetry.memoryUsedBytes = memoryUsedBytes();
    m_atSeconds = now;
    if (!(telemetry == Telemetry{}))
    {
        telemetry.atSeconds = now;
    }
    return telemetry;
}

} // namespace headroom::engine
