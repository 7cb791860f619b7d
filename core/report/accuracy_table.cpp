// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/report_tables.h"

#include "core/report/queries.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace headroom
{
namespace
{

/// All judgements of one backend at one kind of place.
struct Group
{
    Backend backend = Backend::Math;
    JudgementScope scope = JudgementScope::AttentionCall;
    std::vector<const Judgement*> judgements;
};

std::vector<Group> groupsOf(const std::vector<Judgement>& judgements)
{
    std::vector<Group> groups;
    for (const auto& judgement : judgements)
    {
        auto found = std::find_if(groups.begin(), groups.end(),
                                  [&](const Group& group)
                                  { return group.backend == judgement.backend && group.scope == judgement.scope; });
        if (found == groups.end())
        {
            found = groups.insert(groups.end(), Group{judgement.backend, judgement.scope, {}});
        }
        found->judgements.push_back(&judgement);
    }
    std::stable_sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) { return a.scope < b.scope; });
    return groups;
}

std::string placeText(const Group& group, const Format& format)
{
    const auto places = static_cast<std::int64_t>(group.judgements.size());
    switch (group.scope)
    {
    case JudgementScope::AttentionCall:
        return format.plural(places, "attention call");
    case JudgementScope::WholeModel:
        return "whole model";
    case JudgementScope::Autocast:
        return "under autocast";
    case JudgementScope::Compiled:
        return "compiled";
    }
    return {};
}

/// The worst figures over the places of a group.
struct Worst
{
    AccuracyVerdict verdict = AccuracyVerdict::Passed;
    std::optional<double> outputError;
    std::optional<double> outputRatio;
    std::optional<double> gradientRatio;
    std::string reason;
};

void raise(std::optional<double>& worst, double value)
{
    if (std::isfinite(value))
    {
        worst = std::max(worst.value_or(value), value);
    }
}

Worst worstOf(const Group& group)
{
    Worst worst;
    for (const auto* judgement : group.judgements)
    {
        const auto worse = worseOf(worst.verdict, judgement->verdict);
        if (worse != worst.verdict)
        {
            worst.reason =
                judgement->path.empty() ? judgement->reason : fmt::format("{}: {}", judgement->path, judgement->reason);
            worst.verdict = worse;
        }
        for (const auto& tensor : judgement->tensors)
        {
            if (isGradientName(tensor.tensor))
            {
                raise(worst.gradientRatio, tensor.ratio);
            }
            else if (&tensor == &judgement->tensors.front())
            {
                raise(worst.outputError, tensor.errors.maxError);
                raise(worst.outputRatio, tensor.ratio);
            }
        }
    }
    return worst;
}

Cell ratioCell(const std::optional<double>& ratio, const Format& format)
{
    return ratio ? Cell(format.ratio(*ratio)) : Cell(format.dash(), Tone::Muted);
}

void addNotes(const Report& report, const Format& format, Table& table)
{
    table.notes.push_back(format.plain(
        fmt::format("Against attention in double precision. \"{} naive\" is the largest error over that of plain "
                    "attention in the same data type; up to {:g} is accepted, and what rounding alone may do.",
                    format.times(), report.plan.accuracy.maxErrorRatio)));
    const bool byTolerance = std::any_of(report.judgements.begin(), report.judgements.end(),
                                         [](const Judgement& judgement)
                                         {
                                             return std::any_of(judgement.tensors.begin(), judgement.tensors.end(),
                                                                [](const TensorJudgement& tensor)
                                                                { return tensor.absoluteLimit.has_value(); });
                                         });
    if (byTolerance)
    {
        table.notes.push_back(fmt::format("Outputs in float32 are held to {:g} as well, the original tool's tolerance.",
                                          report.plan.accuracy.float32Tolerance));
    }
}

