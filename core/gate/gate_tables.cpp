// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gate/gate_circumstances.h"
#include "core/gate/gate_writers.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom
{
namespace
{

/// By which a summary is known again; nobody sees it on a page.
constexpr std::string_view kMark = "<!-- headroom-cli gate -->\n";

constexpr std::size_t kMostRows = 30;

std::string answer(const GateVerdict& verdict)
{
    switch (verdict.conclusion)
    {
    case Conclusion::Passed:
        return "Gate passed";
    case Conclusion::Failed:
        return "Gate failed";
    case Conclusion::CannotTell:
    case Conclusion::SetUpError:
        break;
    }
    return "Gate cannot tell";
}

Tone toneOf(Conclusion conclusion)
{
    return conclusion == Conclusion::Passed ? Tone::Good : conclusion == Conclusion::Failed ? Tone::Bad : Tone::Caution;
}

Tone toneOf(GateStatus status)
{
    return status == GateStatus::Passed ? Tone::Plain : status == GateStatus::Failed ? Tone::Bad : Tone::Caution;
}

constexpr double kManyTimes = 10; ///< from here on a share has too many digits to be read

/// "+5.2 %" of a ratio of times; "12×" of a large one.
std::string shareText(double ratio, const Format& format)
{
    if (ratio >= kManyTimes)
    {
        return format.ratio(ratio);
    }
    const double percent = (ratio - 1.0) * 100.0;
    return std::abs(percent) < 0.05 ? std::string("0.0 %") : fmt::format("{:+.1f} %", percent);
}

std::string_view verdictText(const GateCase& one)
{
    switch (one.time.verdict)
    {
    case ComparisonVerdict::Slower:
        return one.status() == GateStatus::CannotTell ? "cannot tell" : "regression";
    case ComparisonVerdict::Faster:
        return one.status() == GateStatus::CannotTell ? "cannot tell" : "improved";
    case ComparisonVerdict::Same:
        return "same";
    case ComparisonVerdict::CannotTell:
        break;
    }
    return one.status() == GateStatus::CannotTell ? "cannot tell" : "no regression";
}

/// Its time against the baseline's: the change, its interval, and what was made of it.
std::vector<Cell> timeCells(const GateCase& one, const Format& format)
{
    const RunToRunChange& time = one.time;
    const auto dash = Cell(format.dash(), Tone::Muted);
    const bool judged = one.timeJudged && time.timeRatio;
    const auto& p = time.verdict == ComparisonVerdict::Faster ? time.adjustedPFaster : time.adjustedP;
    std::string change = judged ? shareText(*time.timeRatio, format) : std::string();
    if (judged && time.interval)
    {
        change +=
            fmt::format(" ({} to {})", shareText(time.interval->low, format), shareText(time.interval->high, format));
    }
    const Tone tone = !judged ? Tone::Muted
                      : time.verdict == ComparisonVerdict::Faster && one.status() != GateStatus::CannotTell
                          ? Tone::Good
                          : toneOf(one.status());
    return {judged ? Cell(change, tone) : dash, judged && p ? Cell(fmt::format("{:.2g}", *p)) : dash,
            judged && time.minimumDetectableEffect ? Cell(format.percent(*time.minimumDetectableEffect)) : dash,
            judged ? Cell(std::string(verdictText(one)), tone) : dash};
}

/// What else there is to say of it than its time, which has cells of its own where it was compared.
std::string othersOf(const GateFindings& findings, const RunToRunChange& time)
{
    std::vector<std::string> texts;
    for (const auto* list : {&findings.failures, &findings.doubts, &findings.notes})
    {
        for (const std::string& text : *list)
        {
            if (!time.interval || time.reason.empty() || !text.starts_with(time.reason))
            {
                texts.push_back(text);
            }
        }
    }
    return fmt::format("{}", fmt::join(texts, "; "));
}

template <typename Row> bool isWorthARow(const Row& row)
{
    return row.status() != GateStatus::Passed;
}

bool isWorthARow(const GateCase& one)
{
    return one.status() != GateStatus::Passed || (one.timeJudged && one.time.verdict == ComparisonVerdict::Faster);
}

Table casesTable(const GateVerdict& verdict, const Format& format, bool all)
{
    Table table;
    table.title = "Cases";
    table.columns = {{"case"},
                     {"baseline", Align::Right},
                     {"candidate", Align::Right},
                     {"change of time"},
                     {"adjusted p", Align::Right},
                     {"detectable", Align::Right},
                     {"time"},
                     {"beside it"}};
    std::vector<const GateCase*> rows;
    for (const GateCase& one : verdict.cases)
    {
        if (all || isWorthARow(one))
        {
            rows.push_back(&one);
        }
    }
    // Failures first, then what is unclear.
    std::ranges::stable_sort(rows, {}, [](const GateCase* one) { return (static_cast<int>(one->status()) + 2) % 3; });
    const std::size_t left = all || rows.size() <= kMostRows ? 0 : rows.size() - kMostRows;
    rows.resize(rows.size() - left);
    for (const GateCase* one : rows)
    {
        std::vector<Cell> row{Cell(format.plain(one->title), toneOf(one->status())),
                              Cell(format.duration(one->baseline.medianNs)),
                              Cell(format.duration(one->candidate.medianNs))};
        std::ranges::move(timeCells(*one, format), std::back_inserter(row));
        row.emplace_back(format.plain(othersOf(one->findings, one->time)), toneOf(one->status()));
        table.rows.push_back(std::move(row));
    }
    if (left > 0)
    {
        table.notes.push_back(fmt::format("{} more are in the JUnit and JSON files.", left));
    }
    return table;
}

Table checksTable(const GateVerdict& verdict, const Format& format)
{
    Table table;
    table.title = "Checks that changed";
    table.columns = {{"check"}, {"baseline"}, {"candidate"}, {"what it means"}};
    for (const GateCheck& one : verdict.checks)
    {
        if (isWorthARow(one) && table.rows.size() < kMostRows)
        {
            table.rows.push_back({Cell(format.plain(one.title), toneOf(one.status())), Cell(one.baseline),
                                  Cell(one.candidate.empty() ? format.dash() : one.candidate),
                                  Cell(format.plain(othersOf(one.findings, {})), toneOf(one.status()))});
        }
    }
    return table;
}

std::vector<Table> tablesOf(const GateVerdict& verdict, const Format& format, bool all)
{
    std::vector<Table> tables;
    for (Table table : {casesTable(verdict, format, all), checksTable(verdict, format)})
    {
        if (!table.rows.empty())
        {
            tables.push_back(std::move(table));
        }
    }
    return tables;
}

std::string countsOf(const GateVerdict& verdict)
{
    const Format format;
    const auto counted = [&format](std::size_t all, std::string_view what)
    { return format.plural(static_cast<std::int64_t>(all), what); };
    const bool compared = std::ranges::any_of(verdict.cases, &GateCase::timeJudged);
    const auto unchanged = std::ranges::count_if(verdict.cases,
                                                 [](const GateCase& one) {
                                                     return one.timeJudged &&
                                                            one.time.verdict == ComparisonVerdict::CannotTell &&
                                                            one.status() == GateStatus::Passed;
                                                 });
    const std::string times =
        !compared ? std::string("times are not compared")
                  : fmt::format("{} slower, {} faster, {} the same, {} without a regression",
                                verdict.count(ComparisonVerdict::Slower), verdict.count(ComparisonVerdict::Faster),
                                verdict.count(ComparisonVerdict::Same), unchanged);
    std::string text = fmt::format("{}: {}; {} failed, {} cannot be told of.", counted(verdict.cases.size(), "case"),
                                   times, verdict.count(GateStatus::Failed), verdict.count(GateStatus::CannotTell));
    if (!verdict.checks.empty())
    {
        text += fmt::format(" {}: {} failed.", counted(verdict.checks.size(), "check"),
                            verdict.checksThat(GateStatus::Failed));
    }
    return text;
}

std::string runsOf(const GateVerdict& verdict)
{
    const auto runs = [](const std::vector<std::string>& ids)
    { return Format().plural(static_cast<std::int64_t>(ids.size()), "run"); };
    return fmt::format("Baseline {}: {}. Candidate: {}. Minimum effect {:.3g} %, false discovery rate {:.3g} %.{}",
                       verdict.baseline, runs(verdict.baselineRuns), runs(verdict.candidateRuns),
                       verdict.thresholds.time.minimumEffect * 100, verdict.thresholds.time.falseDiscoveryRate * 100,
                       verdict.forced ? " Verdicts of time are forced." : "");
}

/// What differs and may, since the reasons name what may not.
std::vector<std::string> tested(const GateVerdict& verdict)
{
    std::vector<std::string> sentences;
    for (const GateDifference& one : verdict.differences)
    {
        if (one.mayDiffer || verdict.forced)
        {
            sentences.push_back(differenceSentence(one));
        }
    }
    if (!verdict.newCases.empty())
    {
        sentences.push_back(fmt::format("not in the baseline: {}", fmt::join(verdict.newCases, "; ")));
    }
    return sentences;
}

} // namespace

std::string writeGateMarkdown(const GateVerdict& verdict)
{
    std::string text = fmt::format("## {}\n\n", answer(verdict));
    for (const std::string& reason : verdict.reasons)
    {
        text += fmt::format("* {}\n", markdownEscaped(reason));
    }
    text += fmt::format("\n{}\n\n", countsOf(verdict));
    for (const Table& table : tablesOf(verdict, Format(), false))
    {
        text += markdownTable(table);
    }
    if (const auto sentences = tested(verdict); !sentences.empty())
    {
        text += "### What differs\n\n";
        for (const std::string& sentence : sentences)
        {
            text += fmt::format("* {}\n", markdownEscaped(sentence));
        }
        text += "\n";
    }
    for (const std::string& note : verdict.notes)
    {
        text += fmt::format("{}\n\n", markdownEscaped(note));
    }
    return fmt::format("{}{}\n\n{}", text, markdownEscaped(runsOf(verdict)), kMark);
}

bool isGateOutput(std::string_view text)
{
    constexpr std::size_t kHead = 200; // the XML declaration and the root
    return text.ends_with(kMark) || text.substr(0, kHead).find(kJunitRoot) != std::string_view::npos;
}

std::string writeGateText(const GateVerdict& verdict, const Format& format, const TextLayout& layout)
{
    std::string text = coloured(answer(verdict), toneOf(verdict.conclusion), layout) + "\n";
    for (const std::string& reason : verdict.reasons)
    {
        text += paragraph("  ", format.plain(reason), layout);
    }
    text += "\n";
    for (const Table& table : tablesOf(verdict, format, true))
    {
        text += textTable(table, layout) + "\n";
    }
    for (const std::string& sentence : tested(verdict))
    {
        text += paragraph("Differs: ", format.plain(sentence), layout);
    }
    for (const std::string& note : verdict.notes)
    {
        text += paragraph("", format.plain(note), layout);
    }
    return text + format.plain(countsOf(verdict)) + "\n" + format.plain(runsOf(verdict)) + "\n";
}

} // namespace headroom
