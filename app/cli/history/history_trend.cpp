// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/history/history_parts.h"

#include "app/cli/arguments.h"
#include "app/cli/run_options.h"
#include "app/cli/terminal.h"
#include "core/history/trend.h"
#include "core/launch/set_up_error.h"
#include "core/report/table.h"
#include "core/report/unlike_circumstances.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <unistd.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kDescription =
    "Show how the time of a case went over the runs, where it changed, and what else did\n"
    "Of several cases that fit, how each went.";

constexpr const char* kExamples =
    "Examples\n"
    "  headroom-cli history trend                        every case, those in most runs first\n"
    "  headroom-cli history trend flash forward float32  cases whose title has these words\n"
    "  headroom-cli history trend 53b5d0fab6d3fd09       one case, by its id in a report\n"
    "\n"
    "Exit status: 0, also when nothing changed; 3 usage or set-up error.";

constexpr std::size_t kBar = 24;            ///< columns of the longest bar
constexpr std::size_t kMostDifferences = 6; ///< of circumstances below a change
constexpr std::size_t kMostCases = 20;
constexpr std::int64_t kMostRuns = 50; ///< of one case

struct TrendOptions
{
    std::vector<std::string> words;
    FilterOptions which;
    ChangePointRule rule;
    std::optional<std::int64_t> atMost;
    bool json = false;
};

bool fits(const IndexedCase& one, const std::vector<std::string>& words)
{
    const std::string title = " " + one.title + " ";
    return std::all_of(words.begin(), words.end(),
                       [&](const std::string& word)
                       { return one.caseId.starts_with(word) || title.find(" " + word + " ") != std::string::npos; });
}

/// Of a level \a ratio times as long: "25 % slower" of 1.25, "25 % faster" of 0.8.
std::string changeText(double ratio, const Format& format)
{
    return ratio > 1 ? format.percent(ratio - 1) + " slower" : format.percent(1 / ratio - 1) + " faster";
}

std::string bar(double value, double lowest, double highest, const Format& format)
{
    const double share = highest > lowest ? (value - lowest) / (highest - lowest) : 0.5;
    const auto length = 1 + static_cast<std::size_t>(std::lround(share * static_cast<double>(kBar - 1)));
    std::string text;
    for (std::size_t i = 0; i < length; ++i)
    {
        text += format.ascii() ? "=" : "▪";
    }
    return text;
}

std::vector<std::string> reasonsOf(const TrendChange& change, const Format& format)
{
    std::vector<std::string> reasons;
    if (!change.ranBefore.empty())
    {
        reasons.push_back(fmt::format("backend that ran: {} before, {} after", change.ranBefore, change.ranAfter));
    }
    std::size_t more = 0;
    for (const CircumstanceDifference& one : change.differences)
    {
        if (!one.matters)
        {
            continue;
        }
        if (reasons.size() == kMostDifferences)
        {
            ++more;
            continue;
        }
        reasons.push_back(fmt::format("{}: {} before, {} after", circumstanceName(one.name),
                                      circumstanceValue(one.name, one.first, format),
                                      circumstanceValue(one.name, one.second, format)));
    }
    if (more > 0)
    {
        reasons.push_back(fmt::format("and {} more; see headroom-cli diff-fingerprint {} {}", more, change.runBefore,
                                      change.runAfter));
    }
    if (!change.unknown.empty())
    {
        reasons.push_back(change.unknown);
    }
    if (reasons.empty())
    {
        reasons.emplace_back("nothing that Headroom records differs");
    }
    return reasons;
}

/// The last \a atMost runs, beside bars over all of them.
Table tableOf(const Trend& trend, std::size_t atMost, const Format& format)
{
    const auto [lowest, highest] = std::minmax_element(trend.points.begin(), trend.points.end(),
                                                       [](const DatedFigure& a, const DatedFigure& b)
                                                       { return a.figure.medianNs < b.figure.medianNs; });
    Table table;
    table.title = fmt::format("{} on {} ({})", trend.title, trend.device, trend.caseId);
    table.columns = {{"run"}, {"median", Align::Right}, {"n", Align::Right}, {"fastest to slowest"}, {"change"}};
    const std::size_t begin = trend.points.size() - std::min(trend.points.size(), atMost);
    for (std::size_t i = begin; i < trend.points.size(); ++i)
    {
        const DatedFigure& point = trend.points[i];
        const auto change = std::find_if(trend.changes.begin(), trend.changes.end(),
                                         [&](const TrendChange& one) { return one.point.index == i; });
        Cell mark;
        if (change != trend.changes.end())
        {
            mark = {changeText(change->point.ratio, format), change->point.ratio > 1 ? Tone::Bad : Tone::Good};
        }
        table.rows.push_back(
            {point.run, format.duration(point.figure.medianNs, point.figure.intervalNs), format.count(point.figure.n),
             bar(point.figure.medianNs, lowest->figure.medianNs, highest->figure.medianNs, format), mark});
    }
    if (begin > 0)
    {
        table.notes.push_back(fmt::format("The last {} of {} runs; --at-most shows more.", trend.points.size() - begin,
                                          trend.points.size()));
    }
    return table;
}