Table overviewTable(const Report& report, const std::vector<Group>& groups, const Format& format)
{
    Table table;
    const std::string naive = format.times() + " naive";
    table.columns = {{"backend"},           {"judged"},
                     {"verdict"},           {"output error", Align::Right},
                     {naive, Align::Right}, {"gradients " + naive, Align::Right}};
    for (const auto& group : groups)
    {
        const auto worst = worstOf(group);
        if (!worst.reason.empty())
        {
            table.notes.push_back(format.plain(
                fmt::format("{}, {}: {}", toString(group.backend), placeText(group, format), worst.reason)));
        }
        table.rows.push_back({toString(group.backend), placeText(group, format), verdictCell(worst.verdict),
                              worst.outputError ? format.error(*worst.outputError) : format.dash(),
                              ratioCell(worst.outputRatio, format), ratioCell(worst.gradientRatio, format)});
    }
    addNotes(report, format, table);
    return table;
}

std::string placeOf(const TensorErrors& errors)
{
    std::string text;
    for (const auto index : errors.worstIndex)
    {
        text += fmt::format("{}{}", text.empty() ? "" : ", ", index);
    }
    return text.empty()
               ? text
               : fmt::format("[{}] is {:.9g}, should be {:.9g}", text, errors.worstValue, errors.worstReference);
}

/// The worst of each tensor over the places of a group, in the order of the first place.
std::vector<std::pair<const TensorJudgement*, const Judgement*>> worstTensors(const Group& group)
{
    std::vector<std::pair<const TensorJudgement*, const Judgement*>> worst;
    for (const auto* judgement : group.judgements)
    {
        for (const auto& tensor : judgement->tensors)
        {
            const auto found = std::find_if(worst.begin(), worst.end(),
                                            [&](const auto& entry) { return entry.first->tensor == tensor.tensor; });
            if (found == worst.end())
            {
                worst.emplace_back(&tensor, judgement);
            }
            else if (tensor.verdict != found->first->verdict
                         ? worseOf(tensor.verdict, found->first->verdict) == tensor.verdict
                         : tensor.errors.maxError > found->first->errors.maxError)
            {
                *found = {&tensor, judgement};
            }
        }
    }
    return worst;
}

Table tensorTable(const std::vector<Group>& groups, const Format& format)
{
    Table table;
    table.title = "Tensor by tensor, where each is worst";
    table.columns = {{"backend"},
                     {"where"},
                     {"tensor"},
                     {"verdict"},
                     {"max error", Align::Right},
                     {"allowed", Align::Right},
                     {format.times() + " naive", Align::Right},
                     {"mean error", Align::Right},
                     {"RMS error", Align::Right},
                     {"signal RMS", Align::Right},
                     {"worst element"}};
    for (const auto& group : groups)
    {
        for (const auto& [tensor, judgement] : worstTensors(group))
        {
            const double allowed = std::min(tensor->allowedMax, tensor->absoluteLimit.value_or(tensor->allowedMax));
            table.rows.push_back(
                {toString(group.backend), judgement->path.empty() ? placeText(group, format) : judgement->path,
                 tensor->tensor, verdictCell(tensor->verdict), format.error(tensor->errors.maxError),
                 format.error(allowed), format.ratio(tensor->ratio), format.error(tensor->errors.meanError),
                 format.error(tensor->errors.rmsError), format.error(tensor->referenceRms), placeOf(tensor->errors)});
        }
    }
    return table;
}

} // namespace

Cell verdictCell(AccuracyVerdict verdict)
{
    switch (verdict)
    {
    case AccuracyVerdict::Passed:
        return {"passed", Tone::Good};
    case AccuracyVerdict::Failed:
        return {"FAILED", Tone::Bad};
    case AccuracyVerdict::NotFinite:
        return {"NaN or infinity", Tone::Bad};
    case AccuracyVerdict::Unverified:
        return {"not verified", Tone::Caution};
    }
    return {};
}

std::vector<Table> accuracyTables(const Report& report, const Format& format, Detail detail)
{
    const auto groups = groupsOf(report.judgements);
    if (groups.empty())
    {
        return {};
    }
    std::vector<Table> tables{overviewTable(report, groups, format)};
    if (detail == Detail::Full)
    {
        tables.push_back(tensorTable(groups, format));
    }
    return tables;
}

} // namespace headroom
