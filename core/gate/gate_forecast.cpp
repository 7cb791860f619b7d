// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gate/gate_forecast.h"

#include "core/gate/gate_cases.h"

#include <vector>

#include <fmt/format.h>

namespace headroom
{
namespace
{

/// "0.83 %", "5.2 %", "120 %".
std::string shareText(double share)
{
    return share < 0.1 ? fmt::format("{:.2g} %", share * 100) : fmt::format("{:.0f} %", share * 100);
}

} // namespace

GateForecast forecastGate(std::span<const Report> baseline, std::int64_t candidateRuns,
                          const GateThresholds& thresholds)
{
    const CasesInRuns met = casesInRuns(baseline, {});
    std::vector<CaseRuns> runs;
    std::vector<CaseThresholds> asked;
    for (const CaseInRuns& one : met.cases)
    {
        asked.push_back(thresholds.of(one.shown->measured));
        runs.push_back(caseRunsOf(one, asked.back()));
    }
    const auto forecasts = forecastRuns(runs, candidateRuns, thresholds.time);
    GateForecast result;
    std::vector<double> spreads;
    std::vector<double> detectable;
    for (std::size_t at = 0; at < forecasts.size(); ++at)
    {
        if (!forecasts[at])
        {
            continue;
        }
        const double found = forecasts[at]->detectableEffect;
        spreads.push_back(forecasts[at]->spread);
        detectable.push_back(found);
        result.unclear += found > asked[at].detectableEffect.value_or(0) ? 1 : 0;
        result.waited += whyStalledRuns(runMediansOf(met.cases[at].baseline)).empty() ? 0 : 1;
        if (!result.worstDetectable || found > *result.worstDetectable)
        {
            result.worstDetectable = found;
            result.worstCase = describeWithSide(met.cases[at].shown->measured);
        }
    }
    result.cases = static_cast<std::int64_t>(spreads.size());
    result.middleSpread = median(spreads);
    result.middleDetectable = median(detectable);
    return result;
}

std::string forecastSentence(const GateForecast& forecast, std::int64_t candidateRuns)
{
    if (!forecast.middleSpread || !forecast.middleDetectable || !forecast.worstDetectable)
    {
        return {};
    }
    const std::string unclear =
        forecast.unclear > 0 ? fmt::format(" In {} of these cases it could miss what is asked for.", forecast.unclear)
                             : "";
    const std::string waited =
        forecast.waited > 0
            ? fmt::format(" In {} of these cases the runs waited for cores that others had, and a gate can tell "
                          "nothing there.",
                          forecast.waited)
            : "";
    return fmt::format("Runs differ by {} in the middle one of {} cases. A gate of {} runs would find a slowdown of {} "
                       "there, and of {} in the worst, {}.{}{}",
                       shareText(*forecast.middleSpread), forecast.cases, candidateRuns,
                       shareText(*forecast.middleDetectable), shareText(*forecast.worstDetectable), forecast.worstCase,
                       unclear, waited);
}

} // namespace headroom
