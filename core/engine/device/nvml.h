// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/event.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace headroom::engine
{

/// NVIDIA's management library, loaded at run time; all answers are absent where it is missing or refuses.
class Nvml
{
public:
    /// Finds the device by its PCI bus id ("00000000:1B:00.0"), since NVML's numbers are not CUDA's.
    explicit Nvml(const std::string& pciBusId);
    ~Nvml();
    Nvml(const Nvml&) = delete;
    Nvml& operator=(const Nvml&) = delete;

    bool available() const;
    Telemetry read() const;
    std::string driverVersion() const;
    std::optional<double> powerLimitW() const;
    std::optional<double> maxSmClockMhz() const;
    /// Processes with a compute context on the device beside this one; absent where a container hides them all.
    std::optional<std::int64_t> otherProcesses() const;

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

} // namespace headroom::engine
