// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/advice/rule_parts.h"

namespace headroom::advice
{

Recommendation recommend(std::string rule, Severity severity, std::string title, std::string why)
{
    Recommendation result;
    result.rule = std::move(rule);
    result.severity = severity;
    result.title = std::move(title);
    result.why = std::move(why);
    return result;
}

void setCode(Recommendation& recommendation, const CodeLines& code)
{
    recommendation.cpp = code.cpp;
    recommendation.python = code.python;
}

std::vector<std::string> evidenceOf(const ComparisonReport& comparison)
{
    return {comparison.candidateCase, comparison.baselineCase};
}

std::optional<Backend> defaultBackend(const Report& report)
{
    if (report.layers.empty())
    {
        return std::nullopt;
    }
    const auto& layer = report.layers.front();
    return layer.libtorchDefault.value_or(layer.predictedDefault);
}

} // namespace headroom::advice
