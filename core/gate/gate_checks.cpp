// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gate/gate_checks.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

namespace headroom
{
namespace
{

/// Answers by what they answer, in the order in which they were met; one row for all runs.
template <typename Answer> using Answers = std::vector<std::pair<std::string, Answer>>;

template <typename Answer>
void put(Answers<Answer>& answers, const std::string& title, Answer answer,
         const std::function<Answer(Answer, Answer)>& worse)
{
    const auto found = std::ranges::find(answers, title, &std::pair<std::string, Answer>::first);
    if (found == answers.end())
    {
        answers.emplace_back(title, answer);
    }
    else
    {
        found->second = worse(found->second, answer);
    }
}

template <typename Answer> const Answer* find(const Answers<Answer>& answers, const std::string& title)
{
    const auto found = std::ranges::find(answers, title, &std::pair<std::string, Answer>::first);
    return found == answers.end() ? nullptr : &found->second;
}

/// Passed, not applicable, could not tell, failed: from good to bad.
int badness(CheckStatus status)
{
    switch (status)
    {
    case CheckStatus::Passed:
        return 0;
    case CheckStatus::NotApplicable:
        return 1;
    case CheckStatus::CouldNotTell:
        return 2;
    case CheckStatus::Failed:
        break;
    }
    return 3;
}

CheckStatus worseCheck(CheckStatus first, CheckStatus second)
{
    return badness(first) >= badness(second) ? first : second;
}

std::string titleOf(const CheckResult& check)
{
    std::string title = fmt::format("{} check", toString(check.check));
    for (const std::string_view part :
         {std::string_view(check.item), toString(check.backend), std::string_view(check.subject)})
    {
        title += part.empty() ? "" : fmt::format(", {}", part);
    }
    return title;
}

std::string titleOf(const Judgement& judgement)
{
    return fmt::format("accuracy of {} in {}, {}{}", toString(judgement.backend), toString(judgement.dtype),
                       toString(judgement.scope), judgement.path.empty() ? "" : " " + judgement.path);
}

Answers<CheckStatus> checksOf(std::span<const Report> runs)
{
    Answers<CheckStatus> answers;
    for (const Report& run : runs)
    {
        for (const CheckResult& check : run.checks)
        {
            put<CheckStatus>(answers, titleOf(check), check.status, worseCheck);
        }
    }
    return answers;
}

Answers<AccuracyVerdict> judgementsOf(std::span<const Report> runs)
{
    Answers<AccuracyVerdict> answers;
    for (const Report& run : runs)
    {
        for (const Judgement& judgement : run.judgements)
        {
            put<AccuracyVerdict>(answers, titleOf(judgement), judgement.verdict, worseOf);
        }
    }
    return answers;
}

/// By pass: what ran with the choice left to LibTorch, in all runs.
Answers<std::string> choicesOf(std::span<const Report> runs)
{
    Answers<std::string> answers;
    for (const Report& run : runs)
    {
        for (const RunEvidence& seen : run.observations)
        {
            if (seen.requested == Backend::Default && seen.ran)
            {
                const auto join = [](const std::string& first, const std::string& second)
                { return first.find(second) == std::string::npos ? first + " and " + second : first; };
                put<std::string>(answers, fmt::format("LibTorch's own choice, {}", toString(seen.pass)),
                                 std::string(toString(*seen.ran)), join);
            }
        }
    }
    return answers;
}

GateCheck checkOf(const std::string& title, std::string_view before, const std::string& now)
{
    GateCheck check;
    check.title = title;
    check.baseline = before;
    check.candidate = now;
    return check;
}

std::string change(std::string_view before, std::string_view now)
{
    return fmt::format("{}, and was {} in the baseline", now, before);
}

void addChecks(std::span<const Report> baseline, std::span<const Report> candidate, std::vector<GateCheck>& all)
{
    const auto now = checksOf(candidate);
    for (const auto& [title, before] : checksOf(baseline))
    {
        const CheckStatus* answer = find(now, title);
        GateCheck check = checkOf(title, toString(before), answer ? std::string(toString(*answer)) : std::string());
        const bool wasRight = before == CheckStatus::Passed || before == CheckStatus::NotApplicable;
        if (answer == nullptr)
        {
            check.findings.doubts.push_back("the candidate has no answer");
        }
        else if (wasRight && badness(*answer) > badness(before))
        {
            (*answer == CheckStatus::Failed         ? check.findings.failures
             : *answer == CheckStatus::CouldNotTell ? check.findings.doubts
                                                    : check.findings.notes)
                .push_back(change(toString(before), toString(*answer)));
        }
        all.push_back(std::move(check));
    }
}

void addJudgements(std::span<const Report> baseline, std::span<const Report> candidate, AccuracyVerdict tolerated,
                   std::vector<GateCheck>& all)
{
    const auto now = judgementsOf(candidate);
    for (const auto& [title, before] : judgementsOf(baseline))
    {
        const AccuracyVerdict* answer = find(now, title);
        GateCheck check = checkOf(title, toString(before), answer ? std::string(toString(*answer)) : std::string());
        if (answer == nullptr)
        {
            check.findings.doubts.push_back("the candidate has no answer");
        }
        else if (worseOf(before, *answer) != before)
        {
            (worseOf(tolerated, *answer) == tolerated ? check.findings.notes
             : *answer == AccuracyVerdict::Unverified ? check.findings.doubts
                                                      : check.findings.failures)
                .push_back(change(toString(before), toString(*answer)));
        }
        all.push_back(std::move(check));
    }
}

void addChoices(std::span<const Report> baseline, std::span<const Report> candidate, bool mayChange,
                std::vector<GateCheck>& all)
{
    const auto now = choicesOf(candidate);
    for (const auto& [title, before] : choicesOf(baseline))
    {
        const std::string* answer = find(now, title);
        GateCheck check = checkOf(title, before, answer ? *answer : std::string());
        if (answer == nullptr)
        {
            check.findings.doubts.push_back("which backend ran was not seen");
        }
        else if (*answer != before)
        {
            (mayChange ? check.findings.notes : check.findings.failures).push_back(change(before, *answer));
        }
        all.push_back(std::move(check));
    }
}

} // namespace

std::vector<GateCheck> gateChecks(std::span<const Report> baseline, std::span<const Report> candidate,
                                  const GateThresholds& thresholds)
{
    std::vector<GateCheck> all;
    if (thresholds.checks)
    {
        addChecks(baseline, candidate, all);
    }
    addJudgements(baseline, candidate, thresholds.tolerated, all);
    addChoices(baseline, candidate, thresholds.backendMayChange, all);
    return all;
}

} // namespace headroom
