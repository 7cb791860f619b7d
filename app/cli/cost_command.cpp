// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cost_command.h"

#include "app/cli/arguments.h"
#include "app/cli/case_filter_option.h"
#include "app/cli/opened_report.h"
#include "app/cli/run_options.h"
#include "app/cli/terminal.h"
#include "core/launch/price_file.h"
#include "core/launch/set_up_error.h"
#include "core/report/cost_tables.h"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <unistd.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kDescription =
    "Say what runs cost, and a million tokens through their cases, by your own prices\n"
    "Time times price and energy times price, side by side for several runs. Needs no LibTorch.";

constexpr const char* kExamples =
    "Examples\n"
    "  headroom-cli cost results/flash_attention/flash_attention_validation.json\n"
    "  headroom-cli cost h100.json h200.json --prices prices.json\n"
    "  headroom-cli cost last --json | jq '.runs[].cases[] | [.case, .total.value]'\n"
    "\n"
    "A file of prices: {\"currency\": \"EUR\", \"devices\": [{\"name\": \"*H200*\", \"perHour\": 3.2}], "
    "\"perKwh\": 0.31}\n"
    "\n"
    "Exit status: 0; 3 when a run or the prices cannot be read, no price fits any of "
    "the runs, or --filter matches nothing.";

struct CostOptions
{
    std::vector<std::string> runs;
    std::string prices;
    CaseFilter filter;
    std::string history;
    bool json = false;
};

std::string labelOf(std::size_t place)
{
    return place < 26 ? std::string(1, static_cast<char>('A' + place)) : fmt::format("#{}", place + 1);
}

void printJson(const std::vector<PricedReport>& priced, const std::vector<OpenedRun>& runs, const CaseFilter& filter)
{
    Json json = costsJson(priced, filter);
    for (std::size_t at = 0; at < runs.size(); ++at)
    {
        json["runs"][at]["name"] = runs[at].name;
    }
    fmt::print("{}\n", toJsonDocument(json));
}

void printTables(const std::vector<PricedReport>& priced, const std::vector<OpenedRun>& runs, const CaseFilter& filter)
{
    const Terminal terminal = lookAtTerminal(STDOUT_FILENO);
    const Format format = terminal.format();
    const TextLayout layout = terminal.layout();
    for (std::size_t at = 0; at < priced.size(); ++at)
    {
        const std::string& device = priced[at].cost.device;
        fmt::print("{}", paragraph(priced[at].label + "  ",
                                   format.plain(runs[at].name + (device.empty() ? "" : ", " + device)), layout));
    }
    fmt::print("\n{}", textTable(runCostTable(priced, format), layout));
    for (const auto& table : caseCostTables(priced, filter, format))
    {
        fmt::print("\n{}", textTable(table, layout));
    }
}

std::string whyNothingIsPriced(const std::filesystem::path& file, const Prices& prices, const std::string& device)
{
    const std::string_view advice = "add a device to it, {\"name\": \"*\", \"perHour\": PRICE} for all others.";
    if (prices.devices.empty())
    {
        return fmt::format("{} has a price of energy alone, and no energy was measured in these runs; {}",
                           file.string(), advice);
    }
    return fmt::format("No price in {} fits {}{}; {}", file.string(),
                       device.empty() ? "a report that names no device" : device,
                       prices.perKwh ? ", and no energy was measured" : "", advice);
}

int printCost(const CostOptions& options)
{
    const auto file = options.prices.empty() ? defaultPriceFile() : std::filesystem::path(options.prices);
    const Prices prices = readPrices(file);
    const std::vector<OpenedRun> runs = openRuns(options.runs, runFolderOf(options.history));
    std::vector<PricedReport> priced;
    for (const OpenedRun& run : runs)
    {
        priced.push_back({labelOf(priced.size()), &run.report, costOf(run.report, prices)});
    }
    const auto keeps = [&](const OpenedRun& run) { return keepsAny(options.filter, run.report); };
    if (!options.filter.empty() && std::ranges::none_of(runs, keeps))
    {
        refuseFilterOfNothing();
    }
    if (std::ranges::none_of(priced, [](const PricedReport& one) { return isPriced(one.cost); }))
    {
        throw SetUpError(whyNothingIsPriced(file, prices, priced.front().cost.device));
    }
    options.json ? printJson(priced, runs, options.filter) : printTables(priced, runs, options.filter);
    return kDone;
}

} // namespace

Command addCostCommand(CLI::App& program)
{
    CLI::App* app = program.add_subcommand("cost", kDescription)->footer(kExamples);
    const auto options = std::make_shared<CostOptions>();
    declareRuns(*app, options->runs, "reports, journals, or runs of the history by id, last~N or tag");
    present(addText(*app, "--prices", "FILE", options->prices, "your prices"), "What is priced",
            "headroom/prices.json in the user's configuration folder");
    declareFilter(*app, options->filter, "What is priced");
    declareHistory(*app, options->history);
    present(addSwitch(*app, "--json", options->json, "print the costs as JSON"), "Output");
    return {app, [options] { return printCost(*options); }};
}

} // namespace headroom::cli
