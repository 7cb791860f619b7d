// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/device/nvml.h"

#include "core/run/steady_seconds.h"

#include <dlfcn.h>

#include <array>
#include <utility>

namespace headroom::engine
{
namespace
{

// NVML's C interface as documented in NVIDIA's NVML API reference; own prototypes, so that nothing but the driver's
// library is needed.
using Device = void*;
using Status = int;
constexpr Status kSuccess = 0;
constexpr Status kInsufficientSize = 7;
constexpr unsigned kClockSm = 1;
constexpr unsigned kClockMemory = 2;
constexpr unsigned kSensorGpu = 0;

struct Utilisation
{
    unsigned gpu;
    unsigned memory;
};

struct MemoryInfo
{
    unsigned long long total;
    unsigned long long free;
    unsigned long long used;
};

/// Clock event reasons that mean "slower than it could be". Idle (0x1) and application clocks (0x2) do not.
constexpr std::array<std::pair<unsigned long long, const char*>, 6> kThrottleReasons{{
    {0x4, "power cap"},
    {0x8, "hardware slowdown"},
    {0x10, "sync boost"},
    {0x20, "thermal (software)"},
    {0x40, "thermal (hardware)"},
    {0x80, "power brake"},
}};

} // namespace

struct Nvml::Private
{
    void* library = nullptr;
    Device device = nullptr;

    template <typename Function> Function* find(const char* name) const
    {
        return library ? reinterpret_cast<Function*>(dlsym(library, name)) : nullptr;
    }

    template <typename Value, typename... Arguments>
    std::optional<Value> ask(const char* name, Arguments... arguments) const
    {
        auto* function = find<Status(Device, Arguments..., Value*)>(name);
        Value value{};
        if (!device || !function || function(device, arguments..., &value) != kSuccess)
        {
            return std::nullopt;
        }
        return value;
    }
};

Nvml::Nvml(const std::string& pciBusId) : m_private(std::make_unique<Private>())
{
    m_private->library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
    auto* initialise = m_private->find<Status()>("nvmlInit_v2");
    auto* byBusId = m_private->find<Status(const char*, Device*)>("nvmlDeviceGetHandleByPciBusId_v2");
    if (!initialise || initialise() != kSuccess || !byBusId ||
        byBusId(pciBusId.c_str(), &m_private->device) != kSuccess)
    {
        m_private->device = nullptr;
    }
}

Nvml::~Nvml()
{
    if (auto* shutdown = m_private->find<Status()>("nvmlShutdown"))
    {
        shutdown();
    }
    if (m_private->library)
    {
        dlclose(m_private->library);
    }
}

bool Nvml::available() const
{
    return m_private->device != nullptr;
}

Telemetry Nvml::read() const
{
    const auto as = [](auto value, double factor)
    { return value ? std::optional<double>(static_cast<double>(*value) * factor) : std::nullopt; };
    Telemetry telemetry;
    telemetry.smClockMhz = as(m_private->ask<unsigned>("nvmlDeviceGetClockInfo", kClockSm), 1.0);
    telemetry.memoryClockMhz = as(m_private->ask<unsigned>("nvmlDeviceGetClockInfo", kClockMemory), 1.0);
    telemetry.powerW = as(m_private->ask<unsigned>("nvmlDeviceGetPowerUsage"), 1e-3);
    telemetry.temperatureC = as(m_private->ask<unsigned>("nvmlDeviceGetTemperature", kSensorGpu), 1.0);
    telemetry.energyJ = as(m_private->ask<unsigned long long>("nvmlDeviceGetTotalEnergyConsumption"), 1e-3);
    if (const auto use = m_private->ask<Utilisation>("nvmlDeviceGetUtilizationRates"))
    {
        telemetry.utilisation = static_cast<double>(use->gpu) / 100.0;
    }
    if (const auto memory = m_private->ask<MemoryInfo>("nvmlDeviceGetMemoryInfo"))
    {
        telemetry.memoryUsedBytes = static_cast<double>(memory->used);
    }
    auto reasons = m_private->ask<unsigned long long>("nvmlDeviceGetCurrentClocksEventReasons");
    if (!reasons) // the name before driver 535
    {
        reasons = m_private->ask<unsigned long long>("nvmlDeviceGetCurrentClocksThrottleReasons");
    }
    telemetry.otherProcesses = otherProcesses();
    telemetry.atSeconds = steadySeconds();
    for (const auto& [bit, name] : kThrottleReasons)
    {
        if (reasons && (*reasons & bit) != 0)
        {
            telemetry.throttleReasons.emplace_back(name);
        }
    }
    return telemetry;
}

/// NVML tells how many there are when it is given no room for them. This process is one of them, once it has a context;
/// ids are not compared, since a container sees other ones than the driver does.
std::optional<std::int64_t> Nvml::otherProcesses() const
{
    using Count = Status(Device, unsigned*, void*);
    auto* function = m_private->find<Count>("nvmlDeviceGetComputeRunningProcesses_v3");
    unsigned count = 0;
    if (!function || !m_private->device)
    {
        return std::nullopt;
    }
    const Status status = function(m_private->device, &count, nullptr);
    const bool told = (status == kSuccess || status == kInsufficientSize) && count > 0;
    return told ? std::optional(static_cast<std::int64_t>(count) - 1) : std::nullopt;
}

std::string Nvml::driverVersion() const
{
    std::array<char, 96> text{};
    auto* function = m_private->find<Status(char*, unsigned)>("nvmlSystemGetDriverVersion");
    return function && function(text.data(), static_cast<unsigned>(text.size())) == kSuccess ? text.data() : "";
}

std::optional<double> Nvml::powerLimitW() const
{
    const auto milliwatts = m_private->ask<unsigned>("nvmlDeviceGetEnforcedPowerLimit");
    return milliwatts ? std::optional(static_cast<double>(*milliwatts) * 1e-3) : std::nullopt;
}

std::optional<double> Nvml::maxSmClockMhz() const
{
    const auto clock = m_private->ask<unsigned>("nvmlDeviceGetMaxClockInfo", kClockSm);
    return clock ? std::optional(static_cast<double>(*clock)) : std::nullopt;
}

} // namespace headroom::engine
