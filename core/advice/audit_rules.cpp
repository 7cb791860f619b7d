// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/advice/rules.h"

#include "core/advice/rule_parts.h"
#include "core/report/audit_trials.h"
#include "core/report/format.h"
#include "core/report/queries.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace headroom::advice
{
namespace
{

std::string_view accuracyText(const std::optional<AccuracyVerdict>& accuracy)
{
    switch (accuracy.value_or(AccuracyVerdict::Unverified))
    {
    case AccuracyVerdict::Passed:
        return "its accuracy passed";
    case AccuracyVerdict::Failed:
        return "its accuracy FAILED";
    case AccuracyVerdict::NotFinite:
        return "it gives NaN or infinity";
    case AccuracyVerdict::Unverified:
        break;
    }
    return "its accuracy was not verified";
}

/// "1.32× (1.30 – 1.34) as fast"; \a waited: times of a side are waits for a core, so that a figure would be theirs.
std::string measured(const Comparison& comparison, bool waited)
{
    if (waited && comparison.verdict == ComparisonVerdict::Faster)
    {
        return "faster, also without the waits for a core that others had; by how much is not known,";
    }
    const std::string figure = Format().ratio(comparison.ratio.value_or(1), comparison.interval);
    switch (comparison.verdict)
    {
    case ComparisonVerdict::Faster:
        return fmt::format("{} as fast", figure);
    case ComparisonVerdict::Same:
        return fmt::format("the same speed ({})", figure);
    case ComparisonVerdict::Slower:
        return fmt::format("slower, {} its speed", figure);
    case ComparisonVerdict::CannotTell:
        break;
    }
    return fmt::format("cannot tell ({}): {}", figure, comparison.reason);
}

std::string trialText(const AuditTrial& trial)
{
    if (trial.forward == nullptr)
    {
        return fmt::format("Call {} was not measured: {}.", trial.call, trial.whyNot);
    }
    std::string text = fmt::format("Call {}: {} {}", trial.call,
                                   measured(trial.forward->comparison, trial.forwardWaited), inThePass(Pass::Forward));
    if (trial.training != nullptr)
    {
        text += fmt::format("; {} {} of the call", measured(trial.training->comparison, trial.trainingWaited),
                            inThePass(Pass::TrainingStep));
    }
    return fmt::format("{}; {}.", text, accuracyText(trial.accuracy));
}

/// What the calls' share of the forward pass lets any fix of them come to.
std::string boundText(const TriedFinding& tried, const ModelInspection& inspection, bool gains)
{
    const auto share = shareOf(tried.finding, inspection);
    if (!share || tried.finding.rule == "mask-inverted") // what is wrong is no matter of speed
    {
        return {};
    }
    const Format format;
    const bool fused =
        std::ranges::any_of(tried.finding.calls,
                            [&](std::int64_t call)
                            {
                                const auto at = static_cast<std::size_t>(call);
                                return at < inspection.calls.size() && inspection.calls[at].form == CallForm::FastPath;
                            });
    if (fused) // the time is that of projections, norms and feed-forward as well
    {
        return fmt::format(" These calls are fused layers, which take {} of the forward pass; attention is a part of "
                           "them that cannot be timed apart.",
                           format.percent(*share));
    }
    const double most = amdahl(*share, INFINITY);
    std::string text = fmt::format(" These calls take {} of the forward pass", format.percent(*share));
    const auto gain = gainOf(tried, inspection);
    if (gains && gain)
    {
        text += fmt::format(": the whole of it gains {} by this", format.ratio(amdahl(*share, *gain)));
    }
    return text + (std::isfinite(most) ? fmt::format(", and could gain {} at most.", format.ratio(most)) : ".");
}

std::string gainText(const TriedFinding& tried, const ModelInspection& inspection, TrialResult result)
{
    if (tried.finding.change == CallChange::None)
    {
        return "Not measured: no change of the call alone is its fix." + boundText(tried, inspection, false);
    }
    if (tried.finding.tried.empty())
    {
        return "Not measured: the tensors of the call were not to be seen." + boundText(tried, inspection, false);
    }
    std::string text;
    for (const auto& trial : tried.trials)
    {
        text += fmt::format("{}{}", text.empty() ? "" : " ", trialText(trial));
    }
    return text + boundText(tried, inspection, result == TrialResult::Faster);
}

Severity severityOf(const TriedFinding& tried, TrialResult result)
{
    if (isProblem(tried.finding) || result == TrialResult::Inaccurate)
    {
        return Severity::Problem;
    }
    return result == TrialResult::NoGain ? Severity::Good : Severity::Advice;
}

std::string titleOf(const TriedFinding& tried, TrialResult result)
{
    switch (result)
    {
    case TrialResult::Inaccurate:
        return fmt::format("{}; the fix is not exact enough here", tried.finding.title);
    case TrialResult::NoGain:
        return isProblem(tried.finding) ? tried.finding.title
                                        : fmt::format("{}; the fix gains nothing here", tried.finding.title);
    case TrialResult::CannotTell:
        return isProblem(tried.finding) ? tried.finding.title
                                        : fmt::format("{}; what the fix gains cannot be told", tried.finding.title);
    case TrialResult::NotTried:
    case TrialResult::Faster:
        break;
    }
    return tried.finding.title;
}

/// Cases first, then the modules that make the calls, each once.
std::vector<std::string> evidenceOf(const TriedFinding& tried, const ModelInspection& inspection)
{
    std::vector<std::string> evidence;
    const auto add = [&](const std::string& text)
    {
        if (!text.empty() && std::ranges::find(evidence, text) == evidence.end())
        {
            evidence.push_back(text);
        }
    };
    for (const auto& trial : tried.trials)
    {
        for (const auto* row : {trial.after, trial.before})
        {
            add(row != nullptr ? row->result.caseId : std::string());
        }
    }
    for (const std::int64_t call : tried.finding.calls)
    {
        add(inspection.calls.at(static_cast<std::size_t>(call)).call.path);
    }
    return evidence;
}

} // namespace

Advices auditFindings(const Report& report)
{
    Advices advices;
    for (const auto& tried : triedFindings(report))
    {
        const auto& inspection = *report.plan.inspection;
        const auto result = resultOf(tried);
        auto advice =
            recommend(tried.finding.rule, severityOf(tried, result), titleOf(tried, result), tried.finding.why);
        advice.gainText = gainText(tried, inspection, result);
        if (result == TrialResult::Faster)
        {
            advice.gain = gainOf(tried, inspection);
        }
        advice.evidence = evidenceOf(tried, inspection);
        advice.python = tried.finding.python;
        advice.cpp = tried.finding.cpp;
        advices.push_back(std::move(advice));
    }
    return advices;
}

} // namespace headroom::advice
