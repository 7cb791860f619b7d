// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/cost.h"

#include "core/report/case_cells.h"
#include "core/report/case_work.h"

#include <algorithm>
#include <numeric>

namespace headroom
{
namespace
{

constexpr double kNsPerSecond = 1e9;
constexpr double kSecondsPerHour = 3600;
constexpr double kJoulesPerKwh = 3.6e6;
constexpr double kTokens = 1e6;
constexpr double kImages = 1e3;

Interval scaled(const Interval& interval, double factor)
{
    return {interval.low * factor, interval.high * factor};
}

Amount plus(const Amount& time, const std::optional<Amount>& more)
{
    Amount sum = time;
    if (more)
    {
        sum.value += more->value;
        if (sum.interval)
        {
            sum.interval = Interval{sum.interval->low + more->value, sum.interval->high + more->value};
        }
    }
    return sum;
}

bool countsImages(const Subject& subject)
{
    const auto* input = std::get_if<ModelInput>(&subject);
    return input != nullptr && input->model.outline && input->model.outline->fixedSequence;
}

/// Passes that a million tokens, or a thousand images, are.
double passesOf(const Subject& subject, bool images)
{
    const auto batch = static_cast<double>(batchOf(subject));
    const double units = images ? batch : batch * static_cast<double>(sequenceOf(subject));
    return units > 0 ? (images ? kImages : kTokens) / units : 0;
}

CaseCost costOfCase(const CaseReport& row, std::size_t index, const ReportCost& prices)
{
    const LatencySummary& latency = row.wall ? *row.wall : *row.device;
    CaseCost cost;
    cost.index = index;
    cost.images = countsImages(row.measured.subject);
    const double passes = passesOf(row.measured.subject, cost.images);
    cost.seconds = passes * latency.medianNs / kNsPerSecond;
    if (prices.perHour)
    {
        const double perNs = passes / kNsPerSecond * *prices.perHour / kSecondsPerHour;
        cost.time =
            Amount{latency.medianNs * perNs,
                   latency.medianIntervalNs ? std::optional(scaled(*latency.medianIntervalNs, perNs)) : std::nullopt};
    }
    if (prices.perKwh && row.energy)
    {
        cost.energy = Amount{passes * row.energy->joulesPerRun * *prices.perKwh / kJoulesPerKwh, std::nullopt};
    }
    cost.total = cost.time ? std::optional(plus(*cost.time, cost.energy)) : cost.energy;
    return cost;
}

/// What the counter went up by from one reading to the next. Where it or its clock goes back, another machine went on
/// with the run, and nothing is known of what lies between.
std::optional<double> joulesOf(const Report& report)
{
    const Telemetry* before = nullptr;
    double joules = 0;
    for (const auto& reading : report.telemetry)
    {
        if (!reading.energyJ || !reading.atSeconds)
        {
            continue;
        }
        if (before != nullptr && *reading.energyJ >= *before->energyJ && *reading.atSeconds > *before->atSeconds)
        {
            joules += *reading.energyJ - *before->energyJ;
        }
        before = &reading;
    }
    return joules > 0 ? std::optional(joules) : std::nullopt; // a counter that did not step yet tells nothing
}

RunCost costOfRun(const Report& report, const ReportCost& prices)
{
    RunCost cost;
    for (const auto& job : report.jobs)
    {
        cost.wallSeconds += job.finished ? job.result.seconds : 0;
    }
    for (const auto& row : report.cases)
    {
        cost.deviceSeconds += std::accumulate(row.deviceNs.begin(), row.deviceNs.end(), 0.0) / kNsPerSecond;
    }
    cost.joules = joulesOf(report);
    if (prices.perHour)
    {
        cost.wallCost = cost.wallSeconds * *prices.perHour / kSecondsPerHour;
        cost.deviceCost = cost.deviceSeconds * *prices.perHour / kSecondsPerHour;
    }
    if (prices.perKwh && cost.joules)
    {
        cost.energyCost = *cost.joules * *prices.perKwh / kJoulesPerKwh;
    }
    return cost;
}

} // namespace

bool isPriced(const ReportCost& cost)
{
    return cost.perHour || cost.run.energyCost ||
           std::ranges::any_of(cost.cases, [](const CaseCost& one) { return one.total.has_value(); });
}

ReportCost costOf(const Report& report, const Prices& prices)
{
    const auto* device = report.circumstances ? report.circumstances->selectedDevice() : nullptr;
    ReportCost cost;
    cost.currency = prices.currency;
    cost.device = device != nullptr ? device->name : std::string();
    cost.perHour = device != nullptr ? prices.perHour(device->name) : std::nullopt;
    cost.perKwh = prices.perKwh;
    cost.run = costOfRun(report, cost);
    for (std::size_t at = 0; at < report.cases.size(); ++at)
    {
        if (isMeasured(report.cases[at]))
        {
            cost.cases.push_back(costOfCase(report.cases[at], at, cost));
        }
    }
    return cost;
}

} // namespace headroom
