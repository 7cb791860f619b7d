// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/run_options.h"

#include "app/cli/arguments.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kOutput = "Output";

} // namespace

void declareOutput(CLI::App& app, OutputOptions& output, const std::string& json)
{
    present(addText(app, "--output-dir", "FOLDER", output.folder, "where the report goes; made when missing"), kOutput,
            output.folder);
    present(addText(app, "--report-name", "NAME", output.reportName,
                    "file name of the report; .md, .csv and the journal stand beside it"),
            kOutput, output.reportName);
    present(addSwitch(app, "--force", output.force, "replace an earlier run of this name; the history keeps it"),
            kOutput);
    declareHistory(app, output.history);
    present(addSwitch(app, "--no-history", output.noHistory, "keep the journal beside the report alone"), kOutput);
    declareSpeech(app, output.speech, json);
}

void declareHistory(CLI::App& app, std::string& history)
{
    present(addText(app, "--history", "FOLDER", history, "where runs are kept; also HEADROOM_HISTORY"), kOutput,
            "headroom/runs in the user's data folder");
}

RunFolder runFolderOf(const std::string& history)
{
    return RunFolder(history.empty() ? RunFolder::defaultPath() : std::filesystem::path(history));
}

void declareSpeech(CLI::App& app, Speech& speech, const std::string& json)
{
    present(addSwitch(app, "--json", speech.json, json), kOutput);
    present(addSwitch(app, "--quiet", speech.quiet, "no progress and no summary; the exit status tells"), kOutput);
}

void declareDevice(CLI::App& app, std::optional<DeviceSelection>& device, const std::string& what,
                   const std::string& group)
{
    present(addText(
                app, "--device", "cpu|cuda|cuda:N",
                [&device](const std::string& text) { device = parseDeviceSelection(text); },
                what + "; see headroom-cli devices"),
            group, "cuda where there is one, else cpu");
}

void declareSeed(CLI::App& app, std::uint64_t& seed, const std::string& what, const std::string& group)
{
    present(addNumber(app, "--seed", seed, what), group, fmt::format("{}", seed));
}

void declareBudget(CLI::App& app, std::optional<double>& maxSeconds, const std::string& group)
{
    present(addNumber(app, "--max-seconds", maxSeconds,
                      "time for the whole run; jobs that do not fit are left out and named"),
            group, "no limit");
}

} // namespace headroom::cli
