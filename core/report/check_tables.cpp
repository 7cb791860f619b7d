// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/defects.h"
#include "core/plan/ladder.h"
#include "core/report/report_tables.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace headroom
{
namespace
{

constexpr std::string_view kPriceWords = "price of ";

Tone toneOf(CheckStatus status)
{
    switch (status)
    {
    case CheckStatus::Passed:
        return Tone::Good;
    case CheckStatus::Failed:
        return Tone::Bad;
    case CheckStatus::NotApplicable:
        return Tone::Muted;
    case CheckStatus::CouldNotTell:
        return Tone::Caution;
    }
    return Tone::Plain;
}

std::string seenOf(const CheckResult& check, bool all)
{
    if (all && !check.details.empty())
    {
        return fmt::format("{} ({})", check.summary, fmt::join(check.details, "; "));
    }
    std::string text = check.summary;
    if (!check.details.empty())
    {
        text += fmt::format(" ({}{})", check.details.front(),
                            check.details.size() > 1 ? fmt::format(", and {} more", check.details.size() - 1) : "");
    }
    return text;
}

/// Checks of a whole model, as they come.
std::vector<Table> modelTable(const Report& report, const Format& format)
{
    Table table;
    table.columns = {{"check"}, {"backend"}, {"result"}, {"what was seen"}};
    for (const auto& check : report.checks)
    {
        if (check.subject.empty() && check.check != CheckKind::Ladder && check.check != CheckKind::Defect)
        {
            const Tone tone = check.status == CheckStatus::NotApplicable ? Tone::Caution : toneOf(check.status);
            table.rows.push_back({toString(check.check), toString(check.backend),
                                  Cell(spaced(toString(check.status)), tone), format.plain(seenOf(check, false))});
        }
    }
    return table.rows.empty() ? std::vector<Table>() : std::vector<Table>{table};
}

/// The calls that \a kind was asked of, in the order of the report.
std::vector<std::string> subjectsOf(const Report& report, CheckKind kind)
{
    std::vector<std::string> subjects;
    for (const auto& check : report.checks)
    {
        const bool fits = check.check == kind && (kind == CheckKind::Ladder || !check.subject.empty());
        if (fits && std::find(subjects.begin(), subjects.end(), check.subject) == subjects.end())
        {
            subjects.push_back(check.subject);
        }
    }
    return subjects;
}

std::string priceOf(const CheckResult& check)
{
    for (const auto& line : check.details)
    {
        if (line.starts_with(kPriceWords))
        {
            return line.substr(kPriceWords.size());
        }
    }
    return {};
}

Cell sameBitsCell(const CheckResult& check)
{
    switch (check.status)
    {
    case CheckStatus::Passed:
        return {"yes", Tone::Good};
    case CheckStatus::Failed:
        return {"no", Tone::Caution};
    default:
        return {spaced(toString(check.status)), Tone::Muted};
    }
}

/// Determinism or batch invariance of single calls.
std::vector<Table> bitTables(const Report& report, CheckKind kind, std::string_view title, const Format& format,
                             Detail detail)
{
    std::vector<Table> tables;
    for (const auto& subject : subjectsOf(report, kind))
    {
        Table table;
        table.title = fmt::format("{}: {}", title, subject);
        table.columns = {{"backend"}, {"same bits"}, {"what was seen"}};
        for (const auto& check : report.checks)
        {
            if (check.check != kind || check.subject != subject)
            {
                continue;
            }
            table.rows.push_back({toString(check.backend), sameBitsCell(check),
                                  format.plain(detail == Detail::Full ? seenOf(check, true) : check.summary)});
            if (const auto price = priceOf(check); detail == Detail::Compact && !price.empty())
            {
                table.notes.push_back(format.plain(fmt::format("{}, price of {}", toString(check.backend), price)));
            }
        }
        tables.push_back(std::move(table));
    }
    return tables;
}

Cell stepCell(const CheckResult& check)
{
    switch (check.status)
    {
    case CheckStatus::Passed:
        return {"passed", Tone::Good};
    case CheckStatus::Failed:
        return isByDesign(check.item) ? Cell("leaks", Tone::Caution) : Cell("FAILED", Tone::Bad);
    case CheckStatus::NotApplicable:
        return {"refused", Tone::Muted};
    case CheckStatus::CouldNotTell:
        return {"could not tell", Tone::Caution};
    }
    return {};
}

/// What one backend came to at one step; nothing when it was not asked.
const CheckResult* stepOf(const Report& report, const std::string& subject, const std::string& item, Backend backend)
{
    const auto found = std::find_if(report.checks.begin(), report.checks.end(),
                                    [&](const CheckResult& check)
                                    {
                                        return check.check == CheckKind::Ladder && check.subject == subject &&
                                               check.item == item && check.backend == backend;
                                    });
    return found == report.checks.end() ? nullptr : &*found;
}

/// A row a step and a column a backend; the words of what failed below it.
Table ladderOverview(const Report& report, const std::string& subject, const Format& format)
{
    std::vector<std::string> steps;
    std::vector<Backend> backends;
    Table table;
    table.title = fmt::format("Adversarial ladder: {}", subject);
    for (const auto& check : report.checks)
    {
        if (check.check != CheckKind::Ladder || check.subject != subject)
        {
            continue;
        }
        if (std::find(steps.begin(), steps.end(), check.item) == steps.end())
        {
            steps.push_back(check.item);
        }
        if (std::find(backends.begin(), backends.end(), check.backend) == backends.end())
        {
            backends.push_back(check.backend);
        }
        if (check.status == CheckStatus::Failed || check.status == CheckStatus::CouldNotTell)
        {
            table.notes.push_back(
                format.plain(fmt::format("{}, {}: {}", toString(check.backend), check.item, check.summary)));
        }
    }
    table.columns = {{"step"}};
    for (const auto backend : backends)
    {
        table.columns.push_back({std::string(toString(backend))});
    }
    for (const auto& step : steps)
    {
        std::vector<Cell> row{step};
        for (const auto backend : backends)
        {
            const auto* check = stepOf(report, subject, step, backend);
            row.push_back(check == nullptr ? Cell(format.dash(), Tone::Muted) : stepCell(*check));
        }
        table.rows.push_back(std::move(row));
    }
    table.notes.push_back(fmt::format("Each step is the call with at most {} items, {} heads and about {} tokens. A "
                                      "failed step is a finding of its backend and takes no rank from the call itself.",
                                      kLadderBatch, kLadderHeads, kLadderLength));
    return table;
}

Table ladderInFull(const Report& report, const std::string& subject, const Format& format)
{
    Table table;
    table.title = "Step by step";
    table.columns = {{"step"}, {"backend"}, {"result"}, {"what was seen"}};
    for (const auto& check : report.checks)
    {
        if (check.check == CheckKind::Ladder && check.subject == subject)
        {
            table.rows.push_back(
                {check.item, toString(check.backend), stepCell(check), format.plain(seenOf(check, true))});
        }
    }
    return table;
}

std::vector<Table> batteryTable(const Report& report, const Format& format, Detail detail)
{
    const bool full = detail == Detail::Full;
    std::string notApplicable; // in a document each has its row, with the reason
    Table table;
    table.title = "Known defects of scaled_dot_product_attention";
    table.columns = full ? std::vector<Column>{{"id"}, {"issue"}, {"what"}, {"verdict"}, {"seen"}}
                         : std::vector<Column>{{"id"}, {"verdict"}, {"what"}};
    for (const auto& check : report.checks)
    {
        if (check.check != CheckKind::Defect)
        {
            continue;
        }
        const auto* defect = findDefect(check.item);
        const std::string title(defect != nullptr ? defect->title : std::string_view());
        const auto verdict = presenceCell(check.status);
        if (full)
        {
            table.rows.push_back({check.item, defect != nullptr ? defect->issues : std::string_view(), title, verdict,
                                  format.plain(check.summary)});
            continue;
        }
        if (check.status == CheckStatus::NotApplicable)
        {
            notApplicable += (notApplicable.empty() ? "" : ", ") + check.item;
            continue;
        }
        table.rows.push_back({check.item, verdict, title});
        if (check.status == CheckStatus::Failed || check.status == CheckStatus::CouldNotTell)
        {
            table.notes.push_back(format.plain(
                fmt::format("{} ({}): {}", check.item, defect != nullptr ? defect->issues : "", check.summary)));
        }
    }
    if (!notApplicable.empty())
    {
        table.notes.push_back("Not applicable here: " + notApplicable + ".");
    }
    return table.rows.empty() && table.notes.empty() ? std::vector<Table>() : std::vector<Table>{table};
}

/// What was seen of each defect, a row each thing that was tried: "flash, bfloat16: right (...)".
std::vector<Table> batteryInFull(const Report& report, const Format& format)
{
    Table table;
    table.title = "Call by call";
    table.columns = {{"id"}, {"call"}, {"seen"}};
    for (const auto& check : report.checks)
    {
        if (check.check != CheckKind::Defect)
        {
            continue;
        }
        for (const auto& line : check.details)
        {
            const auto colon = line.find(": ");
            const bool named = colon != std::string::npos;
            table.rows.push_back({check.item, format.plain(named ? line.substr(0, colon) : std::string()),
                                  format.plain(named ? line.substr(colon + 2) : line)});
        }
    }
    return table.rows.empty() ? std::vector<Table>() : std::vector<Table>{table};
}

void append(std::vector<Table>& tables, std::vector<Table> more)
{
    for (auto& table : more)
    {
        tables.push_back(std::move(table));
    }
}

} // namespace

Cell presenceCell(CheckStatus status)
{
    switch (status)
    {
    case CheckStatus::Passed:
        return {"not present", Tone::Good};
    case CheckStatus::Failed:
        return {"PRESENT", Tone::Bad};
    case CheckStatus::NotApplicable:
        return {"not applicable", Tone::Muted};
    case CheckStatus::CouldNotTell:
        return {"could not tell", Tone::Caution};
    }
    return {};
}

std::vector<Table> checkTables(const Report& report, const Format& format, Detail detail)
{
    auto tables = modelTable(report, format);
    for (const auto& subject : subjectsOf(report, CheckKind::Ladder))
    {
        tables.push_back(ladderOverview(report, subject, format));
        if (detail == Detail::Full)
        {
            tables.push_back(ladderInFull(report, subject, format));
        }
    }
    append(tables, bitTables(report, CheckKind::Determinism, "Determinism", format, detail));
    append(tables, bitTables(report, CheckKind::BatchInvariance, "Batch invariance", format, detail));
    append(tables, batteryTable(report, format, detail));
    if (detail == Detail::Full)
    {
        append(tables, batteryInFull(report, format));
    }
    return tables;
}

} // namespace headroom
