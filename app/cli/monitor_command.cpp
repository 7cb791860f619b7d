// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/monitor_command.h"

#include "app/cli/arguments.h"
#include "app/cli/interrupt.h"
#include "app/cli/metrics_server.h"
#include "app/cli/opened_report.h"
#include "app/cli/repeated_plan.h"
#include "app/cli/run_options.h"
#include "app/cli/terminal.h"
#include "core/history/run_marks.h"
#include "core/launch/baseline_runs.h"
#include "core/launch/monitor.h"
#include "core/launch/monitor_metrics.h"
#include "core/launch/run_lookup.h"
#include "core/launch/set_up_error.h"
#include "core/launch/worker_lookup.h"
#include "core/report/report_tables.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <unistd.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kDescription = "Repeat a run's plan on a schedule, and raise an alarm when a verdict changes\n"
                                     "Each repetition is a run of the history, in a worker of its own. Ctrl-C ends it.";

constexpr const char* kExamples =
    "Examples\n"
    "  headroom-cli monitor last --every 10m\n"
    "  headroom-cli monitor results/flash_attention/flash_attention_validation.json --every 1h --listen 9464\n"
    "  headroom-cli monitor last --every 30s --count 20 --quiet      20 repetitions, alarms alone\n"
    "\n"
    "The first repetitions are the reference, or the runs of a --baseline; after them the last few are compared with "
    "it.\n"
    "\n"
    "Exit status: 0 when it ended and raised no alarm; 1 when it raised one; 2 when it ended before any case had a "
    "verdict; 3 for a usage or set-up error.";

constexpr const char* kWhen = "When it repeats";
constexpr const char* kAgainst = "What it is compared with";
constexpr const char* kOutput = "Output";

struct MonitorOptions
{
    std::string run;
    MonitorSchedule schedule;
    MonitorRule rule;
    std::optional<std::int64_t> reference;
    std::string baseline;
    bool force = false;
    std::optional<ListenAddress> listen;
    std::string history;
    std::string tag = "monitor";
    bool json = false;
    bool quiet = false;
};

RunFolder usableFolder(const MonitorOptions& options)
{
    RunFolder folder = runFolderOf(options.history);
    if (folder.path().empty())
    {
        throw SetUpError("There is no home folder to keep runs in; name one with --history.");
    }
    std::error_code error;
    std::filesystem::create_directories(folder.path(), error);
    if (error || ::access(folder.path().c_str(), W_OK) != 0)
    {
        throw SetUpError(fmt::format("{} cannot be written, where the repetitions are to be kept; choose another with "
                                     "--history.",
                                     folder.path().string()));
    }
    return folder;
}

/// The runs of the baseline, as the reference of \a plan.
std::vector<Report> referenceOf(const MonitorOptions& options, const RunFolder& folder, const Plan& plan)
{
    BaselineRuns baseline = openBaseline(options.baseline, folder);
    checkBaselineRuns(baseline.reports, options.force ? FailedRuns::Taken : FailedRuns::Refused);
    if (planAgain(baseline.reports.front()).jobs != plan.jobs && !options.force)
    {
        throw SetUpError(
            fmt::format("The baseline {} is of another plan than {}, so its runs say nothing of what would "
                        "be repeated. Monitor one of its own runs, {}, or compare the cases that both have "
                        "with --force.",
                        options.baseline, options.run, baseline.reports.front().run));
    }
    return std::move(baseline.reports);
}

MonitorFold foldFor(const MonitorOptions& options, const RunFolder& folder, const Plan& plan, std::string startedUtc)
{
    if (options.reference && !options.baseline.empty())
    {
        throw SetUpError("--reference counts first repetitions, and with --baseline its runs are the reference; give "
                         "one of the two.");
    }
    MonitorRule rule = options.rule;
    rule.reference = options.reference.value_or(rule.reference);
    if (rule.reference < 2 || rule.window < 2)
    {
        throw SetUpError("--reference and --window are two or more: one run says nothing of how much runs differ.");
    }
    if (options.schedule.count && *options.schedule.count < 1)
    {
        throw SetUpError("--count is one or more.");
    }
    try
    {
        MonitorFold fold(rule, options.schedule, std::move(startedUtc));
        if (!options.baseline.empty())
        {
            fold.setReference(referenceOf(options, folder, plan));
        }
        return fold;
    }
    catch (const std::invalid_argument& error)
    {
        throw SetUpError(capitalised(error.what()) + ".");
    }
}

std::string outcomeOf(const MonitorRepetition& repetition)
{
    return repetition.report ? spaced(toString(repetition.report->conclusion)) : std::string("could not be made");
}

