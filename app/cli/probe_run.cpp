// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/probe_run.h"

#include "core/launch/device_choice.h"
#include "core/launch/set_up_error.h"
#include "core/plan/job_estimate.h"

#include <filesystem>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include <unistd.h>

namespace headroom::cli
{
namespace
{

/// A journal that is gone with its owner.
class TemporaryFile
{
public:
    TemporaryFile()
        : m_path(std::filesystem::temp_directory_path() / fmt::format("headroom-probe-{}.jsonl", ::getpid()))
    {
    }
    ~TemporaryFile()
    {
        std::error_code error;
        std::filesystem::remove(m_path, error);
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    const std::filesystem::path& path() const { return m_path; }

private:
    std::filesystem::path m_path;
};

Plan planFor(const DeviceFacts& device, const ProbeJob& probe)
{
    Plan plan;
    plan.command = "probe";
    plan.device = {device.kind, device.ordinal};
    JobWork work = probe;
    const double seconds = estimateSeconds(work, plan.measurement, plan.accuracy, device);
    plan.jobs.push_back({"probe", Stage::Compatibility, std::string(toString(probe.probe)), seconds, std::move(work)});
    return plan;
}

} // namespace

std::vector<EvidenceSeen> runProbe(Supervisor& supervisor, const DeviceFacts& device, const ProbeJob& probe)
{
    std::vector<EvidenceSeen> seen;
    std::string reason = "the worker said nothing of it";
    bool passed = false;
    const EventSink sink = [&](const Event& event)
    {
        if (const auto* evidence = std::get_if<EvidenceSeen>(&event.data))
        {
            seen.push_back(*evidence);
        }
        if (const auto* finished = std::get_if<JobFinished>(&event.data))
        {
            passed = finished->outcome == Outcome::Passed;
            reason = finished->reason.empty() ? reason : finished->reason;
        }
    };
    const TemporaryFile file;
    {
        Journal journal = Journal::open(file.path());
        supervisor.run(planFor(device, probe), journal, sink,
                       [](std::span<const Event>) { return std::vector<Recommendation>(); });
    }
    if (!passed)
    {
        throw SetUpError(fmt::format("The {} of {} could not be found out: {}", toString(probe.probe),
                                     describeDevice(device), reason));
    }
    return seen;
}

PeakRates measurePeaks(Supervisor& supervisor, const DeviceFacts& device)
{
    AttentionProblem any; // a probe of peaks looks at no subject
    any.device = device.kind;
    const auto seen = runProbe(supervisor, device, {any, ProbeKind::Peaks});
    if (seen.empty() || !seen.front().peaks)
    {
        throw SetUpError(fmt::format("The peaks of {} were not measured.", describeDevice(device)));
    }
    return *seen.front().peaks;
}

} // namespace headroom::cli
