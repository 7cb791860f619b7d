// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gate/gate_circumstances.h"

#include "core/report/unlike_circumstances.h"

#include <algorithm>

#include <fmt/format.h>

namespace headroom
{
namespace
{

/// The members of two policies that differ, as one circumstance each.
template <typename Policy>
void addPolicy(const char* name, const Policy& first, const Policy& other, std::vector<CircumstanceDifference>& all)
{
    const Json ours = first;
    const Json theirs = other;
    for (const auto& [key, value] : ours.items())
    {
        if (value != theirs.at(key))
        {
            all.push_back({fmt::format("{}.{}", name, key), value.dump(), theirs.at(key).dump(), true});
        }
    }
}

std::vector<CircumstanceDifference> differencesOf(const Report& first, const Report& other)
{
    auto all = unlikenessOf(first, other);
    addPolicy("measurement", first.plan.measurement, other.plan.measurement, all);
    addPolicy("accuracy", first.plan.accuracy, other.plan.accuracy, all);
    std::erase_if(all, [](const CircumstanceDifference& one) { return !one.matters; });
    return all;
}

void addRun(const Report& first, const Report& run, bool inBaseline, const GateThresholds& thresholds,
            std::vector<GateDifference>& all)
{
    for (auto& difference : differencesOf(first, run))
    {
        const bool known = std::ranges::any_of(all,
                                               [&](const GateDifference& one)
                                               {
                                                   return one.inBaseline == inBaseline &&
                                                          one.difference.name == difference.name &&
                                                          one.difference.second == difference.second;
                                               });
        // How far clocks are apart differs from run to run; one shows it.
        const bool clockIsKnown =
            difference.name == "clock" &&
            std::ranges::any_of(all, [inBaseline](const GateDifference& one)
                                { return one.inBaseline == inBaseline && one.difference.name == "clock"; });
        if (!known && !clockIsKnown)
        {
            const bool mayDiffer = thresholds.mayDiffer(difference.name);
            all.push_back({std::move(difference), run.run, inBaseline, mayDiffer});
        }
    }
}

} // namespace

std::vector<GateDifference> gateDifferences(std::span<const Report> baseline, std::span<const Report> candidate,
                                            const GateThresholds& thresholds)
{
    std::vector<GateDifference> all;
    if (baseline.empty())
    {
        return all;
    }
    const Report& first = baseline.front();
    for (const Report& run : baseline.subspan(1))
    {
        addRun(first, run, true, thresholds, all);
    }
    for (const Report& run : candidate)
    {
        addRun(first, run, false, thresholds, all);
    }
    return all;
}

std::string differenceSentence(const GateDifference& one)
{
    const Format format;
    const auto& [name, first, second, matters] = one.difference;
    const std::string now = circumstanceValue(name, second, format);
    const std::string before = circumstanceValue(name, first, format);
    return one.inBaseline
               ? fmt::format("{} differs within the baseline: {}, and {} in its run {}", circumstanceName(name), before,
                             now, one.run)
               : fmt::format("{}: {} in the baseline, {} in the candidate", circumstanceName(name), before, now);
}

} // namespace headroom
