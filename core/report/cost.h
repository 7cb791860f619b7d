// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/statistics.h"
#include "core/report/prices.h"
#include "core/report/report.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace headroom
{

/// An amount of money, with the interval of the time that it is of.
struct Amount
{
    double value = 0;
    std::optional<Interval> interval;

    bool operator==(const Amount&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Amount, value, interval)

/// What a case costs by what goes through it: a million tokens (batch times query length of a pass), or a thousand
/// images of a model whose length follows from its input.
struct CaseCost
{
    std::size_t index = 0;        ///< into the report's cases
    bool images = false;          ///< of a thousand images, not of a million tokens
    double seconds = 0;           ///< of the device's time
    std::optional<Amount> time;   ///< that time times the price of an hour
    std::optional<Amount> energy; ///< measured energy times the price of a kWh; without an interval of its own
    std::optional<Amount> total;  ///< of what is priced

    bool operator==(const CaseCost&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CaseCost, index, images, seconds, time, energy, total)

/// What a run itself cost.
struct RunCost
{
    double wallSeconds = 0;       ///< of all its jobs, by the clock on the wall
    double deviceSeconds = 0;     ///< that the device was timed: the sum of all samples
    std::optional<double> joules; ///< that the device used while it was read; nothing without an energy counter
    std::optional<double> wallCost;
    std::optional<double> deviceCost;
    std::optional<double> energyCost;

    bool operator==(const RunCost&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(RunCost, wallSeconds, deviceSeconds, joules, wallCost, deviceCost,
                                                energyCost)

struct ReportCost
{
    std::string currency;
    std::string device;            ///< its name; empty where the report does not say
    std::optional<double> perHour; ///< nothing where no price fits the device
    std::optional<double> perKwh;
    RunCost run;
    std::vector<CaseCost> cases; ///< that were timed, in the report's order

    bool operator==(const ReportCost&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ReportCost, currency, device, perHour, perKwh, run, cases)

/// \a report in money. Time of a case is its wall time where that was taken, since a machine that is paid for waits for
/// the host as well, else its device time: the median, with its interval. Energy is that of EnergyReport. Whether a
/// price of an hour holds the electricity already is the user's to know: who rents leaves perKwh out.
ReportCost costOf(const Report& report, const Prices& prices);

/// Whether anything of it has a price: not where no price fits the device and no energy was measured.
bool isPriced(const ReportCost& cost);

} // namespace headroom
