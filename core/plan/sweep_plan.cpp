// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/sweep_plan.h"

#include "core/attention/eligibility.h"
#include "core/attention/attention_memory.h"
#include "core/attention/saturating.h"
#include "core/plan/job_estimate.h"
#include "core/plan/ladder.h"

#include <algorithm>

#include <fmt/format.h>

namespace headroom
{
namespace
{

constexpr double kGiB = 1024.0 * 1024.0 * 1024.0;

const AttentionProblem& problemOf(const Case& value)
{
    return std::get<AttentionProblem>(value.subject);
}

/// "forward", "training-step-graph-cold".
std::string cellName(const Case& value)
{
    const bool recorded = value.pass == Pass::Forward && problemOf(value).needsGradients;
    return fmt::format("{}{}{}{}", toString(value.pass), value.launch == Launch::Graph ? "-graph" : "",
                       value.l2 == L2State::Cold ? "-cold" : "", recorded ? "-recorded" : "");
}

std::string cellTitle(const Case& value)
{
    const bool recorded = value.pass == Pass::Forward && problemOf(value).needsGradients;
    return fmt::format("{}{}{}{}, {}", toString(value.pass), value.launch == Launch::Graph ? ", CUDA graph" : "",
                       value.l2 == L2State::Cold ? ", cold L2" : "", recorded ? ", recorded for backward" : "",
                       describe(problemOf(value)));
}

/// Collects the jobs of one plan.
class SweepBuilder
{
public:
    SweepBuilder(const SweepRequest& request, const DeviceFacts& device) : m_request(request), m_device(device)
    {
        m_plan.command = kSweepCommand;
        m_plan.preset = toString(request.policy);
        m_plan.device = request.device;
        m_plan.seed = request.seed;
        m_plan.measurement = request.measurement;
        m_plan.accuracy = request.accuracy;
        m_plan.maxSeconds = request.maxSeconds;
        if (request.skipAccuracy)
        {
            m_plan.skippedStages.push_back(Stage::Accuracy);
        }
        if (request.skipPerformance)
        {
            m_plan.skippedStages.push_back(Stage::Performance);
        }
    }

    Plan build()
    {
        std::size_t number = 0;
        for (auto& group : expand(m_request.specs, m_request.device.kind))
        {
            std::vector<CompareJob> jobs;
            for (const auto& cell : group.cells)
            {
                if (auto job = sorted(cell); !job.cases.empty() || !job.leftOut.empty())
                {
                    jobs.push_back(std::move(job));
                }
            }
            if (!jobs.empty())
            {
                addProblem(group.problem, std::move(jobs), ++number);
            }
        }
        for (auto& job : m_checks)
        {
            m_plan.jobs.push_back(std::move(job));
        }
        return std::move(m_plan);
    }

private:
    void add(std::vector<Job>& jobs, std::string id, Stage stage, std::string title, JobWork work) const
    {
        const double seconds = estimateSeconds(work, m_plan.measurement, m_plan.accuracy, m_device);
        jobs.push_back({std::move(id), stage, std::move(title), seconds, std::move(work)});
    }

    /// The cases of a cell that pass the filter, in those to run and those to leave out.
    CompareJob sorted(const SweepCell& cell) const
    {
        CompareJob job;
        for (const auto& value : cell.cases)
        {
            if (!m_request.filter.keeps(value))
            {
                continue;
            }
            if (auto left = whyLeftOut(value))
            {
                job.leftOut.push_back(std::move(*left));
            }
            else
            {
                job.cases.push_back(value);
            }
        }
        return job;
    }

    std::optional<LeftOutCase> whyLeftOut(const Case& value) const
    {
        const AttentionProblem& problem = problemOf(value);
        if (const auto eligibility = checkEligibility(value.backend, problem, m_device); !eligibility.eligible)
        {
            return LeftOutCase{value, LeftOut::NotEligible, reasonsOf(eligibility)};
        }
        const std::int64_t longest = std::max(problem.queryLength, problem.kvLength);
        if (value.backend == Backend::Math && m_request.mathUpTo && longest > *m_request.mathUpTo)
        {
            return LeftOutCase{value, LeftOut::NotWanted,
                               fmt::format("math is timed up to {} tokens, as --math-up-to says", *m_request.mathUpTo)};
        }
        const std::int64_t needed =
            predictMemory(problem, value.backend, useOf(value.pass), std::max(1, m_device.cores)).peakBytes;
        if (m_device.freeMemoryBytes && needed > *m_device.freeMemoryBytes)
        {
            return LeftOutCase{value, LeftOut::TooLarge,
                               fmt::format("needs about {:.3g} GiB, and {:.3g} GiB are free",
                                           static_cast<double>(needed) / kGiB,
                                           static_cast<double>(*m_device.freeMemoryBytes) / kGiB)};
        }
        return std::nullopt;
    }

