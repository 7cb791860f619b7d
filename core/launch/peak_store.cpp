// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/peak_store.h"

#include "core/encoding/whole_file.h"
#include "core/plan/job_estimate.h"
#include "core/report/export.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

namespace headroom
{
namespace
{

std::vector<PeakRates> parse(const std::string& text)
{
    std::vector<PeakRates> kept;
    const Json document = parseJson(text);
    for (const auto& entry : document.at("peaks"))
    {
        auto peaks = entry.get<PeakRates>();
        if (peaks.version == PeakRates().version) // another version means something else by its numbers
        {
            kept.push_back(std::move(peaks));
        }
    }
    return kept;
}

bool timesAnything(const Plan& plan)
{
    return std::any_of(plan.jobs.begin(), plan.jobs.end(), [](const Job& job) { return !casesOf(job).empty(); });
}

} // namespace

PeakStore::PeakStore(std::filesystem::path file) : m_file(std::move(file))
{
    std::error_code unreadable;
    const std::string text = wholeFile(m_file, unreadable);
    if (unreadable)
    {
        return;
    }
    try
    {
        m_kept = parse(text);
    }
    catch (const std::exception& error)
    {
        m_note = fmt::format("The peaks kept in {} cannot be read and are ignored: {}", m_file.string(), error.what());
    }
}

std::filesystem::path PeakStore::defaultFile()
{
    const char* cache = std::getenv("XDG_CACHE_HOME");
    if (cache != nullptr && *cache == '/') // a relative one is invalid (XDG Base Directory Specification)
    {
        return std::filesystem::path(cache) / "headroom" / "peaks.json";
    }
    const char* home = std::getenv("HOME");
    return home != nullptr && *home != '\0' ? std::filesystem::path(home) / ".cache" / "headroom" / "peaks.json"
                                            : std::filesystem::path();
}

std::optional<PeakRates> PeakStore::find(const DeviceFacts& device, const Circumstances& machine) const
{
    const auto key = peakKey(device, machine);
    const auto found =
        std::find_if(m_kept.begin(), m_kept.end(), [&](const PeakRates& peaks) { return peakKey(peaks) == key; });
    return found == m_kept.end() ? std::nullopt : std::optional(*found);
}

std::optional<std::string> PeakStore::save(const PeakRates& peaks)
{
    const auto key = peakKey(peaks);
    std::erase_if(m_kept, [&](const PeakRates& old) { return peakKey(old) == key; });
    m_kept.push_back(peaks);
    if (m_file.empty())
    {
        return std::nullopt;
    }
    try
    {
        writeFileAtomically(m_file, toJsonDocument(Json{{"peaks", m_kept}}) + "\n");
    }
    catch (const std::exception& error)
    {
        return fmt::format("The measured peaks could not be kept: {}", error.what());
    }
    return std::nullopt;
}

void addPeaks(Plan& plan, const DeviceFacts& device, const Circumstances& machine, const PeakStore& store)
{
    plan.peaks = store.find(device, machine);
    if (plan.peaks || !timesAnything(plan))
    {
        return;
    }
    const auto timed =
        std::find_if(plan.jobs.begin(), plan.jobs.end(), [](const Job& job) { return !casesOf(job).empty(); });
    JobWork work = ProbeJob{casesOf(*timed).front().subject, ProbeKind::Peaks};
    const double seconds = estimateSeconds(work, plan.measurement, plan.accuracy, device);
    plan.jobs.insert(plan.jobs.begin(),
                     {kPeaksJob, Stage::Compatibility, "peaks of the device, measured once", seconds, std::move(work)});
}

std::optional<std::string> keepPeaks(const Report& report, PeakStore& store)
{
    const bool measured = report.peaks && std::any_of(report.jobs.begin(), report.jobs.end(),
                                                      [](const JobReport& job) {
                                                          return job.id == kPeaksJob && job.finished &&
                                                                 job.result.outcome == Outcome::Passed;
                                                      });
    return measured ? store.save(*report.peaks) : std::nullopt;
}

} // namespace headroom
