// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/resume_command.h"

#include "app/cli/arguments.h"
#include "core/launch/device_choice.h"
#include "core/launch/journal_lookup.h"
#include "core/launch/output_files.h"
#include "core/launch/run_lookup.h"
#include "core/launch/set_up_error.h"
#include "core/launch/side_workers.h"
#include "app/cli/run_options.h"
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
    "  headroom-cli resume last                         the run of the history that began last\n"
    "\n"
    "Exit status: as validate's.";

struct ResumeOptions
{
    std::string run;
    std::string history;
    Speech speech;
};

/// Whether \a run is a name in the file system rather than one of the history.
bool isPlace(const std::string& run)
{
    std::error_code error;
    return isJournalName(run) || std::filesystem::exists(run, error);
}

/// The journal to go on with. \throws SetUpError when the history knows the run by its report alone.
std::filesystem::path journalOf(const ResumeOptions& options)
{
    if (isPlace(options.run))
    {
        return findJournal(options.run);
    }
    const FoundRun found = findRun(options.run, runFolderOf(options.history));
    if (!isJournalName(found.file))
    {
        throw SetUpError(
            fmt::format("{} was imported without a journal, so there is nothing to go on with.", found.run));
    }
    return found.file;
}

/// Beside the journal; of a run of the history nowhere: its folder holds journals, and reports are written of them.
OutputFiles filesOf(const ResumeOptions& options, const std::filesystem::path& journal)
{
    if (isPlace(options.run))
    {
        return outputFilesOfJournal(journal);
    }
    OutputFiles files;
    files.journal = journal;
    return files;
}

int resume(const ResumeOptions& options)
{
    const std::filesystem::path path = journalOf(options);
    const auto events = readJournal(path).events;
    const Plan plan = planOf(events, path);
    const OutputFiles files = filesOf(options, path);
    const Report before = foldEvents(events);
    const auto left = remainingJobs(plan, events);
    if (left.empty() && before.finished && before.finished->outcome != Outcome::Cancelled)
    {
        fmt::print(stderr, "All {} jobs are finished{}.\n", plan.jobs.size(),
                   files.json.empty() ? "" : "; the report is written again");
        return finishReport(before, files, options.speech);
    }
    Supervisor supervisor(workerFor(plan));
    const Circumstances machine = describeMachine(supervisor);
    if (const auto note = otherMachineNote(before, machine, chooseDevice(machine, plan.device)))
    {
        fmt::print(stderr, "{}\n", *note);
    }
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
    addText(*app, "RUN", "", options->run,
            "journal, report or output folder of the run; or its id, the beginning of it, a tag, last")
        ->required();
    declareHistory(*app, options->history);
    declareSpeech(*app, options->speech, "print the report as JSON on standard output");
    return {app, [options] { return resume(*options); }};
}

} // namespace headroom::cli
