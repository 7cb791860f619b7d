// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/compare_command.h"

#include "app/cli/arguments.h"
#include "app/cli/case_filter_option.h"
#include "app/cli/opened_report.h"
#include "app/cli/run_options.h"
#include "app/cli/terminal.h"
#include "core/launch/price_file.h"
#include "core/launch/set_up_error.h"
#include "core/report/comparison_document.h"
#include "core/report/cost_tables.h"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <unistd.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kDescription =
    "Compare runs like for like, case by case, with the first\n"
    "Unlike circumstances are named first, and there is no verdict across them. Needs no LibTorch.";

constexpr const char* kExamples =
    "Examples\n"
    "  headroom-cli compare before.json after.json\n"
    "  headroom-cli compare last~1 last\n"
    "  headroom-cli compare before.json after.json --filter 'backend=flash,seq>=4k' --changes\n"
    "  headroom-cli compare h100.json h200.json --force            verdicts although the devices differ\n"
    "  headroom-cli compare before.json after.json --markdown > comparison.md\n"
    "\n"
    "Exit status: 0 when nothing is slower or wrong; 1 when something is slower, less accurate or has no time any "
    "more, or another backend ran; 2 when it cannot be told; 3 when a run cannot be read, or --filter matches "
    "nothing.";

constexpr const char* kHow = "How they are compared";
constexpr const char* kOutput = "Output";

struct CompareOptions
{
    std::vector<std::string> runs;
    ComparisonRequest request;
    bool changes = false;
    std::string history;
    bool json = false;
    bool markdown = false;
};

struct ComparedRuns
{
    std::vector<Report> reports;
    ComparisonDocument document;
};

ComparedRuns comparedRuns(const CompareOptions& options)
{
    ComparedRuns runs;
    std::vector<std::string> names;
    for (OpenedRun& run : openRuns(options.runs, runFolderOf(options.history)))
    {
        names.push_back(std::move(run.name));
        runs.reports.push_back(std::move(run.report));
    }
    if (runs.reports.size() < 2)
    {
        throw SetUpError(fmt::format("compare needs two runs or more, and {} is the only one that was named.",
                                     names.empty() ? "none" : names.front()));
    }
    const CaseFilter& filter = options.request.filter;
    if (!filter.empty() &&
        std::ranges::none_of(runs.reports, [&](const Report& report) { return keepsAny(filter, report); }))
    {
        refuseFilterOfNothing();
    }
    try
    {
        runs.document = compareAll(runs.reports, names, options.request);
        return runs;
    }
    catch (const std::invalid_argument& error)
    {
        throw SetUpError(capitalised(error.what()) + ".");
    }
}

/// What the runs cost, where the user keeps prices that fit one of them; the comparison stands without.
std::vector<PricedReport> pricedRuns(const ComparedRuns& runs)
{
    std::vector<PricedReport> priced;
    try
    {
        const auto prices = keptPrices();
        for (std::size_t at = 0; prices && at < runs.reports.size(); ++at)
        {
            priced.push_back({runs.document.reports[at].label, &runs.reports[at], costOf(runs.reports[at], *prices)});
        }
    }
    catch (const SetUpError& error)
    {
        fmt::print(stderr, "No costs: {}\n", error.what());
    }
    return std::ranges::any_of(priced, [](const PricedReport& one) { return isPriced(one.cost); })
               ? priced
               : std::vector<PricedReport>();
}

std::vector<Table> costTables(const ComparedRuns& runs, const CaseFilter& filter, const Format& format)
{
    const std::vector<PricedReport> priced = pricedRuns(runs);
    if (priced.empty())
    {
        return {};
    }
    std::vector<Table> tables = caseCostTables(priced, filter, format);
    tables.insert(tables.begin(), runCostTable(priced, format));
    return tables;
}

void printText(const ComparedRuns& runs, const CompareOptions& options)
{
    const Terminal terminal = lookAtTerminal(STDOUT_FILENO);
    const Format format = terminal.format();
    fmt::print("{}", writeComparisonText(runs.document, format, terminal.layout(), options.changes,
                                         "--force gives verdicts all the same."));
    for (const Table& table : costTables(runs, options.request.filter, format))
    {
        fmt::print("\n{}", textTable(table, terminal.layout()));
    }
}

int compareRuns(const CompareOptions& options)
{
    if (options.json && options.markdown)
    {
        throw SetUpError("Choose one of --json and --markdown.");
    }
    const ComparedRuns runs = comparedRuns(options);
    if (options.json)
    {
        Json json = comparisonJson(runs.document);
        const std::vector<PricedReport> priced = pricedRuns(runs);
        json["costs"] = priced.empty() ? Json() : costsJson(priced, options.request.filter);
        fmt::print("{}\n", toJsonDocument(json));
    }
    else if (options.markdown)
    {
        fmt::print("{}", writeComparisonMarkdown(runs.document, options.changes));
        for (const Table& table : costTables(runs, options.request.filter, Format()))
        {
            fmt::print("\n{}", markdownTable(table));
        }
    }
    else
    {
        printText(runs, options);
    }
    return static_cast<int>(concludeComparison(runs.document));
}

void declareRule(CLI::App& app, ComparisonRule& rule)
{
    present(addNumber(app, "--confidence", rule.confidence, "of the intervals, between 0 and 1"), kHow, "0.95");
    present(addNumber(app, "--min-effect", rule.minimumEffect, "smallest difference that counts as one, as a share"),
            kHow, "0.01");
}

} // namespace

Command addCompareCommand(CLI::App& program)
{
    CLI::App* app = program.add_subcommand("compare", kDescription)->footer(kExamples);
    const auto options = std::make_shared<CompareOptions>();
    declareRuns(*app, options->runs,
                "reports, journals, or runs of the history by id, last~N or tag, two or more; the "
                "first is what the others are compared with");
    declareFilter(*app, options->request.filter, kHow);
    declareRule(*app, options->request.rule);
    present(addSwitch(*app, "--force", options->request.force,
                      "give verdicts of time although circumstances are unlike; a difference may then be theirs"),
            kHow);
    present(addSwitch(*app, "--changes", options->changes, "list only the cases in which something changed"), kOutput);
    declareHistory(*app, options->history);
    present(addSwitch(*app, "--json", options->json, "print the comparison as JSON"), kOutput);
    present(addSwitch(*app, "--markdown", options->markdown, "print it as a Markdown document"), kOutput);
    return {app, [options] { return compareRuns(*options); }};
}

} // namespace headroom::cli
