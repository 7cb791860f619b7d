// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/peak_rates.h"
#include "core/plan/plan.h"
#include "core/report/report.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace headroom
{

/// The id of the job that measures peaks.
inline constexpr const char* kPeaksJob = "peaks";

/// Measured peaks, kept once for each device and LibTorch (peakKey()), in one JSON file. A file that cannot be read is
/// ignored, with a note, and replaced by the next save.
class PeakStore
{
public:
    explicit PeakStore(std::filesystem::path file);

    /// XDG_CACHE_HOME/headroom/peaks.json, or below ~/.cache. Without either there is no store: nothing is found or
    /// kept.
    static std::filesystem::path defaultFile();

    std::optional<PeakRates> find(const DeviceFacts& device, const Circumstances& machine) const;

    /// Adds \a peaks or replaces those of the same key. The file is written whole or not at all; a failure is returned
    /// as a sentence, since a run is not worth less for it.
    std::optional<std::string> save(const PeakRates& peaks);

    /// Why the file was ignored; empty when it was read, or is not there.
    const std::string& note() const { return m_note; }

private:
    std::filesystem::path m_file;
    std::vector<PeakRates> m_kept;
    std::string m_note;
};

/// Gives \a plan the peaks of \a device where they are known; else, when it times anything, a first job that measures
/// them.
void addPeaks(Plan& plan, const DeviceFacts& device, const Circumstances& machine, const PeakStore& store);

/// Keeps what the peaks job of \a report has measured, if it has. Returns a sentence when that could not be written.
std::optional<std::string> keepPeaks(const Report& report, PeakStore& store);

} // namespace headroom
