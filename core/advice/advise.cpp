// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/advice/advise.h"

#include "core/advice/rules.h"
#include "core/advice/trial.h"
#include "core/report/format.h"

#include <algorithm>
#include <array>

namespace headroom
{
namespace
{

/// All rules, in the order of what they say when nothing else orders it.
constexpr std::array kRules{
    &advice::inaccurateBackend,    &advice::unexpectedKernel, &advice::auditFindings,
    &advice::noAttention,          &advice::useFused,         &advice::defaultIsSlower,
    &advice::float32OnCuda,        &advice::backendRefused,   &advice::savesMemory,
    &advice::fitsWhereMathDoesNot, &advice::longerSequences,  &advice::launchBound,
    &advice::attentionIsSmall,     &advice::mathIsEnough,     &advice::noisyRun,
    &advice::oddFigures,           &advice::nonDeterministic, &advice::noGpu,
};

/// Problems first, then by what is gained.
bool isMoreValuable(const Recommendation& first, const Recommendation& second)
{
    const bool firstIsProblem = first.severity == Severity::Problem;
    const bool secondIsProblem = second.severity == Severity::Problem;
    if (firstIsProblem != secondIsProblem)
    {
        return firstIsProblem;
    }
    return first.gain.value_or(1.0) > second.gain.value_or(1.0);
}

} // namespace

std::vector<Recommendation> advise(const Report& report)
{
    std::vector<Recommendation> all;
    for (const auto rule : kRules)
    {
        for (auto& recommendation : rule(report))
        {
            recommendation.title = capitalised(recommendation.title);
            recommendation.why = capitalised(recommendation.why);
            recommendation.undo = undoOf(recommendation);
            all.push_back(std::move(recommendation));
        }
    }
    std::stable_sort(all.begin(), all.end(), isMoreValuable);
    return all;
}

} // namespace headroom
