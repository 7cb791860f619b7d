// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/sweep_dry_run.h"

#include "core/run/run_progress.h"
#include "core/plan/sweep_preset.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom::cli
{
namespace
{

/// The jobs of one problem.
struct Problem
{
    AttentionProblem problem;
    std::vector<const Job*> jobs;
    double seconds = 0;
};

std::optional<AttentionProblem> problemOf(const Job& job)
{
    const Subject* subject = nullptr;
    if (const auto* judge = std::get_if<JudgeJob>(&job.work))
    {
        subject = &judge->subject;
    }
    else if (const auto* compare = std::get_if<CompareJob>(&job.work))
    {
        subject = compare->cases.empty() ? &compare->leftOut.front().left.subject : &compare->cases.front().subject;
    }
    else if (const auto* check = std::get_if<CheckJob>(&job.work))
    {
        subject = &check->subject;
    }
    else if (const auto* probe = std::get_if<ProbeJob>(&job.work))
    {
        subject = &probe->subject;
    }
    const auto* problem = subject != nullptr ? std::get_if<AttentionProblem>(subject) : nullptr;
    return problem != nullptr ? std::optional(*problem) : std::nullopt;
}

std::vector<Problem> problemsOf(const Plan& plan)
{
    std::vector<Problem> problems;
    std::map<std::string, std::size_t> places;
    for (const auto& job : plan.jobs)
    {
        auto problem = problemOf(job);
        if (!problem)
        {
            continue;
        }
        problem->needsGradients = false; // which differs from pass to pass
        const auto [place, isNew] = places.try_emplace(Json(*problem).dump(), problems.size());
        if (isNew)
        {
            problems.push_back({*problem, {}, 0});
        }
        problems[place->second].jobs.push_back(&job);
        problems[place->second].seconds += job.estimateSeconds;
    }
    return problems;
}

std::string runName(const Case& value)
{
    return fmt::format("{}{}{}", toString(value.pass), value.launch == Launch::Graph ? " graph" : "",
                       value.l2 == L2State::Cold ? " cold" : "");
}

std::string backendNames(const CompareJob& compare)
{
    std::vector<std::string_view> names;
    for (const auto& value : compare.cases)
    {
        names.push_back(toString(value.backend));
    }
    return fmt::format("{}", fmt::join(names, ", "));
}

/// "forward, backward: math, flash": runs that have the same backends share a clause.
class TimedText
{
public:
    void add(const CompareJob& compare)
    {
        if (compare.cases.empty())
        {
            return;
        }
        const std::string backends = backendNames(compare);
        auto found = std::find_if(m_clauses.begin(), m_clauses.end(),
                                  [&](const auto& clause) { return clause.second == backends; });
        if (found == m_clauses.end())
        {
            m_clauses.emplace_back(runName(compare.cases.front()), backends);
        }
        else
        {
            found->first += ", " + runName(compare.cases.front());
        }
    }

    std::string text() const
    {
        std::string all;
        for (const auto& [runs, backends] : m_clauses)
        {
            all += fmt::format("{}{}: {}", all.empty() ? "" : "; ", runs, backends);
        }
        return all;
    }

private:
    std::vector<std::pair<std::string, std::string>> m_clauses;
};

void addOnce(std::vector<std::string>& texts, std::string text)
{
    if (!text.empty() && std::find(texts.begin(), texts.end(), text) == texts.end())
    {
        texts.push_back(std::move(text));
    }
}

std::vector<Cell> rowOf(const Problem& problem, const Format& format)
{
    TimedText timed;
    std::vector<std::string> left;
    std::int64_t cases = 0;
    for (const auto* job : problem.jobs)
    {
        if (const auto* compare = std::get_if<CompareJob>(&job->work))
        {
            cases += static_cast<std::int64_t>(compare->cases.size());
            timed.add(*compare);
            for (const auto& entry : compare->leftOut)
            {
                addOnce(left, fmt::format("{} ({})", toString(entry.left.backend), entry.reason));
            }
        }
    }
    return {describe(problem.problem), format.count(cases), timed.text(),
            format.plain(fmt::format("{}", fmt::join(left, "; "))), roughDuration(problem.seconds)};
}

Json caseJson(const Job& job, const Case& value)
{
    return {{"id", value.id()},   {"job", job.id},          {"backend", value.backend},
            {"pass", value.pass}, {"launch", value.launch}, {"l2", value.l2}};
}

} // namespace

Table dryRunTable(const Plan& plan, const Format& format)
{
    Table table;
    table.columns = {{"problem"}, {"cases", Align::Right}, {"timed"}, {"left out"}, {"about", Align::Right}};
    double seconds = 0;
    std::size_t cases = 0;
    bool anyLeft = false;
    for (const auto& problem : problemsOf(plan))
    {
        table.rows.push_back(rowOf(problem, format));
        anyLeft = anyLeft || !table.rows.back()[3].text.empty();
    }
    for (const auto& job : plan.jobs)
    {
        seconds += job.estimateSeconds;
        cases += casesOf(job).size();
    }
    if (!anyLeft)
    {
        table.columns.erase(table.columns.begin() + 3);
        for (auto& row : table.rows)
        {
            row.erase(row.begin() + 3);
        }
    }
    const double granted = plan.maxSeconds ? std::min(*plan.maxSeconds, seconds) : seconds;
    table.notes.push_back(fmt::format("{} in {}, about {} ({} policy). The estimate is good to a factor of three.",
                                      format.plural(static_cast<std::int64_t>(cases), "case"),
                                      format.plural(static_cast<std::int64_t>(plan.jobs.size()), "job"),
                                      roughDuration(granted), plan.preset));
    return table;
}

Json dryRunJson(const Plan& plan, const std::string& device)
{
    double seconds = 0;
    Json problems = Json::array();
    for (const auto& problem : problemsOf(plan))
    {
        Json cases = Json::array();
        for (const auto* job : problem.jobs)
        {
            for (const auto& value : casesOf(*job))
            {
                cases.push_back(caseJson(*job, value));
            }
            if (const auto* compare = std::get_if<CompareJob>(&job->work))
            {
                for (const auto& entry : compare->leftOut)
                {
                    Json row = caseJson(*job, entry.left);
                    row["leftOut"] = entry.why;
                    row["reason"] = entry.reason;
                    cases.push_back(std::move(row));
                }
            }
        }
        problems.push_back({{"problem", problem.problem},
                            {"describe", describe(problem.problem)},
                            {"estimateSeconds", problem.seconds},
                            {"cases", std::move(cases)}});
        seconds += problem.seconds;
    }
    return {{"device", device},
            {"policy", plan.preset},
            {"jobs", plan.jobs.size()},
            {"estimateSeconds", seconds},
            {"problems", std::move(problems)}};
}

Table presetTable(const Format& format)
{
    Table table;
    table.columns = {{"preset"}, {"what it is"}, {"cases", Align::Right}};
    for (const auto& preset : sweepPresets())
    {
        std::size_t cases = 0;
        for (const auto& group : expand(preset.specs, DeviceKind::Cuda))
        {
            for (const auto& cell : group.cells)
            {
                cases += cell.cases.size();
            }
        }
        table.rows.push_back({preset.name, format.plain(preset.what), format.count(static_cast<std::int64_t>(cases))});
    }
    table.notes.emplace_back("On a GPU, with every backend; what a backend does not take is left out with the reason.");
    return table;
}

} // namespace headroom::cli
