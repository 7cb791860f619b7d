// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/report_tables.h"

#include "core/report/kernel_name.h"
#include "core/report/queries.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace headroom
{
namespace
{

struct LayerGroup
{
    const LayerEvidence* first = nullptr;
    std::int64_t size = 0;
};

std::vector<LayerGroup> groupsOf(const std::vector<LayerEvidence>& layers)
{
    std::vector<LayerGroup> groups;
    for (const auto& layer : layers)
    {
        const auto alike = [&](const LayerGroup& group)
        {
            LayerEvidence renamed = layer;
            renamed.path = group.first->path;
            return renamed == *group.first;
        };
        const auto found = std::find_if(groups.begin(), groups.end(), alike);
        if (found == groups.end())
        {
            groups.push_back({&layer, 1});
        }
        else
        {
            ++found->size;
        }
    }
    return groups;
}

std::string fixesOf(const Eligibility& rules)
{
    std::string fixes;
    for (const auto& rule : rules.rules)
    {
        if (!rule.passed && !rule.fix.empty() && fixes.find(rule.fix) == std::string::npos)
        {
            fixes += (fixes.empty() ? "" : "; ") + rule.fix;
        }
    }
    return fixes;
}

/// Why not: the rules' words, or LibTorch's own where it refuses what the rules let through.
std::string refusalOf(const BackendAnswer& answer)
{
    if (!answer.rules.eligible)
    {
        return reasonsOf(answer.rules);
    }
    std::string reasons = "LibTorch refuses it";
    for (const auto& text : answer.libtorchReasons)
    {
        reasons += (&text == &answer.libtorchReasons.front() ? ": " : "; ") + text;
    }
    return reasons;
}

std::string titleOf(const LayerGroup& group, const Format& format, bool alone)
{
    const std::string place =
        group.first->path.empty() || alone ? "" : ", " + group.first->path + (group.size > 1 ? " and others" : "");
    return fmt::format("{}{}: {}", format.plural(group.size, "attention layer"), place, describe(group.first->problem));
}

std::string defaultNote(const LayerEvidence& layer)
{
    if (!layer.libtorchDefault)
    {
        return fmt::format("LibTorch left to itself is expected to choose {}.", toString(layer.predictedDefault));
    }
    if (*layer.libtorchDefault == layer.predictedDefault)
    {
        return fmt::format("LibTorch left to itself chooses {}, as predicted.", toString(*layer.libtorchDefault));
    }
    return fmt::format("LibTorch left to itself chooses {}, where {} was predicted.", toString(*layer.libtorchDefault),
                       toString(layer.predictedDefault));
}

Table tableOf(const LayerGroup& group, const Format& format, Detail detail, bool alone)
{
    Table table;
    table.title = titleOf(group, format, alone);
    table.columns = {{"backend"}, {"takes it"}, {"why not"}, {"smallest fix"}};
    for (const auto& answer : group.first->answers)
    {
        const bool taken = accepts(answer);
        table.rows.push_back({toString(answer.rules.backend),
                              taken ? Cell("yes", Tone::Good) : Cell("no", Tone::Caution),
                              taken ? std::string() : format.plain(refusalOf(answer)),
                              taken ? std::string() : format.plain(fixesOf(answer.rules))});
        if (detail == Detail::Full && !taken)
        {
            for (const auto& text : answer.libtorchReasons)
            {
                table.notes.push_back(fmt::format("LibTorch on {}: {}", toString(answer.rules.backend), text));
            }
        }
    }
    table.notes.push_back(defaultNote(*group.first));
    return table;
}

} // namespace

std::string spaced(std::string_view word)
{
    std::string text(word);
    std::replace(text.begin(), text.end(), '-', ' ');
    return text;
}

std::string observationNote(const RunEvidence& seen, const Format& format)
{
    std::vector<std::string> names = seen.operators;
    std::ranges::transform(seen.kernels, std::back_inserter(names),
                           [](const std::string& kernel) { return shortKernelName(kernel); });
    return fmt::format("Seen to run in the {} with LibTorch's own choice: {} in {}{}{}.",
                       spaced(toString(seen.pass)) + (seen.pass == Pass::Forward ? " pass" : ""),
                       seen.ran ? toString(*seen.ran) : std::string_view("no one backend"),
                       format.plural(seen.attentionCalls, "attention call"),
                       names.empty() ? "" : fmt::format(" ({})", fmt::join(names, ", ")),
                       seen.asPredicted ? "" : ", not as predicted");
}

std::vector<Table> compatibilityTables(const Report& report, const Format& format, Detail detail)
{
    std::vector<Table> tables;
    const auto groups = groupsOf(report.layers);
    for (const auto& group : groups)
    {
        tables.push_back(tableOf(group, format, detail, groups.size() == 1));
    }
    for (const auto& seen : report.observations)
    {
        if (!tables.empty())
        {
            tables.back().notes.push_back(observationNote(seen, format));
        }
    }
    return tables;
}

} // namespace headroom
