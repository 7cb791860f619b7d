// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/encoding/enum_text.h"
#include "core/encoding/json.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headroom
{

/// What a sample is the time of.
enum class Clock
{
    Device, ///< CUDA: between two events, launch gaps closed; CPU: steady clock
    Wall    ///< CUDA only: from the first launch to the end of a synchronise
};

template <> struct EnumNames<Clock>
{
    static constexpr std::string_view kind = "clock";
    static constexpr std::array names{std::pair{Clock::Device, std::string_view{"device"}},
                                      std::pair{Clock::Wall, std::string_view{"wall"}}};
};

/// A batch of raw samples of one case, in the order in which they were taken.
struct SamplesTaken
{
    std::string caseId;
    Clock clock = Clock::Device;
    std::vector<double> ns;
    std::vector<std::int64_t> round; ///< of an interleaved comparison, sample by sample; pairs share a round
    std::vector<double> smMhz;       ///< SM clock during each sample; empty when it cannot be read
    std::vector<double> waitNs{};    ///< of each, waiting for a core (core_waits.h); empty when it cannot be read
    bool operator==(const SamplesTaken&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(SamplesTaken, caseId, clock, ns, round, smMhz, waitNs)

/// What the device said of itself between two batches; absent where it says nothing. A GPU's readings are NVML's, a
/// processor's those that Linux has.
struct Telemetry
{
    std::optional<double> smClockMhz;
    std::optional<double> memoryClockMhz;
    std::optional<double> powerW;
    std::optional<double> temperatureC;
    std::optional<double> utilisation; ///< 0..1: of the time, with a kernel; of a CPU, of all processors' time
    std::optional<double> memoryUsedBytes;
    std::optional<double> energyJ; ///< a counter; only differences mean something
    std::vector<std::string> throttleReasons;
    std::optional<double> atSeconds{};            ///< the worker's steady clock; two readings' energies give a power
    std::optional<std::int64_t> otherProcesses{}; ///< that have a context on the device beside this one
    std::optional<double> processorClockMhz{};    ///< of a CPU: the mean over the processors
    bool operator==(const Telemetry&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Telemetry, smClockMhz, memoryClockMhz, powerW, temperatureC,
                                                utilisation, memoryUsedBytes, energyJ, throttleReasons, atSeconds,
                                                otherProcesses, processorClockMhz)

} // namespace headroom
