// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/inspection_tables.h"

#include "core/audit/call_places.h"
#include "core/report/fact_rows.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom
{
namespace
{

constexpr std::size_t kDeepestModule = 3; ///< levels below the model itself that are shown
constexpr std::size_t kMostModules = 40;  ///< rows of the tree

std::string tensorText(const TensorFact& tensor)
{
    return fmt::format("{} {} [{}]", tensor.name, tensor.dtype, fmt::join(tensor.shape, ", "));
}

std::string inputsText(const ModelInspection& inspection)
{
    std::vector<std::string> texts;
    for (const TensorFact& tensor : inspection.inputs)
    {
        texts.push_back(tensorText(tensor));
    }
    return fmt::format("{}", fmt::join(texts, "; "));
}

std::string outputText(const ModelInspection& inspection)
{
    return inspection.output.dtype.empty()
               ? std::string()
               : fmt::format("{}{}", tensorText(inspection.output),
                             inspection.outputKind.empty() ? "" : fmt::format(" ({})", inspection.outputKind));
}

/// What stands where a figure is missing: that it cannot be seen, or nothing.
std::string missing(const ModelInspection& seen)
{
    return isOpaque(seen) ? std::string(kNotSeen) : std::string();
}

/// "3.00 ms, 30 % of the forward pass"
std::string attentionText(const ModelInspection& seen, const Format& format)
{
    if (seen.calls.empty())
    {
        return isOpaque(seen) ? std::string(kNotSeen) : "no call was seen";
    }
    if (!seen.attentionNs || std::ranges::none_of(seen.calls, [](const auto& call) { return call.ns.has_value(); }))
    {
        return "not to be timed apart";
    }
    const auto share = seen.shareOf(*seen.attentionNs);
    return share ? fmt::format("{}, {} of the forward pass", format.duration(*seen.attentionNs), format.percent(*share))
                 : format.duration(*seen.attentionNs);
}

std::string parametersText(const ModelInspection& seen, const Format& format)
{
    return seen.parameters
               ? fmt::format("{}{}", format.count(*seen.parameters), seen.randomWeights ? ", random weights" : "")
               : missing(seen);
}

std::string weightsText(const ModelInspection& seen, const Format& format)
{
    return seen.weightBytes
               ? fmt::format("{} in {}", format.bytes(static_cast<double>(*seen.weightBytes)), toString(seen.dtype))
               : missing(seen);
}

std::string peakText(const ModelInspection& seen, const Format& format)
{
    return seen.peakBytes ? format.bytes(static_cast<double>(*seen.peakBytes)) : missing(seen);
}

/// "5.00 ms, 1.20 ms of it in attention's backward operators"
std::string trainStepText(const ModelInspection& seen, const Format& format)
{
    if (!seen.trainStepNs)
    {
        return {};
    }
    return format.duration(*seen.trainStepNs) + (seen.attentionBackwardNs
                                                     ? fmt::format(", {} of it in attention's backward operators",
                                                                   format.duration(*seen.attentionBackwardNs))
                                                     : std::string());
}

Table summaryTable(const ModelInspection& seen, const Format& format)
{
    FactRows rows;
    rows.table.columns = {{"model"}, {""}};
    rows.add("class", format.plain(seen.model.architecture));
    rows.add("family", format.plain(seen.family));
    rows.add("loaded as", std::string(toString(seen.loader)));
    rows.add("calls made as", seen.callsAs);
    rows.add("parameters", parametersText(seen, format));
    rows.add("weights", weightsText(seen, format));
    rows.add("device", seen.device);
    rows.add("inputs", format.plain(inputsText(seen)));
    rows.add("output", format.plain(outputText(seen)));
    rows.add("loading", format.duration(seen.loadSeconds * 1e9));
    rows.add("forward pass", format.duration(seen.forwardNs));
    rows.add("attention", attentionText(seen, format));
    rows.add("training step", trainStepText(seen, format));
    rows.add("peak memory", peakText(seen, format));
    rows.add("backends", seen.switchesBackends ? "can be switched" : "cannot be switched");
    for (const std::string& note : seen.notes)
    {
        rows.table.notes.push_back(format.plain(note));
    }
    return rows.table;
}

/// Calls that differ in nothing but their place and their time.
struct AlikeCalls
{
    const WatchedCall* first = nullptr;
    std::vector<std::int64_t> numbers{};
    std::vector<std::string> paths{};
    std::optional<double> ns{};
    std::optional<std::int64_t> bytes{}; ///< the most of one
};

bool isAlike(const WatchedCall& one, const WatchedCall& other)
{
    return one.call.role == other.call.role && one.call.problem == other.call.problem && one.form == other.form &&
           one.content == other.content && one.ran == other.ran && one.distinctKvHeads == other.distinctKvHeads &&
           one.innermostContiguous == other.innermostContiguous;
}

std::vector<AlikeCalls> alikeCalls(const ModelInspection& seen)
{
    std::vector<AlikeCalls> groups;
    for (std::size_t at = 0; at < seen.calls.size(); ++at)
    {
        const WatchedCall& watched = seen.calls[at];
        auto group =
            std::ranges::find_if(groups, [&](const AlikeCalls& known) { return isAlike(*known.first, watched); });
        if (group == groups.end())
        {
            group = groups.insert(groups.end(), AlikeCalls{&watched});
        }
        group->numbers.push_back(static_cast<std::int64_t>(at));
        group->paths.push_back(watched.call.path);
        if (watched.ns)
        {
            group->ns = group->ns.value_or(0) + *watched.ns;
        }
        if (watched.allocatedBytes)
        {
            group->bytes = std::max(group->bytes.value_or(0), *watched.allocatedBytes);
        }
    }
    return groups;
}

/// "layers.0-2.self_attn: causal-self, B2 H8 S128 D64 bfloat16 causal, bhsd"; the mask has a column of its own.
std::string callText(const AlikeCalls& group)
{
    const WatchedCall& watched = *group.first;
    AttentionProblem problem = watched.call.problem;
    problem.mask = MaskKind::None;
    problem.maskSpan = 0;
    const std::string path = pathPattern(group.paths);
    return fmt::format("{}{}{}, {}{}, {}{}", path, path.empty() ? "" : ": ", toString(watched.call.role),
                       watched.form == CallForm::Sdpa ? "" : fmt::format("{}, ", toString(watched.form)),
                       describe(problem), toString(problem.layout),
                       watched.innermostContiguous ? "" : ", not contiguous");
}

Cell ranCell(const WatchedCall& watched, const Format& format)
{
    return watched.ran ? Cell(toString(*watched.ran), *watched.ran == Backend::Math ? Tone::Caution : Tone::Plain)
                       : Cell(format.dash(), Tone::Muted);
}

/// "12.0 MiB (8 %)": the most that one of the calls allocated, and what that is of the pass's peak.
Cell memoryCell(const AlikeCalls& group, const ModelInspection& seen, const Format& format)
{
    if (!group.bytes)
    {
        return {format.dash()};
    }
    const auto bytes = static_cast<double>(*group.bytes);
    const bool known = seen.peakBytes && *seen.peakBytes > 0;
    return {format.bytes(bytes) +
            (known ? fmt::format(" ({})", format.percent(bytes / static_cast<double>(*seen.peakBytes))) : "")};
}

std::vector<Cell> callRow(const AlikeCalls& group, const ModelInspection& seen, const Format& format)
{
    const WatchedCall& watched = *group.first;
    const bool masked = watched.content != MaskContent::None;
    const auto share = group.ns ? seen.shareOf(*group.ns) : std::nullopt;
    return {numberRanges(group.numbers),
            format.plain(callText(group)),
            masked ? Cell(toString(watched.content)) : Cell(format.dash(), Tone::Muted),
            ranCell(watched, format),
            format.duration(group.ns),
            share ? format.percent(*share) : format.dash(),
            memoryCell(group, seen, format)};
}

std::vector<Table> callTables(const ModelInspection& seen, const Format& format)
{
    if (seen.calls.empty())
    {
        return {};
    }
    Table table;
    table.title = "Attention calls";
    table.columns = {{"number"},
                     {"call"},
                     {"mask"},
                     {"ran"},
                     {"time", Align::Right},
                     {"share", Align::Right},
                     {"memory", Align::Right}};
    for (const AlikeCalls& group : alikeCalls(seen))
    {
        table.rows.push_back(callRow(group, seen, format));
    }
    table.notes.push_back(
        "Calls that are alike stand on one row, with the time of all of them; memory is the most that "
        "one of them allocated, and its share of the forward pass's peak. Times are of one watched forward pass, on "
        "the GPU's clock where it runs on one.");
    return {table};
}

/// The listed module that \a path lies in, or null.
const ModelModule* parentOf(const ModelInspection& seen, std::string_view path)
{
    while (!path.empty())
    {
        const auto dot = path.rfind('.');
        path = path.substr(0, dot == std::string_view::npos ? 0 : dot);
        const auto found = std::ranges::find_if(seen.modules, [&](const ModelModule& one) { return one.path == path; });
        if (found != seen.modules.end())
        {
            return &*found;
        }
    }
    return nullptr;
}

/// How many listed modules a module lies in.
std::size_t depthOf(const ModelInspection& seen, const ModelModule& module)
{
    std::size_t depth = 0;
    for (const auto* parent = parentOf(seen, module.path); parent != nullptr; parent = parentOf(seen, parent->path))
    {
        ++depth;
    }
    return depth;
}

/// Its name below its parent, indented; with spaces that no writer takes for a line break.
std::string nameInTree(const ModelInspection& seen, const ModelModule& module, std::size_t depth, const Format& format)
{
    const auto* parent = parentOf(seen, module.path);
    std::string name = module.path;
    if (parent != nullptr && !parent->path.empty())
    {
        name = module.path.substr(parent->path.size() + 1);
    }
    std::string text;
    for (std::size_t level = 0; level < depth; ++level)
    {
        text += format.ascii() ? "  " : "\u00a0\u00a0";
    }
    return text + format.plain(name.empty() ? "(model)" : name);
}

std::vector<Table> moduleTables(const ModelInspection& seen, const Format& format)
{
    if (seen.modules.empty())
    {
        return {};
    }
    Table table;
    table.title = "Modules";
    table.columns = {{"module"}, {"class"}, {"parameters", Align::Right}, {"share", Align::Right}};
    for (const ModelModule& module : seen.modules)
    {
        const std::size_t depth = depthOf(seen, module);
        if (depth > kDeepestModule || table.rows.size() == kMostModules)
        {
            continue;
        }
        table.rows.push_back({nameInTree(seen, module, depth, format),
                              module.kind.empty() ? Cell(format.dash(), Tone::Muted) : Cell(format.plain(module.kind)),
                              isOpaque(seen) ? std::string(kNotSeen) : format.count(module.parameters),
                              seen.parameters.value_or(0) > 0 ? format.percent(static_cast<double>(module.parameters) /
                                                                               static_cast<double>(*seen.parameters))
                                                              : format.dash()});
    }
    if (const auto left = seen.modules.size() - table.rows.size(); left > 0)
    {
        table.notes.push_back(fmt::format("{} more {} left out; the JSON report has all.", left,
                                          left == 1 ? "module is" : "modules are"));
    }
    return {table};
}

} // namespace

bool isOpaque(const ModelInspection& inspection)
{
    return !abilitiesOf(inspection.loader).showsModules;
}

std::vector<Table> inspectionTables(const ModelInspection& inspection, const Format& format)
{
    std::vector<Table> tables{summaryTable(inspection, format)};
    for (auto& more : {callTables(inspection, format), moduleTables(inspection, format)})
    {
        tables.insert(tables.end(), more.begin(), more.end());
    }
    return tables;
}

std::vector<Table> modelTables(const Report& report, const Format& format)
{
    return report.plan.inspection ? inspectionTables(*report.plan.inspection, format) : std::vector<Table>();
}

} // namespace headroom