void printOne(const Trend& trend, const ChangePointRule& rule, std::size_t atMost, const Terminal& terminal)
{
    const Format format = terminal.format();
    fmt::print("{}", textTable(tableOf(trend, atMost, format), terminal.layout()));
    for (const TrendChange& change : trend.changes)
    {
        fmt::print("\n{} from {} on ({} before; p = {:.3f}):\n", capitalised(changeText(change.point.ratio, format)),
                   change.runAfter, change.runBefore, change.point.pValue);
        for (const std::string& reason : reasonsOf(change, format))
        {
            fmt::print("{}", paragraph("  ", format.plain(reason), terminal.layout()));
        }
    }
    if (trend.changes.empty())
    {
        const std::size_t fewest = 2 * rule.shortestSegment;
        fmt::print("\n{}\n", trend.points.size() < fewest
                                 ? fmt::format("A change of level is looked for from {} runs on; here are {}.", fewest,
                                               trend.points.size())
                                 : fmt::format("No change of level is found in {} runs.",
                                               format.count(static_cast<std::int64_t>(trend.points.size()))));
    }
    if (trend.otherDevices > 0)
    {
        fmt::print("{} of other devices left out; --device chooses.\n", format.plural(trend.otherDevices, "figure"));
    }
}

void printMany(const std::vector<Trend>& trends, std::size_t cases, const Terminal& terminal)
{
    const Format format = terminal.format();
    Table table;
    table.columns = {{"case"}, {"what"}, {"runs", Align::Right}, {"last median", Align::Right}, {"last change"}};
    for (const Trend& trend : trends)
    {
        const auto runs = format.count(static_cast<std::int64_t>(trend.points.size()));
        const std::string change = trend.changes.empty()
                                       ? format.dash()
                                       : fmt::format("{} at {}", changeText(trend.changes.back().point.ratio, format),
                                                     trend.changes.back().runAfter);
        table.rows.push_back(
            {trend.caseId, format.plain(trend.title), runs,
             trend.points.empty() ? format.dash() : format.duration(trend.points.back().figure.medianNs), change});
    }
    if (trends.size() < cases)
    {
        table.notes.push_back(fmt::format("{} of {} cases; more words choose among them.", trends.size(), cases));
    }
    table.notes.emplace_back("`headroom-cli history trend CASE` shows one with its runs.");
    fmt::print("{}", textTable(table, terminal.layout()));
}

int trend(const TrendOptions& options)
{
    checkAtMost(options.atMost);
    RunIndex index = readIndex(runFolderOf(options.which.history));
    std::vector<IndexedCase> cases = index.cases(options.which.filter);
    std::erase_if(cases, [&](const IndexedCase& one) { return !fits(one, options.words); });
    if (cases.empty() && options.words.empty())
    {
        throw SetUpError(fmt::format("No run in {} has a figure{}.", index.folder().path().string(),
                                     options.which.filter == RunFilter{}
                                         ? " yet; every run that times something makes some"
                                         : " that these options let pass"));
    }
    if (cases.empty())
    {
        throw SetUpError(fmt::format("No run in {} has a figure of such a case; `headroom-cli history trend` without "
                                     "words lists the cases.",
                                     index.folder().path().string()));
    }
    const std::size_t shown = options.json ? cases.size() : std::min(cases.size(), kMostCases);
    std::vector<Trend> trends;
    for (std::size_t i = 0; i < shown; ++i)
    {
        trends.push_back(trendOf(index, cases[i].caseId, options.which.filter, options.rule));
    }
    const Terminal terminal = lookAtTerminal(STDOUT_FILENO);
    if (options.json)
    {
        fmt::print("{}\n", toJsonDocument(Json(trends)));
    }
    else if (cases.size() == 1)
    {
        printOne(trends.front(), options.rule, static_cast<std::size_t>(options.atMost.value_or(kMostRuns)), terminal);
    }
    else
    {
        printMany(trends, cases.size(), terminal);
    }
    return kDone;
}

void takeEffect(double share, ChangePointRule& rule)
{
    if (!(share >= 0 && share < 1))
    {
        throw std::invalid_argument("a share from 0 to 1 is needed, such as 0.01");
    }
    rule.minimumEffect = share;
}

} // namespace

Command addHistoryTrend(CLI::App& history)
{
    CLI::App* app = history.add_subcommand("trend", kDescription)->footer(kExamples);
    const auto options = std::make_shared<TrendOptions>();
    addTexts(*app, "WORD", options->words, "words of a case's title, or the beginning of its id");
    declareFilter(*app, options->which);
    present(addText(
                *app, "--minimum-effect", "SHARE",
                [options](const std::string& text) { takeEffect(number(text), options->rule); },
                "the least change of level that is one"),
            "Output", fmt::format("{}", options->rule.minimumEffect));
    present(addNumber(*app, "--at-most", options->atMost, "of one case: the last runs that are printed"), "Output",
            fmt::format("{}, and all with --json", kMostRuns));
    present(addSwitch(*app, "--json", options->json, "print points and changes of each case as JSON"), "Output");
    return {app, [options] { return trend(*options); }};
}

} // namespace headroom::cli
