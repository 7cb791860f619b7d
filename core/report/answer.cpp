// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/answer.h"

#include "core/report/ab.h"
#include "core/report/audit_trials.h"
#include "core/report/fastest.h"
#include "core/report/queries.h"

#include <fmt/format.h>

#include <algorithm>

namespace headroom
{
namespace
{

std::string speedOf(const Comparison& comparison, const Format& format)
{
    return format.ratio(comparison.ratio.value_or(1), comparison.interval);
}

std::string clauseOf(const Headline& headline, const Format& format)
{
    const auto& comparison = headline.comparison.comparison;
    const std::string figure = speedOf(comparison, format);
    switch (comparison.verdict)
    {
    case ComparisonVerdict::Faster:
        return fmt::format("{} is {} faster than math {}", toString(headline.best), figure, inThePass(headline.pass));
    case ComparisonVerdict::Same:
        return fmt::format("{} is as fast as math {} ({})", toString(headline.best), inThePass(headline.pass), figure);
    case ComparisonVerdict::Slower:
        return fmt::format("no fused backend beats math {}: {}, the best, runs at {} its speed",
                           inThePass(headline.pass), toString(headline.best), figure);
    case ComparisonVerdict::CannotTell:
        return fmt::format("whether {} is faster than math {} cannot be told ({})", toString(headline.best),
                           inThePass(headline.pass), figure);
    }
    return {};
}

bool areBoth(ComparisonVerdict verdict, const Headline& first, const Headline& second)
{
    return first.best == second.best && first.comparison.comparison.verdict == verdict &&
           second.comparison.comparison.verdict == verdict;
}

/// Both in one sentence; the second leaves out what the first one has said.
std::string clausesOf(const Headline& first, const Headline& second, const Format& format)
{
    const std::string figure = speedOf(second.comparison.comparison, format);
    if (areBoth(ComparisonVerdict::CannotTell, first, second))
    {
        return fmt::format("whether {} is faster than math cannot be told: {} {}, {} {}", toString(first.best),
                           speedOf(first.comparison.comparison, format), inThePass(first.pass), figure,
                           inThePass(second.pass));
    }
    return clauseOf(first, format) + (areBoth(ComparisonVerdict::Faster, first, second)
                                          ? fmt::format(" and {} {}", figure, inThePass(second.pass))
                                          : ", and " + clauseOf(second, format));
}

std::string exactness(const Report& report)
{
    const auto dtype = mainDtype(report);
    const bool verified = std::all_of(report.headlines.begin(), report.headlines.end(),
                                      [&](const Headline& headline)
                                      { return accuracyOf(report, headline.best) == AccuracyVerdict::Passed; });
    if (!verified || !dtype)
    {
        return {};
    }
    const auto& last = report.headlines.back(); // "flash is faster ..., and as exact" has flash as its subject
    const auto verdict = last.comparison.comparison.verdict;
    const bool subject = verdict == ComparisonVerdict::Faster || verdict == ComparisonVerdict::Same;
    return subject ? fmt::format(", and as exact as {} allows", toString(*dtype))
                   : fmt::format("; {} is as exact as {} allows", toString(last.best), toString(*dtype));
}

std::string unrankedAnswer(const Report& report, const Format& format)
{
    const auto* main = mainComparison(report, Pass::Forward);
    const auto* candidate = main != nullptr ? candidateOf(report, *main) : nullptr;
    if (candidate == nullptr || !main->comparison.ratio)
    {
        return {};
    }
    return fmt::format("{} runs at {} the speed of math in the forward pass, but nothing is ranked: {}.",
                       toString(candidate->measured.backend), speedOf(main->comparison, format), main->whyUnranked);
}

std::string verifiedOnly(const Report& report)
{
    std::string names;
    for (const auto backend : kSdpaBackends)
    {
        if (accuracyOf(report, backend) == AccuracyVerdict::Passed)
        {
            names += fmt::format("{}{}", names.empty() ? "" : ", ", toString(backend));
        }
    }
    const auto dtype = mainDtype(report);
    return names.empty() || !dtype ? std::string()
                                   : fmt::format("Verified as exact as {} allows: {}.", toString(*dtype), names);
}

} // namespace

std::string answerOf(const Report& report, const Format& format)
{
    const bool firstReasonDecides =
        report.conclusion == Conclusion::SetUpError || report.conclusion == Conclusion::Failed;
    if (!report.conclusionReasons.empty() && (firstReasonDecides || hasNoAttention(report)))
    {
        return format.plain(capitalised(report.conclusionReasons.front()));
    }
    if (const std::string text = abSentence(report, format); !text.empty())
    {
        return format.plain(text);
    }
    if (const std::string text = fastestSentence(report); !text.empty())
    {
        return format.plain(text);
    }
    if (const std::string text = auditSentence(report); !text.empty())
    {
        return format.plain(text);
    }
    if (!report.headlines.empty())
    {
        const std::string text = report.headlines.size() > 1
                                     ? clausesOf(report.headlines[0], report.headlines[1], format)
                                     : clauseOf(report.headlines.front(), format);
        return format.plain(capitalised(text + exactness(report) + "."));
    }
    std::string text = unrankedAnswer(report, format);
    if (text.empty())
    {
        text = verifiedOnly(report);
    }
    if (text.empty() || report.conclusion == Conclusion::CannotTell)
    {
        text = report.conclusionReasons.empty() ? "Nothing was measured yet." : report.conclusionReasons.front();
    }
    return format.plain(capitalised(text));
}

std::vector<std::string> furtherReasons(const Report& report, const Format& format)
{
    std::vector<std::string> reasons = report.conclusionReasons;
    std::erase_if(reasons, [answer = answerOf(report, format), &format](const std::string& reason)
                  { return format.plain(capitalised(reason)) == answer; });
    return reasons;
}

} // namespace headroom
