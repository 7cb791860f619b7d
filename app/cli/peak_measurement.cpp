// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/peak_measurement.h"

#include "app/cli/device_choice.h"
#include "app/cli/peak_store.h"
#include "app/cli/set_up_error.h"
#include "core/plan/job_estimate.h"

#include <filesystem>
#include <optional>
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
    TemporaryFile() : m_path(std::filesystem::temp_directory_path() / fmt::format("headroom-peaks-{}.jsonl", ::getpid()))
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

Plan planFor(const DeviceFacts& device)
{
    AttentionProblem any; // a probe of peaks looks at no subject
    any.device = device.kind;
    Plan plan;
    plan.command = "devices";
    plan.device = {device.kind, device.ordinal};
    JobWork work = ProbeJob{any, ProbeKind::Peaks};
    const double seconds = estimateSeconds(work, plan.measurement, plan.accuracy, device);
    plan.jobs.push_back({kPeaksJob, Stage::Compatibility, "peaks of the device", seconds, std::move(work)});
    return plan;
}

} // namespace

PeakRates measurePeaks(Supervisor& supervisor, const DeviceFacts& device)
{
    std::optional<PeakRates> peaks;
    std::string reason = "the worker gave none";
    const EventSink sink = [&](const Event& event)
    {
        if (const auto* seen = std::get_if<EvidenceSeen>(&event.data); seen != nullptr && seen->peaks)
        {
            peaks = seen->peaks;
        }
        if (const auto* finished = std::get_if<JobFinished>(&event.data);
            finished != nullptr && !finished->reason.empty())
        {
            reason = finished->reason;
        }
    };
    const TemporaryFile file;
    {
        Journal journal = Journal::open(file.path());
        supervisor.run(planFor(device), journal, sink,
                       [](std::span<const Event>) { return std::vector<Recommendation>(); });
    }
    if (!peaks)
    {
        throw SetUpError(fmt::format("The peaks of {} could not be measured: {}", describeDevice(device), reason));
    }
    return *peaks;
}

} // namespace headroom::cli
