// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/device/price.h"

#include "core/measure/statistics.h"

#include <fmt/format.h>

#include <vector>

namespace headroom::engine
{
namespace
{

constexpr int kRounds = 11; ///< odd, and more than the six that an interval needs
constexpr int kWarmups = 2;

double medianOf(const std::vector<double>& ns)
{
    const auto summary = summarizeLatency(ns);
    return summary ? summary->medianNs : 0.0;
}

} // namespace

Price priceOf(const std::function<void()>& first, const std::function<void()>& second, CaseTimer& timer)
{
    for (int i = 0; i < kWarmups; ++i)
    {
        timer.time(first, false);
        timer.time(second, false);
    }
    std::vector<double> firstNs;
    std::vector<double> secondNs;
    for (int round = 0; round < kRounds; ++round)
    {
        // Who goes first alternates, so that neither always finds the caches of the other.
        if (round % 2 == 0)
        {
            firstNs.push_back(timer.time(first, false).ns);
            secondNs.push_back(timer.time(second, false).ns);
        }
        else
        {
            secondNs.push_back(timer.time(second, false).ns);
            firstNs.push_back(timer.time(first, false).ns);
        }
    }
    return {comparePaired(firstNs, secondNs), medianOf(firstNs), medianOf(secondNs)};
}

std::string toText(const Price& price)
{
    const auto& comparison = price.comparison;
    std::string text = comparison.ratio ? fmt::format("{:.3g} times as long", 1 / *comparison.ratio) : "unknown";
    if (comparison.interval)
    {
        text += fmt::format(" ({:.3g} to {:.3g}, n = {})", 1 / comparison.interval->high, 1 / comparison.interval->low,
                            comparison.pairs);
    }
    return text + fmt::format(", {:.3g} ms against {:.3g} ms", price.secondNs * 1e-6, price.firstNs * 1e-6);
}

} // namespace headroom::engine
