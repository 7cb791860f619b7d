// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/cost_tables.h"

#include "core/report/case_cells.h"
#include "core/report/shared_cases.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

namespace headroom
{
namespace
{

constexpr double kNsPerSecond = 1e9;
constexpr double kSecondsPerHour = 3600;
constexpr double kLeastByFormat = 0.1; ///< what is smaller would lose digits
constexpr int kMostDecimals = 12;
constexpr const char* kUnverified = " *";

std::string digits(double value, const Format& format)
{
    if (!std::isfinite(value) || value <= 0 || value >= kLeastByFormat)
    {
        const std::string text = format.rate(value, "");
        return text.substr(0, text.find_last_not_of(' ') + 1);
    }
    const int decimals = std::min(kMostDecimals, 2 - static_cast<int>(std::floor(std::log10(value))));
    return fmt::format("{:.{}f}", value, decimals);
}

Cell moneyCell(const std::optional<double>& value, const std::string& currency, const Format& format)
{
    return value ? Cell(moneyText({*value, std::nullopt}, currency, format)) : Cell(format.dash(), Tone::Muted);
}

/// One row of a table of cases: a cell for each report.
struct CostRow
{
    std::string title;
    bool images = false;
    std::vector<Cell> cells;
};

Cell caseCell(const PricedReport& priced, const CaseCost& cost, const Format& format)
{
    if (!cost.total)
    {
        return {format.dash(), Tone::Muted};
    }
    const bool verified = priced.report->cases[cost.index].accuracy == AccuracyVerdict::Passed;
    return {moneyText(*cost.total, {}, format) + (verified ? "" : kUnverified), verified ? Tone::Plain : Tone::Muted};
}

Table tableOf(const std::vector<PricedReport>& all, const std::vector<CostRow>& rows, bool images, const Format& format)
{
    Table table;
    table.title = fmt::format("What {} cost, in {}, with the time's 95 % interval",
                              images ? "a thousand images" : "a million tokens",
                              all.empty() ? std::string() : format.plain(all.front().cost.currency));
    table.columns = {{"case"}};
    bool unverified = false;
    for (const auto& priced : all)
    {
        table.columns.push_back({priced.label, Align::Right});
    }
    for (const auto& row : rows)
    {
        if (row.images == images)
        {
            std::vector<Cell> cells{Cell(row.title)};
            cells.insert(cells.end(), row.cells.begin(), row.cells.end());
            unverified = unverified || std::any_of(cells.begin() + 1, cells.end(),
                                                   [](const Cell& cell) { return cell.text.ends_with(kUnverified); });
            table.rows.push_back(std::move(cells));
        }
    }
    if (unverified)
    {
        table.notes.push_back(fmt::format("{}: its numbers are not verified.", std::string(kUnverified).substr(1)));
    }
    return table;
}

bool hasAnyPrice(const std::vector<PricedReport>& all)
{
    return std::any_of(all.begin(), all.end(),
                       [](const PricedReport& priced)
                       {
                           return std::any_of(priced.cost.cases.begin(), priced.cost.cases.end(),
                                              [](const CaseCost& cost) { return cost.total.has_value(); });
                       });
}

} // namespace

std::string moneyText(const Amount& amount, const std::string& currency, const Format& format)
{
    const std::string unit = currency.empty() ? std::string() : " " + format.plain(currency);
    const std::string value = digits(amount.value, format) + unit;
    if (!amount.interval)
    {
        return value;
    }
    const std::string low = digits(amount.interval->low, format);
    const std::string high = digits(amount.interval->high, format);
    return low == high ? value : fmt::format("{} ({} {} {})", value, low, format.dash(), high);
}

Table runCostTable(const std::vector<PricedReport>& all, const Format& format)
{
    Table table;
    table.title = "What the runs cost";
    table.columns = {{"run"},
                     {"an hour", Align::Right},
                     {"wall", Align::Right},
                     {"costs", Align::Right},
                     {"timed", Align::Right},
                     {"costs", Align::Right},
                     {"energy", Align::Right},
                     {"costs", Align::Right}};
    for (const auto& priced : all)
    {
        const RunCost& run = priced.cost.run;
        const std::string& currency = priced.cost.currency;
        table.rows.push_back(
            {Cell(priced.label), moneyCell(priced.cost.perHour, currency, format),
             Cell(format.duration(run.wallSeconds * kNsPerSecond)), moneyCell(run.wallCost, currency, format),
             Cell(format.duration(run.deviceSeconds * kNsPerSecond)), moneyCell(run.deviceCost, currency, format),
             run.joules ? Cell(format.metric(*run.joules / kSecondsPerHour, "Wh")) : Cell(format.dash(), Tone::Muted),
             moneyCell(run.energyCost, currency, format)});
        if (!priced.cost.perHour)
        {
            table.notes.push_back(
                fmt::format("{}: no price of an hour fits the device {}.", priced.label,
                            priced.cost.device.empty() ? "that is not recorded" : "\"" + priced.cost.device + "\""));
        }
    }
    return table;
}

std::vector<Table> caseCostTables(const std::vector<PricedReport>& all, const CaseFilter& filter, const Format& format)
{
    std::vector<CostRow> rows;
    std::map<std::string, std::size_t> places;
    for (std::size_t at = 0; at < all.size(); ++at)
    {
        for (const auto& cost : all[at].cost.cases)
        {
            const Case& measured = all[at].report->cases[cost.index].measured;
            if (!filter.keeps(measured))
            {
                continue;
            }
            const auto [place, isNew] = places.try_emplace(meetingId(measured), rows.size());
            if (isNew)
            {
                rows.push_back({describeWithSide(measured), cost.images,
                                std::vector<Cell>(all.size(), Cell(format.dash(), Tone::Muted))});
            }
            Cell& cell = rows[place->second].cells[at];
            const bool first = cell == Cell(format.dash(), Tone::Muted); // measured twice: the first job's counts
            cell = first ? caseCell(all[at], cost, format) : cell;
        }
    }
    std::vector<Table> tables;
    for (const bool images : {false, true})
    {
        if (Table table = tableOf(all, rows, images, format); !table.rows.empty() && hasAnyPrice(all))
        {
            tables.push_back(std::move(table));
        }
    }
    return tables;
}

Json costJson(const PricedReport& priced, const CaseFilter& filter)
{
    Json json = priced.cost;
    json["label"] = priced.label;
    Json cases = Json::array();
    for (const auto& cost : priced.cost.cases)
    {
        const CaseReport& row = priced.report->cases[cost.index];
        if (filter.keeps(row.measured))
        {
            Json one = cost;
            one["id"] = meetingId(row.measured);
            one["case"] = describeWithSide(row.measured);
            one["job"] = row.jobId;
            one["unit"] = cost.images ? "1000 images" : "1000000 tokens";
            one["accuracy"] = row.accuracy;
            cases.push_back(std::move(one));
        }
    }
    json["cases"] = std::move(cases);
    return json;
}

Json costsJson(const std::vector<PricedReport>& all, const CaseFilter& filter)
{
    Json runs = Json::array();
    for (const auto& priced : all)
    {
        runs.push_back(costJson(priced, filter));
    }
    return Json{{"currency", all.front().cost.currency}, {"runs", std::move(runs)}};
}

} // namespace headroom
