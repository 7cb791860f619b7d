// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/comparison_text.h"

#include "core/report/case_cells.h"
#include "core/report/unlike_circumstances.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom
{
namespace
{

constexpr double kErrorChange = 0.1;
constexpr double kMemoryChange = 0.01;

bool differsBy(double first, double second, double share)
{
    return std::abs(first - second) > share * std::max(std::abs(first), std::abs(second));
}

std::string verdictWord(AccuracyVerdict verdict)
{
    return verdictCell(verdict).text;
}

std::string medianText(const CaseSide& side, const Format& format, Detail detail)
{
    if (!side.medianNs)
    {
        return side.whyUntimed;
    }
    return detail == Detail::Full ? format.duration(*side.medianNs, side.medianIntervalNs)
                                  : format.duration(*side.medianNs);
}

Cell medianCell(const CaseSide& side, const Format& format, Detail detail)
{
    const bool wrong = side.accuracy == AccuracyVerdict::Failed || side.accuracy == AccuracyVerdict::NotFinite;
    return {medianText(side, format, detail), !side.medianNs ? Tone::Muted : wrong ? Tone::Bad : Tone::Plain};
}

Cell detectableCell(const CaseComparison& one, const Format& format)
{
    return one.time.minimumDetectableEffect ? Cell(format.percent(*one.time.minimumDetectableEffect))
                                            : Cell(format.dash(), Tone::Muted);
}

bool isNoteworthy(const CaseComparison& one, bool judged)
{
    const bool changed =
        one.backendChanged() || one.accuracyIsWorse() || one.accuracyIsBetter() || one.isLost() || one.kernelsChanged();
    return changed || (judged && one.isRanked() && one.time.verdict != ComparisonVerdict::Same);
}

Tone toneBeside(const CaseComparison& one)
{
    return one.backendChanged() || one.accuracyIsWorse() || one.isLost() ? Tone::Bad : Tone::Plain;
}

std::string ranText(const CaseSide& side, const Format& format)
{
    return side.ran ? std::string(toString(*side.ran)) : format.dash();
}

std::string pair(const std::string& first, const std::string& second, const Format& format)
{
    return first == second ? first : format.plain(fmt::format("{} → {}", first, second));
}

std::string errorText(const std::optional<double>& ratio, const Format& format)
{
    return ratio ? format.ratio(*ratio) : format.dash();
}

std::vector<Cell> fullRow(const CaseComparison& one, bool judged, const Format& format)
{
    return {Cell(describeWithSide(one.measured)),
            medianCell(one.first, format, Detail::Full),
            medianCell(one.second, format, Detail::Full),
            comparedRatio(one, judged, format),
            detectableCell(one, format),
            Cell(pair(ranText(one.first, format), ranText(one.second, format), format),
                 one.backendChanged() ? Tone::Bad : Tone::Plain),
            Cell(pair(verdictWord(one.first.accuracy), verdictWord(one.second.accuracy), format),
                 one.accuracyIsWorse() ? Tone::Bad : Tone::Plain),
            Cell(pair(errorText(one.first.errorRatio, format), errorText(one.second.errorRatio, format), format)),
            Cell(one.memoryRatio ? format.ratio(*one.memoryRatio) : format.dash())};
}

std::vector<Cell> compactRow(const CaseComparison& one, bool judged, const Format& format)
{
    return {Cell(describeWithSide(one.measured)),
            medianCell(one.first, format, Detail::Compact),
            medianCell(one.second, format, Detail::Compact),
            comparedRatio(one, judged, format),
            detectableCell(one, format),
            Cell(fmt::format("{}", fmt::join(besideTime(one, format), ", ")), toneBeside(one))};
}

void addSentence(std::string& text, std::int64_t count, std::string_view what)
{
    text += count > 0 ? fmt::format(" {} in {}.", what, count) : std::string();
}

} // namespace

std::string comparisonSentence(const NamedComparison& named, const Format& format)
{
    const ReportComparison& comparison = named.comparison;
    const ComparisonCounts& counts = comparison.counts;
    std::string text;
    if (comparison.cases.empty())
    {
        return fmt::format("{} and {} have no case in common.", named.first, named.second);
    }
    if (!comparison.judged)
    {
        const auto matters = std::ranges::count_if(comparison.differences, &CircumstanceDifference::matters);
        const auto all = std::ssize(comparison.differences);
        text = all == matters ? fmt::format("The circumstances differ in {} that {}, so there is no verdict.",
                                            format.plural(matters, "thing"), matters == 1 ? "matters" : "matter")
                              : fmt::format("The circumstances differ in {}, of which {} {}, so there is no verdict.",
                                            format.plural(all, "thing"), format.count(matters),
                                            matters == 1 ? "matters" : "matter");
    }
    else if (counts.judged() == 0)
    {
        text = "No case in common is measured and verified in both.";
    }
    else
    {
        text = fmt::format("Of {} in common, {} is faster in {}, slower in {} and the same in {}; {} cannot be told.",
                           format.plural(counts.judged(), "verified case"), named.second, format.count(counts.faster),
                           format.count(counts.slower), format.count(counts.same), format.count(counts.cannotTell));
    }
    addSentence(text, counts.backendChanged, "Another backend ran");
    addSentence(text, counts.accuracyWorse, "Accuracy is worse");
    addSentence(text, counts.accuracyBetter, "Accuracy is better");
    addSentence(text, counts.lost, fmt::format("{} has no time any more", named.second));
    return text;
}

std::vector<std::string> besideTime(const CaseComparison& one, const Format& format)
{
    std::vector<std::string> words;
    if (one.backendChanged())
    {
        words.push_back(pair(std::string(toString(*one.first.ran)), std::string(toString(*one.second.ran)), format));
    }
    else if (one.kernelsChanged())
    {
        words.emplace_back("other kernels");
    }
    if (one.first.accuracy != one.second.accuracy)
    {
        words.push_back("accuracy " + pair(verdictWord(one.first.accuracy), verdictWord(one.second.accuracy), format));
    }
    const auto& error = one.first.errorRatio;
    const auto& otherError = one.second.errorRatio;
    if (error && otherError && differsBy(*error, *otherError, kErrorChange))
    {
        words.push_back("error " + pair(format.ratio(*error), format.ratio(*otherError), format) + " the yardstick's");
    }
    if (one.memoryRatio && differsBy(*one.memoryRatio, 1, kMemoryChange))
    {
        words.push_back("peak " + pair(format.bytes(one.first.peakBytes), format.bytes(one.second.peakBytes), format));
    }
    return words;
}

Cell comparedRatio(const CaseComparison& one, bool judged, const Format& format)
{
    if (!one.time.ratio)
    {
        return {format.dash(), Tone::Muted};
    }
    const std::string ratio = format.ratio(*one.time.ratio, one.time.interval);
    if (!one.isRanked())
    {
        return {ratio + " not ranked", Tone::Muted};
    }
    return judged ? Cell(ratio + " " + spaced(toString(one.time.verdict)), toneOf(one.time.verdict))
                  : Cell(ratio, Tone::Muted);
}

Table unlikeTable(const std::vector<NamedComparison>& all, const Format& format)
{
    Table table;
    table.title = "Unlike circumstances";
    table.columns = {{"what"}, {all.empty() ? std::string() : all.front().first}};
    std::map<std::string, std::vector<Cell>> rows;
    std::vector<std::string> names;
    for (std::size_t at = 0; at < all.size(); ++at)
    {
        table.columns.push_back({all[at].second});
        for (const auto& one : all[at].comparison.differences)
        {
            auto& row = rows[one.name];
            if (row.empty())
            {
                names.push_back(one.name);
                row.assign(all.size() + 2, Cell("the same", Tone::Muted));
                row[0] = Cell(circumstanceName(one.name), one.matters ? Tone::Caution : Tone::Plain);
                row[1] = Cell(circumstanceValue(one.name, one.first, format));
            }
            row[at + 2] = Cell(circumstanceValue(one.name, one.second, format));
        }
    }
    std::stable_sort(names.begin(), names.end(),
                     [](const std::string& left, const std::string& right)
                     { return weightPlace(left) < weightPlace(right); });
    for (const auto& name : names)
    {
        table.rows.push_back(rows[name]);
    }
    return table;
}

Table comparisonTable(const NamedComparison& named, const Format& format, Detail detail, bool changesAlone)
{
    const ReportComparison& comparison = named.comparison;
    Table table;
    table.title = fmt::format("{} against {}, like for like", named.second, named.first);
    const std::string ratio = fmt::format("ratio, {} %", 100 * comparison.rule.confidence);
    if (detail == Detail::Full)
    {
        table.columns = {{"case"},     {named.first, Align::Right},           {named.second, Align::Right},
                         {ratio},      {"detectable", Align::Right},          {"seen to run"},
                         {"accuracy"}, {"error / yardstick's", Align::Right}, {"memory ratio", Align::Right}};
    }
    else
    {
        table.columns = {{"case"}, {named.first, Align::Right}, {named.second, Align::Right},
                         {ratio},  {"detects", Align::Right},   {"beside time"}};
    }
    for (const auto& one : comparison.cases)
    {
        if (!changesAlone || isNoteworthy(one, comparison.judged))
        {
            table.rows.push_back(detail == Detail::Full ? fullRow(one, comparison.judged, format)
                                                        : compactRow(one, comparison.judged, format));
        }
    }
    return table;
}

std::vector<std::string> lonelyLines(const NamedComparison& named, const Format& format, std::size_t most)
{
    std::vector<std::string> lines;
    const auto add = [&](const std::string& name, const std::string& other, const std::vector<std::string>& cases)
    {
        if (cases.empty())
        {
            return;
        }
        const auto shown = std::min(most, cases.size());
        const std::vector<std::string> listed(cases.begin(), cases.begin() + static_cast<std::ptrdiff_t>(shown));
        const auto more = cases.size() - shown;
        lines.push_back(fmt::format(
            "{} has {} that {} has not: {}{}.", name, format.plural(static_cast<std::int64_t>(cases.size()), "case"),
            other, fmt::join(listed, "; "), more > 0 ? fmt::format("; and {} more", more) : std::string()));
    };
    add(named.first, named.second, named.comparison.onlyFirst);
    add(named.second, named.first, named.comparison.onlySecond);
    return lines;
}

} // namespace headroom
