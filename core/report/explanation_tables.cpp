// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/explanation_tables.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

namespace headroom
{
namespace
{

Cell yesOrNo(bool yes)
{
    return yes ? Cell("yes", Tone::Good) : Cell("no", Tone::Caution);
}

Cell libtorchCell(const BackendAnswer& answer, const Format& format)
{
    if (!answer.libtorchAccepts)
    {
        return Cell(format.dash(), Tone::Muted);
    }
    const bool agreed = *answer.libtorchAccepts == answer.rules.eligible;
    return agreed ? yesOrNo(*answer.libtorchAccepts)
                  : Cell(*answer.libtorchAccepts ? "yes, against the rules" : "no, against the rules", Tone::Bad);
}

std::string failedRules(const Eligibility& rules)
{
    std::vector<std::string> names;
    for (const auto& rule : rules.rules)
    {
        if (!rule.passed)
        {
            names.push_back(rule.rule);
        }
    }
    return fmt::format("{}", fmt::join(names, ", "));
}

Table answerTable(const Explanation& explanation, const Format& format)
{
    const auto& evidence = explanation.evidence;
    Table table;
    table.title = "Who takes " + describe(evidence.problem);
    table.columns = {{"backend"}, {"by the rules"}, {"LibTorch says"}, {"rules that fail"}, {"LibTorch's words"}};
    for (const auto& answer : evidence.answers)
    {
        table.rows.push_back({toString(answer.rules.backend), yesOrNo(answer.rules.eligible),
                              libtorchCell(answer, format), failedRules(answer.rules),
                              format.plain(fmt::format("{}", fmt::join(answer.libtorchReasons, "; ")))});
    }
    if (!explanation.notAsked.empty())
    {
        table.notes.push_back(format.plain("LibTorch was not asked: " + explanation.notAsked));
    }
    for (const auto backend : disagreements(evidence))
    {
        table.notes.push_back(fmt::format(
            "The rules and LibTorch disagree on {}: believe LibTorch, and report it to Headroom.", toString(backend)));
    }
    const auto chosen = evidence.libtorchDefault.value_or(evidence.predictedDefault);
    table.notes.push_back(
        fmt::format("LibTorch left to itself {} {}{}.", evidence.libtorchDefault ? "chooses" : "is expected to choose",
                    toString(chosen),
                    chosen == evidence.predictedDefault
                        ? ""
                        : fmt::format(", where {} was predicted", toString(evidence.predictedDefault))));
    return table;
}

Table ruleTable(const Explanation& explanation, const Format& format)
{
    Table table;
    table.title = "Every rule";
    table.columns = {{"backend"}, {"rule"}, {"holds"}, {"this call has"}, {"the backend takes"}};
    for (const auto& answer : explanation.evidence.answers)
    {
        for (const auto& rule : answer.rules.rules)
        {
            table.rows.push_back({toString(answer.rules.backend), rule.rule, yesOrNo(rule.passed),
                                  format.plain(rule.value), format.plain(rule.limit)});
        }
    }
    return table;
}

Table remedyTable(const Explanation& explanation, const Format& format)
{
    Table table;
    table.title = "What would change it";
    table.columns = {{"backend"}, {"smallest change"}, {"which gives"}, {"then LibTorch takes it"}};
    for (const auto& checked : explanation.remedies)
    {
        const auto& remedy = checked.remedy;
        table.rows.push_back(
            {toString(remedy.backend), format.plain(fmt::format("{}", fmt::join(remedy.steps, "; "))),
             describe(remedy.effect),
             checked.libtorchAccepts ? yesOrNo(*checked.libtorchAccepts) : Cell("not asked", Tone::Muted)});
    }
    for (const auto& answer : explanation.evidence.answers)
    {
        const bool helped =
            std::any_of(explanation.remedies.begin(), explanation.remedies.end(),
                        [&](const auto& checked) { return checked.remedy.backend == answer.rules.backend; });
        if (!answer.rules.eligible && !helped)
        {
            table.notes.push_back(fmt::format("No change of the call makes {} take it: {}.",
                                              toString(answer.rules.backend), format.plain(reasonsOf(answer.rules))));
        }
    }
    return table;
}

/// Of one head_dim and backend: in inference and in training.
Cell supportText(const std::vector<SupportCell>& both)
{
    bool inference = false;
    bool training = false;
    bool disagree = false;
    for (const auto& cell : both)
    {
        (cell.training ? training : inference) = cell.byLibtorch.value_or(cell.byRules);
        disagree = disagree || (cell.byLibtorch && *cell.byLibtorch != cell.byRules);
    }
    std::string text = training ? (inference ? "yes" : "training only") : (inference ? "inference only" : "no");
    const Tone tone = disagree ? Tone::Bad : training && inference ? Tone::Good : Tone::Caution;
    return {text + (disagree ? ", against the rules" : ""), tone};
}

} // namespace

std::vector<Table> explanationTables(const Explanation& explanation, const Format& format)
{
    std::vector<Table> tables{answerTable(explanation, format)};
    auto remedies = remedyTable(explanation, format);
    if (!remedies.rows.empty() || !remedies.notes.empty())
    {
        tables.push_back(std::move(remedies));
    }
    tables.push_back(ruleTable(explanation, format));
    return tables;
}

std::vector<Table> supportTables(const std::vector<SupportCell>& cells, const Format&)
{
    std::map<DType, std::map<std::int64_t, std::map<Backend, std::vector<SupportCell>>>> sorted;
    for (const auto& cell : cells)
    {
        sorted[cell.dtype][cell.headDim][cell.backend].push_back(cell);
    }
    std::vector<Table> tables;
    for (const auto& [dtype, dims] : sorted)
    {
        Table table;
        table.title = std::string(toString(dtype));
        table.columns = {{"head_dim", Align::Right}};
        for (const auto backend : kSdpaBackends)
        {
            table.columns.push_back({std::string(toString(backend))});
        }
        for (const auto& [headDim, backends] : dims)
        {
            std::vector<Cell> row{Cell(std::to_string(headDim))};
            for (const auto backend : kSdpaBackends)
            {
                const auto found = backends.find(backend);
                row.push_back(found == backends.end() ? Cell() : supportText(found->second));
            }
            table.rows.push_back(std::move(row));
        }
        tables.push_back(std::move(table));
    }
    return tables;
}

} // namespace headroom
