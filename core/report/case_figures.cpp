// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/case_figures.h"

#include "core/report/case_work.h"
#include "core/report/queries.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace headroom
{
namespace
{

constexpr double kLeastWorkSeconds = 0.5;
constexpr double kLeastBusyShare = 0.5;

const DeviceFacts* deviceOf(const Report& report)
{
    return report.circumstances ? report.circumstances->selectedDevice() : nullptr;
}

bool hasClocks(const CaseReport& row)
{
    return !row.smMhz.empty() && row.smMhz.size() == row.deviceNs.size();
}

double secondsOf(const CaseReport& row)
{
    return std::accumulate(row.deviceNs.begin(), row.deviceNs.end(), 0.0) * 1e-9;
}

struct Used
{
    double joules = 0;
    double seconds = 0;
};

/// Between the first and the last of \a readings that give both energy and time.
std::optional<Used> energyBetween(std::span<const Telemetry> readings)
{
    const Telemetry* first = nullptr;
    const Telemetry* last = nullptr;
    for (const auto& reading : readings)
    {
        if (reading.energyJ && reading.atSeconds)
        {
            first = first == nullptr ? &reading : first;
            last = &reading;
        }
    }
    if (first == nullptr || !(*last->atSeconds > *first->atSeconds) || !(*last->energyJ > *first->energyJ))
    {
        return std::nullopt;
    }
    return Used{*last->energyJ - *first->energyJ, *last->atSeconds - *first->atSeconds};
}

DeviceStateReport stateOf(std::span<const Telemetry> readings)
{
    DeviceStateReport state;
    std::set<std::string> reasons;
    for (const auto& reading : readings)
    {
        ++state.readings;
        reasons.insert(reading.throttleReasons.begin(), reading.throttleReasons.end());
        if (reading.temperatureC)
        {
            state.lowestTemperatureC =
                std::min(state.lowestTemperatureC.value_or(*reading.temperatureC), *reading.temperatureC);
            state.highestTemperatureC =
                std::max(state.highestTemperatureC.value_or(*reading.temperatureC), *reading.temperatureC);
        }
    }
    state.throttleReasons.assign(reasons.begin(), reasons.end());
    return state;
}

} // namespace

void labelCase(CaseReport& row, const Report& report, const std::vector<bool>& shared)
{
    const auto* device = deviceOf(report);
    const bool clocks = hasClocks(row);
    const bool waits = row.waitNs.size() == row.deviceNs.size();
    row.labels = labelSamples(row.deviceNs, clocks ? std::span<const double>(row.smMhz) : std::span<const double>(),
                              device != nullptr ? device->maxSmClockMhz : std::nullopt,
                              waits ? std::span<const double>(row.waitNs) : std::span<const double>());
    for (std::size_t i = 0; i < row.labels.size() && i < shared.size(); ++i)
    {
        if (shared[i] && row.labels[i] == SampleLabel::Outlier)
        {
            row.labels[i] = SampleLabel::OtherProcess;
        }
    }
}

std::optional<double> medianSmMhz(const CaseReport& row)
{
    return hasClocks(row) ? median(row.smMhz) : std::nullopt;
}

std::optional<double> medianAtMaxClock(const CaseReport& row, const Report& report)
{
    const auto* device = deviceOf(report);
    if (!hasClocks(row) || device == nullptr || !device->maxSmClockMhz || !(*device->maxSmClockMhz > 0))
    {
        return std::nullopt;
    }
    std::vector<double> scaled(row.deviceNs.size());
    std::transform(row.deviceNs.begin(), row.deviceNs.end(), row.smMhz.begin(), scaled.begin(),
                   [most = *device->maxSmClockMhz](double ns, double mhz) { return ns * mhz / most; });
    return median(scaled);
}

void placeUnderRoof(Report& report)
{
    const auto* device = deviceOf(report);
    const auto* specification = device != nullptr ? findSpecification(*device) : nullptr;
    const auto* peaks = report.peaks ? &*report.peaks : nullptr;
    for (auto& row : report.cases)
    {
        row.roofline.reset();
        row.medianAtMaxClockNs = medianAtMaxClock(row, report);
        if (row.outcome != Outcome::Passed || !row.device)
        {
            continue;
        }
        const auto work = workOf(row.measured);
        row.roofline = rooflineOf({work.totalFlops, work.conventionFlops, work.bytes, work.dtype}, row.device->medianNs,
                                  peaks, specification, medianSmMhz(row));
    }
}

void addDeviceState(Report& report, const std::string& jobId, std::span<const Telemetry> readings)
{
    double busySeconds = 0;
    for (const auto& row : report.cases)
    {
        busySeconds += row.jobId == jobId ? secondsOf(row) : 0.0;
    }
    const auto used = energyBetween(readings);
    const bool canTell = used && busySeconds >= kLeastWorkSeconds && busySeconds >= kLeastBusyShare * used->seconds;
    for (auto& row : report.cases)
    {
        if (row.jobId != jobId)
        {
            continue;
        }
        row.energy.reset();
        row.deviceState = readings.empty() ? std::nullopt : std::optional(stateOf(readings));
        if (canTell && !row.deviceNs.empty())
        {
            const double share = secondsOf(row) / busySeconds;
            row.energy = EnergyReport{used->joules * share / static_cast<double>(row.deviceNs.size()),
                                      used->joules / used->seconds, used->seconds, busySeconds / used->seconds};
        }
    }
}

std::int64_t countLabel(const CaseReport& row, SampleLabel label)
{
    return std::count(row.labels.begin(), row.labels.end(), label);
}

} // namespace headroom
