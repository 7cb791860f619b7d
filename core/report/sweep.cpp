// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/sweep.h"

#include "core/report/ab.h"
#include "core/report/case_work.h"
#include "core/report/fastest.h"
#include "core/report/queries.h"

#include <algorithm>
#include <set>
#include <string>

namespace headroom
{
namespace
{

bool isMainJob(std::string_view id)
{
    return id == kForwardJob || id == kTrainingJob;
}

bool sameButSizes(const Case& first, const Case& second)
{
    const auto normalised = [](Case value)
    {
        if (auto* model = std::get_if<ModelInput>(&value.subject))
        {
            model->batch = model->sequence = model->model.maxSequence = 1;
        }
        else
        {
            auto& problem = std::get<AttentionProblem>(value.subject);
            problem.batch = problem.queryLength = problem.kvLength = 1;
        }
        value.backend = Backend::Default;
        return value;
    };
    return normalised(first) == normalised(second);
}

bool isSweepable(const Report& report, const CaseReport& row)
{
    const auto* job = findJob(report, row.jobId);
    return job != nullptr && job->stage == Stage::Performance && row.measured.l2 == L2State::Warm &&
           row.measured.launch == Launch::Eager;
}

/// Adds \a row to the sweep along \a axis that it lies on; begins one where there is none.
void addTo(std::vector<Sweep>& sweeps, SweepAxis axis, const CaseReport& row)
{
    const auto& measured = row.measured;
    const auto batch = batchOf(measured.subject);
    const auto sequence = sequenceOf(measured.subject);
    const auto value = axis == SweepAxis::Batch ? batch : sequence;
    const auto fixed = axis == SweepAxis::Batch ? sequence : batch;
    auto sweep = std::find_if(sweeps.begin(), sweeps.end(),
                              [&](const Sweep& candidate)
                              {
                                  return candidate.axis == axis && candidate.fixed == fixed &&
                                         sameButSizes(candidate.rows.front().cases.front()->measured, measured);
                              });
    if (sweep == sweeps.end())
    {
        sweep = sweeps.insert(sweeps.end(), Sweep{axis, fixed, measured.pass, {}});
    }
    auto at = std::find_if(sweep->rows.begin(), sweep->rows.end(),
                           [&](const SweepRow& candidate) { return candidate.value >= value; });
    if (at == sweep->rows.end() || at->value != value)
    {
        at = sweep->rows.insert(at, SweepRow{value, {}});
    }
    if (caseOf(*at, measured.backend) == nullptr)
    {
        at->cases.push_back(&row);
    }
}

} // namespace

bool isSweepPoint(std::string_view jobId)
{
    return jobId.starts_with("batch-") || jobId.starts_with("sequence-");
}

const CaseReport* caseOf(const SweepRow& row, Backend backend)
{
    for (const auto* candidate : row.cases)
    {
        if (candidate->measured.backend == backend)
        {
            return candidate;
        }
    }
    return nullptr;
}

std::set<std::string> jobsOf(const std::vector<Sweep>& sweeps)
{
    std::set<std::string> jobs;
    for (const auto& sweep : sweeps)
    {
        for (const auto& row : sweep.rows)
        {
            for (const auto* measured : row.cases)
            {
                jobs.insert(measured->jobId);
            }
        }
    }
    return jobs;
}

std::vector<Sweep> sweepsOf(const Report& report)
{
    std::vector<Sweep> named;
    std::vector<Sweep> found;
    if (isKernelSweep(report) || isAb(report))
    {
        return named; // kernel_table.h shows it, along more axes
    }
    for (const auto& row : report.cases)
    {
        if (isMainJob(row.jobId) || !isSweepable(report, row))
        {
            continue;
        }
        if (row.jobId.starts_with("batch-"))
        {
            addTo(named, SweepAxis::Batch, row);
        }
        else if (row.jobId.starts_with("sequence-"))
        {
            addTo(named, SweepAxis::Sequence, row);
        }
        else
        {
            addTo(found, SweepAxis::Batch, row);
            addTo(found, SweepAxis::Sequence, row);
        }
    }
    std::erase_if(found, [](const Sweep& sweep) { return sweep.rows.size() < 2; });
    named.insert(named.end(), found.begin(), found.end());
    return named;
}

} // namespace headroom