/// "9 the same, 1 slower; 2 not told", of the verdicts that hold.
std::string verdictsText(const MonitorState& state)
{
    if (state.isLearning())
    {
        return fmt::format("reference {} of {}", state.referenceRuns, state.rule.reference);
    }
    std::string text;
    for (const auto& [verdict, name] : EnumNames<ComparisonVerdict>::names)
    {
        const auto count =
            std::count_if(state.cases.begin(), state.cases.end(),
                          [verdict = verdict](const MonitorCase& one) { return one.verdict == verdict; });
        text += count > 0 ? fmt::format("{}{} {}", text.empty() ? "" : ", ", count,
                                        verdict == ComparisonVerdict::CannotTell ? "not told" : name)
                          : std::string();
    }
    return text.empty() ? std::string("no case") : text;
}

std::vector<MonitorAlarm> alarmsOf(const MonitorState& state, std::int64_t repetition)
{
    std::vector<MonitorAlarm> alarms;
    std::copy_if(state.alarms.begin(), state.alarms.end(), std::back_inserter(alarms),
                 [repetition](const MonitorAlarm& alarm) { return alarm.repetition == repetition; });
    return alarms;
}

void printJson(const MonitorState& state, const MonitorRepetition& repetition, std::optional<double> secondsLeft)
{
    Json verdicts = Json::object();
    for (const auto& one : state.cases)
    {
        verdicts[one.id] = one.verdict;
    }
    const Json line{{"repetition", repetition.number},
                    {"utc", repetition.utc},
                    {"run", repetition.report ? Json(repetition.report->run) : Json()},
                    {"conclusion", repetition.report ? Json(repetition.report->conclusion) : Json()},
                    {"problem", repetition.problem},
                    {"missed", repetition.missed},
                    {"learning", state.isLearning()},
                    {"verdicts", std::move(verdicts)},
                    {"alarms", alarmsOf(state, repetition.number)},
                    {"standing", state.active.size()},
                    {"nextInSeconds", secondsLeft}};
    fmt::print("{}\n", toJsonLine(line));
}

void printText(const MonitorState& state, const MonitorRepetition& repetition, bool quiet,
               std::optional<double> secondsLeft)
{
    const Terminal terminal = lookAtTerminal(STDOUT_FILENO);
    const Format format = terminal.format();
    const TextLayout layout = terminal.layout();
    if (!quiet)
    {
        const std::string missed = repetition.missed > 0
                                       ? fmt::format(", {} missed before it", format.plural(repetition.missed, "time"))
                                       : std::string();
        fmt::print("{}  {} {}{}: {}{}\n", repetition.utc.substr(0, 19), repetition.number, outcomeOf(repetition),
                   missed, verdictsText(state),
                   secondsLeft ? fmt::format("; next in {}", textOfSeconds(*secondsLeft)) : std::string());
    }
    for (const auto& alarm : alarmsOf(state, repetition.number))
    {
        const std::string head = fmt::format("  {} {}: ", alarm.raised ? "ALARM" : "over", toString(alarm.kind));
        fmt::print("{}", coloured(paragraph(head, format.plain(alarm.text), layout),
                                  alarm.raised ? Tone::Bad : Tone::Good, layout));
    }
}

std::int64_t raisedIn(const MonitorState& state)
{
    std::int64_t all = 0;
    for (const std::int64_t count : state.raised)
    {
        all += count;
    }
    return all;
}

int statusOf(const MonitorState& state)
{
    const bool compared =
        std::any_of(state.cases.begin(), state.cases.end(),
                    [](const MonitorCase& one) { return one.verdict != ComparisonVerdict::CannotTell; });
    return static_cast<int>(raisedIn(state) > 0 ? Conclusion::Failed
                            : compared          ? Conclusion::Passed
                                                : Conclusion::CannotTell);
}

void sayEnd(const MonitorState& state)
{
    const Format format;
    fmt::print("{}: {} passed, {} failed, {} could not tell, {} could not be made. {} raised, {} standing.\n",
               format.plural(state.runs.all(), "repetition"), state.runs.passed, state.runs.failed,
               state.runs.cannotTell, state.runs.broken, format.plural(raisedIn(state), "alarm"), state.active.size());
    if (statusOf(state) != static_cast<int>(Conclusion::CannotTell))
    {
        return;
    }
    fmt::print("{}\n", state.isLearning()
                           ? fmt::format("Nothing was compared: the reference has {} of {} runs.", state.referenceRuns,
                                         state.rule.reference)
                           : std::string("No case has a verdict: its times vary too much for one, or too few "
                                         "repetitions were compared."));
}

