// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/resume_command.h"

#include "app/cli/arguments.h"
#include "core/launch/device_choice.h"
#include "core/launch/journal_lookup.h"
#include "core/launch/set_up_error.h"
#include "app/cli/supervised_run.h"
#include "core/report/fold.h"

#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kDescription =
    "Go on with a run that was cancelled or cut off\n"
    "What its journal has finished is kept, the rest is run, and the report is written.";

constexpr const char* kExamples =
    "Examples\n"
    "  headroom-cli resume results/flash_attention      the unfinished run in this folder\n"
    "  headroom-cli resume results/flash_attention/flash_attention_validation.journal.jsonl\n"
    "\n"
    "Exit status: as validate's.";

struct ResumeOptions
{
    std::string run;
    Speech speech;
};

const Plan& planOf(const std::vector<Event>& events, const std::filesystem::path& journal)
{
    const auto* started = events.empty() ? nullptr : std::get_if<RunStarted>(&events.front().data);
    if (started == nullptr)
    {
        throw SetUpError(
            fmt::format("{} does not begin with a run's plan, so there is nothing to go on with.", journal.string()));
    }
    return started->plan;
}

/// Figures of two machines do not belong in one comparison; that is said, and left to the user.
void warnOfOtherMachine(const Report& before, const Circumstances& now, const DeviceFacts& device)
{
    if (!before.circumstances || before.circumstances->selectedDevice() == nullptr)
    {
        return;
    }
    const Circumstances& then = *before.circumstances;
    const std::string was = then.selectedDevice()->name;
    if (was != device.name || then.libtorchVersion != now.libtorchVersion)
    {
        fmt::print(
            stderr,
            "The run began on {} with LibTorch {} and goes on on {} with {}: compare no figures across the two.\n", was,
            then.libtorchVersion, device.name, now.libtorchVersion);
    }
}

int resume(const ResumeOptions& options)
{
    const std::filesystem::path path = findJournal(options.run);
    const auto events = readJournal(path).events;
    const Plan plan = planOf(events, path);
    const OutputFiles files = outputFilesOfJournal(path);
    const Report before = foldEvents(events);
    const auto left = remainingJobs(plan, events);
    if (left.empty() && before.finished && before.finished->outcome != Outcome::Cancelled)
    {
        fmt::print(stderr, "All {} jobs are finished; the report is written again.\n", plan.jobs.size());
        return finishReport(before, files, options.speech);
    }
    Supervisor supervisor(findWorker().command);
    const Circumstances machine = describeMachine(supervisor);
    warnOfOtherMachine(before, machine, chooseDevice(machine, plan.device));
    if (!options.speech.quiet)
    {
        fmt::print(stderr, "Going on with {}: {} of {} jobs are left\n", path.string(), left.size(), plan.jobs.size());
    }
    Journal journal = Journal::open(path);
    return runToReport(supervisor, plan, journal, files, options.speech);
}

} // namespace

Command addResumeCommand(CLI::App& program)
{
    CLI::App* app = program.add_subcommand("resume", kDescription)->footer(kExamples);
    const auto options = std::make_shared<ResumeOptions>();
    addText(*app, "RUN", "", options->run, "journal, report or output folder of the run")->required();
    present(addSwitch(*app, "--json", options->speech.json, "print the report as JSON on standard output"), "Output");
    present(addSwitch(*app, "--quiet", options->speech.quiet, "no progress and no summary; the exit status tells"),
            "Output");
    return {app, [options] { return resume(*options); }};
}

} // namespace headroom::cli