    void addProblem(const AttentionProblem& problem, std::vector<CompareJob> cells, std::size_t number)
    {
        std::vector<Backend> run;
        for (const auto& cell : cells)
        {
            for (const auto& value : cell.cases)
            {
                if (std::find(run.begin(), run.end(), value.backend) == run.end())
                {
                    run.push_back(value.backend);
                }
            }
        }
        if (!m_request.skipAccuracy && !run.empty())
        {
            add(m_plan.jobs, fmt::format("judge-{}", number), Stage::Accuracy,
                fmt::format("accuracy, {}", describe(problem)), JudgeJob{problem, run});
        }
        if (!run.empty())
        {
            addChecks(problem, cells, run, number);
        }
        for (auto& cell : cells)
        {
            const Case first = cell.cases.empty() ? cell.leftOut.front().left : cell.cases.front();
            if (!m_request.skipPerformance)
            {
                add(m_plan.jobs, fmt::format("time-{}-{}", number, cellName(first)), Stage::Performance,
                    cellTitle(first), std::move(cell));
            }
        }
    }

    void addChecks(const AttentionProblem& problem, const std::vector<CompareJob>& cells,
                   const std::vector<Backend>& backends, std::size_t number)
    {
        for (const auto check : m_request.checks)
        {
            switch (check)
            {
            case SweepCheck::Ladder:
                // A job a step: one that kills its worker is a row, and the next has a new one.
                for (const auto& step : ladderSteps(problem))
                {
                    add(m_checks, fmt::format("ladder-{}-{}", number, step.name), Stage::Accuracy,
                        fmt::format("ladder, {}, {}", step.name, describe(problem)),
                        CheckJob{CheckKind::Ladder, problem, backends, step.name});
                }
                break;
            case SweepCheck::Determinism:
                add(m_checks, fmt::format("determinism-{}", number), Stage::Accuracy,
                    fmt::format("the same bits every time, {}", describe(problem)),
                    CheckJob{CheckKind::Determinism, problem, backends});
                break;
            case SweepCheck::BatchInvariance:
                add(m_checks, fmt::format("batch-invariance-{}", number), Stage::Accuracy,
                    fmt::format("the same bits alone and in a batch, {}", describe(problem)),
                    CheckJob{CheckKind::BatchInvariance, problem, backends});
                break;
            case SweepCheck::Frontier:
                addFrontiers(problem, cells, number);
                break;
            }
        }
    }

    /// The search begins anew at each length: problems that differ in theirs alone share one.
    void addFrontiers(const AttentionProblem& problem, const std::vector<CompareJob>& cells, std::size_t number)
    {
        for (const auto& cell : cells)
        {
            if (cell.cases.empty())
            {
                continue;
            }
            ProbeJob probe{problem, ProbeKind::Frontier, {}, cell.cases.front().pass};
            for (const auto& value : cell.cases)
            {
                probe.backends.push_back(value.backend);
            }
            AttentionProblem withoutLengths = problem;
            withoutLengths.queryLength = withoutLengths.kvLength = 1;
            ProbeJob key = probe;
            key.subject = withoutLengths;
            key.backends.clear();
            if (std::find(m_frontiers.begin(), m_frontiers.end(), key) != m_frontiers.end())
            {
                continue;
            }
            m_frontiers.push_back(key);
            add(m_checks, fmt::format("frontier-{}-{}", number, toString(probe.pass)), Stage::Performance,
                fmt::format("longest sequence that fits, {}, {}", toString(probe.pass), describe(problem)),
                std::move(probe));
        }
    }

    const SweepRequest& m_request;
    const DeviceFacts& m_device;
    Plan m_plan;
    std::vector<Job> m_checks;
    std::vector<ProbeJob> m_frontiers; ///< those there are, without lengths
};

} // namespace

std::vector<std::string> problemsWith(const SweepRequest& request)
{
    std::vector<std::string> problems;
    const auto append = [&](const std::vector<std::string>& more)
    {
        for (const auto& text : more)
        {
            if (std::find(problems.begin(), problems.end(), text) == problems.end())
            {
                problems.push_back(text);
            }
        }
    };
    for (const auto& spec : request.specs)
    {
        append(problemsWith(spec, request.device.kind));
    }
    append(problemsWith(request.measurement));
    if (request.maxSeconds && !(*request.maxSeconds > 0))
    {
        append({fmt::format("--max-seconds is {}; it must be more than 0.", *request.maxSeconds)});
    }
    if (request.skipAccuracy && request.skipPerformance && request.checks.empty())
    {
        append({"With --skip-accuracy and --skip-performance nothing is left to do. Leave one of them out, or ask for "
                "--checks."});
    }
    return problems;
}

Plan makeSweepPlan(const SweepRequest& request, const DeviceFacts& device)
{
    return SweepBuilder(request, device).build();
}

} // namespace headroom
