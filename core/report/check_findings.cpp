// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/ladder.h"
#include "core/report/findings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <utility>

namespace headroom
{
namespace
{

/// Kernels may sum in any order: a difference is a property of one and not a fault of its numbers.
bool isProperty(const CheckResult& check)
{
    return check.check == CheckKind::Determinism || check.check == CheckKind::BatchInvariance;
}

void findPlainCheck(const CheckResult& check, Findings& findings)
{
    const std::string text =
        sentence(fmt::format("{} ({}): {}", toString(check.check), toString(check.backend), check.summary));
    if (check.status == CheckStatus::Failed)
    {
        (isProperty(check) ? findings.said : findings.failed).push_back(text);
    }
    else if (check.status == CheckStatus::CouldNotTell)
    {
        findings.cannotTell.push_back(text);
    }
}

/// Steps of one ladder that ended alike with one backend.
struct Steps
{
    const CheckResult* first = nullptr;
    std::int64_t count = 0;

    void add(const CheckResult& step)
    {
        first = first == nullptr ? &step : first;
        ++count;
    }

    std::string text(std::string_view fails) const
    {
        return sentence(
            fmt::format("{} {} {}{} of the ladder{}: {}", toString(first->backend), fails, first->item,
                        count > 1 ? fmt::format(" and {} more step{}", count - 1, count > 2 ? "s" : "") : "",
                        first->subject.empty() ? "" : " on " + first->subject, first->summary));
    }
};

using StepsOfBackend = std::map<std::pair<std::string, Backend>, Steps>;

/// One sentence a call, backend and kind of end.
void findLadder(const Report& report, Findings& findings)
{
    StepsOfBackend wrong;
    StepsOfBackend byDesign;
    StepsOfBackend open;
    for (const auto& check : report.checks)
    {
        if (check.check != CheckKind::Ladder)
        {
            continue;
        }
        const auto key = std::pair(check.subject, check.backend);
        if (check.status == CheckStatus::Failed)
        {
            (isByDesign(check.item) ? byDesign : wrong)[key].add(check);
        }
        else if (check.status == CheckStatus::CouldNotTell)
        {
            open[key].add(check);
        }
    }
    for (const auto& [key, steps] : wrong)
    {
        findings.failed.push_back(steps.text("is not robust: it fails"));
    }
    for (const auto& [key, steps] : open)
    {
        findings.cannotTell.push_back(steps.text("could not be judged at"));
    }
    for (const auto& [key, steps] : byDesign)
    {
        findings.said.push_back(steps.text("fails, as IEEE arithmetic has it,"));
    }
}

void findDefects(const Report& report, Findings& findings)
{
    std::vector<std::string> present;
    std::vector<std::string> open;
    std::size_t told = 0;
    for (const auto& check : report.checks)
    {
        if (check.check != CheckKind::Defect)
        {
            continue;
        }
        told += check.status == CheckStatus::Passed || check.status == CheckStatus::Failed ? 1 : 0;
        if (check.status == CheckStatus::Failed)
        {
            present.push_back(check.item);
        }
        else if (check.status == CheckStatus::CouldNotTell)
        {
            open.push_back(fmt::format("{} could not be told: {}", check.item, check.summary));
        }
    }
    const auto text = present.empty()
                          ? fmt::format("None of the {} known defects that could be told is present.", told)
                          : fmt::format("{} of the {} known defects that could be told {} present: {}.", present.size(),
                                        told, present.size() == 1 ? "is" : "are", fmt::join(present, ", "));
    if (told > 0) // the count comes first: it is what was asked for
    {
        (!present.empty() && report.plan.failOnPresent ? findings.failed
         : open.empty()                                ? findings.said
                                                       : findings.cannotTell)
            .push_back(text);
    }
    findings.cannotTell.insert(findings.cannotTell.end(), open.begin(), open.end());
}

} // namespace

void findInChecks(const Report& report, Findings& findings)
{
    for (const auto& check : report.checks)
    {
        if (check.check != CheckKind::Ladder && check.check != CheckKind::Defect)
        {
            findPlainCheck(check, findings);
        }
    }
    findLadder(report, findings);
    findDefects(report, findings);
}

} // namespace headroom
