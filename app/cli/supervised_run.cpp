// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/supervised_run.h"

#include "app/cli/interrupt.h"
#include "core/launch/advised_run.h"
#include "core/launch/kept_journal.h"
#include "app/cli/progress_display.h"
#include "app/cli/run_options.h"
#include "core/launch/set_up_error.h"
#include "app/cli/terminal.h"
#include "core/report/fold.h"
#include "core/report/json_report.h"
#include "core/report/terminal_report.h"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

#include <fmt/format.h>

#include <unistd.h>

namespace headroom::cli
{
namespace
{

void sayCancelled(const Report& report, const OutputFiles& files)
{
    const auto done =
        std::count_if(report.jobs.begin(), report.jobs.end(),
                      [](const JobReport& job) { return job.finished && job.result.outcome != Outcome::Cancelled; });
    fmt::print(stderr,
               "Cancelled after {} of {} jobs. The report holds what was finished; `headroom-cli resume {}` goes on.\n",
               done, report.jobs.size(), files.journal.string());
}

void saySummary(const Report& report, const OutputFiles& files)
{
    const Terminal terminal = lookAtTerminal(STDOUT_FILENO);
    fmt::print("{}\n", writeTerminalReport(report, terminal.format(), terminal.layout()));
    if (files.json.empty())
    {
        fmt::print("The history keeps it; `headroom-cli history export {} FILE` writes its report.\n", report.run);
        return;
    }
    fmt::print("Report: {} (with .md, .csv and .journal.jsonl beside it)\n", files.json.string());
}

} // namespace

int finishReport(const Report& report, const OutputFiles& files, Speech speech)
{
    std::string json;
    try
    {
        json = files.json.empty() ? writeJsonReport(report) : writeReports(files, report);
    }
    catch (const std::exception& error)
    {
        throw std::runtime_error(
            fmt::format("{} The run itself is safe in {}; `headroom-cli resume {}` writes its report again.",
                        error.what(), files.journal.string(), files.journal.string()));
    }
    if (report.finished && report.finished->outcome == Outcome::Cancelled)
    {
        sayCancelled(report, files);
    }
    if (speech.json)
    {
        fmt::print("{}", json);
    }
    else if (!speech.quiet)
    {
        saySummary(report, files);
    }
    return static_cast<int>(report.conclusion);
}

int runToReport(Supervisor& supervisor, const Plan& plan, Journal& journal, const OutputFiles& files, Speech speech)
{
    ReportFold fold;
    for (const Event& event : journal.earlierEvents())
    {
        fold.apply(event);
    }
    {
        ProgressDisplay progress(plan, journal.earlierEvents(), lookAtTerminal(STDERR_FILENO), speech.quiet);
        const Interrupt interrupt(
            [&]
            {
                progress.say("Cancelling; what is finished is kept. Ctrl-C again ends at once.");
                supervisor.cancel();
            });
        const EventSink sink = [&](const Event& event)
        {
            fold.apply(event);
            progress.take(event);
        };
        runWithAdvice(supervisor, plan, journal, sink);
    }
    const Report& report = fold.report();
    if (report.conclusion == Conclusion::SetUpError)
    {
        throw SetUpError(report.conclusionReasons.empty() ? "The run could not start; see `headroom-cli doctor`."
                                                          : report.conclusionReasons.front());
    }
    if (const auto problem = keepMeasuredPeaks(report))
    {
        fmt::print(stderr, "{}\n", *problem);
    }
    return finishReport(report, files, speech);
}

int runNewPlan(Supervisor& supervisor, const Plan& plan, const OutputFiles& files, const OutputOptions& output)
{
    NewFolder folder(files.folder());
    if (output.force)
    {
        removeEarlier(files);
    }
    removeDeadLink(files.journal);
    KeptJournal kept;
    if (!output.noHistory)
    {
        kept = keepJournal(runFolderOf(output.history), plan.command, files.journal);
    }
    if (!kept.note.empty())
    {
        fmt::print(stderr, "{}\n", kept.note);
    }
    try
    {
        Journal journal = Journal::open(files.journal);
        const int status = runToReport(supervisor, plan, journal, files, output.speech);
        folder.keep();
        return status;
    }
    catch (const SetUpError&)
    {
        std::error_code error;
        std::filesystem::remove(files.journal, error); // nothing of the plan was run
        std::filesystem::remove(kept.file, error);
        throw;
    }
}

} // namespace headroom::cli