int monitor(const MonitorOptions& options)
{
    const RunFolder folder = usableFolder(options);
    const FoundRun found = findRun(options.run, folder);
    const Plan plan = repeatablePlan(openRuns({options.run}, folder).front().report);
    if (!options.tag.empty())
    {
        checkTag(options.tag);
    }
    SteadyMonitorClock clock;
    MonitorFold fold = foldFor(options, folder, plan, clock.utc());
    const WorkerChoice worker = findWorker();
    checkDeviceOf(plan);
    std::optional<MetricsServer> server;
    const auto publish = [&](const MonitorState& state)
    {
        if (server)
        {
            server->publish(writePrometheusText(metricsOf(state)));
        }
    };
    if (options.listen)
    {
        server.emplace(*options.listen);
        publish(fold.state());
        fmt::print(stderr, "Metrics are at {}{}\n", metricsUrl(server->address()),
                   isLoopback(server->address()) ? "" : ", for everyone who reaches this machine");
    }
    if (!options.quiet)
    {
        fmt::print(stderr, "Repeating {} ({}) every {}; Ctrl-C ends it.\n", found.file.string(),
                   Format().plural(static_cast<std::int64_t>(plan.jobs.size()), "job"),
                   textOfSeconds(options.schedule.everySeconds));
    }
    RepeatedRuns runs(worker.command, folder);
    {
        const Interrupt interrupt(
            [&]
            {
                clock.stop();
                runs.cancel();
            });
        runMonitor(
            fold, clock, repeaterOf(runs, plan, folder, options.tag),
            [&](const MonitorState& state, const MonitorRepetition& repetition, std::optional<double> next)
            {
                publish(state);
                const auto left = next ? std::optional(std::max(0.0, *next - clock.elapsedSeconds())) : std::nullopt;
                options.json ? printJson(state, repetition, left) : printText(state, repetition, options.quiet, left);
                std::fflush(stdout); // a log file is read while the monitor runs
            });
    }
    if (!options.json && !options.quiet)
    {
        sayEnd(fold.state());
    }
    return statusOf(fold.state());
}

void declareSchedule(CLI::App& app, MonitorOptions& options)
{
    present(addText(
                app, "--every", "TIME",
                [&options](const std::string& text) { options.schedule.everySeconds = secondsFromText(text); },
                "from the start of one repetition to that of the next: 30s, 10m, 1h30m; a time that passes while one "
                "goes on is missed"),
            kWhen, "10m");
    present(addNumber(app, "--count", options.schedule.count, "repetitions; for ever without"), kWhen);
}

void declareComparison(CLI::App& app, MonitorOptions& options)
{
    present(addNumber(app, "--reference", options.reference, "first repetitions that are the reference"), kAgainst,
            "5");
    present(addText(app, "--baseline", "NAME|FILE|FOLDER", options.baseline,
                    "the runs of this baseline are the reference instead"),
            kAgainst);
    present(addSwitch(app, "--force", options.force,
                      "take a baseline whose runs failed by themselves, or are of another plan"),
            kAgainst);
    present(addNumber(app, "--window", options.rule.window, "last repetitions that are compared with it"), kAgainst,
            "3");
    present(addNumber(app, "--min-effect", options.rule.time.minimumEffect,
                      "smallest difference that counts as one, as a share"),
            kAgainst, "0.02");
}

} // namespace

Command addMonitorCommand(CLI::App& program)
{
    CLI::App* app = program.add_subcommand("monitor", kDescription)->footer(kExamples);
    const auto options = std::make_shared<MonitorOptions>();
    addText(*app, "RUN", "", options->run,
            "the run whose plan is repeated: a report, a journal, or a run of the history")
        ->required();
    declareSchedule(*app, *options);
    declareComparison(*app, *options);
    present(addText(
                *app, "--listen", "[HOST:]PORT",
                [options](const std::string& text) { options->listen = listenAddress(text); },
                "serve metrics for Prometheus there; a port alone is of the loopback address"),
            kOutput, "off");
    declareHistory(*app, options->history);
    present(addText(*app, "--tag", "NAME", options->tag, "of the repetitions in the history; \"\" for none"), kOutput,
            options->tag);
    present(addSwitch(*app, "--json", options->json, "a JSON line for each repetition"), kOutput);
    present(addSwitch(*app, "--quiet", options->quiet, "print alarms alone"), kOutput);
    return {app, [options] { return monitor(*options); }};
}

} // namespace headroom::cli
