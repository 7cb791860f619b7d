// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/supervised_run.h"
#include "core/hardware/device_facts.h"
#include "core/history/run_folder.h"

#include <cstdint>
#include <optional>
#include <string>

namespace CLI
{
class App;
}

namespace headroom::cli
{

/// Options that commands share which run something: each is declared here alone. Targets must outlive \a app; \a group
/// is the heading in the help.

/// Where the report of a run goes, where the run is kept, and what is said beside it.
struct OutputOptions
{
    std::string folder;
    std::string reportName;
    bool force = false;
    Speech speech;
    std::string history{}; ///< --history; empty: the default run folder
    bool noHistory = false;
};

/// --output-dir, --report-name, --force, --history, --no-history, --json and --quiet; the defaults are what \a output
/// holds. \a json is what --json prints.
void declareOutput(CLI::App& app, OutputOptions& output, const std::string& json);

/// --history, for a command that looks runs up.
void declareHistory(CLI::App& app, std::string& history);

/// The run folder that --history names, or else the default one (RunFolder::defaultPath()).
RunFolder runFolderOf(const std::string& history);

/// --json and --quiet alone.
void declareSpeech(CLI::App& app, Speech& speech, const std::string& json);

/// --device; \a what is where to do it: nothing that was given is a GPU when there is one.
void declareDevice(CLI::App& app, std::optional<DeviceSelection>& device, const std::string& what,
                   const std::string& group);

/// --seed, of \a what.
void declareSeed(CLI::App& app, std::uint64_t& seed, const std::string& what, const std::string& group);

/// --max-seconds of a whole run.
void declareBudget(CLI::App& app, std::optional<double>& maxSeconds, const std::string& group);

} // namespace headroom::cli
