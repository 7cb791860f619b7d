// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/kernel_table.h"

#include "core/plan/sweep_mask.h"
#include "core/report/case_cells.h"
#include "core/report/fastest.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom
{
namespace
{

constexpr std::size_t kMostPlaces = 4; ///< that a note names

const AttentionProblem& problemOf(const CaseReport& row)
{
    return std::get<AttentionProblem>(row.measured.subject);
}

/// The cases of one comparison: one call and pass, all backends.
struct Line
{
    std::vector<const CaseReport*> cases;
    const FastestReport* fastest = nullptr;

    const AttentionProblem& problem() const { return problemOf(*cases.front()); }
};

/// Lines that differ in batch and lengths alone.
struct Group
{
    std::string title;
    std::vector<Line> lines;
};

std::vector<Group> groupsOf(const Report& report)
{
    std::map<std::string_view, const FastestReport*> fastest;
    for (const auto& entry : report.fastest)
    {
        fastest[entry.jobId] = &entry;
    }
    std::vector<Group> groups;
    std::map<std::string, std::size_t> places;
    std::map<std::string_view, std::pair<std::size_t, std::size_t>> lines;
    for (const auto& row : report.cases)
    {
        if (!std::holds_alternative<AttentionProblem>(row.measured.subject))
        {
            continue;
        }
        if (const auto known = lines.find(row.jobId); known != lines.end())
        {
            groups[known->second.first].lines[known->second.second].cases.push_back(&row);
            continue;
        }
        const std::string title = kernelGroupTitle(row);
        const auto [place, isNew] = places.try_emplace(title, groups.size());
        if (isNew)
        {
            groups.push_back({title, {}});
        }
        Group& group = groups[place->second];
        lines[row.jobId] = {place->second, group.lines.size()};
        const auto found = fastest.find(row.jobId);
        group.lines.push_back({{&row}, found == fastest.end() ? nullptr : found->second});
    }
    for (auto& group : groups)
    {
        std::stable_sort(group.lines.begin(), group.lines.end(),
                         [](const Line& left, const Line& right)
                         {
                             const auto& a = left.problem();
                             const auto& b = right.problem();
                             return std::tie(a.queryLength, a.kvLength, a.batch) <
                                    std::tie(b.queryLength, b.kvLength, b.batch);
                         });
    }
    return groups;
}

const CaseReport* caseOf(const Line& line, Backend backend)
{
    for (const auto* row : line.cases)
    {
        if (row->measured.backend == backend)
        {
            return row;
        }
    }
    return nullptr;
}

/// Those with a figure or a failure in any line; what was left out of all is a note and no column.
std::vector<Backend> columnsOf(const Group& group)
{
    std::vector<Backend> backends;
    for (const auto& [backend, name] : EnumNames<Backend>::names)
    {
        const auto shown = [backend = backend](const Line& line)
        {
            const auto* row = caseOf(line, backend);
            return row != nullptr && !(row->outcome == Outcome::Skipped && row->cause != Cause::Budget);
        };
        if (std::any_of(group.lines.begin(), group.lines.end(), shown))
        {
            backends.push_back(backend);
        }
    }
    return backends;
}

std::string placeText(const AttentionProblem& problem)
{
    return problem.queryLength == problem.kvLength
               ? fmt::format("B{} S{}", problem.batch, problem.queryLength)
               : fmt::format("B{} S{}/{}", problem.batch, problem.queryLength, problem.kvLength);
}

/// Sentences below a table, each with the places that it holds for.
class Notes
{
public:
    void add(const std::string& text, const std::string& place)
    {
        const auto [found, isNew] = m_places.try_emplace(text);
        if (isNew)
        {
            m_order.push_back(text);
        }
        if (found->second.empty() || found->second.back() != place) // backends of one place may share a note
        {
            found->second.push_back(place);
        }
    }

    std::vector<std::string> sentences(std::size_t lines, const Format& format) const
    {
        std::vector<std::string> all;
        for (const auto& text : m_order)
        {
            const auto& places = m_places.at(text);
            const auto shown = std::min(places.size(), kMostPlaces);
            const std::string more =
                places.size() > shown ? fmt::format(" and {} more", places.size() - shown) : std::string();
            const std::string where =
                places.size() == lines && lines > 1
                    ? std::string("everywhere")
                    : fmt::format("{}{}",
                                  fmt::join(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(shown), ", "),
                                  more);
            all.push_back(format.plain(fmt::format("{} ({})", text, where)));
        }
        return all;
    }

private:
    std::vector<std::string> m_order;
    std::map<std::string, std::vector<std::string>> m_places;
};

Cell medianCell(const CaseReport* row, const FastestReport* fastest, const Format& format)
{
    if (row == nullptr)
    {
        return {format.dash(), Tone::Muted};
    }
    if (!isMeasured(*row))
    {
        const bool broke = row->outcome == Outcome::Failed;
        return {row->cause == Cause::None && row->outcome == Outcome::Skipped ? "left out" : whyEmpty(*row),
                broke ? Tone::Bad : Tone::Muted};
    }
    const std::string text = format.duration(row->device->medianNs);
    if (isRejected(*row))
    {
        return {text + ", rejected", Tone::Bad};
    }
    if (row->accuracy != AccuracyVerdict::Passed)
    {
        return {text + ", not verified", Tone::Muted};
    }
    const bool wins = fastest != nullptr && fastest->fastest == row->measured.backend && fastest->close.empty();
    return {text, wins ? Tone::Good : Tone::Plain};
}

Cell fastestCell(const FastestReport* fastest, const Format& format)
{
    if (fastest == nullptr || !fastest->fastest)
    {
        return {"none ranked", Tone::Muted};
    }
    std::string names(toString(*fastest->fastest));
    if (fastest->ranked == 1)
    {
        return {names + " alone", Tone::Muted};
    }
    if (!fastest->close.empty())
    {
        for (const auto backend : fastest->close)
        {
            names += fmt::format(" or {}", toString(backend));
        }
        return {names + ": too close", Tone::Caution};
    }
    return {fmt::format("{}; {} takes {}", names, toString(*fastest->second), format.ratio(*fastest->ratio)),
            Tone::Good};
}

void addNotes(const Line& line, Notes& notes)
{
    const std::string place = placeText(line.problem());
    for (const auto* row : line.cases)
    {
        const auto name = toString(row->measured.backend);
        if (!isMeasured(*row) && !row->reason.empty())
        {
            notes.add(fmt::format("{}: {}", name, row->reason), place);
        }
        else if (isMeasured(*row) && isRejected(*row))
        {
            notes.add(fmt::format("{} is rejected: {}", name, row->accuracyNote), place);
        }
        else if (isMeasured(*row) && row->accuracy == AccuracyVerdict::Unverified)
        {
            notes.add(fmt::format("{} is not verified: {}", name, row->accuracyNote), place);
        }
        else if (isMeasured(*row) && !row->accuracyNote.empty())
        {
            notes.add(row->accuracyNote, place);
        }
        for (const auto& flag : row->flags)
        {
            notes.add(fmt::format("{}, odd: {}", name, flag), place);
        }
    }
}

Table groupTable(const Group& group, const Format& format)
{
    Table table;
    table.title = group.title;
    const bool square =
        std::all_of(group.lines.begin(), group.lines.end(),
                    [](const Line& line) { return line.problem().queryLength == line.problem().kvLength; });
    table.columns = {{square ? "sequence" : "query", Align::Right}};
    if (!square)
    {
        table.columns.push_back({"keys", Align::Right});
    }
    table.columns.push_back({"batch", Align::Right});
    const auto backends = columnsOf(group);
    for (const auto backend : backends)
    {
        table.columns.push_back({std::string(toString(backend)), Align::Right});
    }
    table.columns.push_back({"fastest"});
    Notes notes;
    for (const auto& line : group.lines)
    {
        const auto& problem = line.problem();
        std::vector<Cell> cells{format.count(problem.queryLength)};
        if (!square)
        {
            cells.emplace_back(format.count(problem.kvLength));
        }
        cells.emplace_back(format.count(problem.batch));
        for (const auto backend : backends)
        {
            cells.push_back(medianCell(caseOf(line, backend), line.fastest, format));
        }
        cells.push_back(fastestCell(line.fastest, format));
        table.rows.push_back(std::move(cells));
        addNotes(line, notes);
    }
    table.notes = notes.sentences(group.lines.size(), format);
    return table;
}

/// Who is fastest, batch by length; empty where they make no grid.
Table gridTable(const Group& group, const Format& format)
{
    std::set<std::int64_t> batches;
    std::set<std::pair<std::int64_t, std::int64_t>> lengths;
    for (const auto& line : group.lines)
    {
        batches.insert(line.problem().batch);
        lengths.insert({line.problem().queryLength, line.problem().kvLength});
    }
    Table table;
    if (batches.size() < 2 || lengths.size() < 2 || 2 * group.lines.size() < batches.size() * lengths.size())
    {
        return table;
    }
    table.title = fmt::format(
        "Fastest, batch by {}: {}",
        std::all_of(lengths.begin(), lengths.end(), [](const auto& length) { return length.first == length.second; })
            ? "sequence"
            : "keys",
        group.title);
    table.columns = {{"batch", Align::Right}};
    for (const auto& [query, keys] : lengths)
    {
        table.columns.push_back({format.count(keys)});
    }
    for (const auto batch : batches)
    {
        std::vector<Cell> cells{format.count(batch)};
        for (const auto& [query, keys] : lengths)
        {
            const auto found =
                std::find_if(group.lines.begin(), group.lines.end(),
                             [&, q = query, k = keys](const Line& line)
                             {
                                 const auto& problem = line.problem();
                                 return problem.batch == batch && problem.queryLength == q && problem.kvLength == k;
                             });
            const auto* fastest = found == group.lines.end() ? nullptr : found->fastest;
            const bool told = fastest != nullptr && fastest->fastest.has_value();
            cells.push_back(!told                    ? Cell(format.dash(), Tone::Muted)
                            : fastest->close.empty() ? Cell(toString(*fastest->fastest), Tone::Good)
                                                     : Cell("too close", Tone::Caution));
        }
        table.rows.push_back(std::move(cells));
    }
    return table;
}

} // namespace

std::string kernelGroupTitle(const CaseReport& row)
{
    const Case& measured = row.measured;
    const AttentionProblem& problem = problemOf(row);
    std::string text =
        fmt::format("{}{}{}", toString(measured.pass), measured.launch == Launch::Graph ? ", CUDA graph" : "",
                    measured.l2 == L2State::Cold ? ", cold L2" : "");
    text += measured.pass == Pass::Forward && problem.needsGradients ? ", recorded for backward" : "";
    text += fmt::format(", {}", toString(problem.dtype));
    if (const auto mask = maskOf(problem); !(mask == SweepMask{}))
    {
        text += fmt::format(", {}", toText(mask));
    }
    text += problem.dropout > 0 ? fmt::format(", dropout {}", problem.dropout) : "";
    text += problem.scale ? fmt::format(", scale {}", *problem.scale) : "";
    text += problem.layout != Layout::Bhsd ? fmt::format(", {}", toString(problem.layout)) : "";
    text += problem.kvHeads != problem.queryHeads ? fmt::format(", {} heads on {}", problem.queryHeads, problem.kvHeads)
                                                  : fmt::format(", {} heads", problem.queryHeads);
    return text + (problem.headDimV != problem.headDimQk
                       ? fmt::format(", head_dim {} and {}", problem.headDimQk, problem.headDimV)
                       : fmt::format(", head_dim {}", problem.headDimQk));
}

std::vector<Table> kernelTables(const Report& report, const Format& format)
{
    std::vector<Table> tables;
    if (!isKernelSweep(report))
    {
        return tables;
    }
    for (const auto& group : groupsOf(report))
    {
        tables.push_back(groupTable(group, format));
        if (auto grid = gridTable(group, format); !grid.rows.empty())
        {
            tables.push_back(std::move(grid));
        }
    }
    return tables;
}

} // namespace headroom
