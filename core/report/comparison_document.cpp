// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/comparison_document.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace headroom
{
namespace
{

constexpr std::size_t kMostLonely = 5;
constexpr std::size_t kLetters = 26;
constexpr const char* kWithinRuns =
    "Intervals know the noise inside each run. Two runs of the same may differ by more: "
    "`headroom-cli gate` holds several runs against several.";

std::string labelOf(std::size_t place)
{
    return place < kLetters ? std::string(1, static_cast<char>('A' + place)) : fmt::format("#{}", place + 1);
}

ComparedReport describeReport(const Report& report, const std::string& name, std::size_t place)
{
    const auto* device = report.circumstances ? report.circumstances->selectedDevice() : nullptr;
    return {labelOf(place), name, report.run, report.startedUtc, device != nullptr ? device->name : std::string()};
}

std::string legendLine(const ComparedReport& report)
{
    const std::string when = report.startedUtc.substr(0, std::min<std::size_t>(report.startedUtc.size(), 16));
    return fmt::format("{}{}{}", report.name, report.device.empty() ? "" : ", " + report.device,
                       when.empty() ? "" : ", " + when + "Z");
}

Tone toneOf(Conclusion conclusion)
{
    return conclusion == Conclusion::Passed ? Tone::Good : conclusion == Conclusion::Failed ? Tone::Bad : Tone::Caution;
}

} // namespace

ComparisonDocument compareAll(const std::vector<Report>& reports, const std::vector<std::string>& names,
                              const ComparisonRequest& request)
{
    if (reports.size() < 2 || names.size() != reports.size())
    {
        throw std::invalid_argument("a comparison needs two reports or more, each with a name");
    }
    ComparisonDocument document;
    for (std::size_t at = 0; at < reports.size(); ++at)
    {
        document.reports.push_back(describeReport(reports[at], names[at], at));
        if (at > 0)
        {
            document.comparisons.push_back(
                {labelOf(0), labelOf(at), compareReports(reports.front(), reports[at], request)});
        }
    }
    return document;
}

Conclusion concludeComparison(const ComparisonDocument& document)
{
    Conclusion worst = Conclusion::Passed;
    for (const auto& named : document.comparisons)
    {
        const Conclusion one = concludeComparison(named.comparison);
        worst = one == Conclusion::Failed || worst == Conclusion::Failed ? Conclusion::Failed
                : one == Conclusion::CannotTell                          ? Conclusion::CannotTell
                                                                         : worst;
    }
    return worst;
}

std::string writeComparisonText(const ComparisonDocument& document, const Format& format, const TextLayout& layout,
                                bool changesAlone, const std::string& advice)
{
    std::string text;
    for (const auto& report : document.reports)
    {
        text += paragraph(report.label + "  ", format.plain(legendLine(report)), layout);
    }
    if (const Table unlike = unlikeTable(document.comparisons, format); !unlike.rows.empty())
    {
        text += "\n" + textTable(unlike, layout);
    }
    for (const auto& named : document.comparisons)
    {
        const Table table = comparisonTable(named, format, Detail::Compact, changesAlone);
        text += table.rows.empty() ? std::string() : "\n" + textTable(table, layout);
        text += "\n";
        for (const auto& line : lonelyLines(named, format, kMostLonely))
        {
            text += paragraph("", format.plain(line), layout);
        }
        const bool kept = !named.comparison.judged && !named.comparison.cases.empty();
        text += coloured(
            paragraph("", format.plain(comparisonSentence(named, format) + (kept ? " " + advice : "")), layout),
            toneOf(concludeComparison(named.comparison)), layout);
    }
    const bool judged = std::any_of(document.comparisons.begin(), document.comparisons.end(),
                                    [](const NamedComparison& named) { return named.comparison.counts.judged() > 0; });
    return text + (judged ? coloured(paragraph("", kWithinRuns, layout), Tone::Muted, layout) : std::string());
}

std::string writeComparisonMarkdown(const ComparisonDocument& document, bool changesAlone)
{
    const Format format;
    std::string text = "# Headroom compare\n\n";
    for (const auto& named : document.comparisons)
    {
        text += fmt::format("**{}**\n\n", markdownEscaped(comparisonSentence(named, format)));
    }
    for (const auto& report : document.reports)
    {
        text += fmt::format("- **{}** {}\n", report.label, markdownEscaped(legendLine(report)));
    }
    text += "\n";
    if (const Table unlike = unlikeTable(document.comparisons, format); !unlike.rows.empty())
    {
        text += markdownTable(unlike);
    }
    for (const auto& named : document.comparisons)
    {
        Table table = comparisonTable(named, format, Detail::Full, changesAlone);
        table.notes =
            lonelyLines(named, format, named.comparison.onlyFirst.size() + named.comparison.onlySecond.size());
        text += table.rows.empty() && table.notes.empty() ? std::string() : markdownTable(table);
    }
    text +=
        "Ratios are the first's over the second's: above 1 the second is faster, or needs less memory. Intervals know "
        "the noise inside each run; \"detectable\" is the smallest difference that samples as many and as noisy would "
        "show in four of five runs.\n";
    return text;
}

Json comparisonJson(const ComparisonDocument& document)
{
    Json comparisons = Json::array();
    for (const auto& named : document.comparisons)
    {
        Json one = named.comparison;
        one["first"] = named.first;
        one["second"] = named.second;
        one["sentence"] = comparisonSentence(named, Format());
        comparisons.push_back(std::move(one));
    }
    return Json{{"reports", document.reports},
                {"comparisons", std::move(comparisons)},
                {"conclusion", concludeComparison(document)}};
}

} // namespace headroom
